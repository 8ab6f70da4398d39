"""HAProxy's agent check: a line for whoever connects, of whether and how much work this host is to get.

The words are those of ``agent-check`` in HAProxy's configuration manual. What
HAProxy was told holds until it is told otherwise, so each line says all of it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import trio

from frontend.client import SupervisorClient
from frontend.config import host_and_port
from frontend.keys import KeyStore
from frontend.readiness import Readiness, readiness
from protocol.pool import Admission
from protocol.settings import SettingsError

# Checks at once: a balancer has one under way, and there are a few of them.
_MAX_CHECKS = 16
# From connection to its end; HAProxy asks each second or two, and gives up on a late answer.
_CHECK_S = 2.0
# HAProxy takes it of the weight that it is configured with, and cuts off what comes after the point; 0 is no work.
_LEAST_PERCENT = 10
_MAX_DESCRIPTION = 80  # characters
_ASKED_BYTES = 1024  # HAProxy's `agent-send`, which is read and not heeded


async def open_agent(bind: str) -> list[trio.SocketListener]:
    """Listen at this address and port; SettingsError if that can't be."""
    host, port = host_and_port(bind)
    try:
        return await trio.open_tcp_listeners(port, host=host, backlog=_MAX_CHECKS)
    except OSError as error:
        raise SettingsError(f"can't answer agent checks on {bind}: {error.strerror}") from None


async def say(client: SupervisorClient, keys: KeyStore) -> str:
    """The line for this host, as it is now."""
    return line(await readiness(client, keys))


def line(found: Readiness) -> str:
    """What HAProxy is told: all of the state, in its own words."""
    if found.is_leaving:
        return "drain\n"
    if found.reasons or found.admission is None:
        # Up to a line's end it is shown on HAProxy's page.
        reason = " ".join("; ".join(found.reasons).split())
        return f"down #{reason[:_MAX_DESCRIPTION]}\n"
    return f"up ready {weight_percent(found.admission)}%\n"


def weight_percent(admission: Admission) -> int:
    """100 for a host that does nothing, 50 for one whose places are all taken, less with every execution that waits.

    Not the part of its places that is free: until the next check a balancer gives out work in proportion to the
    weights, and at 100 to 1 all that comes would queue up at the one host that had a place.
    """
    there = admission.running + admission.queued
    return max(_LEAST_PERCENT, 100 * admission.max_running // (admission.max_running + there))


class Agent:
    """Gives who connects the answer of the moment."""

    def __init__(self, answer: Callable[[], Awaitable[str]]) -> None:
        self._answer = answer
        self._checks = trio.CapacityLimiter(_MAX_CHECKS)

    async def check(self, stream: trio.abc.HalfCloseableStream) -> None:
        """Answer, or close, which HAProxy takes for no news: when too many ask, or the supervisor is slow.

        A host that has too much to do must not be taken for dead, and its work be put upon the others. Whether it is
        dead is for ``/readyz`` to show.
        """
        try:
            self._checks.acquire_nowait()
        except trio.WouldBlock:
            return await trio.aclose_forcefully(stream)
        try:
            with trio.move_on_after(_CHECK_S):
                await _tell(stream, await self._answer())
        finally:
            self._checks.release()
            await trio.aclose_forcefully(stream)


async def _tell(stream: trio.abc.HalfCloseableStream, text: str) -> None:
    with suppress(trio.BrokenResourceError):
        await stream.send_all(text.encode("ascii", "replace"))
        await stream.send_eof()
        # Else what it has asked and nobody read would have the answer taken back; once is enough of that.
        await stream.receive_some(_ASKED_BYTES)
