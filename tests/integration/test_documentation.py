"""docs/api.md: each request on the page is sent, and what stands in its answer there is in the real one."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service import Service
from tests.talk import Talk, talk

pytestmark = pytest.mark.service

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
BLOCK = r"```{}\n(.*?)\n```"
REQUESTS = re.findall(
    BLOCK.format("http") + r"\n\n" + r"```(json(?: first)?(?: (\d+))?|text)\n(.*?)\n```", PAGE, re.DOTALL
)
TALKS = [block for block in re.findall(BLOCK.format("text"), PAGE, re.DOTALL) if block.startswith("> ")]


def assert_is_in(expected: Any, real: Any, where: str = "") -> None:
    """Every field of the one is in the other; `…` stands for anything."""
    match expected:
        case dict():
            assert isinstance(real, dict), (where, real)
            for name, value in expected.items():
                assert name in real, (where, name, real)
                assert_is_in(value, real[name], f"{where}.{name}")
        case list():
            assert len(expected) == len(real), (where, real)
            for index, value in enumerate(expected):
                assert_is_in(value, real[index], f"{where}[{index}]")
        case str():
            pattern = ".*".join(re.escape(part) for part in expected.split("…"))
            assert re.fullmatch(pattern, real, re.DOTALL), (where, real)
        case _:
            assert expected == real, (where, real)


def send(service: Service, request: str) -> httpx.Response:
    head, _, body = request.partition("\n\n")
    (method, path), *fields = [line.split(None, 1) for line in head.splitlines()]
    headers = {"Authorization": f"Bearer {service.keys['execute']}"} | {n.rstrip(":"): value for n, value in fields}
    given = (
        {"content": body, "headers": headers | {"Content-Type": "application/json"}} if body else {"headers": headers}
    )
    return httpx.request(method, service.url + path, timeout=60, trust_env=False, **given)


def events_of(text: str) -> list[tuple[str, Any]]:
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)", text)]


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_request(service: Service, number: int) -> None:
    request, kind, status, answer = REQUESTS[number]
    response = send(service, request)
    assert response.status_code == int(status or 200), response.text
    if kind == "text":
        expected, real = events_of(answer), events_of(response.text)
        assert [name for name, _ in expected] == [name for name, _ in real]
        assert_is_in([data for _, data in expected], [data for _, data in real])
    elif "first" in kind:
        assert_is_in(json.loads(answer), response.json()[:1])
    else:
        assert_is_in(json.loads(answer), response.json())


def next_like(expected: dict[str, Any], talking: Talk) -> dict[str, Any]:
    """The next message; what a program writes at once may be read in several parts on a slow machine."""
    message = dict(talking.next())
    while len(message.get("data", "")) < len(expected.get("data", "")):
        message["data"] += talking.next()["data"]
    return message


@pytest.mark.parametrize("number", range(len(TALKS)))
def test_talk(service: Service, number: int) -> None:
    with talk(service) as talking:
        for line in TALKS[number].splitlines():
            message = json.loads(line[2:])
            if line.startswith("> "):
                talking.socket.send(json.dumps(message))
            else:
                assert_is_in(message, next_like(message, talking))
        told = len(talking.messages)
        assert talking.all()[told:] == []


def test_nothing_is_left_out() -> None:
    """Each request has its answer, and there are examples of every language and every field."""
    assert PAGE.count("```http") == len(REQUESTS) > 40
    assert len(TALKS) == 3
    bodies = " ".join(request for request, *_ in REQUESTS)
    for language in ["python", "javascript", "typescript", "bash", "c", "c++", "go", "ruby", "rust", "java", "csharp"]:
        assert f'"language": "{language}"' in bodies
    fields = "stdin stdin_encoding output_encoding version args env run_timeout run_cpu_time run_memory_limit files outputs cases"
    assert all(f'"{field}":' in bodies for field in f"{fields} stop_on_failure".split())
