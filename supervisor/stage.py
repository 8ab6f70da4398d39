"""One stage in one jail: start it, and keep it within its limits.

The first limit that is broken decides the status and kills the jail.
"""

import errno
import time
from contextlib import ExitStack, suppress

import trio

from jail.control import Message
from jail.spec import START_PROGRAM, JailError
from protocol.messages import StageResult, Status
from supervisor.dialogue import TAKE_TIMEOUT_S, Dialogue
from supervisor.errors import JailLostError
from supervisor.interaction import open_terminal, start_interaction
from supervisor.jails import Jail, Waiting
from supervisor.launcher import cgroup_limits
from supervisor.outcome import Course, stage_result
from supervisor.pipes import Pipes, feed, open_pipes
from supervisor.validation import StagePlan
from supervisor.warm import told
from supervisor.watch import Watch, has_oom_kill, watch_for_oom_kills

# From the order to the exec; only a host in trouble takes longer.
_START_TIMEOUT_S = 20
# Init looks at the jail's files; there may be many.
_LIMITS_TIMEOUT_S = 5


async def run_stage(
    jail: Jail, plan: StagePlan, stdin: bytes, *, stays: bool = False, dialogue: Dialogue | None = None
) -> StageResult:
    """Run a stage to its end, by a new program or by the one that waits in the jail.

    With a dialogue, its client is told of all of it; what is interactive has its stdin from there.
    One that may stay is asked to; if it did, the jail still has it, and it waits when the jail is renewed.
    Raise JailLostError if its program never began, JailError for faults.
    """
    waiting = jail.take_waiting()
    with ExitStack() as stack:
        pipes = waiting.pipes if waiting else _open_stdio(jail.host_id, plan)
        stack.callback(pipes.close)
        stage = _Stage(jail, plan, pipes, dialogue)
        result = await stage.run(stage.order(waiting, stays=stays), stdin)
        if waiting and stage.course.stays and result.status in (Status.OK, Status.NONZERO_EXIT):
            stack.pop_all()
            pipes.renew()
            jail.waiting = waiting
        return result


def _open_stdio(owner: int, plan: StagePlan) -> Pipes:
    return open_terminal(owner, plan.terminal) if plan.terminal else open_pipes(owner, is_merged=plan.is_merged)


