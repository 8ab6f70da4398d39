"""What is written down of an execution."""

from contextlib import suppress

import pytest
import trio
from structlog.testing import capture_logs

from protocol.messages import CaseResult, ErrorCode, Execute, Finished, SourceFile, StageResult, Status, Verdict
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.errors import Refusal
from supervisor.figures import Figures
from supervisor.jailer import Jailer
from supervisor.record import recorded
from supervisor.validation import Installed

GO = Installed("go", load_manifests()["go"], InstalledRuntime(version="1.24", layers=("x",)))
REQUEST = Execute(
    id=1, execution_id="e" * 32, language="go", version="*", key_name="alice", files=[SourceFile(content=b"SECRET")]
)
ABOUT = {"log_level": "info", "execution": "e" * 32, "key": "alice"}
PLANNED = ABOUT | {"runtime": "go", "version": "1.24"}


def figures() -> Figures:
    return Figures(["go"], Jailer())


def result(status: Status, ms: float, memory_bytes: int = 0) -> StageResult:
    return StageResult(status, b"SECRET", b"SECRET", False, False, ms, ms / 2, memory_bytes)


def finished(compiled: StageResult, ran: StageResult | None, cases: list[CaseResult] | None = None) -> Finished:
    return Finished(id=1, language="go", version="1.24", compile=compiled, run=ran, cases=cases or [])


async def outcome(answer: Finished) -> dict[str, object]:
    with capture_logs() as lines:
        with recorded(REQUEST, figures()) as record:
            record.plan(GO)
            record.begin()
            record.finish(answer)
        assert [line["event"] for line in lines] == ["finished"]
    assert "SECRET" not in str(lines)
    return dict(lines[0])


async def test_finished(autojump_clock: object) -> None:
    line = await outcome(finished(result(Status.OK, 1000.04), result(Status.SIGNALED, 5, 3 << 20)))
    assert line == PLANNED | {
        "event": "finished", "stage": "run", "status": "signaled", "queue_ms": 0.0, "total_ms": 0.0,
        "compile_ms": 1000.0, "run_ms": 5.0, "cpu_ms": 502.5, "memory_kb": 3072,
    }  # fmt: skip


async def test_not_compiled() -> None:
    line = await outcome(finished(result(Status.NONZERO_EXIT, 7), None))
    assert (line["stage"], line["status"], "run_ms" in line) == ("compile", "nonzero_exit", False)


async def test_cases_are_counted_together() -> None:
    ran = result(Status.OK, 2, 1024)
    cases = [CaseResult(Verdict.PASSED, ran), CaseResult(Verdict.PASSED, ran), CaseResult(Verdict.SKIPPED, None)]
    line = await outcome(finished(result(Status.OK, 8, 4096), ran, cases))
    assert (line["cases"], line["cpu_ms"], line["memory_kb"]) == (3, 6.0, 4)


def line_of(error: BaseException, counted: Figures, *, is_planned: bool = True) -> dict[str, object]:
    with capture_logs() as lines, suppress(type(error)), recorded(REQUEST, counted) as record:
        if is_planned:
            record.plan(GO)
        raise error
    (line,) = lines
    assert isinstance(line.pop("total_ms"), float)
    return dict(line)


@pytest.mark.parametrize("is_planned", [False, True])
async def test_refused(is_planned: bool) -> None:
    counted = figures()
    line = line_of(Refusal(ErrorCode.BUSY, "x" * 1000), counted, is_planned=is_planned)
    assert line == (PLANNED if is_planned else ABOUT) | {"event": "refused", "code": "busy", "reason": "x" * 300}
    assert counted.refusals == {ErrorCode.BUSY: 1}


async def test_failed() -> None:
    counted = figures()
    assert line_of(ZeroDivisionError(), counted) == PLANNED | {"event": "failed"}
    assert (counted.refusals, counted.cancelled) == ({ErrorCode.INTERNAL: 1}, 0)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), trio.BrokenResourceError()])
async def test_cancelled(error: BaseException) -> None:
    counted = figures()
    assert line_of(error, counted) == PLANNED | {"event": "cancelled"}
    assert (counted.refusals, counted.cancelled) == ({}, 1)


async def test_errors_are_passed_on() -> None:
    with pytest.raises(Refusal), recorded(REQUEST, figures()):
        raise Refusal(ErrorCode.BUSY, "")
