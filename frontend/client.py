"""The one connection to the supervisor: many requests on it, remade when it breaks."""

import itertools
import logging
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import msgspec
import trio

from frontend.errors import ApiError
from protocol.frames import FrameError
from protocol.messages import Cancel, ErrorCode, Event, Refused, Request
from protocol.stream import EVENTS, MessageStream

log = logging.getLogger(__name__)

_RECONNECT_S = (0.05, 1.0)  # first wait, longest wait
_LOST = ApiError(ErrorCode.UNAVAILABLE, "the service is stopping, or its supervisor away", retry_after_s=1)


class _Pending:
    """A request whose answer has not come."""

    def __init__(self) -> None:
        self.event: Event | None = None  # stays None when the connection is lost
        self.done = trio.Event()


class SupervisorClient:
    """Sends requests and waits for their events. ``run`` must be running."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: MessageStream[Event] | None = None
        self._pending: dict[int, _Pending] = {}
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
            pending.done.set()

    async def request(self, make: Callable[[int], Request]) -> Event:
        """Send what ``make`` returns for a fresh id; return its answer.

        Raise ApiError for a refusal, and when the supervisor is or goes away.
        Cancelled, it cancels the request.
        """
        stream = self._stream
        if stream is None or self._is_stopping:
            raise _LOST
        request_id = next(self._ids)
        pending = self._pending[request_id] = _Pending()
        try:
            await stream.send(make(request_id))
            await pending.done.wait()
        except trio.Cancelled:
            await self._cancel(stream, request_id)
            raise
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise _LOST from None
        finally:
            del self._pending[request_id]
        match pending.event:
            case None:
                raise _LOST
            case Refused() as refused:
                raise ApiError.from_refusal(refused)
            case event:
                return event

    async def _converse(self, stream: MessageStream[Event]) -> None:
        log.info("connected to the supervisor")
        self._stream = stream
        try:
            async with aclosing(stream.messages()) as events:
                async for event in events:
                    if pending := self._pending.get(event.id):  # else it was cancelled
                        pending.event = event
                        pending.done.set()
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
                pending.done.set()

    async def _cancel(self, stream: MessageStream[Event], request_id: int) -> None:
        try:
            await stream.send(Cancel(id=request_id))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # nothing is left to be cancelled
