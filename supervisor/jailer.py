"""The jailer, as the supervisor has it: started, asked for one jail after the other, and started again when it dies."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from jail import control
from jail.spec import JailError, JailSpec
from runtimes.store import Store
from supervisor.jails import receive

# A jail takes milliseconds to build; this is for a host that is in trouble.
_TIMEOUT_S = 20


class Jailer:
    """One at a time; when it dies, so do all its jails."""

    def __init__(self) -> None:
        self._now: tuple[trio.socket.SocketType, subprocess.Popen[bytes]] | None = None
        self._has_started = trio.Event()
        self.starts = 0  # so far
        self._lock = trio.Lock()  # one order at a time: an answer belongs to the last one

    @property
    def pid(self) -> int | None:
        """Of the running one."""
        return self._now[1].pid if self._now else None

    @asynccontextmanager
    async def running(self, store: Store, own_root: Path) -> AsyncIterator[None]:
        """Start one, and end it; JailError when it can't be started or can't prepare itself."""
        try:
            channel, process = _start_jailer(store, own_root)
        except OSError as error:
            raise JailError("start the jailer", error.errno or 0, str(error)) from error
        try:
            with trio.move_on_after(_TIMEOUT_S) as waited:
                await _receive(channel)
            if waited.cancelled_caught:
                raise JailError("start the jailer", 0, f"it is not ready after {_TIMEOUT_S} s")
            self._now = channel, process
            self.starts += 1
            self._has_started.set()
            yield
        finally:
            self._now = None
            self._has_started = trio.Event()
            # Not by a with statement: only this close wakes an order that waits for an answer.
            channel.close()
            process.kill()
            process.wait()

    async def wait_dead(self) -> None:
        """Return when the running one has ended."""
        assert self._now is not None
        pidfd = os.pidfd_open(self._now[1].pid)
        try:
            await trio.lowlevel.wait_readable(pidfd)
        finally:
            os.close(pidfd)

    async def order(self, spec: JailSpec, fds: list[int]) -> int:
        """Have a jail built; return its init's pidfd. ``fds``: its control socket, then its cgroup's."""
        async with self._lock:
            return await self._order(spec, fds)

    async def _order(self, spec: JailSpec, fds: list[int]) -> int:
        channel, process = await self._running_now()
        # Shielded: an answer left unread would be taken for the next order's.
        with trio.move_on_after(_TIMEOUT_S, shield=True):
            try:
                await channel.sendmsg([control.encode(spec.as_message())], control.ancillary(fds))
                (pidfd,) = await _receive(channel)
            except trio.ClosedResourceError as error:
                raise JailError("build a jail", 0, "the jailer died") from error
            return pidfd
        process.kill()
        raise JailError("build a jail", 0, f"the jailer did not answer within {_TIMEOUT_S} s")

    async def _running_now(self) -> tuple[trio.socket.SocketType, subprocess.Popen[bytes]]:
        """The jailer, or the next one when it has just died."""
        with trio.move_on_after(_TIMEOUT_S):
            while self._now is None:
                await self._has_started.wait()
            return self._now
        raise JailError("build a jail", 0, "the jailer is not running")


def _start_jailer(store: Store, own_root: Path) -> tuple[trio.socket.SocketType, subprocess.Popen[bytes]]:
    own_root.mkdir(mode=0o700, exist_ok=True)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-I", "-m", "jail", str(theirs.fileno()), str(store.layers)]
        # A plain start of another program from the main thread: its parent-death signal is bound to
        # the thread that started it. It blocks for a millisecond, at start-up and after a crash.
        try:
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=own_root, stdin=subprocess.DEVNULL)
        except OSError:
            ours.close()
            raise
    return trio.socket.from_stdlib_socket(ours), process


async def _receive(channel: trio.socket.SocketType) -> list[int]:
    received = await receive(channel)
    if not received:
        raise JailError("ask the jailer", 0, "the jailer is gone")
    return received[1]
