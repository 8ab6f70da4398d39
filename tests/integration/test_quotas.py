"""What keys may use: rates, executions at once, CPU time, ceilings, languages, and until when."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import trio

from frontend.keys import Ceilings, Quota, Scope
from tests.service import Service, get, post
from tests.talk import talk

pytestmark = pytest.mark.service

SPIN = "import time\nbegin = time.process_time()\nwhile time.process_time() - begin < 0.3: pass"


def key_with(service: Service, name: str, expires: datetime | None = None, **quota: Any) -> dict[str, str]:
    """The headers of a key with this quota."""
    return {"Authorization": f"Bearer {service.add_key(name, Scope.EXECUTE, quota=Quota(**quota), expires=expires)}"}


def execute(service: Service, headers: dict[str, str], code: str = "print(1)", **fields: Any) -> httpx.Response:
    body = {"language": "python", "code": code, **fields}
    return post(f"{service.url}/v1/execute", json=body, headers=headers, timeout=60)


def error(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def usage(service: Service, headers: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = get(f"{service.url}/v1/usage", headers=headers).json()
    return answer


def test_rate(service: Service) -> None:
    headers = key_with(service, "rate", requests_per_minute=3)
    answers = [execute(service, headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert error(answers[3]) == (429, "rate_limited")
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert [answer.headers["RateLimit"].partition(";t=")[0] for answer in answers] == [
        f'"requests";r={left}' for left in (2, 1, 0, 0)
    ]
    assert 15 <= int(answers[3].headers["Retry-After"]) <= 21
    assert "RateLimit" not in service.post_json({"language": "python", "code": ""}).headers


def test_rate_holds_for_every_way_in(service: Service) -> None:
    headers = key_with(service, "ways", requests_per_minute=1)
    assert execute(service, headers).status_code == 200
    stream = execute(service, headers | {"Accept": "text/event-stream"})
    assert error(stream) == (429, "rate_limited")
    submission = {"source_code": "print(1)", "language_id": 71}
    for query in ("", "?wait=true"):
        assert post(f"{service.url}/submissions{query}", json=submission, headers=headers).status_code == 429
    with talk(service, key=None, **headers) as talking:
        talking.say("execute", language="python", code="print(1)")
        assert talking.all()[-1]["error"]["code"] == "rate_limited"
    assert talking.close[0] == 4429


async def test_executions_at_once(service: Service) -> None:
    headers = key_with(service, "at-once", concurrency=2)
    answers: list[int] = []

    async def ask(client: httpx.AsyncClient) -> None:
        body = {"language": "python", "code": "import time; time.sleep(1)"}
        answers.append((await client.post(f"{service.url}/v1/execute", json=body, headers=headers)).status_code)

    async with httpx.AsyncClient(trust_env=False, timeout=60) as client, trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(ask, client)
    assert sorted(answers) == [200, 200, 429, 429, 429]
    assert execute(service, headers).status_code == 200


def test_cpu_time_of_a_day(service: Service) -> None:
    headers = key_with(service, "cpu", cpu_seconds_per_day=0.2)
    assert execute(service, headers, SPIN).status_code == 200
    refused = execute(service, headers)
    assert error(refused) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 86_401
    today = usage(service, headers)["days"][-1]
    assert (today["executions"], today["refused"]) == (1, 1)
    assert 0.3 <= today["cpu_seconds"] < 5


def test_who_leaves_is_charged(service: Service) -> None:
    headers = key_with(service, "leaves", cpu_seconds_per_day=0.2)
    with pytest.raises(httpx.ReadTimeout):
        post(
            f"{service.url}/v1/execute", headers=headers, timeout=3,
            json={"language": "python", "code": "while True: pass", "run_timeout": 60_000},
        )  # fmt: skip
    service.wait_idle()
    assert error(execute(service, headers)) == (429, "rate_limited")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"run_timeout": 1001}, "run_timeout may be at most 1000 ms"),
        ({"run_cpu_time": 501}, "run_cpu_time may be at most 500 ms"),
        ({"run_memory_limit": 1 << 28}, "run_memory_limit may be at most 134217728 bytes"),
    ],
)
def test_ceilings(service: Service, fields: dict[str, Any], message: str) -> None:
    ceilings = Ceilings(timeout=1000, cpu_time=500, memory_limit=1 << 27)
    headers = key_with(service, "ceilings", run=ceilings)
    refused = execute(service, headers, **fields)
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, message)


def test_ceilings_are_defaults(service: Service) -> None:
    headers = key_with(service, "defaults", run=Ceilings(timeout=300, memory_limit=1 << 26))
    assert execute(service, headers, "input()", stdin="").json()["run"]["status"] == "nonzero_exit"
    assert execute(service, headers, "import time; time.sleep(9)").json()["run"]["status"] == "timeout"
    headers = key_with(service, "memory", run=Ceilings(memory_limit=1 << 26))
    assert execute(service, headers, "x = bytearray(1 << 27)").json()["run"]["status"] == "out_of_memory"


def test_languages(service: Service) -> None:
    headers = key_with(service, "languages", languages=("bash", "c"))
    refused = execute(service, headers)
    assert error(refused) == (403, "forbidden")
    assert "bash, c" in refused.json()["error"]["message"]
    assert execute(service, headers, "echo hi", language="SH").json()["run"]["stdout"] == "hi\n"


def test_expiry(service: Service) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=2)
    headers = key_with(service, "expires", expires=soon)
    assert execute(service, headers).status_code == 200
    assert usage(service, headers)["expires"] is not None
    while datetime.now(UTC) <= soon:
        time.sleep(0.05)
    assert error(execute(service, headers)) == (401, "unauthorized")
    assert get(f"{service.url}/v1/usage", headers=headers).status_code == 401


def test_usage(service: Service) -> None:
    headers = key_with(service, "usage", requests_per_minute=100, run=Ceilings(timeout=2000))
    assert execute(service, headers, SPIN).status_code == 200
    cases = [{"stdin": ""}] * 2
    assert execute(service, headers, SPIN, cases=cases).status_code == 200
    told = usage(service, headers)
    assert (told["key"], told["quota"]) == ("usage", {"requests_per_minute": 100, "run": {"timeout": 2000.0}})
    (today,) = told["days"]
    assert (today["day"], today["executions"], today["refused"]) == (datetime.now(UTC).date().isoformat(), 2, 0)
    assert 0.9 <= today["cpu_seconds"] < 10
    assert get(f"{service.url}/v1/usage").status_code == 401


def test_usage_survives_a_restart(own_service: Service) -> None:
    headers = key_with(own_service, "restart", requests_per_minute=2)
    assert execute(own_service, headers, SPIN).status_code == 200
    before = usage(own_service, headers)["days"]
    own_service.stop()
    own_service.start_supervisor()
    own_service.start_frontend()
    own_service.wait_ready()
    assert usage(own_service, headers)["days"] == before
    assert execute(own_service, headers).status_code == 200
    assert error(execute(own_service, headers)) == (429, "rate_limited")
