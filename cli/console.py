"""Talking to the operator: notes on stderr, so that stdout is for what was asked for."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

# Of `run`: an exit status that is not its program's, as env(1) has it.
OWN_FAILURE = 125


class _Notes(Console):
    """Who reads them may be gone, which ends no service before its time."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        with open(os.devnull, "wb") as nothing:  # for what is still in its buffer
            os.dup2(nothing.fileno(), sys.stderr.fileno())


# In a pipe nobody has a width of 80: tables are not folded there.
stdout = Console(width=None if sys.stdout.isatty() else 160)
stderr = _Notes(stderr=True, width=None if sys.stderr.isatty() else 160)


def say(message: str) -> None:
    with suppress(OSError):  # of a terminal that is gone
        stderr.print(f"[bold]runjail[/bold]: {escape(message)}", highlight=False, soft_wrap=True)


def show(*lines: str) -> None:
    """What is to be copied: as it is, apart from the rest."""
    with suppress(OSError):
        stderr.print(
            "", *(f"    {line}" for line in lines), "", sep="\n", highlight=False, soft_wrap=True, markup=False
        )


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong and exit."""
    stderr.print(f"[bold red]runjail[/bold red]: {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(status)


def need_root() -> None:
    if os.geteuid() != 0:
        fail("needs root: run it with sudo")
