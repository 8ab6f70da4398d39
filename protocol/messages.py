"""The messages: one union for each direction. Times in the unit their name says, sizes in bytes."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from protocol.base import Id, Message
from protocol.figures import DescribeFigures, FigureDescription
from protocol.pool import DescribePool, PoolDescription

# Bounds of one execution. The frontend tells clients about them, the supervisor enforces them.
MAX_FILES = 256
MAX_NAME_BYTES = 1024
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILES_BYTES = 10 * 1024 * 1024  # all of them together
MAX_STDIN_BYTES = 10 * 1024 * 1024  # with cases: of all of them, with what is expected, together
MAX_ARGUMENTS = 256  # and as many environment variables
MAX_ARGUMENT_BYTES = 32 * 1024  # arguments and environment together
MAX_OUTPUT_PATTERNS = 32
MAX_OUTPUT_FILES = 64
MAX_OUTPUT_FILE_BYTES = 8 * 1024 * 1024
MAX_OUTPUT_FILES_BYTES = 10 * 1024 * 1024  # all of them together
MAX_CASES = 100
MAX_CASES_OUTPUT_BYTES = 8 * 1024 * 1024  # of stdout and of stderr each, in equal parts
MAX_ARRIVALS = 1000
# Of a program that is watched: what may be under way, of its output and of its input, and not have been taken.
MAX_UNTAKEN_BYTES = 64 * 1024
MAX_TERMINAL_SIDE = 1000
MAX_STAGE_MS = 24 * 3600 * 1000.0
MAX_MEMORY_BYTES = 2**50

Bytes = Annotated[bytes, Meta(max_length=max(MAX_FILE_BYTES, MAX_STDIN_BYTES))]
Text = Annotated[str, Meta(max_length=MAX_ARGUMENT_BYTES)]
Word = Annotated[str, Meta(max_length=256)]


class ErrorCode(StrEnum):
    """Why a request was not carried out; the HTTP contract's codes that a supervisor can cause."""

    INVALID_REQUEST = "invalid_request"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_VERSION = "unknown_version"
    FORBIDDEN = "forbidden"
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


class SourceFile(Message, frozen=True):
    """A file for the working directory; the first one's name may be left to the runtime."""

    content: Annotated[bytes, Meta(max_length=MAX_FILE_BYTES)]
    name: Annotated[str, Meta(max_length=MAX_NAME_BYTES)] | None = None


class StageRequest(Message, frozen=True):
    """Limits asked for one stage; None leaves the runtime's own."""

    wall_time_ms: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    cpu_time_ms: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    memory_bytes: Annotated[int, Meta(gt=0, le=MAX_MEMORY_BYTES)] | None = None


class Case(Message, frozen=True):
    """One run of several of the same program."""

    stdin: Annotated[bytes, Meta(max_length=MAX_STDIN_BYTES)] = b""
    args: Annotated[list[Text], Meta(max_length=MAX_ARGUMENTS)] = []
    expected_stdout: Annotated[bytes, Meta(max_length=MAX_STDIN_BYTES)] | None = None


class TerminalSize(Message, frozen=True):
    """Of a terminal, in characters."""

    rows: Annotated[int, Meta(ge=1, le=MAX_TERMINAL_SIDE)] = 24
    columns: Annotated[int, Meta(ge=1, le=MAX_TERMINAL_SIDE)] = 80


class Execute(Message, frozen=True, tag="execute"):
    """Run a program, once or, with ``cases``, once for each; answered by ``Finished`` or ``Refused``.

    One that is watched is told of as it goes on, ahead of the answer, by ``Began``, ``Output`` and ``Ended``.
    """

    id: Id
    execution_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]  # for logs
    language: Word
    version: Word
    files: Annotated[list[SourceFile], Meta(min_length=1, max_length=MAX_FILES)]
    owner: Word = ""  # whose request it is: what is compiled for one is used again for nobody else
    key_name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{0,64}\Z")] = ""  # of the owner's key, for logs
    stdin: Annotated[bytes, Meta(max_length=MAX_STDIN_BYTES)] = b""
    args: Annotated[list[Text], Meta(max_length=MAX_ARGUMENTS)] = []
    environment: Annotated[dict[Text, Text], Meta(max_length=MAX_ARGUMENTS)] = {}
    compile: StageRequest = StageRequest()
    run: StageRequest = StageRequest()
    # What its owner may ask for at the most, and in which languages; None: as much as anybody, in all.
    compile_ceilings: StageRequest = StageRequest()
    run_ceilings: StageRequest = StageRequest()
    languages: Annotated[list[Word], Meta(max_length=MAX_ARGUMENTS)] | None = None
    # Instead of stdin, args and outputs:
    cases: Annotated[list[Case], Meta(max_length=MAX_CASES)] = []
    stop_on_failure: bool = False  # begin no further case once one has not passed
    is_watched: bool = False
    # Watched, its stdin is not over with what came here, and signals are sent to it: ``Input``, ``SendSignal``.
    is_interactive: bool = False
    is_merged: bool = False  # what the program writes to stderr comes as stdout, in the order in which it was written
    terminal: TerminalSize | None = None  # for one that is interactive, instead of three pipes
    outputs: Annotated[list[Annotated[str, Meta(max_length=MAX_NAME_BYTES)]], Meta(max_length=MAX_OUTPUT_PATTERNS)] = []


