"""The client against a supervisor made of a few lines, over a real unix socket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
import trio
import trio.testing

from frontend.client import SupervisorClient
from frontend.errors import ApiError
from protocol.messages import (
    Cancel,
    ErrorCode,
    Execute,
    Hello,
    Leaving,
    ListRuntimes,
    Refused,
    Request,
    RuntimeList,
    SourceFile,
)
from protocol.stream import FINGERPRINT, REQUESTS, MessageStream

Handler = Callable[[MessageStream[Request]], Awaitable[None]]


@asynccontextmanager
async def connected(path: Path, handler: Handler) -> AsyncIterator[SupervisorClient]:
    async def serve(stream: trio.SocketStream) -> None:
        messages = MessageStream(stream, REQUESTS)
        try:
            await messages.send(Hello(id=0, fingerprint=FINGERPRINT))
            await handler(messages)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            await trio.aclose_forcefully(stream)

    sock = trio.socket.socket(trio.socket.AF_UNIX)
    await sock.bind(str(path))
    sock.listen()
    client = SupervisorClient(path)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, serve, [trio.SocketListener(sock)])
        nursery.start_soon(client.run)
        with trio.fail_after(5):
            while not client.is_connected:
                await trio.sleep(0.001)
            yield client
        nursery.cancel_scope.cancel()


def list_runtimes(request_id: int) -> ListRuntimes:
    return ListRuntimes(id=request_id)


async def test_answers_find_their_requests_in_any_order(tmp_path: Path) -> None:
    async def answer_backwards(stream: MessageStream[Request]) -> None:
        requests = []
        async for request in stream.messages():
            requests.append(request)
            if len(requests) == 3:
                for waiting in reversed(requests):
                    await stream.send(RuntimeList(id=waiting.id, runtimes=[]))

    answered: list[int] = []

    async def ask(client: SupervisorClient) -> None:
        answered.append((await client.request(list_runtimes)).id)

    async with connected(tmp_path / "s", answer_backwards) as client, trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(ask, client)
    assert sorted(answered) == [0, 1, 2]


async def test_refusals_become_errors(tmp_path: Path) -> None:
    async def refuse(stream: MessageStream[Request]) -> None:
        async for request in stream.messages():
            await stream.send(Refused(id=request.id, code=ErrorCode.BUSY, message="full", path=["x"], retry_after_s=3))

    async with connected(tmp_path / "s", refuse) as client:
        with pytest.raises(ApiError) as caught:
            await client.request(list_runtimes)
    assert (caught.value.code, caught.value.path, caught.value.retry_after_s) == ("busy", ["x"], 3)


async def test_cancelled_request_is_cancelled_over_there(tmp_path: Path) -> None:
    seen: list[Request] = []
    asked, cancelled = trio.Event(), trio.Event()

    async def note(stream: MessageStream[Request]) -> None:
        async for request in stream.messages():
            seen.append(request)
            (cancelled if isinstance(request, Cancel) else asked).set()

    async with connected(tmp_path / "s", note) as client:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.request, list_runtimes)
            await asked.wait()
            nursery.cancel_scope.cancel()
        await cancelled.wait()
    assert seen == [ListRuntimes(id=0), Cancel(id=0)]


async def test_lost_connection_fails_what_waits_and_is_remade(tmp_path: Path) -> None:
    connections = 0

    async def drop_the_first(stream: MessageStream[Request]) -> None:
        nonlocal connections
        connections += 1
        async with aclosing(stream.messages()) as requests:
            async for request in requests:
                if connections == 1:
                    return
                await stream.send(RuntimeList(id=request.id, runtimes=[]))

    async with connected(tmp_path / "s", drop_the_first) as client:
        with pytest.raises(ApiError) as caught:
            await client.request(list_runtimes)
        assert caught.value.code == "unavailable"
        while not client.is_connected:
            await trio.sleep(0.001)
        assert isinstance(await client.request(list_runtimes), RuntimeList)


async def test_without_a_supervisor_requests_fail_at_once(tmp_path: Path) -> None:
    with pytest.raises(ApiError) as caught:
        await SupervisorClient(tmp_path / "nobody").request(list_runtimes)
    assert caught.value.code == "unavailable"


async def test_what_would_end_the_connection_is_not_sent(tmp_path: Path) -> None:
    received: list[Request] = []

    async def listen(stream: MessageStream[Request]) -> None:
        async for request in stream.messages():
            received.append(request)
            await stream.send(RuntimeList(id=request.id, runtimes=[]))

    async with connected(tmp_path / "s", listen) as client:
        with pytest.raises(ApiError, match=r"files\[0\].content") as error:
            await client.request(
                lambda id_: Execute(
                    id=id_, execution_id="0" * 32, language="c", version="*", files=[SourceFile(bytes(9 << 20))]
                )
            )
        assert error.value.path == ["files", 0, "content"]
        await client.request(list_runtimes)
    assert [type(request) for request in received if not isinstance(request, Cancel)] == [ListRuntimes]


async def test_successor_gets_what_is_asked_after_it_was_named(tmp_path: Path) -> None:
    """What the first one has under way it still answers; then its connection is closed, by us."""
    connections = 0
    is_asked, may_answer, is_left = trio.Event(), trio.Event(), trio.Event()

    async def serve(stream: MessageStream[Request]) -> None:
        nonlocal connections
        connections += 1
        number = connections
        async for request in stream.messages():
            is_asked.set()
            if number == 1:
                await stream.send(Leaving(id=0))
                await may_answer.wait()
            await stream.send(Refused(id=request.id, code=ErrorCode.BUSY, message=str(number)))
        if number == 1:
            is_left.set()

    answers: list[str] = []

    async def ask(client: SupervisorClient) -> None:
        with pytest.raises(ApiError) as refused:
            await client.request(list_runtimes)
        answers.append(refused.value.message)

    async with connected(tmp_path / "s", serve) as client, trio.open_nursery() as nursery:
        nursery.start_soon(ask, client)
        await is_asked.wait()
        while client.is_connected:  # until it has heard
            await trio.sleep(0.001)
        await ask(client)
        assert answers == ["2"]
        may_answer.set()
        await is_left.wait()
    assert answers == ["2", "1"]


async def test_who_gives_up_waits_for_no_successor(tmp_path: Path) -> None:
    async def leave(stream: MessageStream[Request]) -> None:
        async for _ in stream.messages():
            await stream.send(Leaving(id=0))

    codes: list[str] = []

    async def ask(client: SupervisorClient) -> None:
        with pytest.raises(ApiError) as caught:
            await client.request(list_runtimes)
        codes.append(caught.value.code)

    async with connected(tmp_path / "s", leave) as client, trio.open_nursery() as nursery:
        nursery.start_soon(ask, client)
        while client.is_connected:
            await trio.sleep(0.001)
        nursery.start_soon(ask, client)
        await trio.testing.wait_all_tasks_blocked()
        client.give_up()
    assert codes == ["unavailable", "unavailable"]


async def test_supervisor_of_another_version_is_not_asked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    greeted = trio.Event()

    async def serve(stream: trio.SocketStream) -> None:
        messages = MessageStream(stream, REQUESTS)
        await messages.send(Hello(id=0, fingerprint="another"))
        async for _ in messages.messages():
            raise AssertionError("it was asked")
        greeted.set()

    sock = trio.socket.socket(trio.socket.AF_UNIX)
    await sock.bind(str(tmp_path / "s"))
    sock.listen()
    client = SupervisorClient(tmp_path / "s")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, serve, [trio.SocketListener(sock)])
        nursery.start_soon(client.run)
        await greeted.wait()
        assert not client.is_connected
        nursery.cancel_scope.cancel()
    assert "another version" in caplog.text
