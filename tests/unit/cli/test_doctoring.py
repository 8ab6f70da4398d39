"""What `runjail doctor` makes of a service that runs, and one that does not."""

import fcntl
from pathlib import Path

import pytest

from cli.check import Unfit
from cli.doctoring import _runtimes, _service
from cli.paths import Paths
from runtimes.store import InstalledRuntime


def test_no_service(tmp_path: Path) -> None:
    assert _service(Paths(state=tmp_path, run=tmp_path)) == "not running"


def test_service_that_does_not_answer(tmp_path: Path) -> None:
    """It has the folder, whatever it is: of another version, say."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unfit, match="no supervisor answers"):
            _service(Paths(state=tmp_path, run=tmp_path))


def test_language_that_is_to_be_served_and_is_not_there(tmp_path: Path) -> None:
    paths = Paths(state=tmp_path, run=tmp_path)
    paths.store.prepare()
    paths.store.write_runtime("bash", InstalledRuntime("5", ("layer",)))
    (paths.store.layers / "layer").mkdir()
    assert _runtimes(paths, ["bash"]) == "1 built"
    with pytest.raises(Unfit, match="node22"):
        _runtimes(paths, ["bash", "node22"])
    (paths.store.layers / "layer").rmdir()
    with pytest.raises(Unfit, match="bash"):
        _runtimes(paths, ["bash"])
