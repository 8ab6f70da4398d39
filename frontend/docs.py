"""/openapi.json, and /docs, which is the same for people: one page, made here, that needs nothing else."""

import html
import json
import re
from typing import Any

import msgspec
from quart import Blueprint, Response

from frontend.openapi import describe_api

# The page has no script, and nothing from elsewhere.
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem } code, pre { font: 0.9em/1.4 ui-monospace, monospace }
pre { overflow-x: auto; padding: 0.8rem; border: 1px solid #8885; border-radius: 0.4rem }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto }
td, th { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884 }
"""
_FRAME = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Runjail: API</title><link rel=stylesheet href=/docs/style.css></head><body>{}</body></html>"
)


def make_docs() -> Blueprint:
    """The blueprint of the description, which is made once."""
    routes = Blueprint("docs", __name__)
    description = describe_api()
    encoded, page = msgspec.json.encode(description), _page(description)

    @routes.get("/openapi.json")
    async def openapi() -> Response:
        return Response(encoded, content_type="application/json")

    @routes.get("/docs")
    async def docs() -> Response:
        return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})

    @routes.get("/docs/style.css")
    async def style() -> Response:
        return Response(_STYLE, content_type="text/css; charset=utf-8")

    return routes


def _page(description: dict[str, Any]) -> str:
    schemas = description["components"]["schemas"]
    parts = [f"<h1>{_text(description['info']['title'])}</h1><p>{_text(description['info']['description'])}</p>"]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(method.upper(), path, operation))
    for name, schema in schemas.items():
        parts.append(
            f"<h2 id={_text(name)}>{_text(name)}</h2><p>{_text(schema.get('description', ''))}</p>{_fields(schema)}"
        )
    return _FRAME.format("".join(parts))


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    needs_key = " Needs a key: <code>Authorization: Bearer KEY</code>." if operation.get("security") else ""
    rows = [
        f"<tr><td>{status}<td>{_schema(_body(response))}<td>{_text(response['description'])}"
        for status, response in operation["responses"].items()
    ]
    asks = f"<p>Body: {_schema(_body(operation['requestBody']))}</p>" if "requestBody" in operation else ""
    return (
        f"<h2><code>{method} {_text(path)}</code></h2>"
        f"<p>{_text(operation['summary'])}. {_text(operation.get('description', ''))}{needs_key}</p>{asks}"
        f"<table><tr><th>Status<th>Answer<th>When{''.join(rows)}</table>"
    )


def _body(message: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = message["content"]["application/json"]["schema"]
    return schema


def _fields(schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = []
    for name, field in schema["properties"].items():
        examples = "".join(f"<code>{_text(json.dumps(value))}</code>" for value in field.get("examples", []))
        asked = " (required)" if name in required else ""
        cells = (f"<code>{_text(name)}</code>{asked}", _schema(field), _text(field["description"]), examples)
        rows.append("<tr><td>" + "<td>".join(cells))
    return f"<table><tr><th>Field<th>Type<th>Meaning<th>Example{''.join(rows)}</table>"


def _schema(schema: dict[str, Any]) -> str:
    """A type in a few words; null is not told: it is the same as nothing."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"<a href='#{_text(name)}'>{_text(name)}</a>"
    if several := schema.get("anyOf") or schema.get("allOf"):
        return " or ".join(_schema(one) for one in several if one != {"type": "null"})
    if "enum" in schema:
        return " or ".join(f"<code>{_text(json.dumps(value))}</code>" for value in schema["enum"])
    match schema["type"]:
        case "array":
            return f"array of {_schema(schema['items'])}"
        case "object":
            return f"object of {_schema(schema['additionalProperties'])}"
        case kind:
            return _text(kind)


def _text(text: str) -> str:
    """Escaped, with code between backticks."""
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", html.escape(text))
