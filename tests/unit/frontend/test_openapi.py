"""The API's description is whole: every route, every field with a sentence and an example."""

import re
from typing import Any

import pytest

from frontend.descriptions import FIELDS
from frontend.docs import _page
from frontend.openapi import describe_api

API = describe_api()
SCHEMAS: dict[str, dict[str, Any]] = API["components"]["schemas"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    properties = SCHEMAS[name]["properties"]
    assert properties.keys() == FIELDS[name].keys()
    for field, schema in properties.items():
        assert schema["description"].endswith("."), field
        is_object = "$ref" in str(schema)
        assert "examples" in schema or is_object or field == "signal" or field == "message", field


def test_nothing_is_described_that_is_not_there() -> None:
    assert FIELDS.keys() == SCHEMAS.keys()


def references(part: object) -> set[str]:
    if isinstance(part, dict):
        found = {part["$ref"].rpartition("/")[2]} if "$ref" in part else set()
        return found.union(*(references(value) for value in part.values()))
    return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()


def test_what_is_referred_to_is_there() -> None:
    assert references(API) <= SCHEMAS.keys()


def test_page_tells_all_of_it_and_needs_nothing_else() -> None:
    page = _page(API)
    for path in API["paths"]:
        assert f"<code>GET {path}</code>" in page or f"<code>POST {path}</code>" in page
    assert all(f"id={name}>" in page for name in SCHEMAS)
    assert all(f"<code>{field}</code>" in page for fields in FIELDS.values() for field in fields)
    assert "<script" not in page
    assert re.findall(r"(?:src|href)=['\"]?([^'\" >]+)", page.replace("href='#", "")) == ["/docs/style.css"]
