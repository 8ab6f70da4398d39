"""One jail, as the supervisor holds it: orders to its init, its death, its cgroup."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import trio

from jail import control
from jail.cgroups import Leaf, Usage
from jail.spec import JailError
from protocol.messages import Status
from supervisor.errors import JailLostError
from supervisor.pipes import Pipes, open_pipes
from supervisor.warm import Program

Stop = Callable[[Status, str], None]  # end the stage for having broken this limit; its sentence, "" for the usual one

# Between two passes over a jail that is slow to die.
_KILL_AGAIN_S = (0.002, 0.1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program that was started in a jail before its request came."""

    program: Program
    pipes: Pipes


class Jail:
    """One jail, from the moment its cgroup is made. Whoever holds it retires it."""

    def __init__(self, name: str, host_id: int, leaf: Leaf, channel: trio.socket.SocketType) -> None:
        self.name = name
        self.host_id = host_id
        self.leaf = leaf
        self.idle_memory_bytes = 0  # before any program: init, the file systems it made, what it read
        self.init_memory_bytes = 0  # the same without what it read
        self.waiting_memory_bytes = 0  # all of it, with a program that waits
        self.usage_before: Usage | None = None  # the first stage, which finds it looked up where no program waits
        self.oom_eventfd: int | None = None
        self.stop: Stop | None = None  # while a stage runs
        self.waiting: Waiting | None = None  # until the first stage, which it is
        self.uses = 0  # by a compiler that stays
        self.was_used = False  # a program was ordered, and may have begun
        self.dead = trio.Event()  # init has ended, and with it every process of the jail
        self._channel = channel
        self._pidfd = -1

    def adopt(self, pidfd: int) -> None:
        """Take over the descriptor of the jail's init; ``watch`` closes it."""
        self._pidfd = pidfd

    @property
    def was_born(self) -> bool:
        return self._pidfd >= 0 or self.dead.is_set()

    async def watch(self) -> None:
        """Return when the jail's init has ended; runs for as long as the jail lives."""
        try:
            await trio.lowlevel.wait_readable(self._pidfd)
            self.dead.set()
        finally:
            os.close(self._pidfd)
            self._pidfd = -1

    async def send(self, message: control.Message, fds: Sequence[int] = ()) -> None:
        """Give init an order; JailLostError when it is gone, JailError when it has said why."""
        try:
            await self._channel.sendmsg([control.encode(message)], control.ancillary(fds))
        except OSError as error:
            if isinstance(error, ConnectionError):
                await self.receive()  # what it said last is still there to be read
            raise JailLostError(f"jail {self.name} is gone: {error.strerror}") from error

    async def receive(self) -> control.Message | None:
        """The next thing init says; None when it is gone. JailError when a step of its work failed."""
        received = await receive(self._channel)
        if not received:
            return None
        message, fds = received
        for fd in fds:  # init has none to give
            os.close(fd)
        return message

    async def start_waiting(self, program: Program) -> None:
        """Start a program that waits; JailError when it does not come that far."""
        self.waiting = Waiting(program, open_pipes(self.host_id))
        pipes = self.waiting.pipes
        order = {"order": "wait", "command": program.command.as_message(), "fifo": program.fifo}
        how = {"is_source": program.is_source, "stays": program.may_stay}
        files = {"head": program.warm.head, "stand_ins": program.warm.stand_ins}
        await self.send(order | how | files, pipes.theirs)
        pipes.close_theirs()
        if await self.receive() is None:
            raise JailError("start a program to wait", 0, f"init of {self.name} ended without a word")

    async def renew(self) -> None:
        """Empty the jail, and have the program that stayed wait once more; JailError when that fails."""
        assert self.waiting is not None
        self.uses += 1
        self.was_used = False
        await self.send({"order": "renew", "fifo": self.waiting.program.fifo})
        message = await self.receive()
        if message is None or message["event"] != "waiting":
            raise JailError("empty the jail", 0, f"init of {self.name} said {message}")
        if not self.waiting.pipes.are_empty():
            raise JailError("empty the jail", 0, f"the compiler in {self.name} said more when it was done")

    def has_room(self) -> bool:
        """Whether what its program has kept leaves half of its memory to the next request."""
        assert self.waiting is not None
        return self.leaf.memory_now() - self.leaf.page_cache() <= self.waiting.program.memory_bytes / 2

    def take_waiting(self) -> Waiting | None:
        """Hand over the program that waits, which is none any more; its pipes are the caller's to close."""
        waiting, self.waiting = self.waiting, None
        return waiting

    def kill(self) -> None:
        """Kill every process of the jail there is now, init and all."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        # The kernel kills the others only once init itself has run to its exit, and a program that
        # keeps every processor busy can make it wait for that.
        with contextlib.suppress(OSError):
            self.leaf.kill()

    async def kill_and_wait(self) -> None:
        """Kill until nothing is left: a process may fork between being listed and being killed."""
        delay, longest = _KILL_AGAIN_S
        while self.was_born and not self.dead.is_set():
            self.kill()
            with trio.move_on_after(delay):
                await self.dead.wait()
            delay = min(delay * 2, longest)

    def close(self) -> None:
        """Let go of the control socket; init, should it still live, ends with it."""
        self._channel.close()
        if waiting := self.take_waiting():
            waiting.pipes.close()
        if self.oom_eventfd is not None:
            os.close(self.oom_eventfd)


async def receive(channel: trio.socket.SocketType) -> tuple[control.Message, list[int]] | None:
    """What init or jailer says, with its fds; None when it is gone. JailError when a step of its work failed."""
    arguments = control.MAX_MESSAGE_BYTES, control.ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC
    try:
        raw, ancillary, flags, _ = await channel.recvmsg(*arguments)
    except ConnectionResetError:  # it died with something of ours unread: told once, and before what it said last
        raw, ancillary, flags, _ = await channel.recvmsg(*arguments)
    received = control.unpack(raw, ancillary, flags)
    if received and received[0].get("event") == "failed":
        message = received[0]
        raise JailError(str(message["step"]), int(message["errno"]), str(message.get("detail", "")))
    return received
