"""One request to the supervisor, what is told of it, and what is said to it meanwhile."""

import time
from collections import deque
from collections.abc import Callable
from itertools import count

import msgspec
import trio

from frontend.errors import ApiError, located
from protocol.frames import FrameError
from protocol.messages import (
    MAX_UNTAKEN_BYTES,
    Began,
    Ended,
    ErrorCode,
    Event,
    Execute,
    Input,
    Output,
    Refused,
    Request,
    Taken,
)
from protocol.stream import MessageStream


def lost() -> ApiError:
    """The supervisor is or went away, and nothing was begun: who is asked next may try again."""
    return ApiError(ErrorCode.UNAVAILABLE, "the service is stopping, or its supervisor away", retry_after_s=1)


def interrupted() -> ApiError:
    """The same, in the middle of an execution: nobody but its client knows whether it may be run twice."""
    return ApiError(
        ErrorCode.INTERNAL, "the execution was interrupted: the service was stopped, or its supervisor died"
    )


class Conversation:
    """Until it is over: one task listens, others may speak."""

    def __init__(self, id_: int, stream: MessageStream[Event]) -> None:
        self.id = id_
        self.is_over = False  # the answer has come, or never will
        self._may_have_begun = False  # an execution
        self.began_at: float | None = None  # of time.monotonic(): what is watched runs since
        self.answer: Event | None = None
        self._stream = stream
        self._events: deque[Event] = deque()  # as many as fit into a window
        self._room = MAX_UNTAKEN_BYTES  # for input
        self._is_input_over = False
        self._changes = trio.lowlevel.ParkingLot()  # where a change is waited for

    def hear(self, event: Event) -> None:
        """Take what the supervisor says."""
        if isinstance(event, Began):
            self.began_at = self.began_at or time.monotonic()
        if isinstance(event, Taken):
            self._room += event.size
        else:
            self._events.append(event)
            if not isinstance(event, Began | Output | Ended):
                self.is_over, self.answer = True, event
        self._changes.unpark_all()

    def lose(self) -> None:
        """There is no more to be heard."""
        self.is_over = True
        self._changes.unpark_all()

    async def next_event(self) -> Event:
        """The news, and at the end the answer; ApiError for a refusal, and when the supervisor goes away."""
        while not self._events:
            if self.is_over:
                raise self._end()
            await self._changes.park()
        event = self._events.popleft()
        if isinstance(event, Refused):
            raise ApiError.from_refusal(event)
        return event

    async def say(self, make: Callable[[int], Request]) -> None:
        """Send what ``make`` returns for this id; ApiError when the supervisor is away, or it is too much."""
        request = make(self.id)
        try:
            await self._stream.send_checked(request)
        except msgspec.ValidationError as error:
            message, path = located(error)
            raise ApiError(ErrorCode.INVALID_REQUEST, message, path) from error
        except FrameError:
            raise ApiError(ErrorCode.TOO_LARGE, "all that is sent is too much together") from None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise self._end() from None
        self._may_have_begun |= isinstance(request, Execute)

    def _end(self) -> ApiError:
        return interrupted() if self._may_have_begun else lost()

    async def take(self, output: Output) -> None:
        """Let the program go on: this was passed on to the client."""
        if not self.is_over:
            await self.say(lambda id_: Taken(id=id_, size=len(output.data)))

    async def give_input(self, data: bytes, *, is_last: bool = False) -> None:
        """Send more for stdin, as the program takes it; ApiError after its end."""
        if self._is_input_over:
            raise ApiError(ErrorCode.INVALID_REQUEST, "there is no more stdin after its end")
        self._is_input_over = is_last
        for start in count(step=MAX_UNTAKEN_BYTES):
            piece = data[start : start + MAX_UNTAKEN_BYTES]
            await self._give_piece(piece, is_last=is_last and start + MAX_UNTAKEN_BYTES >= len(data))
            if start + MAX_UNTAKEN_BYTES >= len(data):
                return

    async def _give_piece(self, piece: bytes, *, is_last: bool) -> None:
        while self._room < len(piece) and not self.is_over:
            await self._changes.park()
        if not self.is_over:
            self._room -= len(piece)
            await self.say(lambda id_: Input(id=id_, data=piece, is_last=is_last))
