"""The connection to the supervisor: many requests on it, remade when it breaks, or its successor takes over."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import msgspec
import trio

from frontend.conversation import Conversation, lost
from protocol.frames import FrameError
from protocol.messages import Cancel, Event, Hello, Leaving, Request
from protocol.stream import EVENTS, FINGERPRINT, MessageStream

log = logging.getLogger(__name__)

_RECONNECT_S = (0.05, 1.0)  # first wait, longest wait
# The longest that a request waits for a supervisor that is being replaced to finish what it has, and for the next one
# to start; and how long the next one may take to show itself, when there is no socket of systemd to wait at.
_SUCCESSION_S, _SHOWING_S = 60, 10
_FAILURES = (FrameError, msgspec.MsgspecError, trio.BrokenResourceError, trio.ClosedResourceError)


class _Link:
    """One connection, and what was asked on it."""

    def __init__(self, stream: MessageStream[Event]) -> None:
        self.stream = stream
        self.pending: dict[int, Conversation] = {}
        self.is_left = trio.Event()  # nothing more is asked on it
        self.was_asked = False

    async def forget(self, conversation: Conversation) -> None:
        """It is over, or not wanted any more; the last one of a supervisor that leaves lets it go."""
        del self.pending[conversation.id]
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            if not conversation.is_over:
                await self.stream.send(Cancel(id=conversation.id))
        await self.close_if_done()

    def lose(self) -> None:
        """Nothing more is heard on it."""
        for conversation in self.pending.values():
            conversation.lose()

    async def close_if_done(self) -> None:
        if self.is_left.is_set() and not self.pending:
            await self.stream.aclose()


class SupervisorClient:
    """Sends requests and waits for their events. ``run`` must be running."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._links: set[_Link] = set()
        self._link: _Link | None = None  # the one to ask
        self._expected_until = 0.0  # of trio's clock: the successor of one that has left
        self._changes = trio.lowlevel.ParkingLot()  # where one is waited for
        self._ids = itertools.count()
        self.is_stopping = False  # the service is, and others should be asked
        self._has_given_up = False

    @property
    def is_connected(self) -> bool:
        return self._link is not None

    async def run(self) -> None:
        """Keep connected until cancelled."""
        delay, longest = _RECONNECT_S
        async with trio.open_nursery() as listening:
            while True:
                try:
                    stream = await trio.open_unix_socket(str(self._path))
                except OSError as error:
                    log.warning("no supervisor at %s: %s", self._path, error.strerror)
                    delay = min(delay * 2, longest)
                else:
                    link = _Link(MessageStream(stream, EVENTS))
                    listening.start_soon(self._listen, link)
                    await link.is_left.wait()
                    delay = _RECONNECT_S[0] if link.was_asked else min(delay * 2, longest)
                await trio.sleep(delay)

    def give_up(self) -> None:
        """Fail what waits, and whatever is asked from now on: the service is stopping."""
        self.is_stopping = self._has_given_up = True
        self._changes.unpark_all()
        for link in self._links:
            link.lose()

    async def request(self, make: Callable[[int], Request]) -> Event:
        """Send what ``make`` returns for a fresh id; return its answer.

        Raise ApiError for a refusal, and when the supervisor is or goes away.
        Cancelled, it cancels the request.
        """
        async with self.watch(make) as conversation:
            return await conversation.next_event()

    @asynccontextmanager
    async def watch(self, make: Callable[[int], Request]) -> AsyncIterator[Conversation]:
        """The same, with all that is told ahead of the answer. Left before the answer, it cancels the request."""
        link = self._link if self._link and not self._has_given_up else await self._successor()
        conversation = Conversation(next(self._ids), link.stream)
        link.pending[conversation.id] = conversation
        link.was_asked = True
        try:
            await conversation.say(make)
            yield conversation
        finally:
            await link.forget(conversation)

    async def _successor(self) -> _Link:
        """The supervisor that is about to be there; ApiError if none is, or it does not come."""
        patience = trio.current_time() + _SUCCESSION_S
        while not self._has_given_up:
            if self._link:
                return self._link
            # A link that is left is one of who still finishes; any other, of who is still to start.
            until = patience if self._links else min(patience, self._expected_until)
            if until <= trio.current_time():
                break
            with trio.move_on_at(until):
                await self._changes.park()
        raise lost()

    async def _listen(self, link: _Link) -> None:
        self._links.add(link)  # it may be systemd that took the connection, for who is still to start
        try:
            async with aclosing(link.stream.messages()) as events:
                async for event in events:
                    await self._hear(event, link)
            if not link.is_left.is_set():
                log.warning("the supervisor is gone, without having said so")
        except _FAILURES as error:
            if not link.is_left.is_set():  # else it was closed here, or by who had said so
                log.warning("lost the supervisor: %s", error)
        finally:
            self._links.remove(link)
            if link.is_left.is_set():
                self._expected_until = trio.current_time() + _SHOWING_S
            self._leave(link)
            self._changes.unpark_all()
            await link.stream.aclose()
            link.lose()

    async def _hear(self, event: Event, link: _Link) -> None:
        match event:
            case Hello(fingerprint=theirs):
                if theirs != FINGERPRINT:
                    # An upgrade is under way; who asks waits for the end of it.
                    log.warning("the supervisor is of another version than this frontend: start both again")
                    self._leave(link)
                    return await link.stream.aclose()
                log.info("connected to the supervisor")
                self._link = link
                self._changes.unpark_all()
            case Leaving():
                log.info("the supervisor leaves; what is asked from now on, its successor gets")
                self._leave(link)
                await link.close_if_done()
            case _:
                if pending := link.pending.get(event.id):  # else it was cancelled
                    pending.hear(event)

    def _leave(self, link: _Link) -> None:
        link.is_left.set()
        if self._link is link:
            self._link = None
