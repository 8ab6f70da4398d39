"""What is kept for the tests' guests: made once, and removed when nobody uses it any more."""

import os
from pathlib import Path

import pytest

from tests.vm.cache import Cache

LONG_AGO = 1_000_000_000


def make(folder: Path) -> None:
    (folder / "made").touch()


def made(cache: Cache, recipe: bytes) -> Path:
    with cache.using("guest", [recipe], make) as folder:
        assert (folder / "made").exists()
        return folder


def test_made_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "vm")
    folder = made(cache, b"recipe")
    (folder / "kept").touch()
    assert made(cache, b"recipe") == folder
    assert (folder / "kept").exists()


def test_half_made_is_made_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "vm")

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), cache.using("guest", [b"recipe"], fail):
        pass
    assert not (made(cache, b"recipe") / "half").exists()


def test_old_one_is_removed_unless_it_is_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "vm")
    recent, unused = made(cache, b"recent"), made(cache, b"unused")
    with cache.using("guest", [b"used"], make) as used:
        for folder in (used, unused):
            os.utime(folder / "whole", (LONG_AGO, LONG_AGO))
        newest = made(cache, b"newest")
    assert {path for path in cache.folder.iterdir() if path.is_dir()} == {recent, used, newest}
