"""A drained host, over restarts and boots."""

import logging
from pathlib import Path

import pytest

from supervisor import drain_mark
from supervisor.drain_mark import DrainMark


def test_successors_know_of_it(tmp_path: Path) -> None:
    mark = DrainMark(tmp_path / "draining")
    assert not mark.is_on
    mark.set(True)
    assert DrainMark(tmp_path / "draining").is_on
    mark.set(False)
    assert not DrainMark(tmp_path / "draining").is_on


def test_boot_ends_it_also_where_the_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    DrainMark(tmp_path / "draining").set(True)
    booted = tmp_path / "boot_id"
    booted.write_text("another\n")
    monkeypatch.setattr(drain_mark, "_BOOT_ID", booted)
    assert not DrainMark(tmp_path / "draining").is_on


def test_host_that_can_write_nothing_is_drained_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mark = DrainMark(tmp_path / "missing" / "draining")
    mark.set(True)
    mark.set(True)  # as `runjail drain` says again and again
    assert mark.is_on
    assert [record.levelno for record in caplog.records if "No such file" in record.getMessage()] == [logging.ERROR]
