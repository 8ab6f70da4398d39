"""Init's hands in the jail's files: writes a request's, says which limits were met, reads results back.

All of it happens while no program runs in the jail, with no more rights than a
program has. Still no link is ever followed, and every folder is entered by descriptor.
"""

import contextlib
import fnmatch
import json
import os
import stat
from collections.abc import Iterator, Sequence

from jail.spec import BOX, DISK, FILE_SIZE, INODES

# Everywhere a program can write, by the file system that holds it.
WRITABLE = {"/": (BOX, "/tmp", "/var/tmp"), "/dev/shm": ("/dev/shm",)}
_NEXT_SCRIPT = "/tmp/script"  # where no request puts files
_MAX_DEPTH = 16  # of folders below the first
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking: opening a FIFO must not wait for its other end.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def write_files(header_bytes: int, fd: int) -> None:
    """Create the request's files in the box.

    The memfd holds a JSON list of names, sizes and modes, which may be longer than
    a message, then their contents one after the other.
    """
    files: list[tuple[str, int, int]] = json.loads(os.pread(fd, header_bytes, 0))
    offset = header_bytes
    for name, size, mode in files:
        path = os.path.join(BOX, name)
        if "/" in name:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        # In the place of a script that is waited for (waiting.py) it is put when it is whole.
        made = _NEXT_SCRIPT if os.path.lexists(path) else path
        # Files are only ever made, never opened: there is nothing here to be followed.
        target = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        send_part(fd, target, offset, size)
        offset += size
        os.close(target)
        if made != path:
            os.rename(made, path)
    os.close(fd)


def copy_file(original: str, name: str) -> None:
    """Create a file of this name in the box, with what one of a layer holds."""
    source = os.open(original, _FILE)
    target = os.open(os.path.join(BOX, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    send_part(source, target, 0, os.fstat(source).st_size)
    os.close(source)
    os.close(target)


def met_limits(file_size_bytes: int) -> list[str]:
    """Which limits are met now: the file systems' own figures, and the size of the largest file."""
    met: set[str] = set()
    for root, folders in WRITABLE.items():
        space = os.statvfs(root)
        met |= {limit for limit, free in ((DISK, space.f_bfree), (INODES, space.f_ffree)) if not free}
        for name in folders:
            with contextlib.suppress(OSError):  # the program took its own rights away
                if any(_size(entry) >= file_size_bytes for _, _, entry in walk_from(name)):
                    met.add(FILE_SIZE)
    return sorted(met)


def collect_files(patterns: Sequence[str], pipe: int, *, files: int, file_bytes: int, total_bytes: int) -> None:
    """Write the box's files whose names match a pattern into a pipe, at most so many and so large.

    For each a line of JSON, ``{"name", "size"}``, then its content; or
    ``{"name", "skipped"}``, the reason why its content is not there. An empty line is the end.
    """
    wanted = [_split(pattern) for pattern in patterns]
    sent = skipped = 0
    with open(pipe, "wb", buffering=0) as out:
        for folder, name, entry in walk_from(BOX):
            if not any(_matches(name.split("/"), pattern) for pattern in wanted):
                continue
            room = min(file_bytes, total_bytes) if sent < files else -1
            size, reason = _send_file(out.fileno(), folder, name, entry, room)
            total_bytes -= size
            sent += not reason
            skipped += bool(reason)
            if reason and skipped <= files:
                _send_line(out.fileno(), {"name": _printable(name), "skipped": reason})
        if skipped > files:
            _send_line(out.fileno(), {"name": "", "skipped": f"and {skipped - files} more"})
        out.write(b"\n")


def _send_file(out: int, folder: int, name: str, entry: os.DirEntry[str], room: int) -> tuple[int, str]:
    """How many bytes were sent, and why none were."""
    if reason := unfit(name, entry):
        return 0, reason
    if room < 0:
        return 0, "too many files"
    try:
        fd = os.open(entry.name, _FILE, dir_fd=folder)
    except OSError as error:
        return 0, error.strerror or "it can't be opened"
    try:
        size = os.fstat(fd).st_size
        if size > room:
            return 0, f"its {size} bytes are more than the {room} there is room for"
        _send_line(out, {"name": name, "size": size})
        send_part(fd, out, 0, size)
    finally:
        os.close(fd)
    return size, ""


def unfit(name: str, entry: os.DirEntry[str]) -> str:
    """Why it is no file to be read; empty when it is."""
    if entry.is_symlink():
        return "it is a symbolic link"
    if entry.is_dir(follow_symlinks=False):
        return "the folder can't be entered, or lies too deep"
    if not entry.is_file(follow_symlinks=False):
        return "it is not a regular file"
    return "" if _printable(name) == name else "its name is not UTF-8"


def walk_from(path: str) -> Iterator[tuple[int, str, os.DirEntry[str]]]:
    """What is below a folder, as ``_walk`` has it."""
    folder = os.open(path, _FOLDER)
    try:
        yield from _walk(folder, "", _MAX_DEPTH)
    finally:
        os.close(folder)


def _walk(folder: int, prefix: str, depth: int) -> Iterator[tuple[int, str, os.DirEntry[str]]]:
    """What is below an open folder: the descriptor of its own folder, its name, its entry.

    Of folders only those that can't be entered, or lie too deep.
    """
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            inner = _enter(folder, entry) if depth else -1
            if inner < 0:
                yield folder, prefix + entry.name, entry
                continue
            try:
                yield from _walk(inner, f"{prefix}{entry.name}/", depth - 1)
            finally:
                os.close(inner)


def _enter(folder: int, entry: os.DirEntry[str]) -> int:
    """Open a folder; -1 when it is none, or the program took its own rights away."""
    with contextlib.suppress(OSError):
        if entry.is_dir(follow_symlinks=False):
            return os.open(entry.name, _FOLDER, dir_fd=folder)
    return -1


def _split(pattern: str) -> list[str]:
    """The parts of a glob. Of several ``**`` in a row one is enough, and they would be tried in every combination."""
    parts = pattern.split("/")
    return [part for part, before in zip(parts, ["", *parts], strict=False) if (part, before) != ("**", "**")]


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """A glob with ``*``, ``?`` and ``[…]`` within a part of a name, and ``**`` for any number of parts."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _size(entry: os.DirEntry[str]) -> int:
    status = entry.stat(follow_symlinks=False)
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _printable(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")


def _send_line(out: int, header: dict[str, object]) -> None:
    write_all(out, json.dumps(header).encode() + b"\n")


def write_all(out: int, content: bytes) -> None:
    """Write, however much is taken at a time."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(out, rest) :]


def send_part(source: int, target: int, offset: int, size: int) -> None:
    """Copy so many bytes of a file."""
    end = offset + size
    while offset < end:
        if not (sent := os.sendfile(target, source, offset, end - offset)):
            raise OSError(0, "a file became shorter while it was read")
        offset += sent
