"""What else of the host the service may stumble over: users, ids, limits of namespaces, clock, port."""

import pwd
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from cli.addresses import try_to_listen
from cli.check import Unfit, try_command
from frontend.config import is_address

# Of root, who makes them: one of each a jail, whatever uses namespaces beside us, and room.
_NEEDED_NAMESPACES = 1024
_KINDS = ("pid", "mnt", "net", "ipc", "uts", "cgroup")
# Switches that say what others may do; root's jails they do not concern.
_FOR_OTHERS = ("kernel/apparmor_restrict_unprivileged_userns", "kernel/unprivileged_userns_clone")
_ANY_ID = 1_999_999_999


def user_namespace(sysctls: Path = Path("/proc/sys")) -> str:
    """Make one as a jail's init does: with the jail's id, and root's capabilities still there."""
    if _number(sysctls / "user/max_user_namespaces") == 0:
        raise Unfit("user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=65536")
    capability = "+sys_admin"
    try_command(
        "setpriv", "--reuid", str(_ANY_ID), "--inh-caps", capability, "--ambient-caps", capability,
        "unshare", "--user", "true",
    )  # fmt: skip
    found = {name: _number(sysctls / name) for name in _FOR_OTHERS}
    said = [f"{name.replace('/', '.')}={value}" for name, value in found.items() if value is not None]
    return f"{', '.join(said)} does not matter, root makes them" if said else ""


def namespace_limits(sysctls: Path = Path("/proc/sys")) -> str:
    """Unfit when root may not make as many namespaces as there may be jails."""
    found = {kind: _number(sysctls / f"user/max_{kind}_namespaces") for kind in _KINDS}
    limits = {kind: limit for kind, limit in found.items() if limit is not None}
    if few := {kind: limit for kind, limit in limits.items() if limit < _NEEDED_NAMESPACES}:
        said = ", ".join(f"user.max_{kind}_namespaces is {limit}" for kind, limit in few.items())
        raise Unfit(said, " ".join(["sysctl", *(f"user.max_{kind}_namespaces=65536" for kind in few)]))
    return f"{min(limits.values())} of each or more" if limits else "no limit"


def host_ids(first: int, count: int, users: Mapping[int, str], subordinate: Mapping[str, str]) -> str:
    """Unfit when somebody has ids of the jails' range; ``subordinate``: texts such as /etc/subuid, by their path."""
    taken = [f"{name} has the id {uid}" for uid, name in users.items() if first <= uid < first + count]
    for path, text in subordinate.items():
        for name, start, size in _ranges(text):
            if start < first + count and first < start + size:
                taken.append(f"{name} has {start}-{start + size - 1} ({path})")
    if taken:
        raise Unfit("; ".join(taken))
    return f"{first}-{first + count - 1}: nobody else's"


def _ranges(text: str) -> Iterable[tuple[str, int, int]]:
    for line in text.splitlines():
        name, _, numbers = line.strip().partition(":")
        start, _, size = numbers.partition(":")
        if start.isdigit() and size.isdigit():
            yield name, int(start), int(size)


def clock(newest_file: float, now: float) -> str:
    """Unfit when it is earlier than it can be: keys expire by it, and quotas of CPU time are for a day of it."""
    said = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if now < newest_file - 60:
        raise Unfit(f"it says {said}, which is before this version was installed")
    return said


def frontend_user(name: str) -> str:
    """Unfit when the frontend would run with rights."""
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return f"{name}, made by `runjail up`"
    if user.pw_uid == 0:
        raise Unfit(f"{name} is root by another name")
    return f"{name}, uid {user.pw_uid}"


def port(bind: str, *, is_running: bool) -> str:
    """Unfit when it is taken, unless by the service itself."""
    if not is_address(bind):
        raise Unfit(f"{bind} is no address with a port", "give one, such as --bind 127.0.0.1:8080")
    if is_running:
        return "a service is running"
    try:
        try_to_listen(bind)
    except OSError as error:
        raise Unfit(f"{bind}: {error.strerror}") from error
    return f"{bind} is free"


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None
