"""``runjail drain``: have others do the work, and wait until nothing is left to be done here."""

import trio

from cli.asking import NO_ANSWER, ask_pool, why_not
from cli.console import fail, say
from cli.paths import Paths
from protocol.messages import Drain, PoolDescription

_LOOK_S = 0.5


def drain(paths: Paths, timeout_s: float) -> int:
    """Answer ``/readyz`` with 503 from now on, and return 0 when nothing runs or waits, 1 if the time is up before."""
    try:
        return trio.run(_drain, paths, timeout_s)
    except NO_ANSWER as error:
        fail(f"{why_not(paths, error)}: is the service running?")


def end(paths: Paths) -> int:
    """Be ready again."""
    try:
        description = trio.run(ask_pool, paths, Drain(id=0, is_on=False))
    except NO_ANSWER as error:
        fail(f"{why_not(paths, error)}: is the service running?")
    say("it is not drained any more" + "".join(f"; {problem}" for problem in description.problems))
    return 0


async def _drain(paths: Paths, timeout_s: float) -> int:
    description = await ask_pool(paths, Drain(id=0, is_on=True))
    with trio.move_on_after(timeout_s):
        while _left(description):
            say(f"draining: {_left(description)} executions are left")
            await trio.sleep(_LOOK_S)
            # Said again: it may be another supervisor by now.
            description = await ask_pool(paths, Drain(id=0, is_on=True))
        say("drained: nothing runs or waits; `runjail drain --end` takes it back")
        return 0
    say(f"{_left(description)} executions are left after {timeout_s:g} s; it is still being drained")
    return 1


def _left(description: PoolDescription) -> int:
    return description.admission.running + description.admission.queued
