"""``runjail doctor --attack``: make every attack in a jail and outside, judge, and print it."""

import signal
import time
from collections.abc import Mapping

import trio
from rich.table import Table

from cli.attacks.catalogue import CATALOGUE
from cli.attacks.ground import AttackError, Ground
from cli.attacks.host import Host
from cli.attacks.jails import Jails, choose_language
from cli.attacks.scenarios import SCENARIOS
from cli.attacks.staging import Stage, staged
from cli.attacks.supervisor import supervisor
from cli.attacks.verdicts import Judged, Verdict, exit_status, judge
from cli.console import fail, say, stdout
from cli.paths import Paths

Outcomes = Mapping[str, Mapping[str, str]]  # by group and name
_COLOURS = {Verdict.HELD: "green", Verdict.BROKEN: "bold red", Verdict.NOT_PROVED: "yellow"}


def attack(paths: Paths) -> int:
    """Print every attack; return what ``exit_status`` says of them."""
    started = time.monotonic()
    # Ended so, it takes away what it has put on the host, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        judged = trio.run(_attack, paths)
    except AttackError as error:
        fail(str(error))
    _print(judged)
    counted = ", ".join(f"{[each.verdict for each in judged].count(verdict)} {verdict}" for verdict in Verdict)
    say(f"{len(judged)} attacks in {time.monotonic() - started:.0f} s: {counted}")
    return exit_status(judged)


async def _attack(paths: Paths) -> list[Judged]:
    async with supervisor(paths) as (socket, what):
        language = await choose_language(socket)
        say(f"attacking the jails of {what}, with programs in {language}")
        with staged(paths.state) as stage:
            inside = await make_attacks(Jails(language, stage.mark, socket), stage)
            outside = await make_attacks(Host(language, stage.mark, stage.folder), stage)
    return judge_all(inside, outside)


async def make_attacks(ground: Ground, stage: Stage) -> dict[str, dict[str, str]]:
    """The outcomes of all there are, by group."""
    return {group: await make(ground, stage) for group, make in SCENARIOS.items()}


def judge_all(inside: Outcomes, outside: Outcomes) -> list[Judged]:
    return [judge(each, inside[each.group].get(each.name), outside[each.group].get(each.name)) for each in CATALOGUE]


def _print(judged: list[Judged]) -> None:
    table = Table("", "attack", "what was tried", "")
    group = ""
    for each in judged:
        if each.attack.group != group:
            group = each.attack.group
            table.add_section()
            table.add_row("", f"[bold]{group}[/bold]")
        mark = f"[{_COLOURS[each.verdict]}]{each.verdict}[/]"
        table.add_row(mark, each.attack.name, each.attack.tried, each.detail)
    stdout.print(table)
