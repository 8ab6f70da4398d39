"""Stand-ins of hosts, for who tries or measures the balancer before them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import trio

from tests.service import free_port

PORT, AGENT_PORT = free_port(), free_port()


@dataclass
class Host:
    """Speaks as much HTTP as the balancer does."""

    address: str
    status: int | None = 200  # of its answers; None: it closes the connection instead
    line: str = "up ready 100%\n"
    bodies: list[bytes] = field(default_factory=list)  # of the requests that it got
    is_done: trio.Event | None = None  # with what they ask for; None: at once

    async def serve(self, stream: trio.SocketStream) -> None:
        async with stream:
            head, _, body = (await _read_until(stream, b"\r\n\r\n")).partition(b"\r\n\r\n")
            if head.startswith(b"GET /readyz"):
                return await self._answer(stream, 200)
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            while len(body) < length:
                body += await stream.receive_some()
            self.bodies.append(body)
            if self.is_done is not None:
                await self.is_done.wait()
            if self.status:
                await self._answer(stream, self.status)

    async def _answer(self, stream: trio.SocketStream, status: int) -> None:
        text = json.dumps({"host": self.address, "status": status}).encode()
        await stream.send_all(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%b" % (status, len(text), text))

    async def tell(self, stream: trio.SocketStream) -> None:
        async with stream:
            await stream.send_all(self.line.encode())


async def _read_until(stream: trio.SocketStream, end: bytes) -> bytes:
    read = b""
    while end not in read and (more := await stream.receive_some()):
        read += more
    return read


@asynccontextmanager
async def served(host: Host) -> AsyncIterator[Host]:
    """It answers at its address while this is open, and its agent as well."""
    async with trio.open_nursery() as nursery:
        for port, serve in ((PORT, host.serve), (AGENT_PORT, host.tell)):
            listeners = await trio.open_tcp_listeners(port, host=host.address)
            nursery.start_soon(partial(trio.serve_listeners, serve, listeners))
        yield host
        nursery.cancel_scope.cancel()
