"""The version of a package, which grows with what is in it."""

import os
from pathlib import Path

import pytest

from cli.packaging import _version


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    (tmp_path / "systemd").mkdir()
    for name in ("pyproject.toml", "systemd"):
        os.utime(tmp_path / name, (0, 0))
    return tmp_path


def put(path: Path, modified_s: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    os.utime(path, (modified_s, modified_s))


def test_without_a_repository_the_newest_file_counts(source: Path) -> None:
    put(source / "systemd" / "runjail.slice", 86400)
    (source / "dangling").symlink_to("nowhere")
    os.utime(source / "dangling", (0, 0), follow_symlinks=False)
    assert _version(source) == "1.2+19700102.000000"
    put(source / "frontend" / "page.js", 86401)
    assert _version(source) == "1.2+19700102.000001"


def test_what_tools_leave_does_not(source: Path) -> None:
    put(source / "cli" / "main.py", 1)
    for name in ("runjail_1.2_amd64.deb", "__pycache__/main.pyc", ".git/index", "node_modules/x.js"):
        put(source / name, 86400)
    assert _version(source) == "1.2+19700101.000001"
