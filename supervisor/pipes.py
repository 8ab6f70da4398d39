"""The supervisor's ends of a program's pipes: output counted and cut, input fed.

What the program wrote is opaque bytes here. Nothing of it is lost: what still
lies in a pipe when its last writer is dead is read by ``drain``.
"""

import errno
import os
import select
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial

import trio

from jail.spec import step
from protocol.messages import MAX_ARRIVALS

_READ_BYTES = 64 * 1024  # the default capacity of a pipe
Tell = Callable[[bytes | bytearray], Awaitable[int]]  # and how much of it was told


class OutputCollector:
    """Keeps the first ``limit`` bytes of one stream; calls back once when there are more."""

    def __init__(
        self,
        fd: int,
        limit: int = 0,
        on_overflow: Callable[[], None] = lambda: None,
        on_kept: Callable[[int], None] = lambda size: None,
    ) -> None:
        os.set_blocking(fd, False)
        self.fd = fd
        self.limit = limit  # both may be set until the first byte is read
        self.on_overflow = on_overflow
        self._on_kept = on_kept
        self._kept = bytearray()
        self._told = 0  # bytes of it
        self.tell: Tell | None = None
        self.is_truncated = False

    @property
    def content(self) -> bytes:
        return bytes(self._kept)

    async def run(self) -> None:
        """Read until every writer has closed, or until cancelled; not ahead of who is told of it."""
        while True:
            await trio.lowlevel.wait_readable(self.fd)
            try:
                has_more = self._read()
            except BlockingIOError:  # a program may read what it wrote itself
                continue
            await self.tell_rest()
            if not has_more:
                return

    async def tell_rest(self) -> None:
        """Tell what was not told yet of what is kept."""
        while self.tell and self._told < len(self._kept):
            self._told += await self.tell(self._kept[self._told : self._told + _READ_BYTES])

    def drain(self) -> None:
        """Read what is left, once no writer is alive any more."""
        try:
            while self._read():
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self.fd)

    def _read(self) -> bool:
        try:
            data = os.read(self.fd, _READ_BYTES)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""  # a terminal that no program has open any more
        room = self.limit - len(self._kept)
        if kept := data[:room]:
            self._kept += kept
            self._on_kept(len(kept))
        if len(data) > room and not self.is_truncated:
            self.is_truncated = True
            self.on_overflow()
        return bool(data)


async def feed(fd: int, content: bytes) -> None:
    """Write a program's whole stdin, then end of file; closes ``fd``. A program need not read it."""
    try:
        os.set_blocking(fd, False)
        await write_whole(fd, content)
    finally:
        os.close(fd)


async def write_whole(fd: int, content: bytes) -> bool:
    """Write all of it to a program; False when that does not read any more."""
    rest = memoryview(content)
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            await trio.lowlevel.wait_writable(fd)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EIO):
                raise
            return False
    return True


class Pipes:
    """Both ends of a program's stdin, stdout and stderr, each closed once."""

    def __init__(self, stdin: int, stdout: int, stderr: int, theirs: list[int]) -> None:
        self._stdin = stdin
        self.theirs = theirs
        self._begin(stdout, stderr)

    def renew(self) -> None:
        """Collect anew, of the same program."""
        stdout, stderr = self.outputs
        self._begin(stdout.fd, stderr.fd)

    def _begin(self, stdout: int, stderr: int) -> None:
        self.arrival: list[int] = []  # bytes kept, of stdout and, below zero, of stderr, in order
        self.outputs = (
            OutputCollector(stdout, on_kept=lambda size: self._note(size)),
            OutputCollector(stderr, on_kept=lambda size: self._note(-size)),
        )

    def _note(self, size: int) -> None:
        if self.arrival and (self.arrival[-1] < 0) == (size < 0):
            self.arrival[-1] += size
        elif len(self.arrival) < MAX_ARRIVALS:
            self.arrival.append(size)

    def are_empty(self) -> bool:
        """Whether the program has written nothing, so far, that was not read."""
        return not select.select([collector.fd for collector in self.outputs], [], [], 0)[0]

    def collect(self, limit: int, on_overflow: Callable[[], None]) -> None:
        """Say how much of each output is kept, before any of it is read."""
        for collector in self.outputs:
            collector.limit, collector.on_overflow = limit, on_overflow

    def tell(self, tell: Callable[[str, bytes | bytearray], Awaitable[int]]) -> None:
        """Tell all of it as it comes, too."""
        for stream, collector in zip(("stdout", "stderr"), self.outputs, strict=True):
            collector.tell = partial(tell, stream)

    def close_theirs(self) -> None:
        while self.theirs:
            os.close(self.theirs.pop())

    def close_stdin(self) -> None:
        if (fd := self.take_stdin()) >= 0:
            os.close(fd)

    def take_stdin(self) -> int:
        """Hand over the end to write to; it is not closed here then."""
        fd, self._stdin = self._stdin, -1
        return fd

    def close(self) -> None:
        self.close_theirs()
        for collector in self.outputs:
            collector.close()
        self.close_stdin()


def open_pipes(owner: int, *, is_merged: bool = False) -> Pipes:
    """Pipes for a program of this host id, stderr's being stdout's if they are merged; the caller closes them."""
    with step("open the pipes"), ExitStack() as undo:
        pairs = []
        for _ in range(3):
            pairs.append(os.pipe2(os.O_CLOEXEC))
            for fd in pairs[-1]:
                undo.callback(os.close, fd)
        (stdin_read, stdin), (stdout, stdout_write), (stderr, stderr_write) = pairs
        if is_merged:
            os.dup2(stdout_write, stderr_write, inheritable=False)
        theirs = [stdin_read, stdout_write, stderr_write]
        for fd in theirs:
            # The jail's own, or /dev/stdin and its like could not be opened in it.
            os.fchown(fd, owner, owner)
        pipes = Pipes(stdin, stdout, stderr, theirs)
        undo.pop_all()
        return pipes
