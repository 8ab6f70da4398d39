"""Unpacking of downloaded archives: what is wanted, and nothing outside."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from runtimes.fetch import unpack
from runtimes.recipe import Download


def make_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name.endswith("tool") else 0o644
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o755 if name.endswith("tool") else 0o644) << 16
            archive.writestr(entry, content)
    return path


MEMBERS = {"package/bin/tool": b"1", "package/README": b"2", "package/../../evil": b"3", "/evil": b"4"}


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_unpack_takes_what_is_wanted(tmp_path: Path, make: type) -> None:
    archive = make(tmp_path / "archive", MEMBERS)
    unpack(archive, Download(requirement="x", to="/opt/x", strip=1), tmp_path / "root")
    found = {str(path.relative_to(tmp_path / "root")) for path in (tmp_path / "root").rglob("*") if path.is_file()}
    assert found == {"opt/x/bin/tool", "opt/x/README"}
    assert (tmp_path / "root/opt/x/bin/tool").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "root/opt/x/README").stat().st_mode & 0o777 == 0o644


def test_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "archive", MEMBERS)
    with pytest.raises(FileNotFoundError, match="nothing in it matches"):
        unpack(archive, Download(requirement="x", to="/opt/x", include=("nope/*",)), tmp_path / "root")
