"""The guest: User-Mode Linux, and a Debian that boots it with systemd and has all that ``./runjail`` needs.

User-Mode Linux is a kernel that runs as a process of the host. It needs no
/dev/kvm, boots in seconds and has cgroup v2 with every controller, whatever
the host has; it has one processor, no PSI and no Landlock, and its forks are
slow. The project itself is not in the image, but its Python libraries are: the
guest has no network.
"""

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.vm.debian import bootstrap, run

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"
_SUITE = "trixie"
# The only suite whose kernel is new enough to have time namespaces, and SECCOMP for its own processes.
_KERNEL_SUITE = "sid"
# Debian 12's, 6.1, as many hosts have: of cgroup v2 it lacks some, and jails can't be built on it as it is here.
_OLD_KERNEL_SUITE = "bookworm"
_SIZE = "8G"  # sparse
_PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "kmod", "libnss-systemd", "procps", "iproute2",
    # What ./runjail would install, for the service and its tests.
    "python3-venv", "mmdebstrap", "debian-archive-keyring", "libseccomp2", "ca-certificates", "gcc", "libc6-dev", "curl",
    "haproxy",
)  # fmt: skip
_EXCLUDED = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*")
# Nobody logs in, no device comes or goes, and nothing is due by the clock: half of the time to boot.
_MASKED = (
    "getty@tty1.service", "serial-getty@.service", "console-getty.service", "getty.target", "apt-daily.timer",
    "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
    "systemd-pstore.service", "systemd-hwdb-update.service", "systemd-binfmt.service", "ldconfig.service",
    "modprobe@drm.service", "systemd-journal-catalog-update.service", "systemd-update-done.service",
    "kmod-static-nodes.service", "systemd-random-seed.service", "haproxy.service",
)  # fmt: skip
_CONFIGURATION = {
    "etc/hostname": "guest\n",
    "etc/hosts": "127.0.0.1 localhost guest\n::1 localhost\n",
    "etc/fstab": "",
    "etc/machine-id": "",
    "etc/modules-load.d/guest.conf": "overlay\n",
    "etc/systemd/journald.conf.d/guest.conf": "[Journal]\nStorage=volatile\nRateLimitBurst=0\n",
    # One slow processor.
    "etc/systemd/system.conf.d/guest.conf": "[Manager]\nDefaultTimeoutStartSec=180\nDefaultTimeoutStopSec=30\n",
}
_UNITS = {"guest-job.service": "multi-user.target", "guest-layers.service": "local-fs.target"}
_PROGRAMS = ("run-job", "mount-layers")


@dataclass(frozen=True, slots=True)
class Image:
    """What a guest is started from."""

    folder: Path
    has_old_kernel: bool = False

    @property
    def root(self) -> Path:
        return self.folder / "root.ext4"

    @property
    def kernel(self) -> Path:
        return self.folder / ("old" if self.has_old_kernel else "new") / "linux"


def made_of() -> Iterator[bytes]:
    """All that decides what the image holds."""
    own = (Path(__file__), Path(__file__).with_name("debian.py"), *sorted(FILES.glob("*-*")))
    for path in (*own, *(ROOT / name for name in ("runjail", "pyproject.toml", "constraints.txt"))):
        yield path.read_bytes()


def make_image(folder: Path) -> None:
    """Make it in an empty folder; UnbuildableError when it can't be."""
    root = folder / "root"
    kernels = {"new": _KERNEL_SUITE, "old": _OLD_KERNEL_SUITE}
    with ThreadPoolExecutor() as executor:  # one unpacks while the other downloads
        made = executor.submit(_make_root, root)
        for name, suite in kernels.items():
            bootstrap(suite, folder / f"{name}.tree", "--variant=extract", "--include=user-mode-linux")
        made.result()
    for name in kernels:
        tree = folder / f"{name}.tree"
        _take_kernel(tree, folder / name)
        shutil.copytree(tree / "usr/lib/uml/modules", root / "usr/lib/modules", dirs_exist_ok=True)
        shutil.rmtree(tree)
    for modules in (root / "usr/lib/modules").iterdir():
        run("depmod", "-b", str(root), modules.name)
    make_disk(root, folder / "root.ext4", _SIZE)
    shutil.rmtree(root)


def make_disk(tree: Path, disk: Path, size: str) -> None:
    """An ext4 file system with the content of a tree; needs neither a loop device nor a mount."""
    options = "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0"
    run("mke2fs", "-q", "-t", "ext4", "-m", "0", "-E", options, "-d", str(tree), str(disk), size)


def _take_kernel(tree: Path, folder: Path) -> None:
    """The kernel, with the C library of its own suite, which may be newer than the host's."""
    libraries = folder / "lib"
    libraries.mkdir(parents=True)
    for name in ("ld-linux-x86-64.so.2", "libc.so.6"):
        places = (tree / "usr/lib/x86_64-linux-gnu", tree / "lib/x86_64-linux-gnu")  # the second before Debian 13
        shutil.copy(next(place / name for place in places if (place / name).exists()), libraries)
    binary = folder / "linux"
    shutil.copy(tree / "usr/bin/linux.uml", binary)
    interpreter = libraries / "ld-linux-x86-64.so.2"
    run("patchelf", "--set-interpreter", str(interpreter), "--set-rpath", str(libraries), str(binary))


def _make_root(root: Path) -> None:
    # The hook runs while mmdebstrap lends the tree the host's network.
    hook = f"sh '{FILES / 'make-libraries'}' '{ROOT}' \"$1\""
    excluded = [f"--dpkgopt=path-exclude={pattern}" for pattern in _EXCLUDED]
    packages = f"--include={','.join(_PACKAGES)}"
    bootstrap(_SUITE, root, "--variant=minbase", packages, *excluded, f"--customize-hook={hook}")
    for name, content in _CONFIGURATION.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    _install_job(root)
    for unit in _MASKED:
        (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")
    for stamp in (root / "etc/.updated", root / "var/.updated"):
        stamp.touch()
        os.utime(stamp, (time.time() + 60,) * 2)  # nothing is to be brought up to date at the first boot


def _install_job(root: Path) -> None:
    units, programs = root / "etc/systemd/system", root / "usr/local/lib/guest"
    programs.mkdir()
    for name in _PROGRAMS:
        shutil.copy(FILES / name, programs)
        (programs / name).chmod(0o755)
    for name, target in _UNITS.items():
        shutil.copy(FILES / name, units)
        wants = units / f"{target}.wants"
        wants.mkdir(exist_ok=True)
        (wants / name).symlink_to(f"../{name}")
