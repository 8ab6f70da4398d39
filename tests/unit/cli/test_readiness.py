"""When ``up`` and ``install`` take a service for ready."""

from functools import partial

import trio

from cli.service import becomes_ready
from protocol.pool import DRAINED


async def _say(answers: list[str], stream: trio.SocketStream) -> None:
    async with stream:
        await stream.receive_some(4096)
        body = answers.pop(0)
        await stream.send_all(
            f"HTTP/1.1 503 No\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )


async def _wait(*answers: str) -> list[str]:
    """Which of these answers were not waited for."""
    left = list(answers)
    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(trio.serve_tcp, partial(_say, left), 0, host="127.0.0.1"))
        port = listener.socket.getsockname()[1]
        assert await becomes_ready(f"127.0.0.1:{port}")
        nursery.cancel_scope.cancel()
    return left


async def test_answers_of_a_service_that_is_not_ready() -> None:
    """Its front door is full, its proxy says something, its self-tests run."""
    others = '{"error": {"code": "busy"}}', "[]", "<html>", '{"status": "unavailable", "reasons": ["self-tests"]}'
    assert await _wait(*others, '{"status": "ok", "reasons": []}', "more") == ["more"]


async def test_drained_is_started() -> None:
    assert await _wait(f'{{"status": "unavailable", "reasons": ["{DRAINED}"]}}', "more") == ["more"]
