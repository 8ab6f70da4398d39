"""What a daemon and systemd tell each other (sd_notify(3), sd_listen_fds(3)); without systemd, nothing."""

import os
import socket
from contextlib import suppress

_FIRST_FD = 3


def notify(*assignments: str) -> None:
    """Tell it these, such as ``READY=1``."""
    if not (address := os.environ.get("NOTIFY_SOCKET")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
        with suppress(BlockingIOError):  # no one has taken the last ones: that must not hold us up
            sock.send("\n".join(assignments).encode(), socket.MSG_DONTWAIT)


def watchdog_s() -> float | None:
    """How often it wants to hear ``WATCHDOG=1`` at the least; None if it does not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = os.environ.get("WATCHDOG_USEC")
    return int(microseconds) / 1e6 if microseconds else None


def listening_socket() -> socket.socket | None:
    """The one that it listens at for us, and keeps when we end; None if there is none."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    number = int(os.environ.get("LISTEN_FDS", "0"))
    if number != 1:
        raise OSError(f"systemd passes {number} sockets instead of one: see runjail-supervisor.socket")
    os.set_inheritable(_FIRST_FD, False)
    return socket.socket(fileno=_FIRST_FD)
