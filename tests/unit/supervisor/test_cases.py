"""What is to be thought of a case, and when no more of them are begun."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from jail.spec import JailError
from protocol.messages import Case, Execute, SourceFile, StageResult, Status, Verdict
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.admission import Admission
from supervisor.cases import judge, run_cases
from supervisor.compile_cache import Ticket
from supervisor.config import Config
from supervisor.errors import CutShortError, JailLostError
from supervisor.job import Ran
from supervisor.validation import Installed, Plan, plan_execution

PYTHON = Installed("python", load_manifests()["python"], InstalledRuntime(version="3.13.5", layers=("x",)))


def result(stdout: bytes, status: Status = Status.OK) -> StageResult:
    return StageResult(status, stdout, b"", False, False, 1.0, 1.0, 1, exit_code=0)


@dataclass
class FakeJob:
    """Its program answers with its stdin, and takes its time."""

    plan: Plan
    ticket: Ticket = field(default_factory=Ticket)
    seconds: float = 1
    error: Exception | None = None

    async def carry_out(self) -> Ran:
        await trio.sleep(self.seconds)
        if self.error and self.plan.stdin == b"bad":
            raise self.error
        return Ran(None, result(self.plan.stdin))


def job_of(*cases: tuple[bytes, bytes | None], **fields: Any) -> Any:
    request = Execute(
        id=1, execution_id="0" * 32, language="python", version="*", files=[SourceFile(b"")],
        cases=[Case(stdin=stdin, expected_stdout=expected) for stdin, expected in cases],
    )  # fmt: skip
    return FakeJob(plan_execution(request, {"python": PYTHON}), **fields)


@pytest.mark.parametrize(
    ("written", "expected", "verdict"),
    [
        (b"a\n", b"a", Verdict.PASSED),
        (b"a \t\r\nb\n\n \n", b"a\nb", Verdict.PASSED),
        (b"", b"\n", Verdict.PASSED),
        (b"\xff", b"\xff", Verdict.PASSED),
        (b"anything", None, Verdict.PASSED),
        (b" a", b"a", Verdict.WRONG_ANSWER),
        (b"a\n\nb", b"a\nb", Verdict.WRONG_ANSWER),
        (b"a", b"A", Verdict.WRONG_ANSWER),
    ],
)
def test_what_counts(written: bytes, expected: bytes | None, verdict: Verdict) -> None:
    assert judge(result(written), expected) is verdict
    assert judge(result(written, Status.NONZERO_EXIT), expected) is Verdict.FAILED


async def test_as_many_at_once_as_there_are_places(autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisor.cases._AT_ONCE", 4)
    admission = Admission(Config(max_running=2, max_queued=0))
    begun = trio.current_time()
    async with admission.place(1):
        _, cases = await run_cases(job_of(*[(b"x", b"x")] * 6), admission, stop_on_failure=False)
    assert [case.verdict for case in cases] == [Verdict.PASSED] * 6
    assert trio.current_time() - begun == 3
    assert admission.describe().running == 0


async def test_the_one_that_did_not_pass_is_told(autojump_clock: MockClock) -> None:
    ran, cases = await run_cases(
        job_of((b"a", b"a"), (b"b", b"x"), (b"c", b"c")), Admission(Config(max_running=1)), stop_on_failure=False
    )
    assert (ran.ran, cases[1].verdict) == (cases[1].run, Verdict.WRONG_ANSWER)


async def test_those_that_come_too_late_are_not_begun(autojump_clock: MockClock) -> None:
    ran, cases = await run_cases(job_of(*[(b"x", None)] * 5, seconds=100), Admission(Config()), stop_on_failure=False)
    skipped = [case for case in cases if case.verdict is Verdict.SKIPPED]
    assert 0 < len(skipped) < 5
    assert {case.message for case in skipped} == {"the cases before it took more than 120 s"}
    assert ran.ran == cases[0].run or ran.ran == cases[1].run  # there is always one to be told


async def test_who_waits_for_a_place_gets_one_between_two_cases(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervisor.cases._AT_ONCE", 4)
    admission = Admission(Config(max_running=2))
    waited = []

    async def run_many() -> None:
        async with admission.place(1):
            await run_cases(job_of(*[(b"x", None)] * 20), admission, stop_on_failure=False)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run_many)
        await trio.sleep(2.5)
        asked_at = trio.current_time()
        async with admission.place(1):
            waited.append(trio.current_time() - asked_at)
    assert waited == [0.5]


def test_long_outputs_are_compared_to_the_first_difference() -> None:
    text = b"line \n" * 300_000
    assert judge(result(text), text.replace(b" ", b"")) is Verdict.PASSED
    assert judge(result(text), b"x" + text) is Verdict.WRONG_ANSWER
    assert judge(result(text), text + b"more") is Verdict.WRONG_ANSWER


async def test_case_that_can_not_be_run_ends_them_all(autojump_clock: MockClock) -> None:
    job = job_of((b"good", None), (b"bad", None), *[(b"good", None)] * 9, error=JailError("mount", 28))
    with pytest.raises(JailError, match="mount"):
        await run_cases(job, Admission(Config()), stop_on_failure=False)


@pytest.mark.parametrize(("before", "error"), [((), JailLostError), (((b"good", None),), CutShortError)])
async def test_lost_jail_is_safe_to_try_again_only_before_any_case(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, before: tuple[Any, ...], error: type[Exception]
) -> None:
    monkeypatch.setattr("supervisor.cases._AT_ONCE", 1)
    job = job_of(*before, (b"bad", None), error=JailLostError("gone"))
    with pytest.raises(error, match="gone"):
        await run_cases(job, Admission(Config()), stop_on_failure=False)
