"""A client that talks to a program over a WebSocket, as anybody's would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.service import Service

_PATIENCE_S = 30


class Talk:
    """One WebSocket: what is told, message by message."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages: list[dict[str, Any]] = []

    def say(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(_PATIENCE_S))
        self.messages.append(message)
        return message

    def until(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""
        while (message := self.next())["type"] != kind:
            assert message["type"] not in ("error", "result"), message
        return message

    def read(self, text: str, field: str = "data") -> str:
        """Listen until this was written since; all that was."""
        written = ""
        while text not in written:
            message = self.next()
            assert message["type"] not in ("error", "result"), (message, written)
            written += message.get(field, "")
        return written

    def all(self) -> list[dict[str, Any]]:
        """Everything that is told, to the end, whatever that is called."""
        with suppress(ConnectionClosed):
            while True:
                self.next()
        return self.messages

    @property
    def close(self) -> tuple[int | None, str | None]:
        return self.socket.close_code, self.socket.close_reason


@contextmanager
def talk(
    service: Service, path: str = "/v1/execute/stream", key: str | None = "execute", **headers: str
) -> Iterator[Talk]:
    """Open one, with the service's own key or, if that is None, with none."""
    if key:
        headers["Authorization"] = f"Bearer {service.keys[key]}"
    with connect(
        service.url.replace("http", "ws") + path, additional_headers=headers, proxy=None, max_size=None
    ) as socket:
        yield Talk(socket)


@contextmanager
def program(service: Service, language: str, code: str, **fields: Any) -> Iterator[Talk]:
    """A program that is executed there."""
    with talk(service) as talking:
        talking.say("execute", language=language, code=code, **fields)
        yield talking
