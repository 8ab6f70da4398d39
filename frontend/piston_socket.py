"""``/connect`` of Piston, version 2: a program that is talked to, in Piston's own words."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import trio
from quart import g, websocket

from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.interaction import interact, receive
from frontend.keys import Key
from frontend.news import ExitNews, News, StageNews, StderrNews, StdoutNews
from frontend.piston_bodies import PistonError, execute_message
from frontend.socket_bodies import SIGNALS
from protocol.messages import Execute, Finished, Input, Remark, RuntimeDescription, SendSignal

log = logging.getLogger(__name__)

_INIT_TIMEOUT_S = 1
_DONE = 4999, "Job Completed"
_INITIALIZED_BEFORE = 4000, "Already Initialized"
_INIT_TIMEOUT = 4001, "Initialization Timeout"
_NOTIFIED = 4002, "Notified Error"
_NOT_INITIALIZED = 4003, "Not yet initialized"
_NOT_STDIN = 4004, "Can only write to stdin"
_NO_SIGNAL = 4005, "Invalid signal"


class _Closed(Exception):
    """The client said what ends the conversation."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def talk(
    executor: Executor, runtimes: Callable[[], Awaitable[list[RuntimeDescription]]], key: Key | None
) -> None:
    """One execution on the WebSocket that is open; it is closed with Piston's codes."""
    try:
        body = await _init()
        await _carry_out(executor, key, execute_message(body, await runtimes(), g.execution_id, key))
        await websocket.close(*_DONE)
    except _Closed as closed:
        await websocket.close(closed.code, closed.reason)
    except (PistonError, ApiError) as error:
        await _send("error", message=str(error))
        await websocket.close(*_NOTIFIED)
    except Exception as error:
        log.error("WebSocket %s failed", g.execution_id, exc_info=error)
        await _send("error", message="internal error")
        await websocket.close(*_NOTIFIED)


async def _init() -> dict[str, Any]:
    with trio.move_on_after(_INIT_TIMEOUT_S):
        while True:
            body = _decode(await receive())
            if body.get("type") == "init":
                return body
            if body.get("type") in ("data", "signal"):
                raise _Closed(*_NOT_INITIALIZED)
    raise _Closed(*_INIT_TIMEOUT)


async def _carry_out(executor: Executor, key: Key | None, order: Execute) -> None:
    await _send("runtime", language=order.language, version=order.version)
    # Piston's stdin is what comes later.
    order = msgspec.structs.replace(order, stdin=b"", is_watched=True, is_interactive=True)
    await interact(executor, key, order, _hear, _tell)


async def _tell(news: News | Finished) -> None:
    match news:
        case StageNews(stage=stage):
            await _send("stage", stage=stage)
        case StderrNews(data=data):
            await _send("data", stream="stderr", data=data)
        case StdoutNews(data=data):
            await _send("data", stream="stdout", data=data)
        case ExitNews(stage=stage, code=code, signal=signal):
            await _send("exit", stage=stage, code=code, signal=signal)
        case Finished():
            pass  # all of it was told


async def _hear() -> Remark:
    while True:
        body = _decode(await receive())
        match body.get("type"):
            case "init":
                raise _Closed(*_INITIALIZED_BEFORE)
            case "data":
                if body.get("stream") != "stdin":
                    raise _Closed(*_NOT_STDIN)
                return Input(id=0, data=str(body.get("data") or "").encode())
            case "signal":
                if str(body.get("signal")) not in SIGNALS:
                    raise _Closed(*_NO_SIGNAL)
                return SendSignal(id=0, signal=SIGNALS[str(body["signal"])])
            case "eof":  # ours
                return Input(id=0, is_last=True)
            case _:
                pass  # as Piston has it


def _decode(raw: str | bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PistonError(f"the message is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise PistonError("the message is not a JSON object")
    return body


async def _send(kind: str, **fields: Any) -> None:
    await websocket.send(msgspec.json.encode({"type": kind, **fields}).decode())
