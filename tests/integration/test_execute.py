"""One execution and everything that can become of it, over HTTP."""

import pytest

from tests.running import eventually
from tests.service import Service, get

pytestmark = pytest.mark.service

STAGE_FIELDS = {
    "stdout", "stderr", "code", "signal", "time_ms", "memory_kb", "status", "message", "cpu_ms",
    "stdout_truncated", "stderr_truncated", "stdout_replaced", "stderr_replaced",
}  # fmt: skip
MIB = 1 << 20


def test_example_of_the_documentation(service: Service) -> None:
    answer = service.execute("python", "print(sum(range(1, 101)))")
    run = answer["run"]
    assert answer.keys() == {"language", "version", "run", "id"}
    assert (answer["language"], answer["version"].startswith("3.13.")) == ("python", True)
    assert (run["stdout"], run["stderr"], run["code"], run["signal"]) == ("5050\n", "", 0, None)
    assert (run["status"], run["message"]) == ("ok", None)
    assert 1 < run["time_ms"] < 5000
    assert 1000 < run["memory_kb"] < 64_000
    assert run.keys() == STAGE_FIELDS


def test_answer_tells_where_its_time_went(service: Service) -> None:
    response = service.post("c", "#include <unistd.h>\nint main(void) { usleep(50000); }")
    timing = dict(phase.split(";dur=") for phase in response.headers["Server-Timing"].split(", "))
    assert list(timing) == ["queue", "compile", "run", "total"]
    queue, compiling, running, total = map(float, timing.values())
    assert compiling == pytest.approx(response.json()["compile"]["time_ms"], abs=0.1)
    assert 50 <= running < total
    assert queue + compiling + running < total < 60_000
    assert get(f"{service.url}/healthz").headers["Server-Timing"].startswith("total;dur=")


def test_compiled_language_has_both_stages(service: Service) -> None:
    answer = service.execute("c", '#include <stdio.h>\nint main(void) { puts("hi"); return 0; }')
    assert (answer["compile"]["status"], answer["run"]["stdout"]) == ("ok", "hi\n")
    assert answer["compile"].keys() == answer["run"].keys() == STAGE_FIELDS
    assert answer["compile"]["memory_kb"] > answer["run"]["memory_kb"]  # each stage's own peak


@pytest.mark.parametrize(
    ("language", "code"),
    [("c", "int main(void) { return 0; }"), ("rust", "fn main() {}"), ("go", "package main\nfunc main() {}")],
)
def test_what_the_compiler_used_is_not_the_programs(service: Service, language: str, code: str) -> None:
    assert service.run(language, code)["memory_kb"] < 16_000


def test_files_in_memory_are_the_programs(service: Service) -> None:
    run = service.run("python", "open('f', 'wb').write(bytes(50 << 20))")
    assert 50 * 1024 < run["memory_kb"] < 120 * 1024


def test_source_needs_no_suffix(service: Service) -> None:
    assert service.run("c", {"prog": "int main(void) { return 7; }"})["code"] == 7
    assert service.run("c++", {"prog": "#include <new>\nint main() { return 7; }"})["code"] == 7


def test_stdin_byte_for_byte(service: Service) -> None:
    run = service.run("python", "import sys; print(sys.stdin.buffer.read())", stdin="AP8KAA==", stdin_encoding="base64")
    assert run["stdout"] == "b'\\x00\\xff\\n\\x00'\n"
    assert service.run("python", "import sys; print(repr(sys.stdin.read()))", stdin="é")["stdout"] == "'é'\n"
    assert service.run("python", "import sys; print(repr(sys.stdin.read()))")["stdout"] == "''\n"


def test_stdin_that_is_not_read(service: Service) -> None:
    assert service.run("bash", "echo done", stdin="x" * (4 * MIB))["stdout"] == "done\n"
    assert service.run("bash", "exec <&-; echo done", stdin="x" * MIB)["stdout"] == "done\n"


def test_arguments_and_environment(service: Service) -> None:
    code = "import os, sys; print(sys.argv[1:], os.environ['FOO'], os.environ['HOME'], os.getcwd())"
    run = service.run("python", code, args=["", "a b", "--x", "ü", "$(id)"], env={"FOO": "b ä\nr"})
    assert run["stdout"] == "['', 'a b', '--x', 'ü', '$(id)'] b ä\nr /box /box\n"


@pytest.mark.parametrize("path", ["", "/nowhere", "/box"])
def test_the_programs_path_is_its_own_affair(service: Service, path: str) -> None:
    run = service.run("python", "import os; print(os.environ['PATH'])", env={"PATH": path})
    assert run["stdout"] == f"{path}\n"


def test_typescript_modules(service: Service) -> None:
    files = {
        "main.mts": "import { x } from './lib.mjs';\nconsole.log(await Promise.resolve(x));",
        "lib.mts": "export const x: number = 5;",
    }
    assert service.run("typescript", files)["stdout"] == "5\n"
    files = {"main.ts": "import { x } from './lib';\nconsole.log(x);", "lib.ts": "export const x: number = 6;"}
    assert service.run("typescript", files)["stdout"] == "6\n"


def test_files_in_folders(service: Service) -> None:
    files = {"src/main.sh": "cat data/a.txt; bash lib/b.sh", "data/a.txt": "A\n", "lib/b.sh": "echo B; ls -1"}
    assert service.run("bash", files)["stdout"] == "A\nB\ndata\nlib\nsrc\n"


def test_wall_time_limit_keeps_the_output_so_far(service: Service) -> None:
    run = service.run("python", "import time; print('x', flush=True); time.sleep(60)", run_timeout=400)
    assert (run["status"], run["signal"], run["code"], run["stdout"]) == ("timeout", "SIGKILL", None, "x\n")
    assert "400 ms" in run["message"]
    assert 400 <= run["time_ms"] < 600  # to 10 ms, on a machine that has time


