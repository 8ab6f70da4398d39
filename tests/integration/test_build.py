"""The builder, for real: a layer is whole or it is not there."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtimes.build import Builder
from runtimes.recipe import load_layers
from runtimes.store import Store
from tests.service import Service

pytestmark = pytest.mark.service

BASE = load_layers()["base"].folder_name
BASH = load_layers()["bash"].folder_name


@pytest.fixture
def store(service: Service) -> Iterator[Store]:
    """A state folder that has the base already, on the same file system."""
    store = Store(service.state.parent / f"runjail-test-build-{os.getpid()}")
    store.prepare()
    (store.layers / BASE).symlink_to(service.state / "layers" / BASE)
    yield store
    shutil.rmtree(store.root)


def start_build(store: Store) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-m", "cli", "--state", str(store.root), "build", "bash"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def wait_until_it_mounted(store: Store, process: subprocess.Popen[bytes]) -> None:
    while not (store.build / BASH / "root" / "usr").exists() and not list(store.build.glob(f"{BASH}/upper/*")):
        assert process.poll() is None
        os.sched_yield()


def test_killed_build_leaves_no_layer_and_the_next_one_makes_it(store: Store) -> None:
    process = start_build(store)
    wait_until_it_mounted(store, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()  # the layer's own processes too have let go of the pipe
    assert os.listdir(store.layers) == [BASE]
    assert store.root.name not in Path("/proc/self/mountinfo").read_text()

    process = start_build(store)
    said = process.communicate()[1].decode()
    assert process.returncode == 0, said
    assert sorted(os.listdir(store.layers)) == sorted([BASE, BASH])
    runtime = store.read_runtime("bash")
    assert runtime
    assert (runtime.version.split(".")[0], runtime.layers) == ("5", (BASH, BASE))
    layer = store.layers / BASH
    assert (layer / "usr/bin/jq").exists()
    assert not list((layer / "etc/apt").glob("**/*.list")) if (layer / "etc/apt").exists() else True
    assert store.root.name not in Path("/proc/self/mountinfo").read_text()
    process = start_build(store)
    assert b"building" not in process.communicate()[1]  # nothing to do


def test_second_builder_waits_for_the_first(store: Store) -> None:
    first, second = start_build(store), start_build(store)
    said = first.communicate()[1] + second.communicate()[1]
    assert (first.returncode, second.returncode) == (0, 0)
    assert said.count(b"building 1 layers") == 1
    assert b"waiting for another build" in said


def test_refreshed_runtime_stands_on_a_base_made_anew(store: Store) -> None:
    """And until all of it is there, what was there before counts."""
    moment = store.begin_refresh()
    fresh = Builder(store, packages_of=moment)
    assert [layer.name for layer in fresh.missing_layers(["bash"])] == ["base", "bash"]
    assert [layer.name for layer in Builder(store).missing_layers(["bash"])] == ["bash"]
    runtime = fresh.build(["bash"])["bash"]
    assert store.read_runtime("bash") == runtime
    assert {BASE, BASH}.isdisjoint(runtime.layers)
    assert (store.layers / runtime.layers[0] / "usr/bin/jq").exists()
    assert Builder(store).missing_layers(["bash"]) == []
    assert store.packages_of == moment
