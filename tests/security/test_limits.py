"""Every limit tells of itself: a status and a sentence of its own, from the kernel's figures, never guessed."""

import pytest

from tests.security.attacks import Program
from tests.service import Service

pytestmark = pytest.mark.service

MIB = 1 << 20
REFUSED = {
    "file size, error": ("file_size.py", ["4"], "file_size_limit", "exited with code 4; a file reached the limit of 67108864 bytes"),
    "file size, signal": ("file_size.c", [], "file_size_limit", "killed by SIGXFSZ; a file reached the limit of 67108864 bytes"),
    "file size, sparse": ("sparse.py", [], "file_size_limit", "exited with code 1; a file reached the limit of 67108864 bytes"),
    "disk": ("disk.py", ["/box", "3"], "disk_limit", "exited with code 3; the disk limit of 134217728 bytes was reached"),
    "disk, /tmp": ("disk.py", ["/tmp", "3"], "disk_limit", "exited with code 3; the disk limit of 134217728 bytes was reached"),
    "disk, /dev/shm": ("disk.py", ["/dev/shm", "3"], "disk_limit", "exited with code 3; the disk limit of 134217728 bytes was reached"),
    "disk, bash": ("disk.sh", [], "disk_limit", "exited with code 1; the disk limit of 134217728 bytes was reached"),
    "inodes": ("inodes.py", ["/box", "3"], "inode_limit", "exited with code 3; the limit of 16384 files and folders was reached"),
    "inodes, /var/tmp": ("inodes.py", ["/var/tmp", "3"], "inode_limit", "exited with code 3; the limit of 16384 files and folders was reached"),
    "inodes, /dev/shm": ("inodes.py", ["/dev/shm", "3"], "inode_limit", "exited with code 3; the limit of 16384 files and folders was reached"),
    "inodes, go": ("inodes.go", [], "inode_limit", "exited with code 1; the limit of 16384 files and folders was reached"),
    "processes": ("processes.py", ["9"], "process_limit", "exited with code 9; the limit of 256 processes and threads was reached"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_limit_that_refuses(service: Service, case: str) -> None:
    """The program lives on and fails; code and signal stay its own."""
    name, args, status, message = REFUSED[case]
    run = Program(f"limits/{name}").run(service, args=args, run_timeout=30_000)
    assert (run["status"], run["message"]) == (status, message)
    if "signal" in case:
        assert (run["code"], run["signal"]) == (None, "SIGXFSZ")
    else:
        assert (f"exited with code {run['code']};" in message, run["signal"]) == (True, None)


@pytest.mark.parametrize(
    ("name", "args"),
    [("file_size.py", ["0"]), ("disk.py", ["/box", "0"]), ("inodes.py", ["/tmp", "0"]), ("processes.py", ["0"])],
)
def test_limit_that_was_met_and_survived(service: Service, name: str, args: list[str]) -> None:
    """A program that meets a limit and ends well has ended well."""
    run = Program(f"limits/{name}").run(service, args=args, run_timeout=30_000)
    assert (run["status"], run["code"], run["message"]) == ("ok", 0, None)
    assert run["stdout"].split()[0] in ("File", "No", "Resource")


@pytest.mark.parametrize("name", ["open_files.py", "open_files.js"])
def test_open_files(service: Service, name: str) -> None:
    """The kernel counts no refusals here: only the program knows, and what it makes of it is what is told."""
    run = Program(f"limits/{name}").run(service)
    assert (run["status"], run["code"], run["message"]) == ("nonzero_exit", 1, "exited with code 1")
    text, _, count = run["stdout"].rpartition(" ")
    assert text == "Too many open files"
    assert 900 < int(count) < 1024


def test_limit_met_long_before(service: Service) -> None:
    """What is no more at the end is not taken for the cause of it."""
    run = Program("limits/tidy.py").run(service)
    assert (run["status"], run["code"], run["message"]) == ("nonzero_exit", 5, "exited with code 5")
    assert "No space left on device" in run["stdout"]


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("while True: pass", "timeout", "the wall time limit of 300 ms was exceeded"),
        ("while True: print('x' * 1000)", "output_limit", "the output limit of 1048576 bytes a stream was exceeded"),
        ("x = bytearray(1 << 30)", "out_of_memory", "the memory limit of 67108864 bytes was exceeded"),
    ],
)
def test_limit_that_ends_a_program(service: Service, code: str, status: str, sentence: str) -> None:
    run = service.run("python", code, run_timeout=300 if status == "timeout" else 20_000, run_memory_limit=64 * MIB)
    assert (run["status"], run["message"], run["code"], run["signal"]) == (status, sentence, None, "SIGKILL")


def test_cpu_time_is_not_wall_time(service: Service) -> None:
    burn = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    run = service.run("python", burn, run_cpu_time=300, run_timeout=20_000)
    assert (run["status"], run["message"]) == ("cpu_timeout", "the CPU time limit of 300 ms was exceeded")
    assert run["cpu_ms"] >= 300
    sleep = service.run("bash", "sleep 0.6", run_cpu_time=300)
    assert (sleep["status"], sleep["cpu_ms"] < 300 < sleep["time_ms"]) == ("ok", True)


@pytest.mark.parametrize("number", ["SIGXFSZ", "SIGXCPU", "SIGKILL", "SIGSEGV"])
def test_signal_is_not_taken_for_a_limit(service: Service, number: str) -> None:
    """The kernel sends these for limits; whoever sends them to himself has met none."""
    run = service.run("python", f"import os, signal\nos.kill(os.getpid(), signal.{number})")
    if number == "SIGXFSZ":  # ignored by python itself
        assert run["status"] == "ok"
        run = service.run("bash", "kill -XFSZ $$")
    assert (run["status"], run["signal"], run["message"]) == ("signaled", number, f"killed by {number}")


@pytest.mark.parametrize("code", [137, 139, 143, 152, 153])
def test_exit_code_is_not_taken_for_a_signal(service: Service, code: int) -> None:
    run = service.run("bash", f"exit {code}")
    assert (run["status"], run["code"], run["signal"]) == ("nonzero_exit", code, None)
