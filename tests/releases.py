"""A state folder with more than one release of some languages: what is built when it is asked for by name."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from runtimes.manifest import Manifest, load_manifests
from runtimes.recipe import load_layers, stack_of
from runtimes.store import Store

SELECTORS = ("python@3.14", "node@22", "gcc@13", "g++@13", "go@~1.25")
OTHER_RELEASES: dict[str, Manifest] = {
    name: manifest for name, manifest in load_manifests().items() if manifest.optional and manifest.release
}
# With the usual release of each beside it.
_NAMES = ("python", "javascript", "c", "cpp", "go", "java", "java21")


def build_releases(whole: Path) -> Path:
    """Built once on a machine, on the layers that a whole state folder has."""
    state = whole / "releases"
    (state / "layers").mkdir(parents=True, exist_ok=True)
    with (state / "tests.lock").open("w") as lock:
        # A build clears away what it does not know: also what the tests' other process is about to put there.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _build(whole, state)
    return state


def _build(whole: Path, state: Path) -> None:
    state_of, copied = Store(whole), Store(state)
    if copied.packages_of != state_of.packages_of:
        copied.packages_of = state_of.packages_of
    recipes = load_layers(state_of.packages_of)
    for layer in [layer for name in _NAMES for layer in stack_of(load_manifests()[name].layer, recipes)]:
        if not (copy := state / "layers" / layer.folder_name).exists():
            # Links to the same files: a jailer sees nothing outside of its own state folder.
            partial = copy.with_name(f".{copy.name}")
            shutil.rmtree(partial, ignore_errors=True)  # of tests that were ended
            subprocess.run(["cp", "-al", whole / "layers" / layer.folder_name, partial], check=True)
            partial.rename(copy)
    (state / "cache" / "apt").mkdir(parents=True, exist_ok=True)
    # Where the base came from, on hosts that are not Debian.
    for sources in (whole / "cache" / "apt").glob("*sources*"):
        shutil.copy(sources, state / "cache" / "apt")
    command = [sys.executable, "-I", "-m", "cli", "--state", str(state), "build", *_NAMES, *SELECTORS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
