"""The connections there are, as many as there may be: who only waits makes room for who comes."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import trio

from frontend.manners import PatientStream

# Of the process's descriptors: for all that is no connection, and those of whom there was no room for.
_SPARE_DESCRIPTORS = 128
_REFUSING_S = 1
_GRACE_S = 2  # for who is still answered at the end

_BODY = json.dumps({"error": {"code": "busy", "message": "there are too many connections"}}).encode()
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


def raise_descriptor_limit() -> int:
    """Take as many descriptors as the host gives; how many connections they are enough for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # a host that keeps to the lower one
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(soft - _SPARE_DESCRIPTORS, 1)


class Connections:
    """All that are open; at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._streams: dict[PatientStream, None] = {}
        self._waiting_for_fewer = trio.lowlevel.ParkingLot()

    def count(self) -> int:
        return len(self._streams)

    @contextmanager
    def holding(self, stream: PatientStream) -> Iterator[bool]:
        """While it is open; whether there is room for it."""
        if self.count() >= self.limit and not self._make_room():
            yield False
            return
        self._streams[stream] = None
        try:
            yield True
        finally:
            self._forget(stream)

    def _make_room(self) -> bool:
        """Close the one that has been without a request for the longest, unless all have one."""
        idle = [stream for stream in self._streams if not stream.requests]
        if not idle:
            return False
        longest = min(idle, key=lambda stream: stream.idle_since)
        self._forget(longest)  # its task takes a moment to end
        longest.abort()
        return True

    def _forget(self, stream: PatientStream) -> None:
        self._streams.pop(stream, None)
        self._waiting_for_fewer.unpark_all()

    async def end(self, given_up: trio.Event) -> None:
        """Wait for them to end; once that is given up, close those that do not within a moment."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_soon_after, given_up, nursery.cancel_scope)
            while self._streams:
                await self._waiting_for_fewer.park()
            nursery.cancel_scope.cancel()
        for stream in list(self._streams):
            stream.abort()


async def _cancel_soon_after(given_up: trio.Event, scope: trio.CancelScope) -> None:
    await given_up.wait()
    scope.deadline = trio.current_time() + _GRACE_S


async def refuse(stream: trio.SocketStream) -> None:
    """Say that there is no room, whatever is asked for."""
    with trio.move_on_after(_REFUSING_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        await stream.send_all(_REFUSAL)
        await stream.send_eof()
        # Else what has not been read would have the answer taken back.
        while await stream.receive_some(65_536):
            pass
    await trio.aclose_forcefully(stream)
