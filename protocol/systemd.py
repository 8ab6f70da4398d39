"""What a daemon and systemd tell each other (sd_notify(3), sd_listen_fds(3)); without systemd, nothing."""

import array
import os
import socket
from collections.abc import Iterable
from contextlib import suppress

import trio

_FIRST_FD = 3


def notify(*assignments: str, fds: Iterable[int] = ()) -> None:
    """Tell it these, such as ``READY=1``; it gets copies of the descriptors."""
    if not (address := os.environ.get("NOTIFY_SOCKET")):
        return
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    # Nobody has taken the last ones, or there is no descriptor left: that must neither hold us up nor end us.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
        sock.sendmsg(["\n".join(assignments).encode()], rights, socket.MSG_DONTWAIT)


def notify_stopping(longest_s: float) -> None:
    """It is to wait for so long, and a bit."""
    notify("STOPPING=1", f"EXTEND_TIMEOUT_USEC={round((longest_s + 20) * 1e6)}")


async def feed_watchdog() -> None:
    """Tell it that our tasks get their turn, twice as often as it wants to hear it; for ever, if it does at all."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while microseconds := os.environ.get("WATCHDOG_USEC"):
        notify("WATCHDOG=1")
        await trio.sleep(int(microseconds) / 2e6)


def passed_sockets() -> dict[str, socket.socket]:
    """Those that it has for us, by their names: it listens at them for us, or has kept them for us. Once."""
    if os.environ.pop("LISTEN_PID", "") != str(os.getpid()):
        return {}
    names = os.environ.pop("LISTEN_FDNAMES", "").split(":")
    fds = range(_FIRST_FD, _FIRST_FD + int(os.environ.pop("LISTEN_FDS", "0")))
    sockets = {}
    for name, fd in zip(names, fds, strict=True):
        os.set_inheritable(fd, False)
        try:
            sockets[name] = socket.socket(fileno=fd)
        except OSError:  # something else was left with it
            os.close(fd)
    return sockets


def keep_socket(name: str, sock: socket.socket) -> None:
    """Have it keep a socket for who is started after us."""
    notify("FDSTORE=1", f"FDNAME={name}", fds=[sock.fileno()])


def forget_socket(name: str) -> None:
    notify("FDSTOREREMOVE=1", f"FDNAME={name}")
