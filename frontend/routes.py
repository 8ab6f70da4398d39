"""The routes of the native API: check the key, translate, ask the supervisor, translate back."""

import msgspec
from quart import Blueprint, Response, g, request

from frontend.client import SupervisorClient
from frontend.errors import ApiError
from frontend.keys import Key, KeyStore, Scope
from frontend.results import execute_response
from frontend.schemas import ExecuteBody, decode_execute
from protocol.messages import DescribePool, Execute, Finished, ListRuntimes, PoolDescription, RuntimeList

_JSON = "application/json"


def make_routes(client: SupervisorClient, keys: KeyStore) -> Blueprint:
    """The blueprint of all routes, speaking to this supervisor, opening to these keys."""
    routes = Blueprint("v1", __name__)

    @routes.post("/v1/execute")
    async def execute() -> Response:
        key = _require(keys, Scope.EXECUTE)
        _require_json()
        body = decode_execute(await request.get_data(as_text=False))
        message = _execute_message(body, key.sha256)
        finished = await client.request(lambda id_: msgspec.structs.replace(message, id=id_))
        assert isinstance(finished, Finished)
        return _json(execute_response(finished, g.execution_id, body.output_encoding or "utf8", body.outputs or []))

    @routes.get("/v1/runtimes")
    async def runtimes() -> Response:
        answer = await client.request(lambda id_: ListRuntimes(id=id_))
        assert isinstance(answer, RuntimeList)
        return _json(answer.runtimes)

    @routes.get("/v1/admin/pool")
    async def pool() -> Response:
        _require(keys, Scope.ADMIN)
        return _json(_without_id(await _describe_pool(client)))

    @routes.get("/healthz")
    async def healthz() -> Response:
        return _json({"status": "ok"})

    @routes.get("/readyz")
    async def readyz() -> Response:
        reasons = await _reasons_not_ready(client, keys)
        return _json({"status": "unavailable" if reasons else "ok", "reasons": reasons}, 503 if reasons else 200)

    return routes


def _execute_message(body: ExecuteBody, owner: str) -> Execute:
    args, environment = body.arguments()
    return Execute(
        id=0,  # given when it is sent
        execution_id=g.execution_id,
        owner=owner,
        language=body.language,
        version=body.version or "*",
        files=body.source_files(),
        stdin=body.stdin_bytes(),
        args=args,
        environment=environment,
        compile=body.compile_request(),
        run=body.run_request(),
        outputs=body.output_patterns(),
    )


async def _describe_pool(client: SupervisorClient) -> PoolDescription:
    answer = await client.request(lambda id_: DescribePool(id=id_))
    assert isinstance(answer, PoolDescription)
    return answer


async def _reasons_not_ready(client: SupervisorClient, keys: KeyStore) -> list[str]:
    reasons = [] if keys.is_readable() else ["the key file can't be read"]
    try:
        reasons += (await _describe_pool(client)).problems
    except ApiError as error:
        reasons.append(error.message)
    return reasons


def _require(keys: KeyStore, scope: Scope) -> Key:
    """The request's key, if it is one and has the scope."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ApiError("unauthorized", "a key is needed: `Authorization: Bearer rt_live_…`")
    key = keys.find(secret.strip())
    if not key:
        raise ApiError("unauthorized", "the key is not known, or was revoked")
    if scope not in key.scopes:
        raise ApiError("forbidden", f"the key {key.name!r} lacks the scope {scope.value!r}")
    return key


def _require_json() -> None:
    if request.mimetype != _JSON:
        raise ApiError("unsupported_media_type", f"Content-Type must be {_JSON}, not {request.mimetype or 'missing'}")


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, content_type=_JSON)


def _without_id(description: PoolDescription) -> dict[str, object]:
    return {key: value for key, value in msgspec.structs.asdict(description).items() if key != "id"}
