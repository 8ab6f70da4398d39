"""Many runs of one program: compiled once, each case in a jail of its own, several at a time where there is room."""

import os
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import zip_longest

import trio

from jail.spec import JailError
from protocol.messages import CaseResult, StageResult, Status, Verdict
from supervisor.admission import Admission
from supervisor.compile_cache import Compiled, Ticket
from supervisor.errors import CutShortError, JailLostError
from supervisor.job import Job, Ran
from supervisor.validation import CasePlan

# Of one request; more would only take the processors from each other.
_AT_ONCE = os.cpu_count() or 1
# For all of them: the frontend keeps a connection for five minutes that says nothing.
_PATIENCE_S = 120
# What takes milliseconds to compare, line by line.
_LONG_BYTES = 32 * 1024
_NOT_COMPILED = CaseResult(Verdict.SKIPPED, None, "the compile stage failed")
_STOPPED = CaseResult(Verdict.SKIPPED, None, "an earlier case did not pass")
_TOO_LATE = CaseResult(Verdict.SKIPPED, None, f"the cases before it took more than {_PATIENCE_S} s")


async def run_cases(job: Job, admission: Admission, *, stop_on_failure: bool) -> tuple[Ran, list[CaseResult]]:
    """The compile stage with the run of the first case that did not pass, or of the last, and all cases in order.

    One runs at the request's own place, the others where places are free.
    When one of them could not be run: JailLostError if none had begun, CutShortError if some had, or JailError.
    """
    compiled = await job.compile() if job.plan.compile else None
    was_cached = job.ticket.compiled is not None
    if compiled and compiled.result.status is not Status.OK:
        return Ran(compiled.result, None), [_NOT_COMPILED] * len(job.plan.cases)
    series = _Series(job, compiled, stop_on_failure)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(series.work, nursery.cancel_scope)
        for _ in range(min(_AT_ONCE, len(job.plan.cases)) - 1):
            nursery.start_soon(_work_where_there_is_room, series, admission, nursery.cancel_scope)
    if isinstance(series.failure, JailLostError) and series.has_begun_others:
        raise CutShortError(str(series.failure)) from series.failure
    if series.failure:
        raise series.failure
    runs = [result for result in series.results if result.run]  # the first one's at the least
    told = next((result for result in runs if result.verdict is not Verdict.PASSED), runs[-1])
    return Ran(compiled.result if compiled else None, told.run, None, was_cached), series.results


async def _work_where_there_is_room(series: "_Series", admission: Admission, scope: trio.CancelScope) -> None:
    """One case at a time, and only while nobody waits for a place: this request has had its own."""
    with admission.spare_place() as has_place:
        while has_place and not admission.has_queue and not series.is_over:
            await series.work_once(scope)


@dataclass(slots=True)
class _Series:
    """The cases of one request, taken one after the other by whoever is free."""

    job: Job
    compiled: Compiled | None
    stop_on_failure: bool
    results: list[CaseResult] = field(init=False)
    failure: JailError | JailLostError | None = None
    _next: int = 0
    _is_stopped: bool = False
    _begun_at: float = field(default_factory=trio.current_time)

    def __post_init__(self) -> None:
        self.results = [_STOPPED] * len(self.job.plan.cases)

    @property
    def is_over(self) -> bool:
        """There are none left to begin, or one has said stop."""
        return self._is_stopped or self._next >= len(self.results)

    @property
    def has_begun_others(self) -> bool:
        """More than one case, of which not all may have come to their program; that is not looked at."""
        return self._next > 1

    async def work(self, scope: trio.CancelScope) -> None:
        """Run cases until it is over."""
        while not self.is_over:
            await self.work_once(scope)

    async def work_once(self, scope: trio.CancelScope) -> None:
        """Run the next case; when it can't be run, the scope, of all of them, is cancelled."""
        index, self._next = self._next, self._next + 1
        if trio.current_time() - self._begun_at > _PATIENCE_S:
            self.results[index] = _TOO_LATE
            return
        case = self.job.plan.cases[index]
        try:
            ran = await self._run(case)
        except (JailError, JailLostError) as error:  # raised from here, it would come in a group
            self.failure, self._is_stopped = error, True
            scope.cancel()
            return
        verdict = await _judge_aside(ran, case.expected_stdout)
        self.results[index] = CaseResult(verdict, ran)
        if self.stop_on_failure and verdict is not Verdict.PASSED:
            self._is_stopped = True

    async def _run(self, case: CasePlan) -> StageResult:
        plan = replace(self.job.plan, run=case.run, stdin=case.stdin)
        ran = (await replace(self.job, plan=plan, ticket=Ticket(self.compiled)).carry_out()).ran
        assert ran is not None
        return ran


async def _judge_aside(ran: StageResult, expected_stdout: bytes | None) -> Verdict:
    """In a thread where it takes long, so that no jail's limits are kept waiting."""
    if expected_stdout is None or len(ran.stdout) + len(expected_stdout) < _LONG_BYTES:
        return judge(ran, expected_stdout)
    return await trio.to_thread.run_sync(judge, ran, expected_stdout)


def judge(ran: StageResult, expected_stdout: bytes | None) -> Verdict:
    """By how it ended, and what it wrote: white space at the end of lines and of all does not count."""
    if ran.status is not Status.OK:
        return Verdict.FAILED
    if expected_stdout is None or _are_alike(ran.stdout.rstrip(), expected_stdout.rstrip()):
        return Verdict.PASSED
    return Verdict.WRONG_ANSWER


def _are_alike(text: bytes, expected: bytes) -> bool:
    lines = zip_longest(BytesIO(text), BytesIO(expected), fillvalue=b"missing")
    return text == expected or all(line.rstrip() == other.rstrip() for line, other in lines)
