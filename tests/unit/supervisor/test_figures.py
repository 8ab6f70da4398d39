"""What is counted, as the supervisor tells it."""

import os
import subprocess
import time

import msgspec

from protocol.figures import DURATION_CLASSES_S, FigureDescription
from protocol.messages import CaseResult, Event, Finished, StageResult, Status, Verdict
from supervisor.figures import Clock, Figures
from supervisor.jailer import Jailer
from supervisor.process_usage import process_usage

LONGER = len(DURATION_CLASSES_S)


def result(status: Status, ms: float) -> StageResult:
    return StageResult(status, b"", b"", False, False, ms, ms, 0)


def finished(compiled: StageResult | None, ran: StageResult | None, **fields: object) -> Finished:
    answer = Finished(id=1, language="go", version="1", compile=compiled, run=ran, queue_ms=3)
    return msgspec.structs.replace(answer, **fields)


def test_durations_are_counted_in_classes_with_their_upper_ends() -> None:
    clock = Clock()
    for seconds in (0.0, 0.001, 0.0011, 60.0, 60.1):
        clock.note(seconds)
    described = clock.describe()
    assert described.counts == [2, 1, *[0] * (LONGER - 3), 1, 1]
    assert round(described.sum_s, 6) == 120.1021


def test_phases_of_an_execution() -> None:
    figures = Figures(["go"], Jailer())
    figures.of["go"].note_execution(finished(result(Status.OK, 400), result(Status.OUT_OF_MEMORY, 20)), 450)
    (go,) = figures.describe(7).runtimes
    assert {phase: durations.sum_s for phase, durations in go.phases.items()} == {
        "queue": 0.003, "compile": 0.4, "run": 0.02, "total": 0.45,
    }  # fmt: skip
    assert [(ending.stage, ending.status, ending.count) for ending in go.executions] == [("run", "out_of_memory", 1)]
    assert go.oom_kills == 1


def test_what_was_compiled_before_is_not_compiled_again() -> None:
    figures = Figures(["go"], Jailer())
    figures.of["go"].note_execution(finished(result(Status.OK, 0), result(Status.OK, 20), cached=True), 30)
    (go,) = figures.describe(7).runtimes
    assert sorted(go.phases) == ["queue", "run", "total"]


def test_each_case_is_a_run() -> None:
    figures = Figures(["go"], Jailer())
    cases = [CaseResult(Verdict.PASSED, result(Status.OK, 5)), CaseResult(Verdict.SKIPPED, None)]
    cases.append(CaseResult(Verdict.FAILED, result(Status.OUT_OF_MEMORY, 7)))
    figures.of["go"].note_execution(finished(result(Status.OK, 1), cases[0].run, cases=cases), 30)
    (go,) = figures.describe(7).runtimes
    assert sum(go.phases["run"].counts) == 2
    assert (go.oom_kills, go.executions[0].count) == (1, 1)


def test_description_is_a_message() -> None:
    figures = Figures(["go", "c"], Jailer(), left_behind=2)
    figures.of["go"].builds["started", "compile"].note(1.0)
    figures.faults += 1
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(figures.describe(7)), type=Event)
    assert isinstance(told, FigureDescription)
    assert [of.runtime for of in told.runtimes] == ["go", "c"]
    assert told.leaks == {"start": 2, "clearing": 0, "janitor": 0}
    assert told.refusals["busy"] == 0
    assert [usage.process for usage in told.processes] == ["supervisor"]  # the jailer does not run


def test_usage_of_a_process() -> None:
    usage = process_usage("it", os.getpid())
    assert usage
    assert abs(usage.cpu_s - sum(os.times()[:2])) < 0.5
    assert usage.started_at < time.time() < usage.started_at + 3600
    assert 10 << 20 < usage.resident_bytes < 10 << 30
    # One more, by which they are listed.
    assert usage.open_fds == len(os.listdir("/proc/self/fd"))


def test_usage_of_a_process_that_is_gone() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert process_usage("it", process.pid) is None
