"""The API is as its description says, whatever it is sent."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from frontend.openapi import describe_api
from tests.service import Service, get

pytestmark = pytest.mark.service


schema = schemathesis.openapi.from_dict(describe_api())


def test_description_is_served(service: Service) -> None:
    assert get(f"{service.url}/openapi.json").json() == json.loads(json.dumps(describe_api()))


@schema.parametrize()
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: schemathesis.Case[Any], service: Service) -> None:
    key = "admin" if "admin" in case.path else "execute"
    # A schema can't tell which languages are installed, or that one of two fields is to be there.
    case.call_and_validate(
        excluded_checks=[positive_data_acceptance],
        base_url=service.url,
        headers={"Authorization": f"Bearer {service.keys[key]}"},
        timeout=60,
    )


def test_page_for_people(service: Service) -> None:
    page = get(f"{service.url}/docs")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "POST /v1/execute" in page.text
    assert get(f"{service.url}/docs/style.css").headers["Content-Type"] == "text/css; charset=utf-8"
