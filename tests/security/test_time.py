"""Group 3: programs that take too long, of the clock or of the processors, and limits that are none."""

import json
import re
from typing import Any

import httpx
import pytest
import trio

from tests.security.attacks import Program, named, variants
from tests.service import Service, post

pytestmark = pytest.mark.service

TIMEOUT_MS = 400
LONG_MS = 60_000
# Of a deadline that is kept to 10 ms when the machine has time: here others want its processors, too.
LATE_MS = 2_000
EARLY_MS = 5


def assert_ended(run: dict[str, Any], status: str, message: str) -> None:
    assert (run["status"], run["signal"], run["code"]) == (status, "SIGKILL", None), run
    assert run["message"] == message


def assert_timeout(run: dict[str, Any], limit_ms: float = TIMEOUT_MS) -> None:
    # It may have met another limit on the way, which is told after that.
    told = {**run, "message": run["message"].partition(";")[0]}
    assert_ended(told, "timeout", f"the wall time limit of {limit_ms:g} ms was exceeded")
    # The limit is counted from a little before the time that is told.
    assert limit_ms - EARLY_MS < run["time_ms"] < limit_ms + LATE_MS


def assert_cpu_timeout(run: dict[str, Any], limit_ms: float) -> None:
    assert_ended(run, "cpu_timeout", f"the CPU time limit of {limit_ms:g} ms was exceeded")
    assert limit_ms <= run["cpu_ms"] < limit_ms + LATE_MS


BUSY = [
    program
    for name in ("busy", "busy_regex", "busy_kernel", "busy_short_children", "busy_orphans", "busy_threads", "busy_relay")
    for program in variants(f"time/{name}")
]  # fmt: skip


@pytest.mark.parametrize("program", BUSY, ids=named)
def test_busy_program_is_ended_by_the_clock(service: Service, program: Program) -> None:
    """Time enough to begin is given even where a runtime takes long to start on a machine that is busy."""
    run = program.run(service, run_timeout=1000)
    assert_timeout(run, 1000)
    assert run["stdout"] == "busy\n"


@pytest.mark.parametrize("program", BUSY, ids=named)
def test_busy_program_is_ended_by_its_cpu_time(service: Service, program: Program) -> None:
    """However the time is spent, by whomever, in the program or in the kernel: all of it counts."""
    run = program.run(service, run_cpu_time=300, run_timeout=LONG_MS)
    assert_cpu_timeout(run, 300)
    assert run["stdout"] == "busy\n"
    assert run["time_ms"] < LONG_MS


# fmt: off
WAYS_TO_SLEEP = [
    "sleep", "pause", "select", "epoll", "pipe", "semaphore", "lock", "stop", "stopped child", "locked file", "fifo",
    "everything blocked", "child", "accept", "thread",
]
# fmt: on


@pytest.mark.parametrize("way", WAYS_TO_SLEEP)
def test_sleeper_is_ended_by_the_clock(service: Service, way: str) -> None:
    """CPU time hardly passes, and does not have to."""
    run = Program("time/sleep.py").run(service, args=[way], run_timeout=TIMEOUT_MS, run_cpu_time=LONG_MS)
    assert_timeout(run)
    assert (run["stdout"], run["stderr"]) == ("asleep\n", "")


@pytest.mark.parametrize("program", [p for p in variants("time/sleep") if p.language != "python"], ids=named)
def test_sleeper_of_any_language_is_ended_by_the_clock(service: Service, program: Program) -> None:
    run = program.run(service, run_timeout=1000)
    assert_timeout(run, 1000)
    assert run["stdout"] == "asleep\n"


def test_program_in_time_is_left_alone(service: Service) -> None:
    """The control of all of them: the limits alone end nobody, and a sleep is as long as it says."""
    run = service.run("bash", "sleep 0.3; echo slept", run_timeout=LONG_MS, run_cpu_time=LONG_MS)
    assert (run["status"], run["stdout"], run["message"]) == ("ok", "slept\n", None)
    assert 300 <= run["time_ms"] < 300 + LATE_MS


def test_cpu_time_is_told_truly(service: Service) -> None:
    """That of every process, by the kernel's count: as the program itself hears of it."""
    run = Program("time/burn.py").run(service, args=["200", "4"], run_timeout=LONG_MS)
    told = int(run["stdout"])
    assert told >= 800
    assert abs(run["cpu_ms"] - told) < 100


@pytest.mark.alone
def test_cpu_time_can_be_above_wall_time(service: Service) -> None:
    """With two processors that have nothing else to do it is; on a busy machine in one of some attempts."""
    runs = (Program("time/burn.py").run(service, args=["250", "8"], run_timeout=LONG_MS) for _ in range(40))
    assert any(run["cpu_ms"] > 1.2 * run["time_ms"] for run in runs)


