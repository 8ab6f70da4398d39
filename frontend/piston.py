"""The API of Piston, version 2: what its clients send and are told, carried out as any other execution."""

import logging
import re
from functools import partial
from typing import Any

import msgspec
from quart import Blueprint, Request, Response, Websocket, g, request, websocket
from werkzeug.exceptions import HTTPException

from frontend.access import bearer, find_key
from frontend.answers import FORM, json_response, read_body, read_form, slashed
from frontend.client import SupervisorClient
from frontend.config import PistonAccess
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.keys import Key, KeyStore, Scope
from frontend.piston_bodies import PistonError, execute_message, stage_body, xx_body
from frontend.piston_socket import talk
from frontend.results import server_timing
from protocol.messages import ErrorCode, ListRuntimes, RuntimeDescription, RuntimeList

log = logging.getLogger(__name__)

PREFIXES = ("/api/v2", "/api/v2/piston")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Of any kind of JSON, all of which is taken apart before it is looked at; Piston's own bound is 100 kB.
_MAX_BODY_BYTES = 4 * 1024 * 1024
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def make_piston(executor: Executor, keys: KeyStore, name: str, access: PistonAccess) -> Blueprint:
    """The blueprint of all its routes; as Piston itself, it asks for a key only where the operator wants that."""
    routes = Blueprint(name, __name__)
    client = executor.client

    route = slashed(routes)

    def authorized(caller: Request | Websocket) -> Key | None:
        """Whose key it is, if one is needed; ApiError or PistonError for who may not execute."""
        if access == "local":
            _check_is_local(caller)
        return _key(keys, caller) if access == "key" else None

    @routes.errorhandler(PistonError)
    async def piston_error(error: PistonError) -> Response:
        return _message(str(error), error.status)

    @routes.errorhandler(ApiError)
    async def api_error(error: ApiError) -> Response:
        response = error.as_response()
        response.set_data(msgspec.json.encode({"message": error.message}))
        return response

    @routes.errorhandler(HTTPException)
    async def http_error(error: HTTPException) -> Response:
        return _message(error.description or error.name, error.code or 500)

    @routes.errorhandler(Exception)
    async def bug(error: Exception) -> Response:
        log.error("request %s failed", g.execution_id, exc_info=error)
        return _message("internal error", 500)

    @route("/runtimes", "GET")
    async def runtimes() -> Response:
        names = ("language", "version", "aliases")
        return json_response([{name: getattr(runtime, name) for name in names} for runtime in await _runtimes(client)])

    @route("/execute", "POST")
    async def execute() -> Response:
        key = authorized(request)
        body = _decode(await read_body(_MAX_BODY_BYTES))
        message = execute_message(body, await _runtimes(client), g.execution_id, key)
        try:
            finished = await executor.execute(message, key)
        except ApiError as error:
            if error.code != ErrorCode.INTERNAL:
                raise
            return json_response({"run": xx_body(), "language": message.language, "version": message.version})
        g.server_timing = server_timing(finished)
        answer: dict[str, Any] = {"language": finished.language, "version": finished.version}
        if finished.compile:
            answer["compile"] = stage_body(finished.compile)
        return json_response(answer | {"run": stage_body(finished.run) if finished.run else answer["compile"]})

    async def connect() -> None:
        key = authorized(websocket)
        await websocket.accept()
        await talk(executor, partial(_runtimes, client), key)

    for path in ("/connect", "/connect/"):
        routes.add_websocket(path, "connect", connect)

    @route("/packages", "GET")
    async def packages() -> Response:
        installed = await _runtimes(client)
        told = [{"language": r.language, "language_version": r.version, "installed": True} for r in installed]
        return json_response(told)

    async def no_packages() -> Response:
        return _message("the operator of this service manages its runtimes", 403)

    for method in ("POST", "DELETE"):
        route("/packages", method)(no_packages)

    @routes.route("/", methods=_METHODS, defaults={"rest": ""}, strict_slashes=False)
    @routes.route("/<path:rest>", methods=_METHODS)
    async def nothing(rest: str) -> Response:
        return _message("Not Found", 404)

    return routes


async def _runtimes(client: SupervisorClient) -> list[RuntimeDescription]:
    answer = await client.request(lambda id_: ListRuntimes(id=id_))
    assert isinstance(answer, RuntimeList)
    return answer.runtimes


def _key(keys: KeyStore, caller: Request | Websocket) -> Key:
    """As ours, or bare, as Piston's clients send theirs."""
    value = caller.headers.get("Authorization", "")
    return find_key(keys, bearer(value) or value.strip(), Scope.EXECUTE)


def _check_is_local(caller: Request | Websocket) -> None:
    """No page that a browser on this host has open may execute anything, nor who comes by another name."""
    host = re.sub(r":\d+\Z", "", caller.host.lower())
    if "Origin" in caller.headers or "Sec-Fetch-Site" in caller.headers or host not in _LOCAL_NAMES:
        raise PistonError("without a key, programs of this host alone may use this, and no web pages", 403)


def _decode(raw: bytes) -> dict[str, Any]:
    """A JSON object, whatever it is said to be; or a form, whose field ``files`` is the only file's content."""
    if request.mimetype == FORM and not raw.lstrip().startswith(b"{"):
        return _decode_form(read_form(raw, keeps_blank=True))
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if request.mimetype != "application/json":
            raise PistonError("requests must be of type application/json", 415) from error
        raise PistonError(f"the body is not JSON: {error}") from error
    return body if isinstance(body, dict) else {}


def _decode_form(fields: dict[str, list[str]]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[-1] for name, values in fields.items()}
    return body | {
        "files": [{"content": content} for content in fields.get("files", [])],
        "args": fields.get("args", []),
    }


def _message(text: str, status: int) -> Response:
    return json_response({"message": text}, status)
