"""One guest: boots, runs a script as root under its systemd, says how that ended, and is gone.

Its disk is its own, kept from one boot to the next; what a script wants back on
the host it writes to ``$FILES``.
"""

import os
import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.vm.image import Image

_MEMORY_BYTES = 3 << 30
_RESULT_BYTES = 1 << 30  # sparse
_NOBODY = 65534
# Of a checkout: what tools leave in it, which no guest needs.
_NOT_SOURCE = {".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", "node_modules"}
_KERNEL_OPTIONS = (
    "root=/dev/ubda", "rw", "quiet", "loglevel=4", "systemd.show_status=0", "fsck.mode=skip", "panic=-1",
    # What a host has today; cgroup v1 must not be there to fall back on.
    "systemd.unified_cgroup_hierarchy=1", "cgroup_no_v1=all",
    "con=null", "con0=null,fd:1", "ssl=null", "ssl0=null,fd:2",
    "seccomp=on",  # for its own processes, which are trusted; without it they are traced, and slower by far
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended."""

    status: int
    output: str  # stdout and stderr as they came
    files: Path  # what it wrote to $FILES
    system: str  # what systemd said of itself before it: ``running``, unless a unit had failed


class GuestError(Exception):
    """The guest gave no answer: it did not boot, or its script took too long. The message has its last words."""


class Guest:
    """A machine that is off, but for the time of ``run``; its folder is a test's own."""

    def __init__(self, image: Image, folder: Path, layers: Path | None = None) -> None:
        self._image = image
        self.folder = folder
        self._layers = layers
        folder.mkdir(exist_ok=True)
        os.chown(folder, _NOBODY, _NOBODY)
        self.console = folder / "console"
        self.output = folder / "output"

    def run(self, script: str, inputs: Mapping[str, Path] | None = None, timeout_s: float = 300) -> Ended:
        """Boot, run a script of bash in /job, beside the inputs by their names, and power off.

        What earlier runs left on the disk is there, as after a reboot. GuestError when no status comes back.
        """
        disks = self.folder / "job.tar", self.folder / "result.tar"
        _write_job(disks[0], script, inputs or {})
        with disks[1].open("wb") as result:
            result.truncate(_RESULT_BYTES)
        for disk in disks:
            os.chown(disk, _NOBODY, _NOBODY)
        with self.console.open("wb") as console, self.output.open("wb") as output:
            try:
                subprocess.run(
                    self._command(*disks), stdin=subprocess.DEVNULL, stdout=console, stderr=output,
                    cwd=self.folder, env={"PATH": os.environ["PATH"], "TMPDIR": self._memory_folder()},
                    timeout=timeout_s,
                )  # fmt: skip
            except subprocess.TimeoutExpired as error:
                raise GuestError(f"the script did not end within {timeout_s:g} s\n{self._last_words()}") from error
        return self._read_result(disks[1])

    def _command(self, job: Path, result: Path) -> list[str]:
        """As nobody, for processes of a guest could get at what its kernel may; and gone when we are."""
        disks = [f"ubd0={self.folder}/root.cow,{self._image.root}", f"ubd1r={job}", f"ubd2={result}"]
        disks += [f"ubd3r={self._layers}"] if self._layers else []
        return [
            "setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child",
            "setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--pdeathsig", "KILL",
            str(self._image.kernel), f"mem={_MEMORY_BYTES >> 20}M", f"uml_dir={self.folder}", "umid=guest",
            f"hostfs={self.folder}", *disks, *_KERNEL_OPTIONS,
        ]  # fmt: skip

    def _memory_folder(self) -> str:
        """Where the guest's memory is a file: in memory, but where that is kept small, as in some containers."""
        free = shutil.disk_usage("/dev/shm").free if os.path.isdir("/dev/shm") else 0
        return "/dev/shm" if free > _MEMORY_BYTES else str(self.folder)

    def _read_result(self, disk: Path) -> Ended:
        files = self.folder / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        try:
            with tarfile.open(disk, "r:") as archive:
                status, system = (_member(archive, name).decode() for name in ("status", "system"))
                _extract_files(archive, files)
        except (tarfile.TarError, KeyError) as error:
            raise GuestError(f"the guest gave no result ({error})\n{self._last_words()}") from error
        return Ended(int(status), self.output.read_text(errors="replace"), files, system.strip())

    def _last_words(self) -> str:
        return "\n".join(
            f"--- the end of its {path.name}:\n{path.read_text(errors='replace')[-3000:]}"
            for path in (self.console, self.output)
        )


def checkout(root: Path, to: Path) -> Path:
    """A copy of the project's source without what tools left in it, to be given to a guest; in place of an older one."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(root, to, symlinks=True, ignore=lambda _, names: _NOT_SOURCE.intersection(names))
    return to


def quoted(*words: str) -> str:
    """A command, for a script."""
    return shlex.join(words)


def _write_job(disk: Path, script: str, inputs: Mapping[str, Path]) -> None:
    def as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    source = disk.with_name("script")
    source.write_text(script)
    with tarfile.open(disk, "w") as archive:
        for name, path in {"script": source, **inputs}.items():
            archive.add(path, name, filter=as_root)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"result/{name}")
    assert file
    return file.read()


def _extract_files(archive: tarfile.TarFile, to: Path) -> None:
    """Regular files, and nothing else: tarfile's own filter for that came with Python 3.11.4."""
    prefix = "result/files/"
    for member in archive.getmembers():
        path = to / member.name.removeprefix(prefix)
        if member.name.startswith(prefix) and member.isfile() and to in path.resolve().parents:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_member(archive, member.name.removeprefix("result/")))
