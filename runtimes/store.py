"""The state folder: which layers and runtimes are there.

Nothing is ever changed in place: a layer is made under ``build/`` and renamed
into ``layers/`` when it is whole, so what is found there is complete.
"""

import fcntl
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from runtimes.manifest import Manifest
from runtimes.recipe import Layer

DEFAULT_STATE = Path("/var/lib/runjail")


class InstalledRuntime(Struct, frozen=True, forbid_unknown_fields=True):
    """What was built for a manifest."""

    version: str  # as the toolchain itself says
    layers: tuple[str, ...]  # folder names below ``layers/``, topmost first


class Store:
    """The layout of one state folder."""

    def __init__(self, root: Path = DEFAULT_STATE) -> None:
        self.root = root
        self.layers = root / "layers"
        self.runtimes = root / "runtimes"
        self.build = root / "build"
        self.cache = root / "cache"
        self._held: set[int] = set()  # descriptors of layers
        self._packages_of = root / "packages-of"
        self._refresh = root / "packages-of.partial"

    def prepare(self) -> None:
        """Create the folders. Layers are root's alone: jails see them only through overlays."""
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.layers, self.build, self.cache, self.runtimes):
            folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def packages_of(self) -> str:
        """When the distribution's packages were last asked for anew; empty: never but for the first time."""
        return self._packages_of.read_text() if self._packages_of.exists() else ""

    @packages_of.setter
    def packages_of(self, moment: str) -> None:
        self._refresh.write_text(moment)
        self._refresh.rename(self._packages_of)

    def begin_refresh(self) -> str:
        """Now, to be ``packages_of`` when all is made; or when the refresh of today began that was not finished."""
        now = datetime.now(UTC)
        begun = self._refresh.read_text() if self._refresh.exists() else ""
        if not begun.startswith(f"{now:%Y-%m-%dT}"):
            begun = f"{now:%Y-%m-%dT%H:%M:%SZ}"
            self._refresh.write_text(begun)
        return begun

    def has_layer(self, layer: Layer) -> bool:
        return (self.layers / layer.folder_name).is_dir()

    def publish_layer(self, tree: Path, layer: Layer) -> None:
        """Move a finished tree into place."""
        os.sync()  # a crash right after the rename must not leave a layer of empty files
        tree.rename(self.layers / layer.folder_name)

    def hold(self, runtime: InstalledRuntime) -> None:
        """Keep its layers from being removed by others for as long as this process lives."""
        for layer in runtime.layers:
            fd = os.open(self.layers / layer, os.O_RDONLY | os.O_DIRECTORY)
            self._held.add(fd)
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def remove_layer(self, folder_name: str) -> bool:
        """Delete it; False when a service that runs is made of it."""
        fd = os.open(self.layers / folder_name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Away at once, for a layer that is found by its name must be whole.
            removed = self.build / "removed"
            shutil.rmtree(removed, ignore_errors=True)
            (self.layers / folder_name).rename(removed)
            shutil.rmtree(removed)
        except BlockingIOError:
            return False
        finally:
            os.close(fd)
        return True

    def write_runtime(self, name: str, runtime: InstalledRuntime) -> None:
        partial = self.runtimes / f".{name}.partial"
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(runtime)) + b"\n")
        partial.rename(self.runtimes / f"{name}.json")

    def forget_runtime(self, name: str) -> None:
        (self.runtimes / f"{name}.json").unlink()

    def read_runtime(self, name: str) -> InstalledRuntime | None:
        """What is installed for a manifest; None when it, or one of its layers, is not there."""
        try:
            raw = (self.runtimes / f"{name}.json").read_bytes()
        except FileNotFoundError:
            return None
        runtime = msgspec.json.decode(raw, type=InstalledRuntime)
        return runtime if self.has_layers(runtime) else None

    def has_layers(self, runtime: InstalledRuntime) -> bool:
        return all((self.layers / layer).is_dir() for layer in runtime.layers)

    def names(self) -> set[str]:
        """The runtimes that were built once, whole or not by now."""
        return {path.stem for path in self.runtimes.glob("*.json")}

    def installed(self, manifests: dict[str, Manifest]) -> dict[str, InstalledRuntime]:
        found = {name: self.read_runtime(name) for name in manifests}
        return {name: runtime for name, runtime in found.items() if runtime}
