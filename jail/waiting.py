"""A program that is started before its request is there, and waits at a FIFO.

An interpreter, or a compiler, waits where it reads its source: the file it is
started with is a FIFO. It opens it when its own start-up is over, or goes on
with that beside it, and reads; there it waits, for as long as the jail does. When
the source comes, a regular file takes the FIFO's name, and the same bytes go
through the FIFO. The program is told nothing and has no part in it: what runs is
``python3 main.py`` and nothing else. One that wants to see how its source begins
before it goes on is given a head to read, which means nothing.

A compiler that is worth it is started by a driver of ours, which gets it warm, and
then opens the FIFO to read which files it is to compile. Its FIFO has lost its
name by then.
"""

import errno
import os
import time
from dataclasses import dataclass

from jail.spec import BOX

# What fits into a FIFO at once, whether it is read or not (pipe(7)).
MAX_BYTES = 64 * 1024
_LOOK_AGAIN_S = (0.001, 0.02)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program that waits."""

    pid: int
    path: str  # of its FIFO
    fifo: int  # our end of it


def make_fifo(name: str) -> str:
    """Create the FIFO; return its path."""
    path = os.path.join(BOX, name)
    os.mkfifo(path, 0o644)
    return path


def wait_until_read(pid: int, path: str, head: bytes) -> Waiting:
    """Return when the program has opened its FIFO, and may read the head; OSError when it ends before."""
    delay, longest = _LOOK_AGAIN_S
    while True:
        try:
            waiting = Waiting(pid, path, os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
            if head:
                os.write(waiting.fifo, head)
            return waiting
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads yet
                raise
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            raise OSError(errno.ESRCH, "it ended before it read its FIFO")
        time.sleep(delay)
        delay = min(delay * 1.2, longest)


def release(waiting: Waiting, content: bytes | None) -> int:
    """Let it read this, or its source, which has its name by now; return the instant, in ns of CLOCK_MONOTONIC."""
    if os.waitid(os.P_PID, waiting.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        raise OSError(errno.ESRCH, "it ended while it waited")
    if content is None:
        with open(waiting.path, "rb") as file:
            content = file.read()
    started_ns = time.monotonic_ns()
    # At once, for it fits.
    if content and os.write(waiting.fifo, content) != len(content):
        raise OSError(errno.EMSGSIZE, "it does not fit through the FIFO")
    os.close(waiting.fifo)
    return started_ns
