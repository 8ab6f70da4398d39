"""What is told of a supervisor that does not answer as this command would have it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trio

from cli.asking import NO_ANSWER, ask_pool, why_not
from cli.paths import Paths
from protocol.messages import Hello, Request
from protocol.pool import DescribePool
from protocol.stream import REQUESTS, MessageStream


async def refusal(paths: Paths, greet: Callable[[MessageStream[Request]], Awaitable[None]]) -> BaseException:
    """What asking raises, of a supervisor that only greets."""

    async def serve(stream: trio.SocketStream) -> None:
        await greet(MessageStream(stream, REQUESTS))
        await trio.aclose_forcefully(stream)

    with trio.socket.socket(trio.socket.AF_UNIX) as sock:
        await sock.bind(str(paths.socket))
        sock.listen()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.serve_listeners, serve, [trio.SocketListener(sock)])
            with pytest.raises(NO_ANSWER) as raised:
                await ask_pool(paths, DescribePool(id=0))
            nursery.cancel_scope.cancel()
    return raised.value


async def test_another_version(tmp_path: Path) -> None:
    paths = Paths(state=tmp_path, run=tmp_path)
    error = await refusal(paths, lambda stream: stream.send(Hello(id=0, fingerprint="another")))
    assert "another version" in why_not(paths, error)


async def test_one_that_hangs_up(tmp_path: Path) -> None:
    async def hang_up(stream: MessageStream[Request]) -> None:
        pass

    paths = Paths(state=tmp_path, run=tmp_path)
    assert "no supervisor answers" in why_not(paths, await refusal(paths, hang_up))
