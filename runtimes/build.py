"""Build what is missing: layers in parallel, parents first, then the runtimes' versions.

Each layer is built by a process of its own (``layer.py``). A failed or killed
build leaves nothing in the store; the next one goes on from its downloads.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import msgspec
from msgspec import Struct

from runtimes.apt import apt_settings, apt_sources, chosen_sources
from runtimes.manifest import Manifest, load_manifests, standard
from runtimes.progress import Progress
from runtimes.recipe import Layer, base_of, load_layers, stack_of
from runtimes.store import InstalledRuntime, Store

# Downloads of one overlap with unpacking of another; more only contend for disk and cores.
_WORKERS = 3
# The version is asked of the toolchain in the environment a program gets.
_PATH = "/usr/local/bin:/usr/bin:/bin"
_NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child")


class BuildError(Exception):
    """A layer or a version could not be made; the message says which, and where its log is."""


class LayerEvent(Struct, frozen=True):
    """Told to the observer: a layer started (no progress yet), went on, or is done."""

    layer: str
    progress: Progress | None = None
    seconds: float | None = None  # set when it is done


Observer = Callable[[LayerEvent], None]


class Builder:
    """Builds into one store; one builder at a time (``lock`` of the command line)."""

    def __init__(self, store: Store, observe: Observer = lambda event: None, packages_of: str | None = None) -> None:
        """``packages_of``: a new moment, for which all is made anew with the distribution's packages of then."""
        self.store = store
        self.observe = observe
        self.manifests = load_manifests()
        self._packages_of = store.packages_of if packages_of is None else packages_of
        self.layers = load_layers(self._packages_of)
        self._processes: set[subprocess.Popen[bytes]] = set()

    def missing_layers(self, names: Iterable[str]) -> list[Layer]:
        """The layers these runtimes need, their builds' helpers included, that are not there yet."""
        wanted: dict[str, Layer] = {}
        for name in names:
            self._want(self.manifests[name].layer, wanted)
        return list(wanted.values())

    def build(self, names: Iterable[str]) -> dict[str, InstalledRuntime]:
        """Make the named runtimes usable and return what is installed."""
        names = list(names)
        self.store.prepare()
        missing = self.missing_layers(names)
        if missing:
            self._build_layers(missing)
        # Only now: until then the layers from before are those that count.
        if self._packages_of != self.store.packages_of:
            self.store.packages_of = self._packages_of
        rebuilt = {layer.folder_name for layer in missing}
        return {name: self._install(name, self.manifests[name], rebuilt) for name in names}

    def collect_garbage(self) -> tuple[list[str], list[str]]:
        """Delete layers that no usual or installed runtime, nor its build, needs any more.

        The names of those that are gone, and of those that a running service is made of.
        """
        installed = self.store.installed(self.manifests)
        kept = {layer for runtime in installed.values() for layer in runtime.layers}
        for name in (*standard(self.manifests), *installed):
            kept |= self._made_with(self.manifests[name].layer)
        stale = [path.name for path in self.store.layers.iterdir() if path.name not in kept]
        removed = [name for name in stale if self.store.remove_layer(name)]
        return removed, sorted(set(stale) - set(removed))

    def _made_with(self, name: str) -> set[str]:
        """The folders of a layer and of all that its build takes."""
        layer = self.layers[name]
        below = (parent for parent in (layer.recipe.parent, *layer.recipe.build_parents) if parent)
        return {layer.folder_name}.union(*(self._made_with(parent) for parent in below))

    def _want(self, name: str, wanted: dict[str, Layer]) -> None:
        layer = self.layers[name]
        if self.store.has_layer(layer):
            return
        for below in (layer.recipe.parent, *layer.recipe.build_parents):
            if below:
                self._want(below, wanted)
        wanted.setdefault(name, layer)

    def _build_layers(self, missing: list[Layer]) -> None:
        waiting = {layer.name: layer for layer in missing}
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(_WORKERS) as pool:
            try:
                while waiting or running:
                    busy = set(waiting) | set(running.values())
                    for layer in [layer for layer in waiting.values() if not self._parents(layer) & busy]:
                        running[pool.submit(self._build_layer, waiting.pop(layer.name))] = layer.name
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        del running[future]
                        future.result()
            except BaseException:
                for process in list(self._processes):
                    process.kill()
                pool.shutdown(cancel_futures=True)
                raise

    def _parents(self, layer: Layer) -> set[str]:
        return {name for name in (layer.recipe.parent, *layer.recipe.build_parents) if name}

    def _build_layer(self, layer: Layer) -> None:
        started = time.monotonic()
        self.observe(LayerEvent(layer.name))
        if layer.recipe.packages and layer.recipe.parent:
            self._refresh_package_lists(base_of(layer, self.layers))
        log = self.store.build / f"{layer.folder_name}.log"
        command = [
            *_NAMESPACES,
            sys.executable,
            "-I",
            "-m",
            "runtimes.layer",
            layer.name,
            str(self.store.root),
            self._packages_of,
        ]
        with log.open("wb") as stderr, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr
        ) as process:  # fmt: skip
            self._processes.add(process)
            assert process.stdout is not None
            for line in process.stdout:
                self.observe(LayerEvent(layer.name, msgspec.json.decode(line, type=Progress)))
        self._processes.discard(process)
        if process.returncode:
            tail = log.read_text(errors="replace").strip().splitlines()[-5:]
            raise BuildError("\n".join([f"layer {layer.name} failed, its log is {log}:", *tail]))
        shutil.rmtree(self.store.build / layer.folder_name, ignore_errors=True)
        self.observe(LayerEvent(layer.name, seconds=time.monotonic() - started))

    def _refresh_package_lists(self, base: Layer) -> None:
        """Fetch the index once a build; apt itself sees to it that this is cheap when nothing changed."""
        apt = self.store.cache / "apt"
        with _Locked(apt):
            sources = "\n".join(self._sources_for(base)) + "\n"
            fresh, partial = apt / f"{base.name}.list", apt / f"{base.name}.list.partial"
            # Older than its base, it would ask for packages that go with others than are there.
            oldest = max(time.time() - 3600, (self.store.layers / base.folder_name).stat().st_ctime)
            is_young = fresh.exists() and fresh.stat().st_mtime > oldest
            if is_young and fresh.read_text() == sources:
                return
            partial.write_text(sources)
            config = apt / "update.conf"
            settings = apt_settings(self.store, self.store.layers / base.folder_name, base.name)
            config.write_text("\n".join(settings).replace(str(fresh), str(partial)) + "\n")
            command = ["apt-get", "update", "-q"]
            done = subprocess.run(
                command, env={**os.environ, "APT_CONFIG": str(config)}, capture_output=True, text=True
            )
            if done.returncode:
                raise BuildError(f"apt-get update failed:\n{done.stderr.strip()}")
            partial.rename(fresh)

    def _sources_for(self, base: Layer) -> list[str]:
        """Of a base's suite, and of those that the layers on it ask for."""
        suite, layers = base.recipe.suite, self.layers.values()
        above = {
            layer.recipe.suite for layer in layers if layer.recipe.packages and base_of(layer, self.layers) == base
        }
        more = sorted(above - {suite})
        return apt_sources(suite, more) or chosen_sources(self._bootstrapped_from(base), suite, more)

    def _bootstrapped_from(self, base: Layer) -> str:
        """The sources of a base; what was built by earlier versions has them by another name."""
        for name in (f"{base.name}.sources", "sources.list"):
            if (path := self.store.cache / "apt" / name).exists():
                return path.read_text()
        raise BuildError(f"it is not known where {base.name} came from: remove {self.store.layers / base.folder_name}")

    def _install(self, name: str, manifest: Manifest, rebuilt: set[str]) -> InstalledRuntime:
        folders = tuple(layer.folder_name for layer in stack_of(manifest.layer, self.layers))
        installed = self.store.read_runtime(name)
        # The same recipe built again may have got newer packages.
        if not installed or installed.layers != folders or rebuilt.intersection(folders):
            version = probe_version(self.store, manifest, folders)
            installed = InstalledRuntime(version=version, layers=folders)
            self.store.write_runtime(name, installed)
        return installed


