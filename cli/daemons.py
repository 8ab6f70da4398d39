"""The two daemons in the foreground: started again when one dies, stopped in order."""

import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import trio

from cli.console import say

_RESTART_S = 1.0
_AGAIN_S, _TRIES = 0.3, 2
_STOPPING = (signal.SIGINT, signal.SIGTERM)


class StartError(Exception):
    """A daemon ended before it was of any use; its own words are above."""


class Daemon:
    """One of the two, in a session of its own: Ctrl-C reaches this command alone, which stops them in order."""

    def __init__(self, name: str, command: list[str]) -> None:
        self._name = name
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._scope = trio.CancelScope()
        self._is_gone = trio.Event()
        self._has_to_hurry = trio.Event()
        self.has_started = False
        self.patience_s = 0.0  # that it gets when told to end

    async def run(self) -> None:
        """Keep it running until stopped; StartError when it ends before it has started."""
        with self._scope:
            while True:
                status = await self._run_once()
                if not self.has_started:
                    raise StartError(f"the {self._name} did not start, see above")
                say(f"the {self._name} ended with status {status}; starting it again")
                await trio.sleep(_RESTART_S)
        self._is_gone.set()

    async def stop(self) -> None:
        """Have it end, within its time; return when it has."""
        self._scope.cancel()
        await self._is_gone.wait()

    def hasten(self) -> None:
        """When it ends, or if it is ending: let it wait for nothing."""
        if self._has_to_hurry.is_set() and self._scope.cancel_called:
            self.signal(signal.SIGTERM)  # one of those before was perhaps the same to it as the first
        self._has_to_hurry.set()

    def signal(self, number: signal.Signals) -> None:
        """To the process, if there is one now."""
        if self._process:
            self._process.send_signal(number)

    async def _run_once(self) -> int:
        # Not in a thread: its parent-death signal is bound to the thread that starts it.
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: ASYNC220
        try:
            return await _exit_of(self._process)
        finally:
            with trio.CancelScope(shield=True):
                await self._end(self._process)

    async def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._insist, process)
            with trio.move_on_after(self.patience_s):
                await _exit_of(process)
            nursery.cancel_scope.cancel()
        process.kill()
        await _exit_of(process)

    async def _insist(self, process: subprocess.Popen[bytes]) -> None:
        """A second signal is one that comes after the first was taken; which nobody tells."""
        await self._has_to_hurry.wait()
        for _ in range(_TRIES):  # no more, for it may be cleaning up by then
            await trio.sleep(_AGAIN_S)
            process.terminate()


async def _exit_of(process: subprocess.Popen[bytes]) -> int:
    return await trio.to_thread.run_sync(process.wait, abandon_on_cancel=True)


async def run(
    supervisor: Daemon, frontend: Daemon, reload: Callable[[], None], announce: Callable[[], Awaitable[None]]
) -> None:
    """Both, until SIGINT or SIGTERM; ``announce`` tells when they are ready.

    SIGHUP is for ``reload``, but with a terminal says that this is gone, which is no reason to go on.
    """
    stopping = (*_STOPPING, signal.SIGHUP) if sys.stdin and sys.stdin.isatty() else _STOPPING
    with trio.open_signal_receiver(*_STOPPING, signal.SIGHUP) as signals:
        async with trio.open_nursery() as nursery:
            for each in (supervisor, frontend):
                nursery.start_soon(each.run)
            nursery.start_soon(announce)
            async for received in signals:
                if received in stopping:
                    break
                reload()
            say("stopping; a second Ctrl-C does so at once")
            nursery.start_soon(_hasten, signals, (frontend, supervisor))
            # The supervisor outlives the frontend: what runs can still be answered.
            await frontend.stop()
            await supervisor.stop()
            nursery.cancel_scope.cancel()


async def _hasten(signals: AsyncIterator[int], daemons: tuple[Daemon, ...]) -> None:
    async for received in signals:
        if received in _STOPPING:
            for each in daemons:
                each.hasten()
