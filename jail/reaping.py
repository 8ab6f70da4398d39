"""What PID 1 does while a program runs: reap whatever ends, and send the program signals if it is to hear any."""

import os
import select
import signal
import socket
from contextlib import suppress

from jail.control import receive


def wait_for(pid: int) -> int:
    """Reap whatever ends, orphans included, until it is this child; return its wait status."""
    while True:
        reaped, status = os.wait()
        if reaped == pid:
            return status


def wait_and_signal(control: socket.socket, pid: int) -> int:
    """The same, and send the child's process group each signal that is ordered meanwhile."""
    woken, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, _nothing)  # a program that is spawned has the default again
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        while (status := _reap(pid)) is None:
            ready, _, _ = select.select([control.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
            if control.fileno() in ready:
                _obey(control, pid)
        return status
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(woken)
        os.close(wake)


def _reap(pid: int) -> int | None:
    """Reap what has ended; the wait status of this child if it is among it."""
    while True:
        reaped, status = os.waitpid(-1, os.WNOHANG)
        if reaped in (0, pid):
            return status if reaped else None


def _obey(control: socket.socket, pid: int) -> None:
    received = receive(control)
    if received is None:  # the supervisor has let go of the jail
        os._exit(0)
    order, _ = received
    if order["order"] != "signal":
        raise ValueError(f"{order['order']} is not to be obeyed while a program runs")
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, order["number"])


def _nothing(*_: object) -> None:
    """The signal has written to the wakeup descriptor; that is all it is for."""