def test_cpu_limit_is_not_a_wall_limit(service: Service) -> None:
    """Half a second asleep costs nothing of a limit that is lower."""
    run = service.run("bash", "sleep 0.5; echo slept", run_cpu_time=250, run_timeout=LONG_MS)
    assert (run["status"], run["stdout"]) == ("ok", "slept\n")
    assert run["cpu_ms"] < 250 < 500 <= run["time_ms"]


def test_first_limit_that_is_met_is_told(service: Service) -> None:
    busy = Program("time/busy.py")
    assert_timeout(busy.run(service, run_timeout=300, run_cpu_time=LONG_MS), 300)
    assert_cpu_timeout(busy.run(service, run_timeout=LONG_MS, run_cpu_time=300), 300)


async def test_deadlines_of_many_are_kept(service: Service) -> None:
    """Each burns all it can get, in many threads, and each is ended in its time."""
    program, runs = Program("time/busy_threads.c"), list[dict[str, Any]]()

    async def execute() -> None:
        body = {"language": program.language, "code": program.source, "compile_timeout": LONG_MS, "run_timeout": 500}
        async with service.client() as client:
            runs.append((await client.post("/v1/execute", json=body)).json()["run"])

    async with trio.open_nursery() as nursery:
        for _ in range(6):
            nursery.start_soon(execute)
    assert len(runs) == 6
    for run in runs:
        assert_timeout(run, 500)


def test_what_was_written_in_time_is_returned(service: Service) -> None:
    run = Program("time/written_before.py").run(service, run_timeout=1500)
    assert_timeout(run, 1500)
    assert run["stdout"] == "flushed\npartial line of a child\nof a daemon\n" + "x" * 500_000
    assert run["stderr"] == "to stderr\nof a child\n"
    assert not run["stdout_truncated"]


def test_what_is_written_up_to_the_end_is_whole(service: Service) -> None:
    """No line is lost, doubled or out of its order; only the last may be cut short."""
    run = Program("time/write_until_the_end.c").run(service, run_timeout=TIMEOUT_MS)
    assert_timeout(run)
    lines = run["stdout"].splitlines(keepends=True)
    whole = lines if lines[-1].endswith("\n") else lines[:-1]
    assert len(whole) > 10
    assert whole == [f"{number}\n" for number in range(len(whole))]


@pytest.mark.parametrize("limit_ms", [5e-324, 1e-9, 0.001, 0.5, 1])
def test_limit_that_is_next_to_nothing(service: Service, limit_ms: float) -> None:
    """It is a limit: nothing is rounded to none, and nothing is an error."""
    run = Program("time/busy.py").run(service, run_timeout=limit_ms)
    assert_timeout(run, limit_ms)
    run = Program("time/busy.py").run(service, run_cpu_time=limit_ms, run_timeout=LONG_MS)
    assert_cpu_timeout(run, limit_ms)


COMPILER_THAT_NEVER_ENDS = (
    "constexpr int f(int n) { int s = 0; for (int i = 0; i < 30'000; i++) s += i % n; return s; }\n"
)
COMPILER_THAT_NEVER_ENDS += "template <int n> struct S { static constexpr int v = f(n) + S<n - 1>::v; };\n"
COMPILER_THAT_NEVER_ENDS += "template <> struct S<0> { static constexpr int v = 0; };\nint main() { return S<800>::v; }"


@pytest.mark.parametrize(("field", "status"), [("compile_timeout", "timeout"), ("compile_cpu_time", "cpu_timeout")])
def test_compiler_that_does_not_end(service: Service, field: str, status: str) -> None:
    """Its time is the compile stage's; the program's is not begun."""
    limits = {"compile_timeout": LONG_MS, field: 500}
    answer = service.execute("c++", COMPILER_THAT_NEVER_ENDS, **limits)
    (assert_timeout if status == "timeout" else assert_cpu_timeout)(answer["compile"], 500)
    run = answer["run"]
    assert (run["status"], run["code"], run["signal"], run["time_ms"]) == ("skipped", None, None, 0)


def test_compilers_time_is_not_the_programs(service: Service) -> None:
    """Each stage has its own: of the CPU time that g++ takes, nothing is left over for the program."""
    source = (
        '#include <iostream>\n#include <regex>\nint main() { std::cout << std::regex_match("1", std::regex("1")); }'
    )
    answer = service.execute("c++", source, compile_timeout=LONG_MS, run_cpu_time=100)
    assert answer["compile"]["cpu_ms"] > 100 > answer["run"]["cpu_ms"]
    assert (answer["run"]["status"], answer["run"]["stdout"]) == ("ok", "1")


