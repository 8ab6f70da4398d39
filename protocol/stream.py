"""Messages over a trio stream."""

import hashlib
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

import msgspec
import trio

from protocol.frames import FrameDecoder, FrameError, encode_frame
from protocol.messages import Event, Request

Received = TypeVar("Received")
_RECEIVE_BYTES = 64 * 1024
_SEND_TIMEOUT_S = 10
_encoder = msgspec.msgpack.Encoder()
REQUESTS: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
EVENTS: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
# Of all messages: the same for both ends, unless they are of different versions.
FINGERPRINT = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(Request | Event), order="sorted")).hexdigest()[:16]


class MessageStream(Generic[Received]):
    """One end of a connection; many tasks may send, one receives."""

    def __init__(self, stream: trio.abc.Stream, decoder: msgspec.msgpack.Decoder[Received]) -> None:
        self._stream = stream
        self._decoder = decoder
        self._send_lock = trio.Lock()

    async def send(self, message: Request | Event) -> None:
        """Send one message whole, even when cancelled: half a frame would end everybody's connection.

        A peer that takes nothing for a while loses it all the same, as BrokenResourceError.
        """
        await self._send(encode_frame(_encoder.encode(message)))

    async def send_checked(self, request: Request) -> None:
        """Send what the peer will take; msgspec.ValidationError for what would end the connection, and is not sent."""
        payload = _encoder.encode(request)
        REQUESTS.decode(payload)
        await self._send(encode_frame(payload))

    async def _send(self, frame: bytes) -> None:
        with trio.CancelScope(shield=True, deadline=trio.current_time() + _SEND_TIMEOUT_S):
            try:
                # Not by `async with`, which lets all other tasks run first; for an answer somebody waits.
                self._send_lock.acquire_nowait()
            except trio.WouldBlock:
                await self._send_lock.acquire()
            try:
                return await self._stream.send_all(frame)
            finally:
                self._send_lock.release()
        await self.aclose()
        raise trio.BrokenResourceError(f"the peer took nothing for {_SEND_TIMEOUT_S} s")

    async def messages(self) -> AsyncGenerator[Received, None]:
        """Receive until the peer closes; raise FrameError or msgspec.ValidationError for what it may not say."""
        frames = FrameDecoder()
        while data := await self._stream.receive_some(_RECEIVE_BYTES):
            for payload in frames.feed(data):
                yield self._decoder.decode(payload)
        if not frames.is_between_frames:
            raise FrameError("the connection ended within a frame")

    async def aclose(self) -> None:
        """Close at once; whoever sends or receives gets ClosedResourceError."""
        await trio.aclose_forcefully(self._stream)
