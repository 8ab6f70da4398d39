"""A disk with the languages that the host has built."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from runtimes.store import Store
from tests.vm.debian import run


def made_of(store: Store, runtimes: Iterable[str]) -> Iterator[bytes]:
    """All that decides what the disk holds: a layer is never changed once it has its name."""
    yield from (_description(store, name).read_bytes() for name in sorted(runtimes))


def make_layers(folder: Path, store: Store, runtimes: Iterable[str]) -> None:
    """Write ``layers.ext4``, with a state folder's layers and its descriptions of these runtimes."""
    tree = folder / "tree"
    (tree / "runtimes").mkdir(parents=True)
    (tree / "layers").mkdir()
    for name in runtimes:
        shutil.copy(_description(store, name), tree / "runtimes")
        installed = store.read_runtime(name)
        assert installed, f"{name} is not built"
        for layer in installed.layers:
            if not (tree / "layers" / layer).exists():
                # Links to the same files, which lie on the same file system as this folder.
                run("cp", "-al", str(store.layers / layer), str(tree / "layers"))
    used = int(subprocess.check_output(["du", "-sk", str(tree)]).split()[0])
    # Sparse; the many small files of a toolchain need more inodes than is usual.
    run("mke2fs", "-q", "-t", "ext4", "-m", "0", "-i", "4096", "-O", "^has_journal", "-d", str(tree),
        str(folder / "layers.ext4"), f"{2 * used + 65_536}K")  # fmt: skip
    shutil.rmtree(tree)


def _description(store: Store, runtime: str) -> Path:
    return store.runtimes / f"{runtime}.json"
