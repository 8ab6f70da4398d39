"""What a client is told of an execution as it goes on."""

from contextlib import aclosing

import pytest
import trio
import trio.testing

from frontend.conversation import Conversation
from frontend.errors import ApiError
from frontend.news import ExitNews, News, StageNews, StderrNews, StdoutNews, follow
from frontend.outputs import Encoding
from protocol.messages import (
    MAX_UNTAKEN_BYTES,
    Began,
    Ended,
    ErrorCode,
    Event,
    Finished,
    Input,
    Output,
    Refused,
    Request,
    Taken,
)
from protocol.stream import EVENTS, MessageStream

FINISHED = Finished(id=1, language="python", version="3", compile=None, run=None)


class Said(MessageStream[Event]):
    """Keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(trio.testing.memory_stream_pair()[0], EVENTS)
        self.requests: list[Request] = []

    async def send_checked(self, request: Request) -> None:
        self.requests.append(request)


async def told(events: list[Event], encoding: Encoding = "utf8") -> tuple[list[News | Finished | None], list[Request]]:
    said = Said()
    conversation = Conversation(1, said)
    for event in events:
        conversation.hear(event)
    return [news async for news in follow(conversation, encoding)], said.requests


async def test_characters_are_never_split() -> None:
    euro = "€".encode()
    events: list[Event] = [
        Began(1, "run", "python", "3"),
        *(Output(1, "stdout", bytes([byte])) for byte in euro),
        Output(1, "stdout", euro[:1]),
        Output(1, "stderr", b"x"),
        Ended(1, "run", 0, None),
        FINISHED,
    ]
    news, requests = await told(events)
    assert news == [
        StageNews("run", "python", "3"), StdoutNews("€"), StderrNews("x"), StdoutNews("\ufffd"), ExitNews("run", 0, None),
        FINISHED,
    ]  # fmt: skip
    assert requests == []  # it is over


async def test_base64_is_of_each_piece() -> None:
    news, _ = await told([Output(1, "stdout", b"\xff"), Output(1, "stdout", b"\xfe\x00"), FINISHED], "base64")
    assert news[:2] == [StdoutNews("/w=="), StdoutNews("/gA=")]


async def test_refusal_and_loss_are_errors() -> None:
    with pytest.raises(ApiError, match="busy"):
        await told([Refused(1, ErrorCode.BUSY, "busy")])
    conversation = Conversation(1, Said())
    conversation.lose()
    with pytest.raises(ApiError, match="supervisor"):
        await conversation.next_event()


async def test_silence_is_told_of() -> None:
    async with aclosing(follow(Conversation(1, Said()), "utf8", patience_s=0)) as news:
        assert await anext(news) is None


async def test_output_is_taken_when_it_was_passed_on() -> None:
    said = Said()
    conversation = Conversation(1, said)
    conversation.hear(Output(1, "stdout", b"abc"))
    async with aclosing(follow(conversation, "utf8", patience_s=0)) as news:
        assert await anext(news) == StdoutNews("abc")
        assert said.requests == []
        await anext(news)
        assert said.requests == [Taken(1, 3)]


async def test_input_goes_in_pieces_as_it_is_taken() -> None:
    said = Said()
    conversation = Conversation(1, said)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(conversation.give_input, b"x" * (MAX_UNTAKEN_BYTES + 1))
        await trio.testing.wait_all_tasks_blocked()
        assert said.requests == [Input(1, b"x" * MAX_UNTAKEN_BYTES)]
        conversation.hear(Taken(1, 1))
    await conversation.give_input(b"", is_last=True)
    assert said.requests[1:] == [Input(1, b"x"), Input(1, b"", is_last=True)]
    with pytest.raises(ApiError, match="end"):
        await conversation.give_input(b"y")