TIMES = {"run_timeout": 60_000, "compile_timeout": 60_000, "run_cpu_time": 120_000, "compile_cpu_time": 120_000}
MEMORIES = {"run_memory_limit": 536_870_912, "compile_memory_limit": 1_073_741_824}
# As they are written in a body, which need not be JSON.
NO_LIMITS = [
    "0", "-0", "0.0", "-0.0", "0e9", "-1", "-0.001", "-5e-324", "-1e308", "NaN", "-NaN", "nan", "Infinity", "-Infinity",
    "1e400", "-1e400", "1e-400", '""', '"1000"', '"NaN"', "true", "false", "[]", "[1000]", "{}", '{"ms": 1000}', "0x10",
    "01000", "+1000", "1_000", "1000ms", "--1000", "1e", ".5", "5.", "\uff19", str(2**63), str(2**64 + 1000), "1" * 400,
    "1e308", str(-(2**63) - 1),
]  # fmt: skip


def post_limit(service: Service, field: str, value: str) -> httpx.Response:
    raw = f'{{"language": "c", "code": "int main(void) {{}}", "{field}": {value}}}'
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"}
    return post(f"{service.url}/v1/execute", content=raw.encode(), headers=headers, timeout=120)


def is_json(value: str) -> bool:
    try:
        return isinstance(json.loads(value, parse_constant=lambda _: 1 / 0), object)
    except (ValueError, ZeroDivisionError):
        return False


@pytest.mark.parametrize("value", NO_LIMITS, ids=lambda value: value[:20])
def test_limit_that_is_none_is_refused(service: Service, value: str) -> None:
    """Of every field that is a limit; the message names the field wherever the body is JSON at all."""
    for field in TIMES | MEMORIES:
        response = post_limit(service, field, value)
        error = response.json().get("error", {})
        assert (response.status_code, error.get("code")) == (400, "invalid_request"), (field, response.text[:300])
        if is_json(value) and "1e400" not in value:
            assert error["path"][0] == field
            assert field in error["message"]


@pytest.mark.parametrize("field", TIMES | MEMORIES)
def test_ceiling_is_the_last_that_is_allowed(service: Service, field: str) -> None:
    ceiling = (TIMES | MEMORIES)[field]
    assert post_limit(service, field, str(ceiling)).status_code == 200
    for above in (str(ceiling + 1), f"{ceiling}.001" if field in TIMES else str(ceiling * 2)):
        error = post_limit(service, field, above).json()["error"]
        assert (error["code"], error["path"]) == ("invalid_request", [field])
        assert re.search(rf"{field} may be at most {ceiling} (ms|bytes)", error["message"])


@pytest.mark.parametrize("field", MEMORIES)
def test_part_of_a_byte_is_refused(service: Service, field: str) -> None:
    for value in ("0.5", "1e-9", "100000000.5"):
        error = post_limit(service, field, value).json()["error"]
        assert (error["code"], error["path"]) == ("invalid_request", [field])


@pytest.mark.parametrize("field", TIMES | MEMORIES)
def test_null_is_no_limit_of_the_requests(service: Service, field: str) -> None:
    """As if the field were not there: the runtime's own limit holds."""
    response = post_limit(service, field, "null")
    assert (response.status_code, response.json()["run"]["status"]) == (200, "ok")


def test_program_that_ends_too_late_by_itself(service: Service) -> None:
    """Before anybody could end it: what was measured decides."""
    run = service.run("bash", "sleep 0.02; exit 3", run_timeout=5)
    assert_timeout(run, 5)
    run = service.run("c", "int main(void) { for (volatile long i = 0; i < 30000000; i++) ; }", run_cpu_time=0.5)
    assert_cpu_timeout(run, 0.5)


@pytest.mark.parametrize("field", ["compile_timeout", "compile_cpu_time", "compile_memory_limit"])
def test_ceiling_of_a_stage_that_there_is_not(service: Service, field: str) -> None:
    """Where nothing is compiled a limit for it is ignored, but not one that is wrong everywhere."""
    assert service.post("bash", "echo x", **{field: 1000}).status_code == 200
    response = service.post("bash", "echo x", **{field: 2 * (TIMES | MEMORIES)[field]})
    assert (response.status_code, response.json()["error"]["path"]) == (400, [field])


def test_default_holds_for_who_asks_for_none(service: Service) -> None:
    assert_timeout(Program("time/sleep.py").run(service, args=["pause"], run_timeout=None), 5000)
