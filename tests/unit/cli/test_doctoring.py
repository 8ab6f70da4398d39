"""What `runjail doctor` makes of a service that runs, and one that does not."""

import fcntl
from pathlib import Path

import pytest

from cli.check import Unfit
from cli.doctoring import _service
from cli.paths import Paths


def test_no_service(tmp_path: Path) -> None:
    assert _service(Paths(state=tmp_path, run=tmp_path)) == "not running"


def test_service_that_does_not_answer(tmp_path: Path) -> None:
    """It has the folder, whatever it is: of another version, say."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unfit, match="no supervisor answers"):
            _service(Paths(state=tmp_path, run=tmp_path))