def test_cpu_time_limit_counts_every_process(service: Service) -> None:
    code = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    run = service.run("python", code, run_cpu_time=500)
    assert (run["status"], run["signal"]) == ("cpu_timeout", "SIGKILL")
    assert 490 <= run["cpu_ms"] < 800


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(900 << 20)",
        "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(900 << 20)'])",
        "import os, time\nfor _ in range(2):\n  if not os.fork(): x = bytearray(90 << 20); time.sleep(60)\ntime.sleep(60)",
        "import mmap\nm = mmap.mmap(-1, 900 << 20)\nfor i in range(0, 900 << 20, 4096): m[i] = 1",
        "for n in range(4): open(f'/dev/shm/{n}', 'wb').write(bytes(30 << 20))",
    ],
    ids=["one", "leak", "child", "together", "shared", "shm"],
)
def test_memory_limit(service: Service, code: str) -> None:
    run = service.run("python", code, run_memory_limit=100 * MIB)
    assert (run["status"], run["signal"], run["code"]) == ("out_of_memory", "SIGKILL", None)
    assert str(100 * MIB) in run["message"]
    assert run["memory_kb"] <= 101 * 1024


@pytest.mark.parametrize("limit", [1, 4096, 100_000])
def test_memory_limit_below_what_a_start_takes(service: Service, limit: int) -> None:
    assert service.run("python", "print(1)", run_memory_limit=limit)["status"] == "out_of_memory"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("extra", [-1, 0, 1, 200_000])
def test_output_limit(service: Service, stream: str, extra: int) -> None:
    code = f"import sys; sys.{stream}.write('x' * {MIB + extra})"
    run = service.run("python", code)
    assert len(run[stream]) == min(MIB, MIB + extra)
    assert run[f"{stream}_truncated"] == (extra > 0)
    assert run["status"] == ("output_limit" if extra > 0 else "ok")
    assert (run["signal"], run["code"]) == (("SIGKILL", None) if extra > 0 else (None, 0))


def test_endless_output_ends(service: Service) -> None:
    run = service.run("bash", "yes | tee /dev/stderr")
    assert run["status"] == "output_limit"
    assert run["time_ms"] < 4000


def test_output_that_is_not_text(service: Service) -> None:
    code = r"import sys; sys.stdout.buffer.write(b'a\xff\x00b')"
    assert service.run("python", code)["stdout"] == "a\ufffd\0b"
    assert service.run("python", code)["stdout_replaced"] is True
    assert service.run("python", code, output_encoding="base64")["stdout"] == "Yf8AYg=="


@pytest.mark.parametrize(
    "code",
    [
        "import os, time\nif not os.fork():\n  os.setsid()\n  if not os.fork(): time.sleep(60)\n  os._exit(0)\nprint('parent')",
        "import subprocess; subprocess.Popen(['sleep', '60']); print('parent')",
        "import os, signal\nif not os.fork():\n  for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n  signal.pause()\nprint('parent')",
    ],
    ids=["daemon", "background", "deaf"],
)  # fmt: skip
def test_execution_ends_with_its_first_process(service: Service, code: str) -> None:
    run = service.run("python", code)
    assert (run["stdout"], run["status"]) == ("parent\n", "ok")
    assert run["time_ms"] < 4000


def test_last_words_of_a_child_are_not_lost(service: Service) -> None:
    """A program that ends at once with its output still in the pipe."""
    code = "import os; os.write(1, b'x' * 65536); os.kill(os.getpid(), 9)"
    for _ in range(20):
        assert len(service.run("python", code)["stdout"]) == 65_536


def test_nothing_stays_for_the_next_execution(service: Service) -> None:
    leave = "for d in /box /tmp /var/tmp /dev/shm; do echo secret >$d/left; done; ls -A /box /tmp /var/tmp /dev/shm"
    assert "left" in service.run("bash", leave)["stdout"]
    look = "cat /box/left /tmp/left /var/tmp/left /dev/shm/left 2>/dev/null; ls -A /box /tmp /var/tmp /dev/shm"
    assert "left" not in service.run("bash", look)["stdout"]


def test_compile_stage_has_its_own_limits(service: Service) -> None:
    answer = service.execute("c", "#include </dev/zero>\nint main(void) {}", compile_timeout=100)
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("timeout", "skipped")
    assert "100 ms" in answer["compile"]["message"]
    answer = service.execute("c", "#include </dev/zero>\nint main(void) {}", compile_memory_limit=100 * MIB)
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("out_of_memory", "skipped")


def test_what_a_compile_leaves_running_is_dead_before_the_run(service: Service) -> None:
    run = service.run(
        "c",
        '#include <stdlib.h>\nint main(void) { return system("ps -e -o comm= | grep -v -e ps -e sh -e grep -e a.out") == 0; }',
    )
    assert run["code"] == 0


def test_versions_live_side_by_side(service: Service) -> None:
    code = "class A { public static void main(String[] a) { System.out.println(Runtime.version().feature()); } }"
    for version, feature in (("21", "21\n"), ("*", "25\n"), (">=21 <25", "21\n")):
        assert service.execute("java", code, version=version)["run"]["stdout"] == feature


async def test_answer_carries_its_id(service: Service) -> None:
    response = service.post("bash", "true")
    execution_id = response.json()["id"]
    assert response.headers["X-Request-Id"] == execution_id
    # The line is written after the answer is sent.
    line = f" event=finished execution={execution_id} key=execute runtime=bash "
    await eventually(lambda: line in service.log.read_text(), "the log has no line of it")
