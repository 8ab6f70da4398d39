"""A program that is started before its source is there: an interpreter, waiting where it reads its script.

The script it is started with is a FIFO. It opens it as the last thing of its
own start-up, and reads; there it waits, for as long as the jail does. When the
source comes, a regular file takes the FIFO's name, and the same bytes go
through the FIFO. The interpreter is told nothing and has no part in it: what
runs is ``python3 main.py`` and nothing else.
"""

import errno
import os
import time
from dataclasses import dataclass

from jail.spec import BOX

# What fits into a FIFO at once, whether it is read or not (pipe(7)).
MAX_SOURCE_BYTES = 64 * 1024
_LOOK_AGAIN_S = 0.001


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program whose source has not come yet."""

    pid: int
    path: str  # of the script
    fifo: int  # our end of it


def make_script(name: str) -> str:
    """Create the FIFO that stands for the source; return its path."""
    path = os.path.join(BOX, name)
    os.mkfifo(path, 0o644)
    return path


def wait_until_read(pid: int, path: str) -> Waiting:
    """Return when the program has opened its script; OSError when it ends before."""
    while True:
        try:
            return Waiting(pid, path, os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads yet
                raise
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            raise OSError(errno.ESRCH, "it ended before it read its script")
        time.sleep(_LOOK_AGAIN_S)


def release(waiting: Waiting) -> int:
    """Let it read its source, which has its name by now; return the instant, in ns of CLOCK_MONOTONIC."""
    if os.waitid(os.P_PID, waiting.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        raise OSError(errno.ESRCH, "it ended while it waited")
    with open(waiting.path, "rb") as file:
        source = file.read()
    started_ns = time.monotonic_ns()
    # At once, for it fits.
    if source and os.write(waiting.fifo, source) != len(source):
        raise OSError(errno.EMSGSIZE, "the source does not fit through the FIFO")
    os.close(waiting.fifo)
    return started_ns
