"""How the supervisor and its jails are just now, and the question for it. Times as their name says, sizes in bytes."""

from protocol.base import Id, Message

# Which of its problems a host has on purpose.
DRAINED = "it is being drained (`runjail drain --end` ends that)"


class DescribePool(Message, frozen=True, tag="describe_pool"):
    """Answered by ``PoolDescription``."""

    id: Id


class Fault(Message, frozen=True):
    """Something that went wrong with a jail."""

    at: str  # ISO 8601, UTC
    message: str


class RuntimePool(Message, frozen=True):
    """The jails of one runtime that are prepared equally far; a runtime may have several kinds."""

    runtime: str
    language: str
    version: str
    mode: str  # how far its jails are prepared: `ready`, or `started`, with a program that waits
    stage: str | None  # whose program waits, `compile` or `run`
    warm: int
    starting: int
    busy: int
    resident: int  # compilers that stay for the next request of their key
    target: int
    hits: int
    misses: int
    acquire_ms_p50: float | None  # over the last acquisitions; None before the first
    acquire_ms_p99: float | None
    build_ms_p50: float | None
    jail_bytes: int  # the memory that one of them takes while it waits, at the most so far


class Admission(Message, frozen=True):
    """How much is going on, and how much may."""

    running: int
    max_running: int
    queued: int
    max_queued: int
    max_wait_ms: float
    refused: int
    finished: int


class CacheDescription(Message, frozen=True):
    """The programs that are kept compiled."""

    entries: int
    bytes: int
    max_bytes: int  # 0: none are kept
    hits: int
    misses: int


class PoolDescription(Message, frozen=True, tag="pool_description"):
    id: Id
    problems: list[str]  # why the service is not ready, a sentence each; it is when there are none
    is_draining: bool  # which is one of the reasons
    pools: list[RuntimePool]
    admission: Admission
    compile_cache: CacheDescription
    faults: list[Fault]  # the last ones, newest first
