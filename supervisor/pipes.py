"""The supervisor's ends of a program's pipes: output counted and cut, input fed.

What the program wrote is opaque bytes here. Nothing of it is lost: what still
lies in a pipe when its last writer is dead is read by ``drain``.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack

import trio

from jail.spec import step

_READ_BYTES = 64 * 1024  # the default capacity of a pipe


class OutputCollector:
    """Keeps the first ``limit`` bytes of one stream; calls back once when there are more."""

    def __init__(self, fd: int, limit: int = 0, on_overflow: Callable[[], None] = lambda: None) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self.limit = limit  # both may be set until the first byte is read
        self.on_overflow = on_overflow
        self._kept = bytearray()
        self.is_truncated = False

    @property
    def content(self) -> bytes:
        return bytes(self._kept)

    async def run(self) -> None:
        """Read until every writer has closed, or until cancelled."""
        while True:
            await trio.lowlevel.wait_readable(self._fd)
            if not self._read():
                return

    def drain(self) -> None:
        """Read what is left, once no writer is alive any more."""
        try:
            while self._read():
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self._fd)

    def _read(self) -> bool:
        data = os.read(self._fd, _READ_BYTES)
        room = self.limit - len(self._kept)
        self._kept += data[:room]
        if len(data) > room and not self.is_truncated:
            self.is_truncated = True
            self.on_overflow()
        return bool(data)


async def feed(fd: int, content: bytes) -> None:
    """Write a program's whole stdin, then end of file; closes ``fd``. A program need not read it."""
    try:
        os.set_blocking(fd, False)
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(fd, rest) :]
            except BlockingIOError:
                await trio.lowlevel.wait_writable(fd)
            except BrokenPipeError:
                return
    finally:
        os.close(fd)


class Pipes:
    """Both ends of a program's stdin, stdout and stderr, each closed once."""

    def __init__(self, owner: int) -> None:
        with ExitStack() as undo:
            pairs = []
            for _ in range(3):
                pairs.append(os.pipe2(os.O_CLOEXEC))
                for fd in pairs[-1]:
                    undo.callback(os.close, fd)
            (stdin_read, self._stdin), (stdout_read, stdout_write), (stderr_read, stderr_write) = pairs
            self.theirs = [stdin_read, stdout_write, stderr_write]
            for fd in self.theirs:
                # The jail's own, or /dev/stdin and its like could not be opened in it.
                os.fchown(fd, owner, owner)
            self.outputs = OutputCollector(stdout_read), OutputCollector(stderr_read)
            undo.pop_all()

    def collect(self, limit: int, on_overflow: Callable[[], None]) -> None:
        """Say how much of each output is kept, before any of it is read."""
        for collector in self.outputs:
            collector.limit, collector.on_overflow = limit, on_overflow

    def close_theirs(self) -> None:
        while self.theirs:
            os.close(self.theirs.pop())

    def take_stdin(self) -> int:
        """Hand over the end to write to; it is not closed here then."""
        fd, self._stdin = self._stdin, -1
        return fd

    def close(self) -> None:
        self.close_theirs()
        for collector in self.outputs:
            collector.close()
        if self._stdin >= 0:
            os.close(self._stdin)


def open_pipes(owner: int) -> Pipes:
    """Pipes for a program of this host id; the caller closes them."""
    with step("open the pipes"):
        return Pipes(owner)
