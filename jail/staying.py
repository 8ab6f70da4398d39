"""A compiler that stays for the next request of the same key, where the operator wants that.

Its driver (waiting.py) is told to stay. Then it says how a compilation went on a
pipe, its descriptor 3, instead of ending, and waits for the next FIFO. All that was
written meanwhile is removed before.
"""

import contextlib
import errno
import fcntl
import os
import select
from termios import FIONREAD

from jail.files import WRITABLE
from jail.waiting import Waiting

_FOLDERS = [name for folders in WRITABLE.values() for name in folders]


def wait_for_word(waiting: Waiting, status: int) -> int | None:
    """The exit code that its driver told; None when it ends, or has ended, without a word."""
    ready = select.select([status, waiting.pidfd], [], [])[0]
    word = os.read(status, 1) if status in ready else b""
    return word[0] if word else None


def empty_folders() -> None:
    """Remove all that any program has written; OSError when something can't be."""
    for top in _FOLDERS:
        # No link is followed: to a folder it is a name among the folders, and os.walk does not go there.
        for folder, folders, files in os.walk(top, topdown=False, onerror=_fail):
            for name in (*files, *folders):
                path = os.path.join(folder, name)
                with contextlib.suppress(NotADirectoryError):
                    os.rmdir(path)
                    continue
                os.unlink(path)


def check_renewed(status: int) -> None:
    """OSError when its driver has written, or told, anything since: it is not where it should be."""
    if any(os.listdir(folder) for folder in _FOLDERS) or fcntl.ioctl(status, FIONREAD, bytes(4)) != bytes(4):
        raise OSError(errno.ENOTEMPTY, "the compiler went on by itself")


def _fail(error: OSError) -> None:
    raise error