class _Stage:
    """One that is under way, and how far it has come."""

    def __init__(self, jail: Jail, plan: StagePlan, pipes: Pipes, dialogue: Dialogue | None) -> None:
        self.course = Course(jail.usage_before or jail.leaf.usage())
        self._jail = jail
        self._plan = plan
        self._pipes = pipes
        self._dialogue = dialogue
        self._is_interactive = dialogue is not None and dialogue.is_interactive and plan.name == "run"
        self._is_peak_fresh = jail.usage_before is not None
        jail.usage_before = None

    def order(self, waiting: Waiting | None, *, stays: bool) -> Message:
        """What init is to do for it."""
        how: Message
        if waiting:
            stays = stays and waiting.program.may_stay
            how = {"order": "release", "content": told(waiting.program, self._plan, stays=stays), "stays": stays}
        else:
            is_in_terminal = self._plan.terminal is not None
            how = {"order": "stage", "command": self._plan.command.as_message(), "in_terminal": is_in_terminal}
        return how | {"hears_signals": self._is_interactive}

    def stop(self, limit: Status, sentence: str) -> None:
        """For having broken a limit: the first one counts, and none after the program has ended."""
        course = self.course
        if course.broken_limit is None and course.wait_status is None:
            course.broken_limit, course.sentence = limit, sentence
            course.ended_ns = time.monotonic_ns()
            self._jail.kill()

    async def run(self, order: Message, stdin: bytes) -> StageResult:
        """Carry out the order, and tell what came of it."""
        if self._dialogue:
            self._pipes.tell(self._dialogue.tell_output)
        self._pipes.collect(self._plan.limits.output_bytes, lambda: self.stop(Status.OUTPUT_LIMIT, ""))
        fits = self._set_limits()
        if not self._is_peak_fresh:  # and only now: a lower limit pushes out what the stage before has left in memory
            self._jail.leaf.reset_peak()
        if fits:
            self._jail.stop = self.stop
            await self._supervise(order, stdin)
            self._jail.stop = None
        if self.course.wait_status:
            await self._ask_for_met_limits()
        # Every process that held the other ends is dead, or has said that it is done: what they wrote is all there.
        for collector in self._pipes.outputs:
            collector.drain()
        result = stage_result(self._plan, self.course, self._pipes, self._jail)
        if self._dialogue:
            await self._tell_end(self._dialogue, result)
        return result

    def _set_limits(self) -> bool:
        """Apply the stage's own limits; False when what is there already does not fit into its memory."""
        limits = cgroup_limits(self._plan.limits, self._plan.memory_bytes, self._jail.idle_memory_bytes)
        try:
            self._jail.leaf.set_limits(limits)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise JailError("set the limits", error.errno or 0, str(error)) from error
            self.stop(Status.OUT_OF_MEMORY, "")
            return False
        return True

    async def _supervise(self, order: Message, stdin: bytes) -> None:
        failure = None
        try:
            async with trio.open_nursery() as nursery:
                if not self._is_interactive:  # else it comes once, and so only when the program is sure to run
                    _give_stdin(nursery, self._pipes, stdin)
                for collector in self._pipes.outputs:
                    nursery.start_soon(collector.run)
                if await self._start(order):
                    if self._dialogue:  # whose client may be slow, and limits are kept meanwhile
                        nursery.start_soon(self._begin, self._dialogue, nursery)
                    await self._see_to_the_end(nursery)
                nursery.cancel_scope.cancel()
        except* (JailError, JailLostError, trio.BrokenResourceError, trio.ClosedResourceError) as failures:
            failure = failures.exceptions[0]
        if failure:  # as it was before the nursery made a group of it
            raise failure

    async def _begin(self, dialogue: Dialogue, nursery: trio.Nursery) -> None:
        await dialogue.begin()
        if self._is_interactive:
            start_interaction(nursery, self._jail, self._pipes, dialogue, self._plan.terminal)

    async def _start(self, order: Message) -> bool:
        """Order the program and wait for its exec; False when there was no memory left for it."""
        jail = self._jail
        was_used = jail.was_used
        with trio.move_on_after(_START_TIMEOUT_S):
            try:
                await jail.send(order, self._pipes.theirs)  # none, where a program that waits has them already
                jail.was_used = True
                self._pipes.close_theirs()
                message = await jail.receive()
            except (JailError, JailLostError) as error:
                if getattr(error, "errno", 0) != errno.ENOMEM and not has_oom_kill(jail, self.course):
                    if isinstance(error, JailError) and error.step == START_PROGRAM:
                        jail.was_used = was_used  # the host has no process left, or the toolchain is not whole
                        raise JailLostError(f"jail {jail.name} did not start the program: {error}") from error
                    raise
                message = None
            if message:
                self.course.started_ns = int(message["at_ns"])
                return True
            if not has_oom_kill(jail, self.course) and not self.course.broken_limit:
                raise JailLostError(f"jail {jail.name} ended before its program began")
            self.stop(Status.OUT_OF_MEMORY, "")
            return False
        raise JailError("start the program", errno.ETIMEDOUT, f"nothing happened for {_START_TIMEOUT_S} s")

    async def _see_to_the_end(self, nursery: trio.Nursery) -> None:
        jail, course = self._jail, self.course
        watch = Watch(jail, self._plan, course, self.stop)
        is_first_look = True
        while True:
            with trio.CancelScope(deadline=watch.next_look):
                message = await jail.receive()
                break
            watch.look()
            if is_first_look and jail.oom_eventfd is not None:  # what was killed before it is still told of
                nursery.start_soon(watch_for_oom_kills, jail, course, jail.oom_eventfd, self.stop)
            is_first_look = False
        if message:
            course.wait_status = int(message["status"])
            course.ended_ns = int(message["at_ns"])
            course.stays = bool(message["stays"])
            return
        # Init is gone or going: we killed it, or the kernel did. Its program must be too before this is told.
        await jail.kill_and_wait()
        course.ended_ns = course.ended_ns or time.monotonic_ns()

    async def _ask_for_met_limits(self) -> None:
        """The limits that only file systems know of, as init finds them now."""
        with trio.move_on_after(_LIMITS_TIMEOUT_S), suppress(JailError, JailLostError):
            await self._jail.send({"order": "limits", "file_size_bytes": self._plan.limits.file_size_bytes})
            if message := await self._jail.receive():
                self.course.met_limits = [str(limit) for limit in message["met"]]
                return
        self.course.stays = False  # else the answer may come when another is waited for

    async def _tell_end(self, dialogue: Dialogue, result: StageResult) -> None:
        """Whoever does not take the rest of the output for so long finds it in the result alone."""
        with trio.move_on_after(TAKE_TIMEOUT_S):
            for collector in self._pipes.outputs:
                await collector.tell_rest()
        await dialogue.end(result)


def _give_stdin(nursery: trio.Nursery, pipes: Pipes, stdin: bytes) -> None:
    if stdin:
        nursery.start_soon(feed, pipes.take_stdin(), stdin)
    else:
        pipes.close_stdin()
