"""``runjail drain``: have others do the work, and wait until nothing is left to be done here."""

import trio

from cli.asking import NO_ANSWER, ask_pool, why_not
from cli.console import fail, say
from cli.paths import Paths
from protocol.messages import Drain

_LOOK_S = 0.5
_QUIET_S = 3  # balancers look once a second or two, and send requests until they have seen it


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
    busy_at = trio.current_time()
    until = busy_at + timeout_s
    finished: int | None = None
    while True:
        # Said again each time: it may be another supervisor by now.
        admission = (await ask_pool(paths, Drain(id=0, is_on=True))).admission
        left, now = admission.running + admission.queued, trio.current_time()
        have_come = finished is not None and admission.finished != finished  # and gone, between two looks
        finished = admission.finished
        if (left or have_come) and now >= until:
            what = f"{left} executions are left" if left else "executions still come"
            say(f"{what} after {timeout_s:g} s; it is still being drained")
            return 1
        if left:
            say(f"draining: {left} executions are left")
        if left or have_come:
            busy_at = now
        elif now >= busy_at + _QUIET_S:
            say("drained: nothing runs or waits; `runjail drain --end` takes it back")
            return 0
        await trio.sleep(_LOOK_S)
