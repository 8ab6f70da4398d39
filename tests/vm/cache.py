"""What takes long to make, kept beside the layers: named after what it was made of, and gone some days after that has changed."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Checkouts beside each other have things of their own; what none of them has used for so long is an old one's.
_KEPT_S = 3 * 24 * 3600


class Cache:
    """A folder of things that are never changed once they have their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def using(self, kind: str, made_of: Iterable[bytes], make: Callable[[Path], None]) -> Iterator[Path]:
        """The folder of this kind that was made of this, made first if need be; nobody removes it meanwhile.

        ``make`` fills an empty folder, which has its final name already.
        """
        self.folder.mkdir(mode=0o755, exist_ok=True)
        digest = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]
        target = self.folder / f"{kind}-{digest}"
        with self._locked(target, fcntl.LOCK_SH) as lock:
            if not (target / "whole").exists():
                fcntl.flock(lock, fcntl.LOCK_EX)  # which lets go of the other first: two may want it
                self._make(target, make)
                fcntl.flock(lock, fcntl.LOCK_SH)
            (target / "whole").touch()  # it is wanted still
            self._remove_others(kind, target)
            yield target

    def _make(self, target: Path, make: Callable[[Path], None]) -> None:
        if not (target / "whole").exists():  # else another has made it meanwhile
            shutil.rmtree(target, ignore_errors=True)  # a killed test's
            target.mkdir(mode=0o755)
            make(target)
            (target / "whole").touch()

    @contextmanager
    def _locked(self, target: Path, how: int) -> Iterator[int]:
        fd = os.open(target.with_name(f"{target.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, how)
            yield fd
        finally:
            os.close(fd)

    def _remove_others(self, kind: str, kept: Path) -> None:
        for other in self.folder.glob(f"{kind}-*[0-9a-f]"):
            if other == kept or not other.is_dir() or _is_recent(other):
                continue
            try:
                with self._locked(other, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(other)
                    other.with_name(f"{other.name}.lock").unlink()
            except BlockingIOError:
                continue  # another checkout's tests have a guest of it


def _is_recent(folder: Path) -> bool:
    stamp = folder / "whole"
    return time.time() - (stamp if stamp.exists() else folder).stat().st_mtime < _KEPT_S
