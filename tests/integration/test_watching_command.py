"""``runjail status --watch``, in a terminal and without one."""

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

_PATIENCE_S = 60
_SCREEN_BYTES = 64 * 1024  # more than one
SHOW_CURSOR, LEAVE_SCREEN = b"\x1b[?25h", b"\x1b[?1049l"


def command(service: Service) -> list[str]:
    options = ["--state", str(service.state), "--run-dir", str(service.run_dir)]
    return [sys.executable, "-I", "-m", "cli", *options, "status", "--watch", "--interval", "0.1"]


class Reader:
    """Of what a command writes, until something is there that was not before."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.seen = b""

    def until(self, pattern: bytes) -> bytes:
        """What comes up to the end of the first match; an EOFError or OSError (of a terminal) when it never does."""
        deadline = time.monotonic() + _PATIENCE_S
        while not (found := re.search(pattern, self.seen, re.DOTALL)):
            assert time.monotonic() < deadline, self.seen[-_SCREEN_BYTES:]
            self.seen = self.seen[-_SCREEN_BYTES:]
            data = os.read(self._fd, 65_536)
            if not data:
                raise EOFError(self.seen)
            self.seen += data
        before, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return before


@contextmanager
def watching_in_terminal(service: Service) -> Iterator[tuple[subprocess.Popen[bytes], Reader]]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (200, 200))  # room for all of it
    # Without what pytest-xdist says of its own terminal.
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment["TERM"] = "xterm-256color"
    process = subprocess.Popen(
        command(service), stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield process, Reader(ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_it_follows_and_ends_cleanly(service: Service) -> None:
    with watching_in_terminal(service) as (process, screen):
        screen.until(rb"ready: 0 of \d+ running.* executions/s.*acquire_ms.*python")
        service.execute("python", "print(1)")
        line = screen.until(
            rb"(?!0\.0)\d+\.\d executions/s, 0\.0 refused/s, 0\.0 cancelled/s, latency p50 [0-9]+ ms[^\r\n]*"
        )
        assert b"supervisor" in line
        process.send_signal(signal.SIGINT)
        assert SHOW_CURSOR in screen.until(re.escape(LEAVE_SCREEN))
        assert process.wait(30) == 0


def test_it_survives_a_restart_of_the_supervisor(own_service: Service) -> None:
    with watching_in_terminal(own_service) as (_, screen):
        screen.until(rb"ready: ")
        assert own_service.supervisor
        own_service.supervisor.terminate()
        own_service.supervisor.wait(30)
        screen.until(rb"no supervisor answers at ")
        own_service.start_supervisor()
        screen.until(rb"ready: .*executions/s")


def test_without_a_terminal_it_is_lines(service: Service) -> None:
    process = subprocess.Popen(
        command(service), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    lines = [process.stdout.readline().decode() for _ in range(3)]
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d ready: .* refused; .*\n", line) for line in lines), lines
    assert "rates: from the second look on" in lines[0]
    assert "0.0 executions/s" in lines[1]
    process.stdout.close()  # as `head` does
    assert process.stderr.read() == b""
    assert process.wait(30) == 1
    process.stderr.close()


def test_what_does_not_go_together(service: Service) -> None:
    done = subprocess.run([*command(service), "--json"], capture_output=True, text=True)
    assert (done.returncode, "do not go together" in done.stderr) == (2, True)
