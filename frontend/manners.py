"""What Hypercorn and Quart-Trio leave open between a request and the next one on the same connection.

An answer may be ready before its request has been read: to a wrong key, to a
body that is too long. The client goes on sending, and only when all of that was
read is the connection fit for the next request. And an answer is sent to its
end, though the application is through with it.
"""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Any

import trio
from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, Scope

from frontend.bounds import connection

# Of a body that nobody wants: what is read of it, and for how long.
_DRAIN_BYTES = 64 * 1024 * 1024
_DRAIN_S = 10
# From the last byte of an answer to a connection that waits for the next request, or is closed.
_END_S = 30
# Of an answer: how much a client has to take in how long.
_PIECE_BYTES = 64 * 1024
_PIECE_S = 30
# Of a WebSocket that is over.
_LINGER_S = 1


class _Exchange:
    """One request and its answer."""

    def __init__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self._receive = receive
        self._send = send
        self._is_answered = False
        self._drained_bytes = 0
        self._is_read = trio.Event()

    async def receive(self) -> Any:
        event: Any = await self._receive()
        if event["type"] != "http.request" or not event.get("more_body"):
            self._is_read.set()
        elif self._is_answered:
            self._drained_bytes += len(event["body"])
            if self._drained_bytes > _DRAIN_BYTES:
                self._is_read.set()
            return {**event, "body": b""}  # not to be kept
        return event

    async def send(self, event: Any) -> None:
        self._is_answered = True
        if event["type"] != "http.response.body" or event.get("more_body"):
            return await self._send(event)
        if not self._is_read.is_set():
            unfinished: Any = {**event, "more_body": True}
            await self._send(unfinished)
            event = {**event, "body": b""}
            with trio.move_on_after(_DRAIN_S):
                await self._is_read.wait()
        # With the end of the answer comes the request's disconnection, for which Quart cancels this.
        with trio.CancelScope(shield=True, deadline=trio.current_time() + _END_S):
            await self._send(event)


def well_mannered(app: ASGIFramework, websockets: frozenset[str]) -> ASGIFramework:
    """The same application, with connections that are fit for the next request or closed; WebSockets at these paths."""

    async def call(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        # Not over HTTP/2, where others share the connection, which is to end with it.
        if scope["type"] == "websocket" and (scope["path"] not in websockets or scope["http_version"] != "1.1"):
            return await _refuse(scope["path"], send)
        if scope["type"] == "http":
            exchange = _Exchange(receive, send)
            receive, send = exchange.receive, exchange.send
        if scope["type"] == "websocket":
            connection.get().is_web_socket = True
        async with AsyncExitStack() as stack:
            stack.enter_context(connection.get().answering())
            # What lasts until the answer has been sent: its body is sent when its route has returned.
            scope["exit_stack"] = stack  # type: ignore[typeddict-unknown-key]
            await app(scope, receive, send)
        if scope["type"] == "websocket":
            # Hypercorn reads no further once nobody takes what it has read, and would never see the client leave.
            connection.get().is_left.set()

    return call


async def _refuse(path: str, send: ASGISendCallable) -> None:
    """Not by the application, whose routes for requests have other methods and errors."""
    error = {"error": {"code": "not_found", "message": f"there is no WebSocket at {path}"}}
    headers = [(b"content-type", b"application/json")]
    start: Any = {"type": "websocket.http.response.start", "status": 404, "headers": headers}
    body: Any = {"type": "websocket.http.response.body", "body": json.dumps(error).encode(), "more_body": False}
    await send(start)
    await send(body)


class PatientStream:
    """A connection whose client takes what is sent to it within a time, or loses it."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self.socket = stream.socket
        self.is_left = trio.Event()  # its client says no more
        self.is_web_socket = False  # so far
        self.requests = 0  # that are being answered
        self.idle_since = trio.current_time()
        self.send_eof = stream.send_eof
        self._is_lingering = False
        self._reading = trio.Lock()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While a request is."""
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1
            self.idle_since = trio.current_time()

    def abort(self) -> None:
        """Close it at once; whoever waits for it finds it closed."""
        self.socket.close()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            # Not by `async with`, which lets all other tasks run first.
            self._reading.acquire_nowait()
        except trio.WouldBlock:
            await self._reading.acquire()
        try:
            data = await self._stream.receive_some(max_bytes)
            while data and self._is_lingering:  # nobody wants it any more
                data = await self._stream.receive_some(max_bytes)
        finally:
            self._reading.release()
        if not data:
            self.is_left.set()
        return data

    async def aclose(self) -> None:
        """Close it; a WebSocket's when its client has as well, or does not for a while.

        To what it says later the kernel would answer with a reset, which takes back what is still on its way to it.
        """
        try:
            if self.is_web_socket and not self._is_lingering:
                self._is_lingering = True
                with trio.move_on_after(_LINGER_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                    await self.receive_some(_PIECE_BYTES)
        finally:
            await self._stream.aclose()

    async def send_all(self, data: bytes) -> None:
        """A piece at a time: slow is allowed, standing still is not."""
        rest = memoryview(data)
        while rest:
            piece, rest = rest[:_PIECE_BYTES], rest[_PIECE_BYTES:]
            with trio.move_on_after(_PIECE_S) as waited:
                await self._stream.send_all(piece)
            if waited.cancelled_caught:
                self.abort()
                raise trio.BrokenResourceError("the client took nothing")
