"""What the supervisor says of itself, asked over its own socket."""

from dataclasses import dataclass

import trio

from cli.paths import Paths
from protocol.figures import DescribeFigures, FigureDescription
from protocol.messages import DescribePool, PoolDescription
from protocol.stream import EVENTS, MessageStream

_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one moment."""

    pool: PoolDescription
    figures: FigureDescription


async def ask(paths: Paths) -> Answers:
    """OSError, trio.BrokenResourceError or trio.TooSlowError when no supervisor answers."""
    pool = figures = None
    with trio.fail_after(_TIMEOUT_S):
        async with await trio.open_unix_socket(str(paths.socket)) as connection:
            stream = MessageStream(connection, EVENTS)
            await stream.send(DescribePool(id=0))
            await stream.send(DescribeFigures(id=1))
            async for event in stream.messages():
                match event:
                    case PoolDescription():
                        pool = event
                    case FigureDescription():
                        figures = event
                    case _:
                        pass
                if pool and figures:
                    return Answers(pool, figures)
    raise ConnectionResetError("the supervisor closed the connection")
