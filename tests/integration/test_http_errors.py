"""Requests that are not carried out: every line of the contract's table."""

import json
from typing import Any

import httpx
import pytest

from frontend.keys import Scope
from tests.service import Service, get
from tests.service import post as http_post

pytestmark = pytest.mark.service

GOOD: dict[str, Any] = {"language": "bash", "code": "true"}


def post(service: Service, content: bytes | str, key: str | None = "execute", **headers: str) -> httpx.Response:
    sent = {"Content-Type": "application/json", **headers}
    if key:
        sent["Authorization"] = f"Bearer {service.keys.get(key, key)}"
    return http_post(f"{service.url}/v1/execute", content=content, headers=sent, timeout=60)


def error_of(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Request-Id"]
    assert error.keys() <= {"code", "message", "path"}
    assert error["message"]
    return error


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"code": None}, []),
        ({"files": [{"content": ""}]}, []),
        ({"extra": 1}, ["extra"]),
        ({"language": 5}, ["language"]),
        ({"run_timeout": 0}, ["run_timeout"]),
        ({"run_timeout": -5}, ["run_timeout"]),
        ({"run_timeout": 60_001}, ["run_timeout"]),
        ({"language": "c", "compile_timeout": 1e300}, ["compile_timeout"]),
        ({"run_memory_limit": 2**62}, ["run_memory_limit"]),
        ({"code": None, "files": [{"content": "", "name": "../x"}]}, ["files", 0, "name"]),
        ({"code": None, "files": [{"content": "", "name": "a"}, {"content": "", "name": "a"}]}, ["files", 1, "name"]),
        ({"code": None, "files": [{"content": "?", "encoding": "base64"}]}, ["files", 0, "content"]),
        ({"args": ["a\0b"]}, ["args", 0]),
        ({"env": {"A=": ""}}, ["env", "A="]),
    ],
)
def test_invalid_request(service: Service, change: dict[str, Any], path: list[str | int]) -> None:
    body = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    response = post(service, json.dumps(body))
    assert response.status_code == 400, response.text
    assert (error_of(response)["code"], error_of(response).get("path", [])) == ("invalid_request", path)


def test_limit_over_its_ceiling_names_the_ceiling(service: Service) -> None:
    assert "60000" in error_of(post(service, json.dumps({**GOOD, "run_timeout": 60_001})))["message"]


@pytest.mark.parametrize(
    "raw", ["", "{", "[" * 100_000, '{"language": "bash", "code": "", "run_timeout": NaN}', b"\xff"]
)
def test_malformed_json(service: Service, raw: str | bytes) -> None:
    response = post(service, raw)
    assert (response.status_code, error_of(response)["code"]) == (400, "invalid_request")


def test_unknown_language_and_version(service: Service) -> None:
    response = post(service, json.dumps({**GOOD, "language": "cobol"}))
    assert (response.status_code, error_of(response)["code"]) == (400, "unknown_language")
    assert "python" in error_of(response)["message"]
    response = post(service, json.dumps({**GOOD, "version": "^99"}))
    assert (response.status_code, error_of(response)["code"]) == (400, "unknown_version")
    assert "5.2" in error_of(response)["message"]


@pytest.mark.parametrize("key", [None, "rt_live_wrong", "x", "rt_live_" + "A" * 43, "é"])
def test_no_key_or_a_wrong_one(service: Service, key: str | None) -> None:
    headers = {b"Content-Type": b"application/json"}
    if key:
        headers[b"Authorization"] = b"Bearer " + key.encode()
    response = http_post(f"{service.url}/v1/execute", content=json.dumps(GOOD), headers=headers)
    assert (response.status_code, error_of(response)["code"]) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("value", ["", "Bearer", "Basic dXNlcjpwYXNz"])
def test_malformed_authorization(service: Service, value: str) -> None:
    assert post(service, json.dumps(GOOD), key=None, Authorization=value).status_code == 401


def test_scopes(service: Service) -> None:
    response = post(service, json.dumps(GOOD), key="admin")
    assert (response.status_code, error_of(response)["code"]) == (403, "forbidden")
    headers = {"Authorization": f"Bearer {service.keys['execute']}"}
    response = get(f"{service.url}/v1/admin/pool", headers=headers)
    assert (response.status_code, error_of(response)["code"]) == (403, "forbidden")
    assert get(f"{service.url}/v1/admin/pool").status_code == 401


def test_added_and_revoked_keys_count_at_once(service: Service) -> None:
    service.add_key("fresh", Scope.EXECUTE)
    assert post(service, json.dumps(GOOD), key="fresh").status_code == 200
    service.revoke_key("fresh")
    assert post(service, json.dumps(GOOD), key="fresh").status_code == 401


