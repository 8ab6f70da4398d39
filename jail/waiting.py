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
name by then, as has that of a virtual machine, which is held at the end of its
start-up (runtimes/layers/java/Hold.c) and reads nothing but the end of its FIFO.
"""

import errno
import fcntl
import os
import select
import socket
import time
from dataclasses import dataclass
from termios import FIONREAD

from jail.spec import BOX

# What fits into a FIFO at once, whether it is read or not (pipe(7)).
MAX_BYTES = 64 * 1024
_LOOK_AGAIN_S = (0.001, 0.02)
_ZERO = bytes(4)  # an int, as FIONREAD has it


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program that waits."""

    pid: int
    path: str  # of its FIFO
    fifo: int  # our end of it
    pidfd: int


def make_fifo(name: str) -> str:
    """Create the FIFO, in the box if its name does not say where; return its path."""
    path = os.path.join(BOX, name)
    os.mkfifo(path, 0o644)
    return path


def wait_until_read(pid: int, path: str, head: bytes) -> Waiting:
    """Return when the program has opened its FIFO, and may read the head; OSError when it ends before."""
    pidfd = os.pidfd_open(pid)
    delay, longest = _LOOK_AGAIN_S
    while not select.select([pidfd], [], [], 0)[0]:
        try:
            fifo = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads yet
                raise
        else:
            os.write(fifo, head)
            return Waiting(pid, path, fifo, pidfd)
        time.sleep(delay)
        delay = min(delay * 1.2, longest)
    raise OSError(errno.ESRCH, "it ended before it read its FIFO")


def wait_for_order(control: socket.socket, waiting: Waiting) -> None:
    """Return when there is one; OSError when the program ends before, whoever killed it: nothing waits here then."""
    if waiting.pidfd in select.select([control.fileno(), waiting.pidfd], [], [])[0]:
        raise OSError(errno.ESRCH, "it ended while it waited")


def release(waiting: Waiting, content: bytes | None) -> int:
    """Let it read this, or its source, which has its name by now; return the instant, in ns of CLOCK_MONOTONIC.

    The FIFO is closed; the pidfd is the caller's.
    """
    if content is None:
        source = os.open(waiting.path, os.O_RDONLY | os.O_CLOEXEC)
        content = os.read(source, MAX_BYTES + 1)
        os.close(source)
    # All at once, or nothing of it: what it has not read yet takes room, and a host may grant less than usual.
    if (
        len(content) > fcntl.fcntl(waiting.fifo, fcntl.F_GETPIPE_SZ)
        or fcntl.ioctl(waiting.fifo, FIONREAD, _ZERO) != _ZERO
    ):
        raise OSError(errno.EMSGSIZE, "it does not fit through the FIFO")
    started_ns = time.monotonic_ns()
    os.write(waiting.fifo, content)
    os.close(waiting.fifo)
    return started_ns
