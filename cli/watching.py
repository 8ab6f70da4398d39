"""``runjail status --watch``: the same again and again, with what happened meanwhile, until Ctrl-C."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import trio
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cli.asking import NO_ANSWER, Answers, ask, why_not
from cli.console import stdout
from cli.paths import Paths
from cli.rates import Rates, rates
from cli.status import pool_table, summary
from protocol.pool import PoolDescription

_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at one time: answers, or the reason why there are none."""

    at: float  # of time.monotonic()
    answers: Answers | None
    reason: str = ""

    def since(self, before: "Look | None") -> Rates | None:
        if not self.answers or not before or not before.answers:
            return None
        return rates(before.answers.figures, self.answers.figures, self.at - before.at)


def watch(paths: Paths, interval_s: float) -> int:
    """Show the state of the service until SIGINT, on the whole terminal, or a line each time where there is none."""
    try:
        if not stdout.is_terminal:
            trio.run(_look_again_and_again, paths, interval_s, _print_line)
            return 0
        with Live(console=stdout, screen=True, auto_refresh=False) as live:
            trio.run(
                _look_again_and_again,
                paths,
                interval_s,
                lambda look, since: live.update(_screen(look, since), refresh=True),
            )
    except KeyboardInterrupt:
        pass  # which is how it is ended
    return 0


async def _look_again_and_again(paths: Paths, interval_s: float, show: Callable[[Look, Rates | None], None]) -> None:
    before = None
    while True:
        look = await _look(paths)
        show(look, look.since(before))
        before = look
        await trio.sleep(interval_s)


async def _look(paths: Paths) -> Look:
    try:
        return Look(time.monotonic(), await ask(paths))
    except NO_ANSWER as error:
        return Look(time.monotonic(), None, why_not(paths, error))


def _screen(look: Look, since: Rates | None) -> RenderableType:
    clock = f"runjail status, {time.strftime('%H:%M:%S')}; Ctrl-C ends"
    if not look.answers:
        return Group(Text(clock, style="dim"), Text(look.reason, style="bold red"))
    pool = look.answers.pool
    state = Text(summary(pool), style="bold red" if pool.problems else "bold green")
    problems = [Text(f"problem: {problem}", style="red") for problem in pool.problems]
    # The table last: it is what a small terminal may cut off.
    return Group(Text(clock, style="dim"), state, Text(_rates(since)), *problems, *_faults(pool), pool_table(pool))


def _faults(pool: PoolDescription) -> list[Text]:
    return [Text(f"{fault.at}  {fault.message}") for fault in pool.faults[:_FAULTS]]


def _rates(since: Rates | None) -> str:
    if not since:
        return "rates: from the second look on"
    cpus = ", ".join(f"{process} {busy:.0%} of a CPU" for process, busy in since.cpus.items())
    return (
        f"{since.executions:.1f} executions/s, {since.refusals:.1f} refused/s, {since.cancelled:.1f} cancelled/s, "
        f"latency p50 {_ms(since.latency_p50_s)}, p95 {_ms(since.latency_p95_s)}; {cpus}"
    )


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms"


def _print_line(look: Look, since: Rates | None) -> None:
    said = look.reason if not look.answers else f"{summary(look.answers.pool)}; {_rates(since)}"
    stdout.print(f"{time.strftime('%H:%M:%S')} {said}", highlight=False, markup=False, soft_wrap=True)
