"""The box as one stream: what a compiler made, so that another jail need not make it again.

It is as ``write_files`` reads it, and that is what makes it anew. In between it
is opaque bytes. No program runs in either jail at that time.
"""

import json
import os
import stat

from jail.files import send_part, unfit, walk_from, write_all
from jail.spec import BOX


def pack_files(pipe: int, limit: int) -> int:
    """Write all files of the box into a pipe; return the length of the header.

    Nothing is written, and 0 returned, when there is something else than files,
    or more of them than ``limit`` bytes: then it can't be made anew.
    """
    files: list[tuple[str, int, int]] = []
    with open(pipe, "wb", buffering=0) as out:
        for _, name, entry in walk_from(BOX):
            status = entry.stat(follow_symlinks=False)
            if unfit(name, entry) or not status.st_mode & stat.S_IRUSR:
                return 0
            files.append((name, status.st_size, stat.S_IMODE(status.st_mode)))
        if sum(size for _, size, _ in files) > limit:
            return 0
        header = json.dumps(files).encode()
        write_all(out.fileno(), header)
        for (folder, _, entry), (_, size, _) in zip(walk_from(BOX), files, strict=True):
            fd = os.open(entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            try:
                send_part(fd, out.fileno(), 0, size)
            finally:
                os.close(fd)
    return len(header)
