"""From the supervisor's results to the bodies of responses."""

import base64
import codecs

import msgspec
from msgspec import UNSET, Struct, UnsetType

from frontend.outputs import Encoding, OutputFile, SkippedFile, read_outputs
from protocol.messages import CaseResult, Finished, StageResult


class StageBody(Struct, frozen=True):
    """A stage object of the contract."""

    stdout: str
    stderr: str
    code: int | None
    signal: str | None
    time_ms: float  # wall time of the program alone
    memory_kb: int  # peak of the whole process tree
    status: str
    message: str | None
    cpu_ms: float
    stdout_truncated: bool
    stderr_truncated: bool
    stdout_replaced: bool  # bytes that are not UTF-8 were replaced by U+FFFD
    stderr_replaced: bool


class CaseResultBody(StageBody, frozen=True, kw_only=True):
    """One of many runs: its stage object, and what is to be thought of it."""

    verdict: str


class ExecuteResponse(Struct, frozen=True):
    """The answer to ``POST /v1/execute``."""

    language: str
    version: str
    run: StageBody
    id: str
    compile: StageBody | UnsetType = UNSET
    cases: list[CaseResultBody] | UnsetType = UNSET
    cached: bool | UnsetType = UNSET  # of compiled languages: the program was compiled for an earlier request
    # With `outputs` only:
    files: list[OutputFile] | UnsetType = UNSET
    files_skipped: list[SkippedFile] | UnsetType = UNSET


_SKIPPED = StageBody(
    stdout="",
    stderr="",
    code=None,
    signal=None,
    time_ms=0,
    memory_kb=0,
    status="skipped",
    message="the compile stage failed",
    cpu_ms=0,
    stdout_truncated=False,
    stderr_truncated=False,
    stdout_replaced=False,
    stderr_replaced=False,
)


def execute_response(finished: Finished, execution_id: str, encoding: Encoding, patterns: list[str]) -> ExecuteResponse:
    """The body of an answer; ``patterns`` are the request's ``outputs``."""
    files, skipped = read_outputs(finished.outputs, patterns, encoding)
    return ExecuteResponse(
        language=finished.language,
        version=finished.version,
        compile=_stage_body(finished.compile, encoding) if finished.compile else UNSET,
        cached=finished.cached if finished.compile else UNSET,
        run=_stage_body(finished.run, encoding) if finished.run else _SKIPPED,
        id=execution_id,
        cases=[_case_body(case, encoding) for case in finished.cases] or UNSET,
        files=files if patterns else UNSET,
        files_skipped=skipped if patterns else UNSET,
    )


def server_timing(finished: Finished) -> str:
    """The phases of an execution, as the header has them, each with a comma after it; ms."""
    stages = {"compile": finished.compile, "run": finished.run}
    phases = {"queue": finished.queue_ms} | {name: stage.wall_time_ms for name, stage in stages.items() if stage}
    if finished.cases:
        phases["run"] = sum(case.run.wall_time_ms for case in finished.cases if case.run)
    return "".join(f"{name};dur={ms:.1f}, " for name, ms in phases.items())


def _case_body(case: CaseResult, encoding: Encoding) -> CaseResultBody:
    stage = _stage_body(case.run, encoding) if case.run else msgspec.structs.replace(_SKIPPED, message=case.message)
    return CaseResultBody(**msgspec.structs.asdict(stage), verdict=case.verdict)


def _stage_body(result: StageResult, encoding: Encoding) -> StageBody:
    stdout, stdout_replaced = _encoded(result.stdout, result.stdout_truncated, encoding)
    stderr, stderr_replaced = _encoded(result.stderr, result.stderr_truncated, encoding)
    return StageBody(
        stdout=stdout,
        stderr=stderr,
        code=result.exit_code,
        signal=result.signal,
        time_ms=result.wall_time_ms,
        memory_kb=-(-result.memory_peak_bytes // 1024),
        status=result.status,
        message=result.message,
        cpu_ms=result.cpu_time_ms,
        stdout_truncated=result.stdout_truncated,
        stderr_truncated=result.stderr_truncated,
        stdout_replaced=stdout_replaced,
        stderr_replaced=stderr_replaced,
    )


def _encoded(output: bytes, is_truncated: bool, encoding: Encoding) -> tuple[str, bool]:
    """The output as JSON can hold it, and whether that took replacing."""
    if encoding == "base64":
        return base64.b64encode(output).decode(), False
    return as_text(output, is_truncated)


def as_text(output: bytes, is_truncated: bool) -> tuple[str, bool]:
    """The output as text, and whether that took replacing."""
    decoder = codecs.getincrementaldecoder("utf-8")
    try:
        # A character that the limit cut in two is left out, not replaced.
        return decoder("strict").decode(output, final=not is_truncated), False
    except UnicodeDecodeError:
        return decoder("replace").decode(output, final=not is_truncated), True
