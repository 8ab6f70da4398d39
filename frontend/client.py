"""The one connection to the supervisor: many requests on it, remade when it breaks."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import msgspec
import trio

from frontend.conversation import Conversation, lost
from protocol.frames import FrameError
from protocol.messages import Cancel, Event, Request
from protocol.stream import EVENTS, MessageStream

log = logging.getLogger(__name__)

_RECONNECT_S = (0.05, 1.0)  # first wait, longest wait


class SupervisorClient:
    """Sends requests and waits for their events. ``run`` must be running."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: MessageStream[Event] | None = None
        self._pending: dict[int, Conversation] = {}
        self._ids = itertools.count()
        self._is_stopping = False

    @property
    def is_connected(self) -> bool:
        return self._stream is not None

    async def run(self) -> None:
        """Keep connected until cancelled."""
        delay, longest = _RECONNECT_S
        while True:
            try:
                stream = await trio.open_unix_socket(str(self._path))
            except OSError as error:
                log.warning("no supervisor at %s: %s", self._path, error.strerror)
                delay = min(delay * 2, longest)
            else:
                delay = _RECONNECT_S[0]
                await self._converse(MessageStream(stream, EVENTS))
            await trio.sleep(delay)

    def give_up(self) -> None:
        """Fail what waits, and whatever is asked from now on: the service is stopping."""
        self._is_stopping = True
        for pending in self._pending.values():
            pending.lose()

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
        stream = self._stream
        if stream is None or self._is_stopping:
            raise lost()
        conversation = Conversation(next(self._ids), stream)
        self._pending[conversation.id] = conversation
        try:
            await conversation.say(make)
            yield conversation
        finally:
            del self._pending[conversation.id]
            if not conversation.is_over:
                await self._cancel(stream, conversation.id)

    async def _converse(self, stream: MessageStream[Event]) -> None:
        log.info("connected to the supervisor")
        self._stream = stream
        try:
            async with aclosing(stream.messages()) as events:
                async for event in events:
                    if pending := self._pending.get(event.id):  # else it was cancelled
                        pending.hear(event)
        except (
            FrameError,
            msgspec.MsgspecError,
            trio.BrokenResourceError,
            trio.ClosedResourceError,
        ) as error:
            log.warning("lost the supervisor: %s", error)
        finally:
            self._stream = None
            await stream.aclose()
            for pending in self._pending.values():
                pending.lose()

    async def _cancel(self, stream: MessageStream[Event], request_id: int) -> None:
        try:
            await stream.send(Cancel(id=request_id))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # nothing is left to be cancelled
