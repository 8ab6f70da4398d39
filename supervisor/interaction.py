"""A program's side of a dialogue: its stdin, the signals it is sent, and its terminal."""

import fcntl
import os
import termios
from contextlib import ExitStack, suppress
from functools import partial

import trio

from jail.spec import JailError, step
from protocol.messages import TerminalSize
from supervisor.dialogue import Dialogue
from supervisor.errors import JailLostError
from supervisor.jails import Jail
from supervisor.pipes import Pipes, write_whole

_END_OF_INPUT = b"\x04"  # VEOF, as a terminal has it unless it is told otherwise


def open_terminal(owner: int, size: TerminalSize) -> Pipes:
    """A terminal for a program of this host id, in place of three pipes: all it writes comes as stdout.

    It is the host's kernel's, and its file the jail's alone; the filter leaves no ioctl that types into one.
    """
    with step("open a terminal"), ExitStack() as undo:
        ours, theirs = os.openpty()
        undo.callback(os.close, ours)
        undo.callback(os.close, theirs)
        termios.tcsetwinsize(ours, (size.rows, size.columns))
        os.fchown(theirs, owner, owner)
        os.fchmod(theirs, 0o600)
        no_stderr, unused = os.pipe2(os.O_CLOEXEC)
        os.close(unused)
        undo.callback(os.close, no_stderr)
        stdio = [theirs]
        for fd in (theirs, theirs, ours):
            stdio.append(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 0))
            undo.callback(os.close, stdio[-1])
        pipes = Pipes(stdio.pop(), ours, no_stderr, stdio)
        undo.pop_all()
        return pipes


def start_interaction(
    nursery: trio.Nursery, jail: Jail, pipes: Pipes, dialogue: Dialogue, terminal: TerminalSize | None
) -> None:
    """Carry from the dialogue to the program what comes for it, until the nursery is cancelled."""
    feed = partial(feed_interactively, pipes.take_stdin(), dialogue, is_terminal=terminal is not None)
    nursery.start_soon(feed)
    nursery.start_soon(send_signals, jail, dialogue)
    if terminal:
        nursery.start_soon(resize, pipes.outputs[0].fd, dialogue, terminal)


async def feed_interactively(fd: int, dialogue: Dialogue, *, is_terminal: bool) -> None:
    """Write what comes to a program's stdin, then its end; closes ``fd``. What it does not read is dropped."""
    try:
        os.set_blocking(fd, False)
        is_read, last = True, b"\n"
        while data := await dialogue.next_input():
            is_read = is_read and await write_whole(fd, data)
            await dialogue.take_input()
            last = data[-1:]
        if is_terminal and is_read:
            # Within a line the first one ends the line.
            await write_whole(fd, _END_OF_INPUT if last == b"\n" else 2 * _END_OF_INPUT)
    finally:
        os.close(fd)


async def send_signals(jail: Jail, dialogue: Dialogue) -> None:
    """Have init send the program what comes for it."""
    with suppress(JailError, JailLostError):  # that is seen by who looks for its end
        while True:
            await jail.send({"order": "signal", "number": await dialogue.next_signal()})


async def resize(terminal: int, dialogue: Dialogue, size: TerminalSize) -> None:
    """Give the terminal its size whenever that is another one; the kernel tells the program."""
    while True:
        size = await dialogue.next_size(size)
        termios.tcsetwinsize(terminal, (size.rows, size.columns))
        await trio.lowlevel.checkpoint()
