"""What happened between two answers of the supervisor: from differences of its counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from protocol.figures import DURATION_CLASSES_S, FigureDescription


@dataclass(frozen=True, slots=True)
class Rates:
    """Per second; latencies in seconds, None where there was no execution."""

    executions: float
    refusals: float
    cancelled: float
    latency_p50_s: float | None
    latency_p95_s: float | None
    cpus: dict[str, float]  # that each process keeps busy: 1 is one processor


def rates(before: FigureDescription, now: FigureDescription, seconds: float) -> Rates | None:
    """Of what was asked for ``seconds`` apart; None when the supervisor is another one, which has begun at zero."""
    started = {usage.process: usage.started_at for usage in before.processes}
    if any(started.get("supervisor") != p.started_at for p in now.processes if p.process == "supervisor"):
        return None
    totals = [after - earlier for earlier, after in zip(_totals(before), _totals(now), strict=True)]
    cpu_s = {usage.process: usage.cpu_s for usage in before.processes if started[usage.process] == usage.started_at}
    return Rates(
        executions=sum(totals) / seconds,
        refusals=(sum(now.refusals.values()) - sum(before.refusals.values())) / seconds,
        cancelled=(now.cancelled - before.cancelled) / seconds,
        latency_p50_s=quantile(totals, 0.5),
        latency_p95_s=quantile(totals, 0.95),
        cpus={p.process: max(p.cpu_s - cpu_s.get(p.process, p.cpu_s), 0.0) / seconds for p in now.processes},
    )


def quantile(counts: Sequence[int], part: float) -> float | None:
    """The duration that this part took no longer than, from the counts of the classes; None when there are none.

    As Prometheus has it: evenly spread within a class; of the last, which has no upper end, its lower one.
    """
    wanted = sum(counts) * part
    if not wanted:
        return None
    ends = (0.0, *DURATION_CLASSES_S)
    for index, reached in enumerate(accumulate(counts)):
        if reached >= wanted and index < len(DURATION_CLASSES_S):
            inside = 1 - (reached - wanted) / counts[index]
            return ends[index] + (ends[index + 1] - ends[index]) * inside
    return ends[-1]


def _totals(figures: FigureDescription) -> list[int]:
    """How many executions took how long, of all runtimes together."""
    classes: Counter[int] = Counter()
    for of in figures.runtimes:
        classes.update(dict(enumerate(of.phases["total"].counts)) if "total" in of.phases else {})
    return [classes[index] for index in range(len(DURATION_CLASSES_S) + 1)]
