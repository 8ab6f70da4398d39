"""One peer's connection: a task for each thing it asks, and what it says about those that are under way."""

import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

import trio

from protocol.frames import FrameError
from protocol.messages import Cancel, Event, Execute, Hello, Leaving, Question, Remark, Request
from protocol.stream import FINGERPRINT, MessageStream
from supervisor.dialogue import Dialogue

Send = Callable[[Event], Awaitable[None]]
Answer = Callable[["Connection", Question, Dialogue | None], Awaitable[None]]

# Requests of one connection; more are left unread until there is room.
_MAX_IN_FLIGHT = 2048


class Connection:
    """The requests of one peer that are under way."""

    def __init__(self, uid: int, stream: MessageStream[Request], answer: Answer) -> None:
        self.uid = uid
        self._stream = stream
        self._answer = answer
        self._scopes: dict[int, trio.CancelScope] = {}
        self._dialogues: dict[int, Dialogue] = {}
        self._room = trio.Semaphore(_MAX_IN_FLIGHT)
        self.send: Send = stream.send

    async def run(self) -> None:
        """Answer until the peer leaves; FrameError or msgspec.MsgspecError when it breaks the protocol."""
        await self.send(Hello(id=0, fingerprint=FINGERPRINT))
        async with trio.open_nursery() as nursery:
            try:
                async with aclosing(self._stream.messages()) as messages:
                    async for request in messages:
                        await self._dispatch(request, nursery)
            finally:
                # The peer is gone, and who asked for these with it; an answer it did not take is dropped.
                nursery.cancel_scope.cancel()
                await self._stream.aclose()

    async def leave(self) -> None:
        """Have the peer ask our successor from now on; it closes this connection when all that it asked is answered."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await self.send(Leaving(id=0))

    async def _dispatch(self, request: Request, nursery: trio.Nursery) -> None:
        scope = self._scopes.get(request.id)
        if isinstance(request, Cancel):
            if scope:
                scope.cancel()
            return
        if isinstance(request, Remark):
            if dialogue := self._dialogues.get(request.id):  # else it is over
                dialogue.hear(request)
            return
        if scope:
            raise FrameError(f"request id {request.id} is in use")
        await self._room.acquire()
        self._scopes[request.id] = trio.CancelScope()
        if isinstance(request, Execute) and request.is_watched:
            self._dialogues[request.id] = Dialogue(request, self._stream.send)
        nursery.start_soon(self._handle, request)

    async def _handle(self, request: Question) -> None:
        try:
            with self._scopes[request.id], suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self._answer(self, request, self._dialogues.get(request.id))
        finally:
            del self._scopes[request.id]
            self._dialogues.pop(request.id, None)
            self._room.release()


def peer_uid(stream: trio.SocketStream) -> int:
    """The uid that connected, by SO_PEERCRED (unix(7))."""
    ucred = struct.Struct("3i")  # pid, uid, gid
    _, uid, _ = ucred.unpack(stream.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, ucred.size))
    return int(uid)
