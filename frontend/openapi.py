"""The API's description (OpenAPI 3.1), made from the types that decode its requests and encode its answers."""

from typing import Any

import msgspec

from frontend.bodies import ErrorBody, HealthBody, PoolBody, ReadinessBody, RuntimeBody, UsageBody
from frontend.descriptions import ERRORS, FIELDS
from frontend.results import ExecuteResponse
from frontend.schemas import ExecuteBody

_JSON = "application/json"


_TYPES = (ExecuteBody, ExecuteResponse, RuntimeBody, UsageBody, PoolBody, ErrorBody, HealthBody, ReadinessBody)
_HEADERS = {
    "X-Request-Id": {"description": "The request's id.", "schema": {"type": "string"}},
    "Server-Timing": {"description": "Where the time went, in ms.", "schema": {"type": "string"}},
}


def describe_api() -> dict[str, Any]:
    """The document that ``/openapi.json`` serves."""
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    for name, schema in schemas.items():
        _explain(schema, FIELDS[name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Runjail",
            "version": "1",
            "description": "Runs other people's code, each execution in a jail of its own that is thrown away.",
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, `rt_live_…`."}},
        },
        "paths": {
            "/v1/execute": {"post": _execute()},
            "/v1/runtimes": {"get": _get("What is installed", "runtimes", _list_of("RuntimeBody"), 500, 503)},
            "/v1/usage": {"get": _usage()},
            "/v1/admin/pool": {"get": _pool()},
            "/healthz": {"get": _get("Whether the frontend is alive", "healthz", _ref("HealthBody"))},
            "/readyz": {"get": _readyz()},
        },
    }


def _execute() -> dict[str, Any]:
    responses = _responses(_ref("ExecuteResponse"), 400, 401, 403, 408, 413, 415, 429, 500, 503)
    events = "Server-sent events, if they are asked for: stage, stdout, stderr, exit, result, error."
    responses["200"]["content"]["text/event-stream"] = {"schema": {"type": "string", "description": events}}
    return {
        "summary": "Compile and run a program",
        "description": "What the program does is never an HTTP error. A client that goes away cancels its execution.",
        "operationId": "execute",
        "security": [{"key": []}],
        "requestBody": {"required": True, "content": {_JSON: {"schema": _ref("ExecuteBody")}}},
        "responses": responses,
    }


def _usage() -> dict[str, Any]:
    operation = _get("What the key may use, and has used", "usage", _ref("UsageBody"), 401, 500)
    return operation | {"security": [{"key": []}]}


def _pool() -> dict[str, Any]:
    operation = _get("What the pool is doing", "pool", _ref("PoolBody"), 401, 403, 500, 503)
    return operation | {"security": [{"key": []}], "description": "The key needs the scope `admin`."}


def _readyz() -> dict[str, Any]:
    operation = _get("Whether executions can be carried out", "readyz", _ref("ReadinessBody"))
    operation["responses"]["503"] = _response("It is not ready.", _ref("ReadinessBody"))
    return operation


def _get(summary: str, id_: str, schema: dict[str, Any], *errors: int) -> dict[str, Any]:
    return {"summary": summary, "operationId": id_, "responses": _responses(schema, *errors)}


def _responses(schema: dict[str, Any], *errors: int) -> dict[str, Any]:
    return {"200": _response("It was carried out.", schema)} | {
        str(status): _response(ERRORS[status], _ref("ErrorBody")) for status in errors
    }


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "headers": _HEADERS, "content": {_JSON: {"schema": schema}}}


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _explain(schema: dict[str, Any], fields: dict[str, tuple[str, Any]]) -> None:
    """Give each property its sentence, and an example where one is a value."""
    for name, (sentence, example) in fields.items():
        own = schema["properties"][name]
        described: dict[str, Any] = {"description": sentence} | ({} if example is None else {"examples": [example]})
        # A reference with something beside it is fine in 3.1, but for many a tool.
        schema["properties"][name] = ({"allOf": [own]} if "$ref" in own else own) | described
