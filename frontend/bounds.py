"""What Hypercorn's WebSockets lack: an end to what one of them takes.

A message that is too long ends the connection before it is kept, not after; none is compressed, for a few bytes may
unpack to as many as one likes; and a connection whose WebSocket is over is closed, whatever else its client has sent.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from hypercorn.protocol import ws_stream
from wsproto.events import Message
from wsproto.extensions import Extension

if TYPE_CHECKING:
    from frontend.manners import PatientStream

# Of the task that serves it, and all that it starts.
connection: ContextVar["PatientStream"] = ContextVar("connection")


class MessageTooLongError(Exception):
    """The client is not heard any more."""


class _NotCompressed(Extension):
    """An extension that is agreed on with nobody."""

    name = "x-none"

    def enabled(self) -> bool:
        return False

    def offer(self) -> bool:
        return False


class _BoundedBuffer(ws_stream.WebsocketBuffer):
    def extend(self, event: "Message[Any]") -> None:
        if self.length + len(event.data) > self.max_length:
            raise MessageTooLongError(f"a WebSocket's message has more than {self.max_length} bytes")
        super().extend(event)


def bound_web_sockets() -> None:
    """Have Hypercorn use these; it has no setting for either."""
    setattr(ws_stream, "PerMessageDeflate", _NotCompressed)  # noqa: B010  # typed as one that does not change
    setattr(ws_stream, "WebsocketBuffer", _BoundedBuffer)  # noqa: B010
