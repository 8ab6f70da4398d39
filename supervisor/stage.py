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
from supervisor.jails import Jail, Stop
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
    is_looked_up = jail.usage_before is not None
    course = Course(jail.usage_before or jail.leaf.usage())
    jail.usage_before = None

    def stop(limit: Status, sentence: str) -> None:
        if course.broken_limit is None and course.wait_status is None:
            course.broken_limit, course.sentence = limit, sentence
            course.ended_ns = time.monotonic_ns()
            jail.kill()

    waiting = jail.take_waiting()
    is_interactive = dialogue is not None and dialogue.is_interactive and plan.name == "run"
    order: Message
    if waiting:
        stays = stays and waiting.program.may_stay
        order = {"order": "release", "content": told(waiting.program, plan, stays=stays), "stays": stays}
    else:
        order = {"order": "stage", "command": plan.command.as_message(), "in_terminal": plan.terminal is not None}
    order["hears_signals"] = is_interactive
    with ExitStack() as stack:
        pipes = waiting.pipes if waiting else _open_stdio(jail.host_id, plan)
        stack.callback(pipes.close)
        if dialogue:
            pipes.tell(dialogue.tell_output)
        pipes.collect(plan.limits.output_bytes, lambda: stop(Status.OUTPUT_LIMIT, ""))
        fits = _set_limits(jail, plan, stop)
        if not is_looked_up:  # and only now: a lower limit pushes out what the stage before has left in memory
            jail.leaf.reset_peak()
        if fits:
            jail.stop = stop
            await _supervise(jail, plan, order, stdin, course, pipes, stop, dialogue)
            jail.stop = None
        if course.wait_status:
            met_limits = await _met_limits(jail, plan)
            course.stays = (
                course.stays and met_limits is not None
            )  # else the answer may come when another is waited for
            course.met_limits = met_limits or []
        # Every process that held the other ends is dead, or has said that it is done: what they wrote is all there.
        for collector in pipes.outputs:
            collector.drain()
        result = stage_result(plan, course, pipes, jail)
        if dialogue:
            await _tell_end(dialogue, pipes, result)
        if waiting and course.stays and result.status in (Status.OK, Status.NONZERO_EXIT):
            stack.pop_all()
            pipes.renew()
            jail.waiting = waiting
        return result


def _open_stdio(owner: int, plan: StagePlan) -> Pipes:
    return open_terminal(owner, plan.terminal) if plan.terminal else open_pipes(owner, is_merged=plan.is_merged)


async def _tell_end(dialogue: Dialogue, pipes: Pipes, result: StageResult) -> None:
    """Whoever does not take the rest of the output for so long finds it in the result alone."""
    with trio.move_on_after(TAKE_TIMEOUT_S):
        for collector in pipes.outputs:
            await collector.tell_rest()
    await dialogue.end(result)


def _set_limits(jail: Jail, plan: StagePlan, stop: Stop) -> bool:
    """Apply the stage's own limits; False when what is there already does not fit into its memory."""
    try:
        jail.leaf.set_limits(cgroup_limits(plan.limits, plan.memory_bytes, jail.idle_memory_bytes))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise JailError("set the limits", error.errno or 0, str(error)) from error
        stop(Status.OUT_OF_MEMORY, "")
        return False
    return True


async def _supervise(
    jail: Jail,
    plan: StagePlan,
    order: Message,
    stdin: bytes,
    course: Course,
    pipes: Pipes,
    stop: Stop,
    dialogue: Dialogue | None,
) -> None:
    async with trio.open_nursery() as nursery:
        if not order["hears_signals"]:  # else it comes once, and so only when the program is sure to run
            _give_stdin(nursery, pipes, stdin)
        for collector in pipes.outputs:
            nursery.start_soon(collector.run)
        try:
            if await _start(jail, order, course, pipes, stop):
                if dialogue:
                    await dialogue.begin()
                    if order["hears_signals"]:
                        start_interaction(nursery, jail, pipes, dialogue, plan.terminal)
                await _see_to_the_end(jail, course, Watch(jail, plan, course, stop), nursery, stop)
        except (JailError, JailLostError) as failure:
            course.failure = failure  # raised from here, it would come out of the nursery as a group
        nursery.cancel_scope.cancel()
    if course.failure:
        raise course.failure


def _give_stdin(nursery: trio.Nursery, pipes: Pipes, stdin: bytes) -> None:
    if stdin:
        nursery.start_soon(feed, pipes.take_stdin(), stdin)
    else:
        pipes.close_stdin()


async def _start(jail: Jail, order: Message, course: Course, pipes: Pipes, stop: Stop) -> bool:
    """Order the program and wait for its exec; False when there was no memory left for it."""
    was_used = jail.was_used
    with trio.move_on_after(_START_TIMEOUT_S):
        try:
            await jail.send(order, pipes.theirs)  # none, where a program that waits has them already
            jail.was_used = True
            pipes.close_theirs()
            message = await jail.receive()
        except (JailError, JailLostError) as error:
            if getattr(error, "errno", 0) != errno.ENOMEM and not has_oom_kill(jail, course):
                if isinstance(error, JailError) and error.step == START_PROGRAM:
                    jail.was_used = was_used  # the host has no process left, or the toolchain is not whole
                    raise JailLostError(f"jail {jail.name} did not start the program: {error}") from error
                raise
            message = None
        if message:
            course.started_ns = int(message["at_ns"])
            return True
        if not has_oom_kill(jail, course) and not course.broken_limit:
            raise JailLostError(f"jail {jail.name} ended before its program began")
        stop(Status.OUT_OF_MEMORY, "")
        return False
    raise JailError("start the program", errno.ETIMEDOUT, f"nothing happened for {_START_TIMEOUT_S} s")


async def _see_to_the_end(jail: Jail, course: Course, watch: Watch, nursery: trio.Nursery, stop: Stop) -> None:
    is_first_look = True
    while True:
        with trio.CancelScope(deadline=watch.next_look):
            message = await jail.receive()
            break
        watch.look()
        if is_first_look and jail.oom_eventfd is not None:  # what was killed before it is still told of
            nursery.start_soon(watch_for_oom_kills, jail, course, jail.oom_eventfd, stop)
        is_first_look = False
    if message:
        course.wait_status = int(message["status"])
        course.ended_ns = int(message["at_ns"])
        course.stays = bool(message["stays"])
        return
    # Init is gone or going: we killed it, or the kernel did. Its program must be too before this is told.
    await jail.kill_and_wait()
    course.ended_ns = course.ended_ns or time.monotonic_ns()


async def _met_limits(jail: Jail, plan: StagePlan) -> list[str] | None:
    """The limits that only file systems know of, as init finds them now; None when it can't tell."""
    with trio.move_on_after(_LIMITS_TIMEOUT_S), suppress(JailError, JailLostError):
        await jail.send({"order": "limits", "file_size_bytes": plan.limits.file_size_bytes})
        if message := await jail.receive():
            return [str(limit) for limit in message["met"]]
    return None
