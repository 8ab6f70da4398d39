"""Build one layer: ``python -I -m runtimes.layer NAME STATE``.

Runs as root in a mount and PID namespace of its own (``build.py`` starts it
so): what it mounts is never seen by the host and is gone when it is, however
it ends. Progress goes to stdout as JSON lines, everything else to stderr.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from glob import glob
from importlib.resources import files
from pathlib import Path

import msgspec

from runtimes.apt import apt_settings, apt_sources, parse_apt_status, transport_settings
from runtimes.fetch import fetch_npm, fetch_pypi, unpack
from runtimes.progress import Progress
from runtimes.recipe import Layer, base_of, load_layers, source_files, stack_of
from runtimes.store import Store

# Left behind by package managers, of no use to a program.
_RESIDUE = (
    "var/cache/apt/*", "var/lib/apt/lists/*", "var/log/*", "var/cache/debconf/*-old", "var/lib/dpkg/*-old",
    "etc/apt/sources.list", "etc/apt/sources.list.d/*", "etc/apt/apt.conf.d/*", "tmp/*", "run/*", "root/.*",
)  # fmt: skip
_EXCLUDED = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/share/doc/*")
_INCLUDED = ("/usr/share/man/man1", "/usr/share/doc/*/copyright")
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


Report = Callable[[Progress], None]


class LayerBuild:
    """The steps of one build, in order."""

    def __init__(self, layer: Layer, layers: dict[str, Layer], store: Store, report: Report) -> None:
        self.layer = layer
        self.layers = layers
        self.store = store
        self.report = report
        self.folder = store.build / layer.folder_name
        self.upper = self.folder / "upper"
        self.root = self.folder / "root"  # the upper directory over all that is below
        self.archives = store.cache / "apt" / "archives" / layer.folder_name

    def run(self) -> None:
        # A build that was killed leaves this behind; its downloads are in the cache.
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.upper, self.root, self.folder / "work", self.archives):
            folder.mkdir(parents=True, exist_ok=True)
        self.upper.chmod(0o755)
        recipe = self.layer.recipe
        if recipe.parent is None:
            self._bootstrap()
        else:
            self._mount_root(stack_of(recipe.parent, self.layers))
            if recipe.packages:
                self._install_packages()
        self._unpack_downloads()
        self._copy_sources()
        self._run_script()
        self._remove((*_RESIDUE, *recipe.prune))
        self.store.publish_layer(self.upper, self.layer)
        shutil.rmtree(self.archives, ignore_errors=True)

    def _bootstrap(self) -> None:
        self.report(Progress("download", f"Debian {self.layer.recipe.suite}"))
        options = [f"--dpkgopt=path-exclude={pattern}" for pattern in _EXCLUDED]
        options += [f"--dpkgopt=path-include={pattern}" for pattern in _INCLUDED]
        options += [f"--aptopt={line.rstrip(';')}" for line in transport_settings()]
        options += [f"--include={','.join(self.layer.recipe.packages)}"] if self.layer.recipe.packages else []
        sources = apt_sources(self.layer.recipe.suite)
        _run(
            ["mmdebstrap", "--variant=minbase", "--mode=root", "--components=main", *options,
             self.layer.recipe.suite, str(self.upper), *sources]
        )  # fmt: skip
        # Layers above ask the same mirror; the image itself names none.
        (self.store.cache / "apt" / f"{self.layer.name}.sources").write_text(
            (self.upper / "etc/apt/sources.list").read_text()
        )
        _run(["mount", "--bind", str(self.upper), str(self.root)])

    def _mount_root(self, below: list[Layer]) -> None:
        lower = ":".join(str(self.store.layers / layer.folder_name) for layer in below)
        options = f"lowerdir={lower},upperdir={self.upper},workdir={self.folder / 'work'}"
        _run(["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)])

    def _install_packages(self) -> None:
        inside = self.root / "var/cache/apt/archives"
        inside.mkdir(parents=True, exist_ok=True)
        # dpkg runs in the chroot and must find the files there; the cache outlives a killed build.
        _run(["mount", "--bind", str(self.archives), str(inside)])
        config = self.folder / "apt.conf"
        base = base_of(self.layer, self.layers)
        config.write_text("\n".join(apt_settings(self.store, self.root, base.name)) + "\n")
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        if self.layer.recipe.suite != base.recipe.suite:
            # Only for another suite: asking for the base's own would rank it above its security updates.
            command += ["-t", self.layer.recipe.suite]
        read_end, write_end = os.pipe()
        command += ["-o", f"APT::Status-Fd={write_end}", *self.layer.recipe.packages]
        with _in_chroot_filesystems(self.root):
            environment = {**_ENVIRONMENT, "APT_CONFIG": str(config)}
            process = subprocess.Popen(command, stdout=sys.stderr, env=environment, pass_fds=[write_end])
            os.close(write_end)
            with open(read_end) as status:
                for line in status:
                    if progress := parse_apt_status(line):
                        self.report(progress)
            if process.wait():
                raise ChildProcessError(f"apt-get install failed with status {process.returncode}")
        _run(["umount", str(inside)])

    def _unpack_downloads(self) -> None:
        for download in self.layer.recipe.pypi:
            self.report(Progress("download", download.requirement))
            unpack(fetch_pypi(download, self.store.cache), download, self.root)
        for download in self.layer.recipe.npm:
            self.report(Progress("download", download.requirement))
            unpack(fetch_npm(download, self.store.cache), download, self.root)

    def _copy_sources(self) -> None:
        if folder := self.layer.recipe.sources:
            for name, content in source_files(files("runtimes").joinpath("layers", folder)):
                target = self.root / "opt/runjail" / folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)

    def _run_script(self) -> None:
        recipe = self.layer.recipe
        if not recipe.script:
            return
        self.report(Progress("prepare"))
        if recipe.build_parents:
            # A second overlay over the same upper directory is not allowed while the first is there.
            _run(["umount", str(self.root)])
            below = [layer for name in recipe.build_parents for layer in stack_of(name, self.layers)]
            below += stack_of(recipe.parent, self.layers) if recipe.parent else []
            self._mount_root(list(dict.fromkeys(below)))
        with _in_chroot_filesystems(self.root):
            shell = ["chroot", str(self.root), "/bin/sh", "-eu", "-c", recipe.script]
            # No network while code of packages runs: only package managers download.
            _run(["unshare", "--net", *shell], env=_ENVIRONMENT)

    def _remove(self, patterns: tuple[str, ...]) -> None:
        # Through the mounted root, so that what a lower layer has is hidden by a whiteout.
        for pattern in patterns:
            for match in glob(pattern, root_dir=self.root, recursive=True, include_hidden=True):
                path = self.root / match
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        _run(["umount", str(self.root)])


class _in_chroot_filesystems:
    """/proc and /dev for package scripts and compilers, while they run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __enter__(self) -> None:
        _run(["mount", "-t", "proc", "proc", str(self.root / "proc")])
        _run(["mount", "--rbind", "--make-rslave", "/dev", str(self.root / "dev")])

    def __exit__(self, *exc: object) -> None:
        _run(["umount", "-l", str(self.root / "dev")])
        _run(["umount", "-l", str(self.root / "proc")])


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=env)
    if done.returncode:
        raise ChildProcessError(f"{' '.join(command)[:200]}: exit status {done.returncode}")


def _print_progress(progress: Progress) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(progress) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Build the layer named on the command line."""
    name, state, packages_of = sys.argv[1:]
    layers = load_layers(packages_of)
    os.umask(0o022)
    LayerBuild(layers[name], layers, Store(Path(state)), _print_progress).run()


if __name__ == "__main__":
    main()
