"""Layers, and who may remove them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtimes.store import InstalledRuntime, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "state")
    store.prepare()
    for name in ("held", "free"):
        (store.layers / name / "usr").mkdir(parents=True)
    return store


def test_layer_of_a_service_that_runs_stays(store: Store) -> None:
    script = f"""
from pathlib import Path
from runtimes.store import InstalledRuntime, Store
store = Store(Path({str(store.root)!r}))
store.hold(InstalledRuntime("1", ("held",)))
print(flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as service:
        assert service.stdout
        assert service.stdout.readline()
        assert not store.remove_layer("held")
        assert (store.layers / "held/usr").is_dir()
        assert store.remove_layer("free")
        service.communicate(b"\n")
    assert store.remove_layer("held")
    assert os.listdir(store.layers) == []


def test_what_a_killed_removal_has_left_is_in_nobodys_way(store: Store) -> None:
    (store.build / "removed/usr").mkdir(parents=True)
    assert store.remove_layer("free")
    assert os.listdir(store.build) == []


def test_layer_that_is_not_there_can_not_be_held(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.hold(InstalledRuntime("1", ("gone",)))


def test_refresh_goes_on_where_it_was_broken_off(store: Store) -> None:
    begun = store.begin_refresh()
    assert (store.begin_refresh(), store.packages_of) == (begun, "")
    store.packages_of = begun
    assert Store(store.root).packages_of == begun
    partial = store.root / "packages-of.partial"
    assert not partial.exists()
    # Neither of a day before, whose packages are others by now, nor of one that is whole.
    partial.write_text("2026-01-02T03:04:05Z")
    assert store.begin_refresh() > begun[:10]
