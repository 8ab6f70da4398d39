"""What the supervisor has counted, as the API has it: times in ms."""

from datetime import UTC, datetime

from msgspec import Struct

from protocol.figures import DURATION_CLASSES_S, Durations, Ending, FigureDescription, ProcessUsage, RuntimeFigures


class DurationsBody(Struct, frozen=True):
    """How long something took, each time."""

    counts: list[int]
    sum_ms: float

    @classmethod
    def of(cls, durations: Durations) -> "DurationsBody":
        return cls(durations.counts, round(durations.sum_s * 1000, 3))


class RuntimeFiguresBody(Struct, frozen=True):
    """What is counted of a runtime."""

    runtime: str
    executions: list[Ending]
    phases: dict[str, DurationsBody]
    build_failures: int
    deaths: int
    oom_kills: int

    @classmethod
    def of(cls, figures: RuntimeFigures) -> "RuntimeFiguresBody":
        phases = {phase: DurationsBody.of(durations) for phase, durations in figures.phases.items()}
        counts = (figures.build_failures, figures.deaths, figures.oom_kills)
        return cls(figures.runtime, figures.executions, phases, *counts)


class ProcessBody(Struct, frozen=True):
    """What a process of the service uses."""

    process: str
    started: datetime
    cpu_ms: float
    resident_bytes: int
    open_fds: int

    @classmethod
    def of(cls, usage: ProcessUsage) -> "ProcessBody":
        started = datetime.fromtimestamp(round(usage.started_at, 3), UTC)
        return cls(usage.process, started, round(usage.cpu_s * 1000, 3), usage.resident_bytes, usage.open_fds)


class FiguresBody(Struct, frozen=True):
    """What the supervisor has counted since it started."""

    classes_ms: list[float]
    runtimes: list[RuntimeFiguresBody]
    refusals: dict[str, int]
    cancelled: int
    leaks: dict[str, int]
    faults: int
    jailer_starts: int
    processes: list[ProcessBody]

    @classmethod
    def of(cls, figures: FigureDescription) -> "FiguresBody":
        return cls(
            classes_ms=[end * 1000 for end in DURATION_CLASSES_S],
            runtimes=[RuntimeFiguresBody.of(of) for of in figures.runtimes],
            refusals=figures.refusals,
            cancelled=figures.cancelled,
            leaks=figures.leaks,
            faults=figures.faults,
            jailer_starts=figures.jailer_starts,
            processes=[ProcessBody.of(usage) for usage in figures.processes],
        )
