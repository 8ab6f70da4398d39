"""``runjail doctor``: every feature and limit the service needs of its host, tried out by name."""

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from cli.console import stdout
from cli.paths import Paths
from jail.cgroups_v2 import CgroupsV2
from jail.find_cgroups import find_cgroups
from jail.seccomp import compile_filter
from jail.spec import JailError

_NEEDED_KERNEL = (5, 11)  # overlayfs as jails use it, close_range, pidfds, clone3
_NEEDED_FILES = 1024  # descriptors of the supervisor: some six a jail
_NEEDED_DISK_GIB = 5
_NAMESPACES = ("user", "pid", "mount", "net", "ipc", "uts", "cgroup")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    problem: str | None  # None when it is as it should be
    cure: str
    detail: str = ""


def doctor(paths: Paths) -> int:
    """Print every check; return 1 when one failed."""
    table = Table("", "check", "found", "what to do")
    checks = list(run_checks(paths))
    for check in checks:
        mark = "[red]no[/red]" if check.problem else "[green]ok[/green]"
        table.add_row(mark, check.name, check.problem or check.detail, check.cure if check.problem else "")
    stdout.print(table)
    return 1 if any(check.problem for check in checks) else 0


def run_checks(paths: Paths) -> Iterator[Check]:
    """Try everything out, one after the other; nothing is changed on the host."""
    yield _check("kernel", _kernel, "needs Linux 5.11 or newer: upgrade the host's kernel")
    for namespace in _NAMESPACES:
        yield _namespace(namespace)
    yield _check(
        "overlayfs",
        lambda: _overlayfs(paths),
        "load the module: modprobe overlay; in a container, use a volume for the state folder",
    )
    yield _check("cgroups", _cgroups, "mount the controllers memory, pids and cpu, cgroup v2 or v1")
    yield _check("seccomp", _seccomp, "install libseccomp2 2.5 or newer, and a kernel with CONFIG_SECCOMP_FILTER")
    yield _check("swap accounting", _swap, "swapoff -a, or boot with swapaccount=1")
    yield _check("open files", _open_files, f"raise the hard limit of open files to {_NEEDED_FILES} or more")
    yield _check("mmdebstrap", lambda: _program("mmdebstrap"), "apt-get install mmdebstrap")
    yield _check(
        "disk",
        lambda: _disk(paths),
        f"make room under {paths.state}: all languages take 2.5 GiB, building them twice that",
    )
    yield _check("runtimes", lambda: _runtimes(paths), "runjail build")


def _check(name: str, look: Callable[[], str], cure: str) -> Check:
    try:
        return Check(name, None, cure, look())
    except (OSError, JailError, ValueError, subprocess.CalledProcessError) as error:
        return Check(name, str(error), cure)


def _kernel() -> str:
    release = os.uname().release
    if tuple(map(int, release.split("-")[0].split(".")[:2])) < _NEEDED_KERNEL:
        raise ValueError(release)
    return release


def _namespace(name: str) -> Check:
    cures = {"user": "sysctl user.max_user_namespaces=65536; in a container, run it privileged"}
    cure = cures.get(
        name,
        f"needs a kernel with {name} namespaces and the right to make them; in a container, run it privileged",
    )
    return _check(f"{name} namespace", lambda: _quiet("unshare", f"--{name}", "--fork", "true"), cure)


def _overlayfs(paths: Paths) -> str:
    existing = _nearest_folder(paths)
    script = (
        "mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&"
        ' mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root'
    )
    return _quiet("unshare", "--mount", "sh", "-c", script, "sh", str(existing)) or f"over {existing}"


def _nearest_folder(paths: Paths) -> Path:
    """The state folder, or what there is of the way to it."""
    return next(folder for folder in (paths.state, *paths.state.parents) if folder.exists())


def _cgroups() -> str:
    return "v2" if isinstance(find_cgroups("doctor"), CgroupsV2) else "v1"


def _seccomp() -> str:
    version = (ctypes.c_uint * 3).from_address(_libseccomp_version())
    return f"libseccomp {version[0]}.{version[1]}.{version[2]}, {len(compile_filter()) // 8} instructions"


def _libseccomp_version() -> int:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_version.restype = ctypes.c_void_p
    return int(library.seccomp_version())


def _swap() -> str:
    if len(Path("/proc/swaps").read_text().splitlines()) < 2:
        return "no swap"
    cgroups = find_cgroups("doctor")
    accounted = cgroups.accounts_swap()
    if not accounted:
        raise ValueError("this host swaps, and its cgroups do not account for it")
    return "swap is accounted for"


def _open_files() -> str:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 <= hard < _NEEDED_FILES:
        raise ValueError(f"the hard limit is {hard}")
    return str(hard)


def _program(name: str) -> str:
    path = shutil.which(name)
    if not path:
        raise ValueError("not installed")
    return path


def _disk(paths: Paths) -> str:
    free = shutil.disk_usage(_nearest_folder(paths)).free / 2**30
    if free < _NEEDED_DISK_GIB and not _runtimes_count(paths):
        raise ValueError(f"{free:.1f} GiB free")
    return f"{free:.1f} GiB free"


def _runtimes(paths: Paths) -> str:
    count = _runtimes_count(paths)
    if not count:
        raise ValueError("none is built")
    return f"{count} built"


def _runtimes_count(paths: Paths) -> int:
    return len(list((paths.store.runtimes).glob("*.json"))) if paths.store.runtimes.is_dir() else 0


def _quiet(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr.strip() or f"exit status {done.returncode}")
    return ""
