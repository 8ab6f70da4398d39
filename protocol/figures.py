"""What the supervisor has counted since it started, and the question for it. Times in seconds, sizes in bytes."""

from typing import Final

from protocol.base import Id, Message

# Upper ends of the classes that durations are counted in; the last class, of all longer ones, has none. From a warm
# jail's milliseconds to the longest stage.
DURATION_CLASSES_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class DescribeFigures(Message, frozen=True, tag="describe_figures"):
    """Answered by ``FigureDescription``."""

    id: Id


class Durations(Message, frozen=True):
    """How long something took, each time."""

    counts: list[int]  # of each class of DURATION_CLASSES_S, and of what took longer
    sum_s: float


class Ending(Message, frozen=True):
    """Executions that ended alike."""

    stage: str  # that was the last
    status: str
    count: int


class Building(Message, frozen=True):
    """How long it took to build jails that are prepared equally far."""

    mode: str  # as in RuntimePool
    stage: str | None
    durations: Durations


class RuntimeFigures(Message, frozen=True):
    """Of one runtime."""

    runtime: str
    executions: list[Ending]
    phases: dict[str, Durations]  # queue, acquire, compile, run, total
    builds: list[Building]
    build_failures: int
    deaths: int  # of jails, while they waited
    oom_kills: int  # of stages that went over their memory limit


class ProcessUsage(Message, frozen=True):
    """What a process of the service uses."""

    process: str
    started_at: float  # seconds since 1970
    cpu_s: float
    resident_bytes: int
    open_fds: int


class FigureDescription(Message, frozen=True, tag="figure_description"):
    """All that is counted."""

    id: int
    runtimes: list[RuntimeFigures]
    refusals: dict[str, int]  # by code
    leaks: dict[str, int]  # by when they were found: `start`, what a predecessor has left; `clearing`
    cancelled: int  # executions whose client has left
    faults: int
    jailer_starts: int
    processes: list[ProcessUsage]  # without those that do not run just now
