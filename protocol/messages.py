"""The messages: one union for each direction. Times in the unit their name says, sizes in bytes."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

# Bounds of one execution. The frontend tells clients about them, the supervisor enforces them.
MAX_FILES = 256
MAX_NAME_BYTES = 1024
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILES_BYTES = 10 * 1024 * 1024  # all of them together
MAX_STDIN_BYTES = 10 * 1024 * 1024
MAX_ARGUMENTS = 256  # and as many environment variables
MAX_ARGUMENT_BYTES = 32 * 1024  # arguments and environment together
MAX_OUTPUT_PATTERNS = 32
MAX_OUTPUT_FILES = 64
MAX_OUTPUT_FILE_BYTES = 8 * 1024 * 1024
MAX_OUTPUT_FILES_BYTES = 10 * 1024 * 1024  # all of them together
MAX_STAGE_MS = 24 * 3600 * 1000.0
MAX_MEMORY_BYTES = 2**50

Id = Annotated[int, Meta(ge=0, le=2**53)]
Bytes = Annotated[bytes, Meta(max_length=max(MAX_FILE_BYTES, MAX_STDIN_BYTES))]
Text = Annotated[str, Meta(max_length=MAX_ARGUMENT_BYTES)]
Word = Annotated[str, Meta(max_length=256)]


class ErrorCode(StrEnum):
    """Why a request was not carried out; the HTTP contract's codes that a supervisor can cause."""

    INVALID_REQUEST = "invalid_request"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_VERSION = "unknown_version"
    TOO_LARGE = "too_large"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class Status(StrEnum):
    """How a stage ended."""

    OK = "ok"
    NONZERO_EXIT = "nonzero_exit"
    SIGNALED = "signaled"
    TIMEOUT = "timeout"
    CPU_TIMEOUT = "cpu_timeout"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    # Ended by itself, not successfully, having met one of these; what it made of that is its own affair.
    PROCESS_LIMIT = "process_limit"
    FILE_SIZE_LIMIT = "file_size_limit"
    DISK_LIMIT = "disk_limit"
    INODE_LIMIT = "inode_limit"


class _Message(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class SourceFile(_Message, frozen=True):
    """A file for the working directory; the first one's name may be left to the runtime."""

    content: Annotated[bytes, Meta(max_length=MAX_FILE_BYTES)]
    name: Annotated[str, Meta(max_length=MAX_NAME_BYTES)] | None = None


class StageRequest(_Message, frozen=True):
    """Limits asked for one stage; None leaves the runtime's own."""

    wall_time_ms: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    cpu_time_ms: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    memory_bytes: Annotated[int, Meta(gt=0, le=MAX_MEMORY_BYTES)] | None = None


class Execute(_Message, frozen=True, tag="execute"):
    """Run a program; answered by ``Finished`` or ``Refused``."""

    id: Id
    execution_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]  # for logs
    language: Word
    version: Word
    files: Annotated[list[SourceFile], Meta(min_length=1, max_length=MAX_FILES)]
    owner: Word = ""  # whose request it is: what is compiled for one is used again for nobody else
    stdin: Annotated[bytes, Meta(max_length=MAX_STDIN_BYTES)] = b""
    args: Annotated[list[Text], Meta(max_length=MAX_ARGUMENTS)] = []
    environment: Annotated[dict[Text, Text], Meta(max_length=MAX_ARGUMENTS)] = {}
    compile: StageRequest = StageRequest()
    run: StageRequest = StageRequest()
    outputs: Annotated[list[Annotated[str, Meta(max_length=MAX_NAME_BYTES)]], Meta(max_length=MAX_OUTPUT_PATTERNS)] = []


class Cancel(_Message, frozen=True, tag="cancel"):
    """The client of this execution went away."""

    id: Id


class ListRuntimes(_Message, frozen=True, tag="list_runtimes"):
    """Answered by ``RuntimeList``."""

    id: Id


class DescribePool(_Message, frozen=True, tag="describe_pool"):
    """Answered by ``PoolDescription``."""

    id: Id


class StageResult(_Message, frozen=True):
    """What became of one stage."""

    status: Status
    stdout: bytes
    stderr: bytes
    stdout_truncated: bool
    stderr_truncated: bool
    wall_time_ms: float  # of the program alone
    cpu_time_ms: float  # of its whole process tree
    memory_peak_bytes: int  # of its whole process tree
    exit_code: int | None = None
    signal: str | None = None
    message: str | None = None  # one sentence where the status is not OK


class Finished(_Message, frozen=True, tag="finished"):
    """An execution was carried out, whatever the program did."""

    id: Id
    language: str
    version: str
    compile: StageResult | None  # None for languages that are not compiled
    run: StageResult | None  # None when the compile stage failed
    cached: bool = False  # nothing was compiled: it had been, of the same sources
    # The files asked for, as jail/files.py wrote them: for each a line of JSON and its content. None when
    # there are none to be had, the jail having been ended with its program. The supervisor never reads it.
    outputs: bytes | None = None


class Refused(_Message, frozen=True, tag="refused"):
    """A request was not carried out."""

    id: Id
    code: ErrorCode
    message: str
    path: list[str | int] = []  # of the field it is about
    retry_after_s: int | None = None


class RuntimeDescription(_Message, frozen=True):
    language: str
    version: str
    aliases: list[str]
    compiled: bool


class RuntimeList(_Message, frozen=True, tag="runtime_list"):
    """What is installed, by language and version."""

    id: Id
    runtimes: list[RuntimeDescription]


class Fault(_Message, frozen=True):
    """Something that went wrong with a jail."""

    at: str  # ISO 8601, UTC
    message: str


class RuntimePool(_Message, frozen=True):
    """The jails of one runtime that are prepared equally far; a runtime may have two kinds."""

    runtime: str
    language: str
    version: str
    mode: str  # how far its jails are prepared: `ready`, or `started`, with a program that waits
    warm: int
    starting: int
    busy: int
    target: int
    hits: int
    misses: int
    acquire_ms_p50: float | None  # over the last acquisitions; None before the first
    acquire_ms_p99: float | None
    build_ms_p50: float | None
    jail_bytes: int  # the memory that one of them takes while it waits, at the most so far


class Admission(_Message, frozen=True):
    """How much is going on, and how much may."""

    running: int
    max_running: int
    queued: int
    max_queued: int
    max_wait_ms: float
    refused: int
    finished: int


class CacheDescription(_Message, frozen=True):
    """The programs that are kept compiled."""

    entries: int
    bytes: int
    max_bytes: int  # 0: none are kept
    hits: int
    misses: int


class PoolDescription(_Message, frozen=True, tag="pool_description"):
    id: Id
    problems: list[str]  # why the service is not ready, a sentence each; it is when there are none
    pools: list[RuntimePool]
    admission: Admission
    compile_cache: CacheDescription
    faults: list[Fault]  # the last ones, newest first


Request = Execute | Cancel | ListRuntimes | DescribePool
Event = Finished | Refused | RuntimeList | PoolDescription