def test_unknown_path_and_wrong_method(service: Service) -> None:
    response = get(f"{service.url}/v1/nothing")
    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")
    response = get(f"{service.url}/v1/execute")
    assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "code": "x" * (9 << 20)},
        {"language": "bash", "files": [{"content": ""}] * 300},
        {"language": "bash", "files": [{"content": "x" * (6 << 20), "name": str(n)} for n in range(3)]},
        {
            "language": "bash",
            "files": [{"content": "x" * (8 << 20), "name": str(n)} for n in range(3)],
            "stdin": "x" * (2 << 20),
        },
        {**GOOD, "stdin": "x" * (11 << 20)},
        {**GOOD, "args": ["x" * 40_000]},
        {"language": "c", "files": [{"content": "", "name": "\x01" * 250 + f"/{n}.c"} for n in range(250)]},
    ],
    ids=[
        "file",
        "number of files",
        "files together",
        "more than goes to the supervisor",
        "stdin",
        "arguments",
        "names of sources",
    ],
)
def test_too_large(service: Service, body: dict[str, Any]) -> None:
    response = post(service, json.dumps(body))
    assert (response.status_code, error_of(response)["code"]) == (413, "too_large")


def test_body_that_is_too_large_is_not_read(service: Service) -> None:
    assert post(service, b"x" * (40 << 20)).status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_other_media_types(service: Service, content_type: str) -> None:
    response = post(service, json.dumps(GOOD), **{"Content-Type": content_type})
    assert (response.status_code, error_of(response)["code"]) == (415, "unsupported_media_type")


def test_json_with_parameters_is_json(service: Service) -> None:
    assert post(service, json.dumps(GOOD), **{"Content-Type": "application/json; charset=utf-8"}).status_code == 200


@pytest.mark.parametrize("own_service", [{"max_running": 1, "max_queued": 1, "max_wait_s": 0.5}], indirect=True)
async def test_busy_host(own_service: Service) -> None:
    import trio

    statuses: list[int] = []
    retry_after: list[str] = []
    async with own_service.client() as client, trio.open_nursery() as nursery:

        async def execute() -> None:
            response = await client.post("/v1/execute", json={**GOOD, "code": "sleep 2"})
            statuses.append(response.status_code)
            if response.status_code == 503:
                assert error_of(response)["code"] == "busy"
                retry_after.append(response.headers["Retry-After"])

        for _ in range(4):
            nursery.start_soon(execute)
    assert sorted(statuses) == [200, 503, 503, 503]  # two found the queue full, one waited too long
    assert all(int(seconds) >= 1 for seconds in retry_after)


def test_supervisor_away_and_back(own_service: Service) -> None:
    assert own_service.supervisor is not None
    own_service.supervisor.terminate()
    own_service.supervisor.wait(30)
    response = post(own_service, json.dumps(GOOD))
    assert (response.status_code, error_of(response)["code"]) == (503, "unavailable")
    assert response.headers["Retry-After"]
    ready = get(f"{own_service.url}/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    assert get(f"{own_service.url}/healthz").status_code == 200
    own_service.start_supervisor()
    own_service.wait_ready()
    assert post(own_service, json.dumps(GOOD)).status_code == 200


def test_broken_key_file_shows_in_readiness(own_service: Service) -> None:
    own_service.key_file.write_text("{")
    assert get(f"{own_service.url}/readyz").json()["reasons"] == ["the key file can't be read"]
    assert post(own_service, json.dumps(GOOD)).status_code == 401
    own_service.add_key("other", Scope.EXECUTE)
    assert get(f"{own_service.url}/readyz").status_code == 200


def test_runtimes(service: Service) -> None:
    listed = get(f"{service.url}/v1/runtimes").json()
    assert {runtime["language"] for runtime in listed} == {
        "bash", "c", "c++", "csharp", "go", "java", "javascript", "python", "ruby", "rust", "typescript",
    }  # fmt: skip
    assert all(runtime.keys() == {"language", "version", "aliases", "compiled"} for runtime in listed)
    assert {runtime["language"]: runtime["compiled"] for runtime in listed}["python"] is False
    assert {runtime["language"]: runtime["compiled"] for runtime in listed}["rust"] is True


def test_pool_description(service: Service) -> None:
    described = service.pool()
    assert described.keys() == {"problems", "is_draining", "pools", "admission", "compile_cache", "faults", "figures"}
    pool = next(pool for pool in described["pools"] if pool["runtime"] == "bash")
    assert {
        "mode",
        "warm",
        "starting",
        "busy",
        "target",
        "hits",
        "misses",
        "acquire_ms_p50",
        "build_ms_p50",
    } <= pool.keys()
    assert described["admission"]["max_running"] >= 1
