"""``runjail doctor``: every feature and limit the service needs of its host, tried out by name."""

import ctypes
import os
import pwd
import resource
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import trio
from rich.table import Table

from cli import cgroup_checks, host_checks
from cli.asking import NO_ANSWER, ask_pool, why_not
from cli.check import Check, Unfit, check, try_command
from cli.console import stdout
from cli.paths import Paths
from cli.service import is_running, settings
from frontend.config import Config as FrontendConfig
from jail.seccomp import compile_filter
from protocol.pool import DescribePool
from runtimes.manifest import load_manifests
from supervisor.config import Config as SupervisorConfig

_NEEDED_KERNEL = (5, 11)  # overlayfs as jails use it, close_range, pidfds, clone3
_NEEDED_FILES = 1024  # descriptors of the supervisor: some six a jail
_NEEDED_DISK_GIB = 5
_NAMESPACES = ("pid", "mount", "net", "ipc", "uts", "cgroup")
_SUBORDINATE_IDS = ("/etc/subuid", "/etc/subgid")


def doctor(paths: Paths, bind: str | None, config: Path | None) -> int:
    """Print every check; return 1 when one failed."""
    table = Table("", "check", "found", "what to do")
    checks = list(run_checks(paths, *settings(paths, bind, config, None)))
    for each in checks:
        mark = "[red]no[/red]" if each.problem else "[green]ok[/green]"
        table.add_row(mark, each.name, each.problem or each.detail, each.cure if each.problem else "")
    stdout.print(table)
    return 1 if any(each.problem for each in checks) else 0


def run_checks(paths: Paths, supervisor: SupervisorConfig, frontend: FrontendConfig) -> Iterator[Check]:
    """Try everything out, one after the other; what is made on the host for it is removed."""
    yield from _kernel_checks()
    yield from _cgroup_checks()
    yield check(
        "overlayfs",
        lambda: _overlayfs(paths),
        "load the module: modprobe overlay; in a container, use a volume for the state folder",
    )
    yield check("seccomp", _seccomp, "install libseccomp2 2.5 or newer, and a kernel with CONFIG_SECCOMP_FILTER")
    yield check("open files", _open_files, f"raise the hard limit of open files to {_NEEDED_FILES} or more")
    yield from _host_checks(supervisor, frontend, is_up=is_running(paths))
    yield check("mmdebstrap", lambda: _program("mmdebstrap"), "apt-get install mmdebstrap")
    yield check(
        "disk",
        lambda: _disk(paths),
        f"make room under {paths.state}: all languages take 2.5 GiB, building them twice that",
    )
    yield check("runtimes", lambda: _runtimes(paths, supervisor.runtimes or []), "runjail build, with its name")
    yield check("service", lambda: _service(paths), "see its log, and `runjail status`")


def _kernel_checks() -> Iterator[Check]:
    yield check("kernel", _kernel, "needs Linux 5.11 or newer: upgrade the host's kernel")
    yield check("user namespace", host_checks.user_namespace, "in a container, run it privileged")
    for name in _NAMESPACES:
        yield check(
            f"{name} namespace",
            lambda name=name: try_command("unshare", f"--{name}", "--fork", "true"),  # type: ignore[misc]
            f"needs a kernel with {name} namespaces and the right to make them; in a container, run it privileged",
        )
    yield check("namespace limits", host_checks.namespace_limits, "raise them by sysctl")


def _cgroup_checks() -> Iterator[Check]:
    tables = cgroup_checks.Tables.of_this_host()
    cure = "mount the controllers memory, pids and cpu, cgroup v2 or v1"
    which = check("cgroups", lambda: cgroup_checks.which_cgroups(tables), cure)
    yield which
    if which.problem:
        return  # the rest is about those that there are
    yield check("cgroup features", lambda: cgroup_checks.v2_files(tables), "upgrade the host's kernel to 5.19 or newer")
    yield check(
        "cgroups can be made",
        lambda: cgroup_checks.can_be_made(tables),
        "in a container, mount the cgroup file system writable (--cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw)",
    )
    swaps = Path("/proc/swaps").read_text()
    yield check("swap", lambda: cgroup_checks.swap(tables, swaps), "swapoff -a, or boot with swapaccount=1")


