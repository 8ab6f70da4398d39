"""Counting: what has happened since the start, and how long it took.

For operators, who are told all of it at once. How many counts there are depends on
what is installed, never on what clients send.
"""

import os
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from protocol.figures import DURATION_CLASSES_S, Building, Durations, Ending, FigureDescription, RuntimeFigures
from protocol.messages import ErrorCode, Finished, Status
from supervisor.jailer import Jailer
from supervisor.process_usage import process_usage


@dataclass(slots=True)
class Clock:
    """How long one thing took, each time."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(DURATION_CLASSES_S) + 1))
    sum_s: float = 0.0

    def note(self, seconds: float) -> None:
        self.counts[bisect_left(DURATION_CLASSES_S, seconds)] += 1
        self.sum_s += seconds

    def describe(self) -> Durations:
        return Durations(list(self.counts), self.sum_s)


@dataclass(slots=True)
class OfRuntime:
    """Of one runtime."""

    executions: Counter[tuple[str, Status]] = field(default_factory=Counter)  # by last stage, and how it ended
    phases: defaultdict[str, Clock] = field(default_factory=lambda: defaultdict(Clock))
    builds: defaultdict[tuple[str, str | None], Clock] = field(default_factory=lambda: defaultdict(Clock))
    build_failures: int = 0
    deaths: int = 0
    oom_kills: int = 0

    def note_execution(self, finished: Finished, total_ms: float) -> None:
        """An execution was carried out; ``total_ms``: from its request to its answer."""
        last = finished.run or finished.compile
        assert last is not None
        self.executions["run" if finished.run else "compile", last.status] += 1
        self.phases["queue"].note(finished.queue_ms / 1000)
        self.phases["total"].note(total_ms / 1000)
        for stage, result in finished.stages:
            if stage == "compile" and finished.cached:
                continue  # it was counted when it was run
            self.phases[stage].note(result.wall_time_ms / 1000)
            self.oom_kills += result.status is Status.OUT_OF_MEMORY

    def describe(self, name: str) -> RuntimeFigures:
        return RuntimeFigures(
            runtime=name,
            executions=[Ending(stage, status, count) for (stage, status), count in self.executions.items()],
            phases={phase: clock.describe() for phase, clock in self.phases.items()},
            builds=[Building(mode, stage, clock.describe()) for (mode, stage), clock in self.builds.items()],
            build_failures=self.build_failures,
            deaths=self.deaths,
            oom_kills=self.oom_kills,
        )


class Figures:
    """Of all there is to be counted."""

    def __init__(self, runtimes: Iterable[str], jailer: Jailer, left_behind: int = 0) -> None:
        self._jailer = jailer
        self.of = {name: OfRuntime() for name in runtimes}
        self.refusals: Counter[ErrorCode] = Counter()
        # Jails that were still there: a predecessor's when we started, one that was not gone when cleared away, one
        # whose cgroup was found later.
        self.leaks = Counter(start=left_behind, clearing=0, janitor=0)
        self.cancelled = 0  # executions whose client has left
        self.faults = 0

    def describe(self, id_: int) -> FigureDescription:
        """All of it, with what the processes use."""
        pids = {"supervisor": os.getpid(), "jailer": self._jailer.pid}
        return FigureDescription(
            id=id_,
            runtimes=[figures.describe(name) for name, figures in self.of.items()],
            refusals={code: self.refusals[code] for code in ErrorCode},
            leaks=dict(self.leaks),
            cancelled=self.cancelled,
            faults=self.faults,
            jailer_starts=self._jailer.starts,
            processes=[usage for name, pid in pids.items() if pid and (usage := process_usage(name, pid))],
        )
