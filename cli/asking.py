"""What the supervisor says of itself, asked over its own socket."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import trio

from cli.paths import Paths
from protocol.figures import DescribeFigures, FigureDescription
from protocol.messages import Drain, Event, Hello, Question, Refused
from protocol.pool import DescribePool, PoolDescription
from protocol.stream import EVENTS, FINGERPRINT, MessageStream

_TIMEOUT_S = 5


class OtherVersionError(Exception):
    """The supervisor and this command would not understand each other."""


NO_ANSWER = (OSError, trio.TooSlowError, trio.BrokenResourceError, OtherVersionError)


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one moment."""

    pool: PoolDescription
    figures: FigureDescription


async def ask(paths: Paths) -> Answers:
    """One of NO_ANSWER when no supervisor answers."""
    pool, figures = await answers(paths.socket, DescribePool(id=0), DescribeFigures(id=1))
    assert isinstance(pool, PoolDescription)
    assert isinstance(figures, FigureDescription)
    return Answers(pool, figures)


async def ask_pool(paths: Paths, question: DescribePool | Drain) -> PoolDescription:
    """The pool alone, after draining was begun or ended, if that is the question; errors as of ``ask``."""
    (pool,) = await answers(paths.socket, question)
    assert isinstance(pool, PoolDescription)
    return pool


def why_not(paths: Paths, error: BaseException) -> str:
    """What to tell of a NO_ANSWER."""
    if isinstance(error, OtherVersionError):
        return f"the supervisor at {paths.socket} is of another version than this command"
    if isinstance(error, PermissionError):
        return f"the supervisor at {paths.socket} refuses: {error}"
    return f"no supervisor answers at {paths.socket} ({type(error).__name__})"


async def answers(socket: Path, *questions: Question, timeout_s: float = _TIMEOUT_S) -> list[Event]:
    """Those of the supervisor at this socket, in the order of the questions; PermissionError for a refusal."""
    told: dict[int, Event] = {}
    with trio.fail_after(timeout_s):
        async with await trio.open_unix_socket(str(socket)) as connection:
            stream = MessageStream(connection, EVENTS)
            async with aclosing(stream.messages()) as events:
                await _greet(events)
                for question in questions:
                    await stream.send(question)
                async for event in events:
                    if isinstance(event, Refused):
                        raise PermissionError(event.message)
                    told[event.id] = event
                    if len(told) == len(questions):
                        return [told[question.id] for question in questions]
    raise ConnectionResetError("the supervisor closed the connection")


async def _greet(events: AsyncIterator[Event]) -> None:
    try:
        hello = await anext(events, None)
    except msgspec.MsgspecError:
        raise OtherVersionError from None
    if isinstance(hello, Hello) and hello.fingerprint != FINGERPRINT:
        raise OtherVersionError
