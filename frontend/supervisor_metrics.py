"""What the supervisor says of itself, as metrics; their names and labels are a contract, told of in docs/metrics.md."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from protocol.figures import DURATION_CLASSES_S, Durations, FigureDescription
from protocol.pool import Admission, CacheDescription, PoolDescription, RuntimePool

_ENDS = (*map(str, DURATION_CLASSES_S), "+Inf")
Values = Iterable[tuple[tuple[str, ...], float]]  # of labels, and a value


def supervisor_metrics(pool: PoolDescription, figures: FigureDescription) -> Iterator[Metric]:
    """All of them."""
    yield _gauge("ready", "1 when the service is ready, 0 when not; also while it is drained.", not pool.problems)
    yield _gauge("draining", "1 while others are to be asked, by `runjail drain`.", pool.is_draining)
    yield _gauge("problems", "Reasons why the service is not ready.", len(pool.problems))
    yield from _executions(figures)
    yield from _admission(pool.admission)
    yield from _pools(pool.pools)
    yield from _jails(figures)
    yield from _cache(pool.compile_cache)
    yield from _processes(figures)


def _executions(figures: FigureDescription) -> Iterator[Metric]:
    yield _counters(
        "executions", "Executions that were carried out, by the stage that was the last and how it ended.",
        ("runtime", "stage", "status"),
        (((of.runtime, end.stage, end.status), end.count) for of in figures.runtimes for end in of.executions),
    )  # fmt: skip
    phases = ((of, phase, durations) for of in figures.runtimes for phase, durations in of.phases.items())
    yield _histograms(
        "phase_duration_seconds",
        "How long the phases of executions took: queue, acquire (of a jail), compile, run, and total.",
        ("runtime", "phase"), (((of.runtime, phase), durations) for of, phase, durations in phases),
    )  # fmt: skip
    refused = (((code,), count) for code, count in figures.refusals.items())
    yield _counters("refusals", "Executions that the supervisor refused, by error code.", ("code",), refused)
    yield _counter("cancelled_executions", "Executions whose client left before they were over.", figures.cancelled)
    yield _of_runtimes("oom_kills", "Stages that were ended for their memory limit.", figures, "oom_kills")


def _admission(admission: Admission) -> Iterator[Metric]:
    yield _gauge("running_executions", "Executions that have a place.", admission.running)
    yield _gauge("max_running_executions", "Places for executions: how many may run at once.", admission.max_running)
    yield _gauge("queued_executions", "Executions that wait for a place.", admission.queued)
    yield _gauge("max_queued_executions", "Executions that may wait for a place.", admission.max_queued)


def _pools(pools: list[RuntimePool]) -> Iterator[Metric]:
    labels = ("runtime", "mode", "stage")
    states = ("warm", "starting", "busy", "resident")
    named = [((pool.runtime, pool.mode, pool.stage or ""), pool) for pool in pools]
    yield _gauges(
        "pool_jails", "Jails that are warm (wait), starting, busy, or resident (wait for their key).",
        (*labels, "state"), (((*of, state), getattr(pool, state)) for of, pool in named for state in states),
    )  # fmt: skip
    yield _gauges("pool_target_jails", "Jails that are to be warm.", labels, ((of, pool.target) for of, pool in named))
    yield _gauges(
        "pool_jail_bytes", "Memory that a warm jail takes, at the most so far.", labels,
        ((of, pool.jail_bytes) for of, pool in named),
    )  # fmt: skip
    yield _counters(
        "pool_hits",
        "Times that a jail was asked for, and one was warm.",
        labels,
        ((of, pool.hits) for of, pool in named),
    )
    yield _counters(
        "pool_misses",
        "Times that none was: a less prepared one was taken, or one built.",
        labels,
        ((of, pool.misses) for of, pool in named),
    )


def _jails(figures: FigureDescription) -> Iterator[Metric]:
    builds = ((of.runtime, building) for of in figures.runtimes for building in of.builds)
    yield _histograms(
        "jail_build_seconds", "How long jails took to be built, with the program that waits in them.",
        ("runtime", "mode", "stage"), (((name, b.mode, b.stage or ""), b.durations) for name, b in builds),
    )  # fmt: skip
    yield _of_runtimes("jail_build_failures", "Jails that could not be built.", figures, "build_failures")
    yield _of_runtimes("jail_deaths", "Jails that died while they were waiting.", figures, "deaths")
    leaks = (((found,), count) for found, count in figures.leaks.items())
    meaning = (
        "Jails that were still there: a predecessor's at the start, after clearing one away, or found by the janitor."
    )
    yield _counters("leaks", meaning, ("found",), leaks)  # fmt: skip
    yield _counter("faults", "Things that went wrong with jails: the log has a line of each.", figures.faults)
    yield _counter("jailer_starts", "Starts of the jailer; more than one: it died.", figures.jailer_starts)


def _cache(cache: CacheDescription) -> Iterator[Metric]:
    yield _gauge("compile_cache_entries", "Programs that are kept compiled.", cache.entries)
    yield _gauge("compile_cache_bytes", "Bytes that the programs that are kept compiled take.", cache.bytes)
    yield _gauge("compile_cache_max_bytes", "Bytes that they may take at the most; 0: none are kept.", cache.max_bytes)
    yield _counter("compile_cache_hits", "Executions that found their program compiled.", cache.hits)
    yield _counter("compile_cache_misses", "Executions of compiled languages that did not.", cache.misses)


def _processes(figures: FigureDescription) -> Iterator[Metric]:
    by = ("process",)
    of = {usage.process: usage for usage in figures.processes}
    cpu = (((name,), usage.cpu_s) for name, usage in of.items())
    yield _counters("process_cpu_seconds", "CPU time of supervisor and jailer.", by, cpu)
    memory = (((name,), usage.resident_bytes) for name, usage in of.items())
    yield _gauges(
        "process_resident_memory_bytes", "Memory of supervisor and jailer, shared pages included.", by, memory
    )
    fds = (((name,), usage.open_fds) for name, usage in of.items())
    yield _gauges("process_open_fds", "Open descriptors of supervisor and jailer.", by, fds)
    started = (((name,), usage.started_at) for name, usage in of.items())
    yield _gauges(
        "process_start_time_seconds", "When supervisor and jailer were started, in seconds since 1970.", by, started
    )


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return _gauges(name, meaning, (), [((), value)])


def _counter(name: str, meaning: str, value: float) -> Metric:
    return _counters(name, meaning, (), [((), value)])


def _gauges(name: str, meaning: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = GaugeMetricFamily(f"runjail_{name}", meaning, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _counters(name: str, meaning: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = CounterMetricFamily(f"runjail_{name}", meaning, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _histograms(
    name: str, meaning: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], Durations]]
) -> Metric:
    family = HistogramMetricFamily(f"runjail_{name}", meaning, labels=labels)
    for of, durations in values:
        family.add_metric(of, list(zip(_ENDS, accumulate(durations.counts), strict=True)), durations.sum_s)
    return family


def _of_runtimes(name: str, meaning: str, figures: FigureDescription, field: str) -> Metric:
    values = (((of.runtime,), getattr(of, field)) for of in figures.runtimes)
    return _counters(name, meaning, ("runtime",), values)
