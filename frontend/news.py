"""What is told of an execution as it goes on: the same news for server-sent events and for WebSockets."""

import base64
import codecs
import math
from collections.abc import AsyncGenerator

import trio
from msgspec import Struct

from frontend.conversation import Conversation
from frontend.errors import ApiError
from frontend.outputs import Encoding
from protocol.messages import Began, Ended, Finished, Output


class StageNews(Struct, frozen=True, tag="stage"):
    """A stage runs."""

    stage: str
    language: str
    version: str


class StdoutNews(Struct, frozen=True, tag="stdout"):
    """It has written this, no character of which is cut in two."""

    data: str


class StderrNews(StdoutNews, frozen=True, tag="stderr"):
    """The same, to its stderr."""


class ExitNews(Struct, frozen=True, tag="exit"):
    """A stage is over."""

    stage: str
    code: int | None
    signal: str | None


News = StageNews | StdoutNews | ExitNews
_OUTPUTS = {"stdout": StdoutNews, "stderr": StderrNews}


class OutputText:
    """What one stage writes, as text or as base64, piece by piece."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        make = codecs.getincrementaldecoder("utf-8")
        self._decoders = {stream: make("replace") for stream in _OUTPUTS}

    def add(self, output: Output) -> list[News]:
        if self._encoding == "base64":
            return [_OUTPUTS[output.stream](base64.b64encode(output.data).decode())]
        return self._news(output.stream, self._decoders[output.stream].decode(output.data))

    def end(self, cut_off: list[str]) -> list[News]:
        """What was left of characters that never were whole; one that was cut off is left out, as in the result."""
        rests = {name: decoder.decode(b"", True) for name, decoder in self._decoders.items() if name not in cut_off}
        return [news for stream, rest in rests.items() for news in self._news(stream, rest)]

    def _news(self, stream: str, text: str) -> list[News]:
        return [_OUTPUTS[stream](text)] if text else []


async def follow(
    conversation: Conversation, encoding: Encoding, *, patience_s: float = math.inf
) -> AsyncGenerator[News | Finished | None, None]:
    """The news of an execution, and its answer; the program goes on as they are taken. ApiError when it fails.

    None when there are none for a while.
    """
    text = OutputText(encoding)
    while True:
        event = None
        with trio.move_on_after(patience_s):
            event = await conversation.next_event()
        match event:
            case None:
                yield None
            case Began():
                text = OutputText(encoding)
                yield StageNews(event.stage, event.language, event.version)
            case Output():
                for news in text.add(event):
                    yield news
                await conversation.take(event)
            case Ended():
                for news in text.end(event.cut_off):
                    yield news
                yield ExitNews(event.stage, event.exit_code, event.signal)
            case Finished():
                yield event
                return
            case _:
                raise ApiError("internal", f"the supervisor said {type(event).__name__}")
