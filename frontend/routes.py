"""The routes of the native API: check the key, translate, ask the supervisor, translate back."""

import msgspec
from quart import Blueprint, Response, g, request

from frontend.access import require
from frontend.answers import JSON, json_response
from frontend.bodies import DayBody, HealthBody, PoolBody, ReadinessBody, RuntimeBody, UsageBody
from frontend.describing import describe_figures, describe_pool
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.keys import KeyStore, Scope
from frontend.orders import answer, execute_message
from frontend.readiness import readiness
from frontend.results import server_timing
from frontend.schemas import decode_execute
from frontend.server_sent import EVENT_STREAM, answer_with_events
from protocol.messages import ListRuntimes, RuntimeList


def make_routes(executor: Executor, keys: KeyStore) -> Blueprint:
    """The blueprint of all routes, having things executed by this, opening to these keys."""
    client = executor.client
    routes = Blueprint("v1", __name__)

    @routes.post("/v1/execute")
    async def execute() -> Response:
        key = require(keys, Scope.EXECUTE)
        _require_json()
        body = decode_execute(await request.get_data(as_text=False))
        message = execute_message(body, key.sha256, g.execution_id)
        if request.accept_mimetypes.best_match([JSON, EVENT_STREAM]) == EVENT_STREAM:
            return await answer_with_events(executor, body, message, key)
        finished = await executor.execute(message, key)
        g.server_timing = server_timing(finished)
        return json_response(answer(finished, body, g.execution_id))

    @routes.get("/v1/runtimes")
    async def runtimes() -> Response:
        answer = await client.request(lambda id_: ListRuntimes(id=id_))
        assert isinstance(answer, RuntimeList)
        return json_response(msgspec.convert(answer.runtimes, list[RuntimeBody], from_attributes=True))

    @routes.get("/v1/usage")
    async def usage() -> Response:
        key = require(keys)
        days = executor.usage.days(key.sha256)
        return json_response(UsageBody(key.name, key.expires, key.quota, [DayBody.of(*day) for day in days.items()]))

    @routes.get("/v1/admin/pool")
    async def pool() -> Response:
        require(keys, Scope.ADMIN)
        return json_response(PoolBody.of(await describe_pool(client), await describe_figures(client)))

    @routes.get("/healthz")
    async def healthz() -> Response:
        return json_response(HealthBody("ok"))

    @routes.get("/readyz")
    async def readyz() -> Response:
        reasons = (await readiness(client, keys)).reasons
        return json_response(ReadinessBody("unavailable" if reasons else "ok", reasons), 503 if reasons else 200)

    return routes


def _require_json() -> None:
    if request.mimetype != JSON:
        raise ApiError("unsupported_media_type", f"Content-Type must be {JSON}, not {request.mimetype or 'missing'}")