def probe_version(store: Store, manifest: Manifest, folders: tuple[str, ...]) -> str:
    """Ask the installed toolchain itself, in its own root file system."""
    lower = ":".join(str(store.layers / folder) for folder in folders)
    with tempfile.TemporaryDirectory(dir=store.build) as scratch:
        script = (
            'mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root" &&'
            ' mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root" &&'
            ' mount -t proc proc "$1/root/proc" && mount --bind /dev "$1/root/dev" &&'
            ' root=$1/root && shift 2 && exec chroot "$root" "$@"'
        )
        command = [
            *_NAMESPACES,
            "--net",
            "sh",
            "-c",
            script,
            "probe",
            scratch,
            lower,
            *manifest.version_command,
        ]
        environment = {
            "PATH": f"{_PATH}:/usr/sbin:/sbin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
            **manifest.environment,
        }
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    version = done.stdout.strip()
    if done.returncode or not version or len(version) > 64 or len(version.split()) != 1:
        words = " ".join(manifest.version_command)
        raise BuildError(f"{words} gave no version: {(done.stdout + done.stderr).strip()[-500:]}")
    return version


class _Locked:
    """One thread at a time, and one process, in a folder of the cache."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "lock"

    def __enter__(self) -> None:
        import fcntl

        self.file = self.path.open("w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *exc: object) -> None:
        self.file.close()