class Cancel(Message, frozen=True, tag="cancel"):
    """The client of this execution went away."""

    id: Id


class Input(Message, frozen=True, tag="input"):
    """More for the stdin of an interactive execution, or its end; ``MAX_UNTAKEN_BYTES`` at most ahead of it."""

    id: Id
    data: Annotated[bytes, Meta(max_length=MAX_UNTAKEN_BYTES)] = b""
    is_last: bool = False


class SendSignal(Message, frozen=True, tag="send_signal"):
    """Send a signal to the process group of an interactive execution's program, if that runs."""

    id: Id
    signal: Annotated[int, Meta(ge=1, le=64)]


class Resize(Message, frozen=True, tag="resize"):
    """The terminal of an interactive execution has another size."""

    id: Id
    size: TerminalSize


class Taken(Message, frozen=True, tag="taken"):
    """So many bytes of output, or from the supervisor of input, are not under way any more."""

    id: Id
    size: Annotated[int, Meta(ge=1, le=MAX_UNTAKEN_BYTES)]


class ListRuntimes(Message, frozen=True, tag="list_runtimes"):
    """Answered by ``RuntimeList``."""

    id: Id


class Drain(Message, frozen=True, tag="drain"):
    """Be ready for no more work, so that others get it, or again; of root alone. Answered by ``PoolDescription``."""

    id: Id
    is_on: bool


class StageResult(Message, frozen=True):
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
    # How stdout and stderr came in: bytes of the one and, below zero, of the other, in turns. What is not told of any
    # more, after MAX_ARRIVALS, came later.
    arrival: list[int] = []


class Verdict(StrEnum):
    """What is to be thought of a case."""

    PASSED = "passed"  # it ended well, and wrote what was expected, if anything was
    WRONG_ANSWER = "wrong_answer"  # it ended well, and wrote something else
    FAILED = "failed"  # it did not end well
    SKIPPED = "skipped"  # it was not begun


class CaseResult(Message, frozen=True):
    """What became of a case."""

    verdict: Verdict
    run: StageResult | None  # None when it was skipped
    message: str | None = None  # why it was


class Finished(Message, frozen=True, tag="finished"):
    """An execution was carried out, whatever the program did."""

    id: Id
    language: str
    version: str
    compile: StageResult | None  # None for languages that are not compiled
    run: StageResult | None  # None when the compile stage failed; with cases, the first that did not pass, or the last
    cached: bool = False  # nothing was compiled: it had been, of the same sources
    # The files asked for, as jail/files.py wrote them: for each a line of JSON and its content. None when
    # there are none to be had, the jail having been ended with its program. The supervisor never reads it.
    outputs: bytes | None = None
    cases: list[CaseResult] = []
    queue_ms: float = 0.0  # for how long it waited for a place

    @property
    def stages(self) -> list[tuple[str, StageResult]]:
        """All that were run, with their names; or, compiled before, are told of again."""
        runs = [case.run for case in self.cases] if self.cases else [self.run]
        named = [("compile", self.compile), *(("run", run) for run in runs)]
        return [(name, result) for name, result in named if result]


class Hello(Message, frozen=True, tag="hello"):
    """The first thing a peer is told: it is served now, by one who speaks as this fingerprint says."""

    id: Id
    fingerprint: str


class Leaving(Message, frozen=True, tag="leaving"):
    """Another supervisor is about to take over: ask it, on a new connection, and close this one when all is answered.

    What was asked before this arrived is still carried out.
    """

    id: Id


class Began(Message, frozen=True, tag="began"):
    """A stage of a watched execution runs; or it was compiled before, and this is told again."""

    id: Id
    stage: str
    language: str
    version: str


class Output(Message, frozen=True, tag="output"):
    """What the stage that runs has written, to stdout or stderr."""

    id: Id
    stream: str
    data: bytes


class Ended(Message, frozen=True, tag="ended"):
    """A stage of a watched execution is over, and all that it has written was told."""

    id: Id
    stage: str
    exit_code: int | None
    signal: str | None
    cut_off: list[str] = []  # of stdout and stderr those of which there was more


class Refused(Message, frozen=True, tag="refused"):
    """A request was not carried out."""

    id: Id
    code: ErrorCode
    message: str
    path: list[str | int] = []  # of the field it is about
    retry_after_s: int | None = None


class RuntimeDescription(Message, frozen=True):
    language: str
    version: str
    aliases: list[str]
    compiled: bool
    # The most that a request may ask for.
    compile_ceilings: StageRequest
    run_ceilings: StageRequest


class RuntimeList(Message, frozen=True, tag="runtime_list"):
    """What is installed, by language and version."""

    id: Id
    runtimes: list[RuntimeDescription]


# About an execution that is under way.
Remark = Input | SendSignal | Resize | Taken
# What is answered.
Question = Execute | ListRuntimes | DescribePool | DescribeFigures | Drain
Request = Question | Cancel | Remark
# Ahead of an execution's answer.
News = Began | Output | Ended | Taken
Event = Hello | Leaving | News | Finished | Refused | RuntimeList | PoolDescription | FigureDescription
