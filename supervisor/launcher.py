"""Jails from their cgroup to their end: built by the jailer, a program started in them, taken apart again."""

import contextlib
import os
import socket
import time
from collections import deque

import trio

from jail import control
from jail.cgroups import CgroupLimits, Cgroups, Leaf
from jail.spec import JailError, JailSpec
from runtimes.manifest import Limits, Stage
from supervisor.errors import JailLostError
from supervisor.jailer import Jailer
from supervisor.jails import Jail
from supervisor.validation import Installed
from supervisor.warm import Program

# A jail takes milliseconds to build and to clear away; this is for a host that is in trouble.
_TIMEOUT_S = 20
# A compiler takes seconds of CPU time to get warm, and has what the executions leave it.
_PROGRAM_TIMEOUT_S = 300
# A program that starts up is at rest when it takes less than this of that: a fortieth.
_REST_NS, _REST_S = 500_000, 0.02
# Init itself is a process too.
_INIT_PIDS = 1


def cgroup_limits(limits: Limits, memory_bytes: int, idle_memory_bytes: int = 0) -> CgroupLimits:
    """A stage's limits as the cgroup's, which holds init as well."""
    return CgroupLimits(memory_bytes=memory_bytes + idle_memory_bytes, pids=limits.pids + _INIT_PIDS, cpus=limits.cpus)


class HostIds:
    """Host uids, each of one jail at a time, and the longest unused first."""

    def __init__(self, first: int, count: int) -> None:
        self._free = deque(range(first, first + count))

    def take(self) -> int:
        if not self._free:
            raise JailError("take a host id", 0, "every id of the range is in use")
        return self._free.popleft()

    def give_back(self, host_id: int) -> None:
        self._free.append(host_id)


class Launcher:
    """Has jails built, and takes them apart again.

    Whatever goes wrong here is a JailError: the host's fault or ours.
    """

    def __init__(self, cgroups: Cgroups, host_ids: HostIds, jailer: Jailer, nursery: trio.Nursery) -> None:
        self._cgroups = cgroups
        self._host_ids = host_ids
        self._jailer = jailer
        self._nursery = nursery  # of the tasks that watch jails
        self._counter = 0
        self.names: set[str] = set()  # of the jails there are, from before their cgroup to after it

    async def build(self, installed: Installed, program: Program | None = None, cpu_weight: float = 1) -> Jail:
        """Build a jail, with a program waiting in it if one is given; JailError names the step that failed.

        ``cpu_weight``: of all that while it goes on (Leaf.set_cpu_weight).
        """
        jail, theirs = self._prepare(installed)
        try:
            if cpu_weight != 1:
                jail.leaf.set_cpu_weight(cpu_weight)
            with theirs:
                jail.adopt(await self._start(jail, installed, _first_stage(installed, program), theirs))
            self._nursery.start_soon(jail.watch, name=f"watch {jail.name}")
            with trio.fail_after(_TIMEOUT_S):
                if await jail.receive() is None:
                    raise JailError("build a jail", 0, f"init of {jail.name} ended without a word")
            jail.idle_memory_bytes = jail.leaf.memory_now()
            jail.init_memory_bytes = jail.idle_memory_bytes - jail.leaf.page_cache()
            if program:
                with trio.fail_after(_PROGRAM_TIMEOUT_S):
                    await jail.start_waiting(program)
                    if program.opens_early:
                        await _come_to_rest(jail.leaf)
            if cpu_weight != 1:
                jail.leaf.set_cpu_weight(1)
            _prepare_stage(jail, _first_stage(installed, program))
        except BaseException as error:
            with trio.CancelScope(shield=True):
                await self.retire(jail)
            if isinstance(error, OSError | ValueError | trio.TooSlowError | JailLostError):
                raise JailError("build a jail", getattr(error, "errno", None) or 0, repr(error)) from error
            raise
        return jail

    async def retire(self, jail: Jail) -> None:
        """Kill a jail, wait until nothing of it is left, and let go of all it had.

        Takes as long as it takes: its id and its cgroup are nobody else's before.
        """
        try:
            await jail.kill_and_wait()
            jail.close()
            await _remove_leaf(jail.leaf)
            self._host_ids.give_back(jail.host_id)
        finally:
            self.names.discard(jail.name)

    def _prepare(self, installed: Installed) -> tuple[Jail, socket.socket]:
        self._counter += 1
        name = f"{installed.name}-{self._counter}-{time.monotonic_ns() & 0xFFFFFF:06x}"
        host_id = self._host_ids.take()
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # An order with the longest arguments must fit whole; the default barely holds it.
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * control.MAX_MESSAGE_BYTES)
            try:
                leaf = self._cgroups.make_leaf(name)
            except OSError:
                ours.close()
                theirs.close()
                raise
        except OSError as error:
            self._host_ids.give_back(host_id)
            raise JailError("make the cgroup", error.errno or 0, str(error)) from error
        self.names.add(name)  # at once: no other task has run since there is its cgroup
        return Jail(name, host_id, leaf, trio.socket.from_stdlib_socket(ours)), theirs

    async def _start(self, jail: Jail, installed: Installed, stage: Stage, theirs: socket.socket) -> int:
        manifest, limits = installed.manifest, stage.limits
        jail.leaf.set_limits(cgroup_limits(limits, limits.memory_bytes))
        spec = JailSpec(
            name=jail.name,
            host_id=jail.host_id,
            layers=installed.runtime.layers,
            disk_bytes=manifest.disk.size_bytes,
            disk_inodes=manifest.disk.inodes,
            open_files=limits.open_files,
            file_size_bytes=limits.file_size_bytes,
            stack_bytes=limits.stack_bytes,
            cgroup_version=jail.leaf.version,
        )
        cgroup_fds = jail.leaf.join_fds()
        try:
            return await self._jailer.order(spec, [theirs.fileno(), *cgroup_fds])
        finally:
            for fd in cgroup_fds:
                os.close(fd)


async def _come_to_rest(leaf: Leaf) -> None:
    """Return when what was started has nothing more to do before its source comes, which nobody tells us.

    Twice in a row: once, it may just not have got the processor.
    """
    quiet, before = 0, leaf.cpu_ns()
    while quiet < 2:
        await trio.sleep(_REST_S)
        now = leaf.cpu_ns()
        quiet = quiet + 1 if now - before < _REST_NS else 0
        before = now


def _prepare_stage(jail: Jail, stage: Stage) -> None:
    """Do for the first stage, with the limits it is likely to have, what need not be done when its request is there."""
    limits = stage.limits
    jail.leaf.set_limits(cgroup_limits(limits, limits.memory_bytes, jail.idle_memory_bytes))
    jail.oom_eventfd = jail.leaf.oom_eventfd()
    jail.leaf.reset_peak()
    usage = jail.leaf.usage()
    jail.waiting_memory_bytes = usage.memory_peak_bytes
    if not jail.waiting:  # a program goes on taking time while it waits, and may be killed: that is not the request's
        jail.usage_before = usage


def _first_stage(installed: Installed, program: Program | None) -> Stage:
    manifest = installed.manifest
    return manifest.compile if manifest.compile and (not program or program.is_compiler) else manifest.run


async def _remove_leaf(leaf: Leaf) -> None:
    delay = 0.001
    while True:
        try:
            return leaf.remove()
        except OSError:  # EBUSY: the last of its processes is not quite gone
            with contextlib.suppress(OSError):  # a host without descriptors, for one: it is tried again
                leaf.kill()
            await trio.sleep(delay)
            delay = min(delay * 2, 0.1)
