"""The supervisor's ends of a program's pipes: output counted and cut, input fed.

What the program wrote is opaque bytes here. Nothing of it is lost: what still
lies in a pipe when its last writer is dead is read by ``drain``.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import trio

from jail.spec import step

_READ_BYTES = 64 * 1024  # the default capacity of a pipe


class OutputCollector:
    """Keeps the first ``limit`` bytes of one stream; calls back once when there are more."""

    def __init__(self, fd: int, limit: int, on_overflow: Callable[[], None]) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._limit = limit
        self._on_overflow = on_overflow
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
        room = self._limit - len(self._kept)
        self._kept += data[:room]
        if len(data) > room and not self.is_truncated:
            self.is_truncated = True
            self._on_overflow()
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
    """Both ends of a stage's stdin, stdout and stderr, each closed once."""

    def __init__(self, owner: int, limit: int, on_overflow: Callable[[], None]) -> None:
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
            self.outputs = (
                OutputCollector(stdout_read, limit, on_overflow),
                OutputCollector(stderr_read, limit, on_overflow),
            )
            undo.pop_all()

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


@contextmanager
def open_pipes(owner: int, limit: int, on_overflow: Callable[[], None]) -> Iterator[Pipes]:
    with step("open the pipes"):
        pipes = Pipes(owner, limit, on_overflow)
    try:
        yield pipes
    finally:
        pipes.close()
