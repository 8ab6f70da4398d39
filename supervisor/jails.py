"""One jail, as the supervisor holds it: orders to its init, its death, its cgroup."""

import contextlib
import os
import signal
import socket
from collections.abc import Sequence

import trio

from jail import control
from jail.cgroups import Leaf
from jail.spec import JailError
from supervisor.errors import JailLostError


class Jail:
    """One jail, from the moment its cgroup is made. Whoever holds it retires it."""

    def __init__(self, name: str, host_id: int, leaf: Leaf, channel: trio.socket.SocketType) -> None:
        self.name = name
        self.host_id = host_id
        self.leaf = leaf
        self.idle_memory_bytes = 0
        self.has_run = False  # a program was started in it
        self.dead = trio.Event()  # init has ended, and with it every process of the jail
        self._channel = channel
        self._pidfd = -1

    async def watch(self, pidfd: int) -> None:
        """Take over the descriptor of the jail's init; return when it has ended."""
        self._pidfd = pidfd
        await trio.lowlevel.wait_readable(pidfd)
        self.dead.set()

    @property
    def was_born(self) -> bool:
        return self._pidfd >= 0

    async def send(self, message: control.Message, fds: Sequence[int] = ()) -> None:
        """Give init an order; JailLostError when it is gone."""
        try:
            await self._channel.sendmsg([control.encode(message)], control.ancillary(fds))
        except OSError as error:
            raise JailLostError(f"jail {self.name} is gone: {error.strerror}") from error

    async def receive(self) -> control.Message | None:
        """The next thing init says; None when it is gone. JailError when a step of its work failed."""
        try:
            raw, ancillary, flags, _ = await self._channel.recvmsg(
                control.MAX_MESSAGE_BYTES, control.ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC
            )
        except ConnectionResetError:  # it died with something of ours unread
            return None
        received = control.unpack(raw, ancillary, flags)
        if not received:
            return None
        message, fds = received
        for fd in fds:  # init has none to give
            os.close(fd)
        if message.get("event") == "failed":
            raise JailError(str(message["step"]), int(message["errno"]), str(message.get("detail", "")))
        return message

    def kill(self) -> None:
        """Kill every process of the jail, by killing its PID 1."""
        if self.was_born:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the descriptors; after this the jail is no more."""
        self._channel.close()
        if self.was_born:
            os.close(self._pidfd)
            self._pidfd = -1
