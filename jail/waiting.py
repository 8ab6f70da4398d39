"""A program that is started before its request is there, and waits at a FIFO.

An interpreter waits where it reads its script. The script it is started with is
a FIFO. It opens it as the last thing of its own start-up, and reads; there it
waits, for as long as the jail does. When the source comes, a regular file takes
the FIFO's name, and the same bytes go through the FIFO. The interpreter is told
nothing and has no part in it: what runs is ``python3 main.py`` and nothing else.
One that wants to see how its script begins before it goes on with its start-up
is given a head to read, which is nothing to whoever reads the whole.

A compiler is started by a driver of ours, which gets it warm, and then opens the
FIFO to read which files it is to compile. Its FIFO has lost its name by then.
"""

import errno
import fcntl
import os
import termios
import time
from array import array
from collections.abc import Iterator
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


def wait_until_read(pid: int, path: str) -> Waiting:
    """Return when the program has opened its FIFO; OSError when it ends before."""
    for _ in _while_alive(pid):
        try:
            return Waiting(pid, path, os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads yet
                raise
    raise AssertionError("unreachable")


def give_head(waiting: Waiting, head: bytes) -> None:
    """Let it read this; return when it has, and waits for more. OSError when it ends before."""
    os.write(waiting.fifo, head)
    for _ in _while_alive(waiting.pid):
        if not _unread_bytes(waiting.fifo) and _is_asleep(waiting.pid):
            return


def _while_alive(pid: int) -> Iterator[None]:
    """Times to look again."""
    delay, longest = _LOOK_AGAIN_S
    while True:
        yield
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            raise OSError(errno.ESRCH, "it ended before it read its FIFO")
        time.sleep(delay)
        delay = min(delay * 1.2, longest)


def _unread_bytes(fifo: int) -> int:
    count = array("i", [0])
    fcntl.ioctl(fifo, termios.FIONREAD, count)
    return count[0]


def _is_asleep(pid: int) -> bool:
    # The state is the first field after the name, which may hold anything (proc(5)).
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


def release(waiting: Waiting, content: bytes | None) -> int:
    """Let it read this, or its script, which has its name by now; return the instant, in ns of CLOCK_MONOTONIC."""
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
