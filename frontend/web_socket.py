"""``/v1/execute/stream``: a program that is talked to while it runs, over a WebSocket."""

import logging

import msgspec
import trio
from quart import Blueprint, g, websocket

from frontend.access import bearer, find_key
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.interaction import interact, receive
from frontend.keys import Key, KeyStore, Scope
from frontend.news import News
from frontend.orders import answer, execute_message
from frontend.socket_bodies import StartBody, read_remark, read_start
from protocol.messages import ErrorCode, Execute, Finished, Remark

log = logging.getLogger(__name__)

PATH = "/v1/execute/stream"
_START_TIMEOUT_S = 10
_MAX_STRANGE_BYTES = 1024 * 1024  # of a message, until it is known whose it is
_IS_DONE = 1000
# With the status that the error has in HTTP.
_ERROR_CODES = 4000


def make_socket(executor: Executor, keys: KeyStore) -> Blueprint:
    """The blueprint of the WebSocket, having things executed by this, opening to these keys."""
    routes = Blueprint("stream", __name__)

    @routes.websocket(PATH)
    async def stream() -> None:
        secret = bearer(websocket.headers.get("Authorization", ""))
        if secret:  # refused before it is a WebSocket; else the first message may have one
            find_key(keys, secret, Scope.EXECUTE)
        await websocket.accept()
        try:
            await _carry_out(executor, keys, secret)
            await websocket.close(_IS_DONE)
        except ApiError as error:
            await _close_with(error)
        except Exception as error:
            log.error("WebSocket %s failed", g.execution_id, exc_info=error)
            await _close_with(ApiError(ErrorCode.INTERNAL, "internal error"))

    return routes


async def _carry_out(executor: Executor, keys: KeyStore, secret: str) -> None:
    """One execution, from its first message to its result; ApiError when there is none."""
    body = await _start(has_key=bool(secret))
    key = find_key(keys, secret or body.key or "", Scope.EXECUTE)

    async def tell(news: News | Finished) -> None:
        if isinstance(news, Finished):
            result = msgspec.to_builtins(answer(news, body, g.execution_id))
            await _send({"type": "result", **result})
        else:
            await _send(news)

    await interact(executor, key, _order(body, key), _hear, tell, body.output_encoding or "utf8")


async def _start(*, has_key: bool) -> StartBody:
    with trio.move_on_after(_START_TIMEOUT_S):
        raw = await receive()
        if len(raw) > _MAX_STRANGE_BYTES and not has_key:
            raise ApiError(
                "unauthorized",
                f"a first message of more than {_MAX_STRANGE_BYTES} bytes needs its key ahead, as a header",
            )
        return read_start(raw)
    raise ApiError("request_timeout", f"no message came within {_START_TIMEOUT_S} s")


def _order(body: StartBody, key: Key) -> Execute:
    return msgspec.structs.replace(
        execute_message(body, key.sha256, g.execution_id),
        is_watched=True,
        is_interactive=body.is_interactive,
        terminal=body.terminal_size(),
    )


async def _hear() -> Remark:
    return read_remark(await receive())


async def _close_with(error: ApiError) -> None:
    await _send({"type": "error", **msgspec.to_builtins(error.as_body())})
    await websocket.close(_ERROR_CODES + error.status, error.code)


async def _send(body: object) -> None:
    await websocket.send(msgspec.json.encode(body).decode())
