"""What crosses the control sockets: the plan of a jail, and the command of a stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from jail.control import Message

# Who a program is inside, whatever its host uid; the base layer's /etc/passwd names it.
INNER_ID = 1000
# The program's working directory and home.
BOX = "/box"
# The step that a request can make fail: its files may not fit.
WRITE_FILES = "write files"
# The step after which nothing of a program has happened yet.
START_PROGRAM = "start the program"

# Limits that only file systems know of; what init says of them after a stage.
DISK, INODES, FILE_SIZE = "disk", "inodes", "file size"


class JailError(Exception):
    """A step of building a jail failed: the host's or our fault, never the program's."""

    def __init__(self, step: str, errno: int, detail: str = "") -> None:
        super().__init__(f"{step}: {detail}" if detail else step)
        self.step = step
        self.errno = errno
        self.detail = detail


@contextmanager
def step(name: str) -> Iterator[None]:
    """Name what fails inside."""
    try:
        yield
    except OSError as error:
        detail = " ".join(str(part) for part in (error.strerror, error.filename) if part)
        raise JailError(name, error.errno or 0, detail) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class JailSpec:
    """One jail to build. Its fds go beside it: the control socket, then the cgroup's."""

    name: str
    host_id: int  # uid and gid on the host, this jail's alone
    layers: tuple[str, ...]  # folders below the layers directory, topmost first
    disk_bytes: int
    disk_inodes: int
    open_files: int  # of a process, as are the next two
    file_size_bytes: int
    stack_bytes: int
    cgroup_version: int  # 2: one fd, the leaf directory; 1: an open tasks file for each hierarchy

    def as_message(self) -> Message:
        return asdict(self)

    @classmethod
    def from_message(cls, message: Message) -> "JailSpec":
        return cls(**{**message, "layers": tuple(message["layers"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCommand:
    """One program to run in the jail. Its stdin, stdout and stderr go beside it."""

    argv: tuple[str, ...]
    search_path: str  # where a command without a slash is found, whatever the program's own PATH is
    environment: dict[str, str]

    def as_message(self) -> Message:
        # Not asdict: it copies every word, and each execution asks for this while its client waits.
        return {"argv": self.argv, "search_path": self.search_path, "environment": self.environment}

    @classmethod
    def from_message(cls, message: Message) -> "StageCommand":
        return cls(**{**message, "argv": tuple(message["argv"])})
