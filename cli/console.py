"""Talking to the operator: notes on stderr, so that stdout is for what was asked for."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

# Of `run`: an exit status that is not its program's, as env(1) has it.
OWN_FAILURE = 125
# In a pipe nobody has a width of 80: tables are not folded there.
stdout = Console(width=None if sys.stdout.isatty() else 160)
stderr = Console(stderr=True, width=None if sys.stderr.isatty() else 160)


def say(message: str) -> None:
    with suppress(OSError):  # of a terminal that is gone, which ends no service before its time
        stderr.print(f"[bold]runjail[/bold]: {escape(message)}", highlight=False, soft_wrap=True)


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong and exit."""
    stderr.print(f"[bold red]runjail[/bold red]: {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(status)


def need_root() -> None:
    if os.geteuid() != 0:
        fail("needs root: run it with sudo")
