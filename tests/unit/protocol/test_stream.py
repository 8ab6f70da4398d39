"""Messages over streams in memory."""

import msgspec
import pytest
import trio
from trio.testing import memory_stream_pair

from protocol.frames import FrameError
from protocol.messages import Cancel, Request
from protocol.stream import REQUESTS, MessageStream


def streams() -> tuple[MessageStream[Request], MessageStream[Request]]:
    ours, theirs = memory_stream_pair()
    return MessageStream(ours, REQUESTS), MessageStream(theirs, REQUESTS)


async def test_many_senders_one_receiver() -> None:
    ours, theirs = streams()
    async with trio.open_nursery() as nursery:
        for number in range(50):
            nursery.start_soon(ours.send, Cancel(id=number))
    await ours.aclose()
    assert sorted([message.id async for message in theirs.messages()]) == list(range(50))


async def test_half_a_frame_at_the_end_is_an_error() -> None:
    ours, theirs = memory_stream_pair()
    await ours.send_all(b"\0\0\0\5ab")
    await ours.aclose()
    with pytest.raises(FrameError):
        async for _ in MessageStream(theirs, REQUESTS).messages():
            pass


async def test_garbage_is_an_error() -> None:
    ours, theirs = memory_stream_pair()
    await ours.send_all(b"\0\0\0\2\xc1\xc1")
    with pytest.raises(msgspec.MsgspecError):
        async for _ in MessageStream(theirs, REQUESTS).messages():
            pass


async def test_cancelled_sender_sends_the_whole_frame() -> None:
    ours, theirs = streams()
    with trio.CancelScope() as scope:
        scope.cancel()
        await ours.send(Cancel(id=1))
    await ours.send(Cancel(id=2))
    await ours.aclose()
    assert [message.id async for message in theirs.messages()] == [1, 2]
