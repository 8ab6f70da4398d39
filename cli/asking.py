"""What the supervisor says of itself, asked over its own socket."""

from contextlib import aclosing
from dataclasses import dataclass

import trio

from cli.paths import Paths
from protocol.figures import DescribeFigures, FigureDescription
from protocol.messages import DescribePool, Drain, Event, Hello, PoolDescription, Question, Refused
from protocol.stream import EVENTS, MessageStream

_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one moment."""

    pool: PoolDescription
    figures: FigureDescription


async def ask(paths: Paths) -> Answers:
    """OSError, trio.BrokenResourceError or trio.TooSlowError when no supervisor answers."""
    pool, figures = await _ask(paths, DescribePool(id=0), DescribeFigures(id=1))
    assert isinstance(pool, PoolDescription)
    assert isinstance(figures, FigureDescription)
    return Answers(pool, figures)


async def ask_pool(paths: Paths, question: DescribePool | Drain) -> PoolDescription:
    """The pool alone, after draining was begun or ended, if that is the question; errors as of ``ask``."""
    (pool,) = await _ask(paths, question)
    assert isinstance(pool, PoolDescription)
    return pool


async def _ask(paths: Paths, *questions: Question) -> list[Event]:
    """The answers, in the order of the questions."""
    answers: dict[int, Event] = {}
    with trio.fail_after(_TIMEOUT_S):
        async with await trio.open_unix_socket(str(paths.socket)) as connection:
            stream = MessageStream(connection, EVENTS)
            for question in questions:
                await stream.send(question)
            async with aclosing(stream.messages()) as events:
                async for event in events:
                    if isinstance(event, Refused):
                        raise PermissionError(event.message)
                    if not isinstance(event, Hello):
                        answers[event.id] = event
                    if len(answers) == len(questions):
                        return [answers[question.id] for question in questions]
    raise ConnectionResetError("the supervisor closed the connection")