def _host_checks(supervisor: SupervisorConfig, frontend: FrontendConfig, *, is_up: bool) -> Iterator[Check]:
    yield check(
        "host ids",
        lambda: host_checks.host_ids(supervisor.first_host_id, supervisor.host_ids, _users(), _subordinate_ids()),
        "give jails a range of their own: first_host_id in the settings file",
    )
    yield check("clock", lambda: host_checks.clock(Path(__file__).stat().st_mtime, time.time()), "set it, by NTP")
    user = supervisor.frontend_user
    yield check("frontend's user", lambda: host_checks.frontend_user(user), "give it a user of its own: frontend_user")
    yield check(
        "port",
        lambda: host_checks.port(frontend.bind, is_running=is_up),
        "end who has it (ss -ltnp tells), or choose another: --bind ADDRESS:PORT, or bind in the settings file",
    )


def _service(paths: Paths) -> str:
    try:
        description = trio.run(ask_pool, paths, DescribePool(id=0))
    except NO_ANSWER as error:
        if is_running(paths):
            raise Unfit(why_not(paths, error)) from error
        return "not running"
    if description.problems:
        raise Unfit("; ".join(description.problems))
    return f"running, {len(description.faults)} faults of late"


def _users() -> dict[int, str]:
    return {user.pw_uid: user.pw_name for user in pwd.getpwall()}


def _subordinate_ids() -> dict[str, str]:
    return {path: Path(path).read_text() for path in _SUBORDINATE_IDS if Path(path).exists()}


def _kernel() -> str:
    release = os.uname().release
    if cgroup_checks.version_of(release) < _NEEDED_KERNEL:
        raise Unfit(release)
    return release


def _overlayfs(paths: Paths) -> str:
    existing = _nearest_folder(paths)
    script = (
        "mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&"
        ' mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root'
    )
    try_command("unshare", "--mount", "sh", "-c", script, "sh", str(existing))
    return f"over {existing}"


def _nearest_folder(paths: Paths) -> Path:
    """The state folder, or what there is of the way to it."""
    return next(folder for folder in (paths.state, *paths.state.parents) if folder.exists())


def _seccomp() -> str:
    version = (ctypes.c_uint * 3).from_address(_libseccomp_version())
    return f"libseccomp {version[0]}.{version[1]}.{version[2]}, {len(compile_filter()) // 8} instructions"


def _libseccomp_version() -> int:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_version.restype = ctypes.c_void_p
    return int(library.seccomp_version())


def _open_files() -> str:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 <= hard < _NEEDED_FILES:
        raise Unfit(f"the hard limit is {hard}")
    return str(hard)


def _program(name: str) -> str:
    path = shutil.which(name)
    if not path:
        raise Unfit("not installed")
    return path


def _disk(paths: Paths) -> str:
    free = shutil.disk_usage(_nearest_folder(paths)).free / 2**30
    if free < _NEEDED_DISK_GIB and not _runtimes_count(paths):
        raise Unfit(f"{free:.1f} GiB free")
    return f"{free:.1f} GiB free"


def _runtimes(paths: Paths, chosen: list[str]) -> str:
    count = _runtimes_count(paths)
    if not count:
        raise Unfit("none is built")
    if missing := set(chosen) - paths.store.installed(load_manifests()).keys():
        raise Unfit(f"{', '.join(sorted(missing))}: to be served by the settings file, and not there, or not whole")
    return f"{count} built"


def _runtimes_count(paths: Paths) -> int:
    return len(list((paths.store.runtimes).glob("*.json"))) if paths.store.runtimes.is_dir() else 0
