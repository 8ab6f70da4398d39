"""``runjail run`` as a program that is talked to: in a pipe, in a terminal, by signals; files in and out."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.service import Service

pytestmark = pytest.mark.service


@contextmanager
def command(service: Service, *arguments: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "RUNJAIL_URL": service.url, "RUNJAIL_KEY": service.keys["execute"]}
    process = subprocess.Popen([sys.executable, "-I", "-m", "cli", "run", *arguments], env=environment, **streams)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def written(folder: Path, name: str, code: str) -> str:
    (folder / name).write_text(code)
    return str(folder / name)


def test_in_a_pipe_lines_are_answered_as_they_come(service: Service, tmp_path: Path) -> None:
    source = written(tmp_path, "a.py", "import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)\n")
    with command(service, source, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin
        assert process.stdout
        for word in (b"one", b"two"):
            process.stdin.write(word + b"\n")
            assert process.stdout.readline() == word[::-1] + b"\n"
        process.stdin.close()
        process.stdin = None
        assert process.wait(30) == 0


def test_signals_go_to_the_program(service: Service, tmp_path: Path) -> None:
    source = written(tmp_path, "a.sh", "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.01; done")
    with command(service, source, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b"caught\n"
        assert process.wait(30) == 9


def read_until(fd: int, word: bytes) -> bytes:
    said = b""
    while word not in said:
        said += os.read(fd, 4096)
    return said


def test_in_a_terminal(service: Service, tmp_path: Path) -> None:
    """Ctrl-C is a key like any other here; the size goes along, and the terminal is left as it was."""
    source = written(
        tmp_path, "a.py",
        "import os, signal\n"
        # Not by print(), in the middle of which it may be: that isn't reentrant.
        "signal.signal(signal.SIGWINCH, lambda *_: os.write(1, str(os.get_terminal_size()).encode()))\n"
        "print(os.get_terminal_size(), flush=True)\n"
        "try:\n    while True: print('>', input(), flush=True)\nexcept KeyboardInterrupt: exit(4)\n",
    )  # fmt: skip
    ours, theirs = pty.openpty()
    try:
        termios.tcsetwinsize(theirs, (30, 90))
        before = termios.tcgetattr(theirs)
        with command(
            service, "--tty", source, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        ) as process:
            read_until(ours, b"columns=90, lines=30")
            termios.tcsetwinsize(ours, (40, 100))
            process.send_signal(signal.SIGWINCH)  # it has no controlling terminal that would
            read_until(ours, b"columns=100, lines=40")
            os.write(ours, b"hello\r")
            read_until(ours, b"> hello")
            os.write(ours, b"\x03")
            assert process.wait(30) == 4
        assert termios.tcgetattr(theirs) == before
    finally:
        os.close(ours)
        os.close(theirs)


def test_terminal_is_wanted_where_there_is_none(service: Service, tmp_path: Path) -> None:
    source = written(tmp_path, "a.py", "")
    with command(service, "--tty", source, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.wait(30) == 125
        assert process.stderr
        assert b"no terminal" in process.stderr.read()


def test_files_in_and_out(service: Service, tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/deep/a.bin").write_bytes(b"\xff\x00")
    code = (
        "import os\nos.makedirs('out/x')\nopen('out/x/b.bin', 'wb').write(open('deep/a.bin', 'rb').read() * 2)\n"
        "os.symlink('/etc/passwd', 'out/link')\n"
    )
    source = written(tmp_path, "a.py", code)
    arguments = ["--file", str(tmp_path / "in"), "--output", "out/**", "--output-dir", str(tmp_path / "back"), source]
    with command(service, *arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.wait(30) == 0
        assert process.stderr
        assert b"out/link was not brought back: it is a" in process.stderr.read()
    assert (tmp_path / "back/out/x/b.bin").read_bytes() == b"\xff\x00\xff\x00"
    assert sorted(p.name for p in (tmp_path / "back/out").iterdir()) == ["x"]


def test_who_reads_no_more_ends_it(service: Service, tmp_path: Path) -> None:
    """As any program's output may be cut by head, and the file of a folder is sent once."""
    source = written(tmp_path, "a.py", "import os\nprint(sorted(os.listdir()))\nwhile True: print('x' * 1000)\n")
    with command(
        service,
        "--file",
        str(tmp_path),
        source,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"['a.py']\n"
        process.stdout.close()
        process.stdout = None
        assert process.wait(30) == 141
        assert process.stderr
        assert process.stderr.read() == b""


def test_result_comes_though_there_is_more_to_be_said(service: Service, tmp_path: Path) -> None:
    """What the client goes on to say when the service has closed must not take back what that has said last."""
    source = written(tmp_path, "a.py", "print(input())")
    for _ in range(10):
        with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
            with command(
                service, source, stdin=endless.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            ) as process:
                assert process.wait(30) == 0
                assert process.stdout
                assert process.stdout.read() == b"y\n"
            endless.kill()


def test_no_service(service: Service, tmp_path: Path) -> None:
    source = written(tmp_path, "a.py", "")
    for url, word in (("http://127.0.0.1:1", b"refused"), ("nonsense://x", b"nonsense"), (service.url + "/x", b"404")):
        with command(service, "--url", url, source, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            assert process.wait(30) == 125
            assert process.stderr
            assert word in process.stderr.read()
