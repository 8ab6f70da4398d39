"""Piston's API over real HTTP, in the ways that its clients speak it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.service import Service, get, post
from tests.talk import talk

pytestmark = pytest.mark.service

SLEEP = {"type": "init", "language": "bash", "version": "*", "files": [{"content": "sleep 60"}]}
HELLO = {"language": "python", "version": "3", "files": [{"content": "print('hello')"}]}


def execute(service: Service, path: str = "/api/v2/execute", **changes: Any) -> httpx.Response:
    return post(service.url + path, json=HELLO | changes, timeout=60)


@pytest.mark.parametrize("path", ["/api/v2/execute", "/api/v2/piston/execute", "/api/v2/execute/"])
def test_hello(service: Service, path: str) -> None:
    response = execute(service, path)
    assert response.status_code == 200, response.text
    answer = response.json()
    run = answer.pop("run")
    assert answer == {"language": "python", "version": answer["version"]}
    assert answer["version"].startswith("3.")
    for name in ("memory", "cpu_time", "wall_time"):
        assert run.pop(name) > 0
    assert run == {"stdout": "hello\n", "stderr": "", "output": "hello\n", "code": 0, "signal": None, "status": None, "message": None}  # fmt: skip


@pytest.mark.parametrize("path", ["/api/v2/runtimes", "/api/v2/runtimes/", "/api/v2/piston/runtimes"])
def test_runtimes(service: Service, path: str) -> None:
    runtimes = get(service.url + path).json()
    assert {runtime["language"] for runtime in runtimes} >= {"python", "c++", "csharp"}
    assert all(runtime.keys() == {"language", "version", "aliases"} for runtime in runtimes)
    aliases = {alias for runtime in runtimes for alias in (runtime["language"], *runtime["aliases"])}
    wanted = """python py py3 python3 javascript js node-js node-javascript typescript ts node-ts tsc bash sh c gcc c++ cpp g++
        go golang ruby rb rust rs java csharp c# cs mono dotnet csharp.net c#.net cs.net dotnet-cs"""
    assert aliases >= set(wanted.split())


@pytest.mark.parametrize(
    ("code", "changes", "status", "signal"),
    [
        ("while True: pass", {"run_timeout": 300}, "TO", "SIGKILL"),
        ("while True: pass", {"run_cpu_time": 300}, "TO", "SIGKILL"),
        ("print('x' * (2 << 20))", {}, "OL", "SIGKILL"),
        ("import sys; sys.stderr.write('x' * (2 << 20))", {}, "EL", "SIGKILL"),
        ("x = bytearray(1 << 30)", {"run_memory_limit": 64 << 20}, "SG", "SIGKILL"),
        ("import os; os.abort()", {}, "SG", "SIGABRT"),
    ],
)
def test_ends(service: Service, code: str, changes: dict[str, Any], status: str, signal: str) -> None:
    run = execute(service, files=[{"content": code}], **changes).json()["run"]
    assert (run["status"], run["signal"], run["code"]) == (status, signal, None)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "text/plain; charset=utf-8", ""])
def test_json_whatever_it_is_called(service: Service, content_type: str) -> None:
    body = b'{"language": "bash", "version": "*", "files": [{"content": "echo $1"}], "args": ["x y"]}'
    response = post(f"{service.url}/api/v2/execute", content=body, headers={"Content-Type": content_type}, timeout=60)
    assert response.json()["run"]["stdout"] == "x y\n", response.text


def test_form(service: Service) -> None:
    form = {"language": "py", "version": "3", "files": ["print(input())"], "stdin": "a&b", "args": [], "timeout": 10000}
    response = post(f"{service.url}/api/v2/piston/execute", data=form, timeout=60)
    assert response.json()["run"]["output"] == "a&b\n", response.text


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"{", "application/json", 400, "the body is not JSON"),
        (b"language=x", "text/plain", 415, "requests must be of type application/json"),
        (b'{"language": "\xe9"}', "application/json", 400, "the body is not JSON"),
        (b"[" * 100_000, "application/json", 400, "the body is not JSON"),
        (b'{"x": "' + b"x" * (4 << 20) + b'"}', "application/json", 413, "the body has more than 4194304 bytes"),
        (b"&".join([b"x=y"] * 1001), "application/x-www-form-urlencoded", 413, "the form has more than 1000 fields"),
        (b"[]", "application/json", 400, "language is required as a string"),
        (b"", "application/json", 400, "the body is not JSON"),
        (
            b'{"language": "py", "version": "9", "files": [{"content": ""}]}',
            "application/json",
            400,
            "py-9 runtime is unknown",
        ),
        (
            b'{"language": "py", "version": "*", "files": [{"content": "", "name": "../x"}]}',
            "application/json",
            400,
            "files[0].name",
        ),
    ],
)
def test_errors(service: Service, body: bytes, content_type: str, status: int, message: str) -> None:
    response = post(f"{service.url}/api/v2/execute", content=body, headers={"Content-Type": content_type})
    assert response.status_code == status, response.text
    assert response.json().keys() == {"message"}
    assert response.json()["message"].startswith(message)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v2"), ("GET", "/api/v2/nothing"), ("GET", "/api/v2/execute"), ("POST", "/api/v2/piston/runtimes")])  # fmt: skip
def test_not_found(service: Service, method: str, path: str) -> None:
    response = httpx.request(method, service.url + path, trust_env=False)
    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})


def test_packages(service: Service) -> None:
    packages = get(f"{service.url}/api/v2/packages").json()
    assert {"language": "bash", "language_version": "5.2.37", "installed": True} in packages
    for method in ("POST", "DELETE"):
        response = httpx.request(method, f"{service.url}/api/v2/packages", json={"language": "x"}, trust_env=False)
        assert (response.status_code, list(response.json())) == (403, ["message"])


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Host": "example.org"},
                                     {"Host": "127.0.0.1.example.org:80"}])  # fmt: skip
def test_web_pages_may_not(service: Service, headers: dict[str, str]) -> None:
    response = post(f"{service.url}/api/v2/execute", json=HELLO, headers=headers)
    assert (response.status_code, list(response.json())) == (403, ["message"])


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8080", "[::1]"])
def test_names_of_this_host(service: Service, host: str) -> None:
    response = post(f"{service.url}/api/v2/execute", json=HELLO, headers={"Host": host}, timeout=60)
    assert response.status_code == 200, response.text


@pytest.fixture(params=["key", "off", "open"])
def closed(own_service: Service, request: pytest.FixtureRequest) -> Iterator[tuple[Service, str]]:
    with own_service.another_frontend(piston=request.param) as service:
        yield service, request.param


def test_where_the_operator_wants_keys_or_none_of_it(closed: tuple[Service, str]) -> None:
    service, access = closed
    url, secret = f"{service.url}/api/v2/execute", service.keys["execute"]
    found = {value: post(url, json=HELLO, headers={"Authorization": value} if value else {}, timeout=60)
             for value in ("", "wrong", f"Bearer {secret}", secret)}  # fmt: skip
    if access == "open":
        assert post(url, json=HELLO, headers={"Host": "example.org", "Origin": "x"}, timeout=60).status_code == 200
        return
    if access == "off":
        assert {response.status_code for response in found.values()} == {404}
        return
    assert [response.status_code for response in found.values()] == [401, 401, 200, 200]
    assert found["wrong"].json() == {"message": "the key is not known, or was revoked"}


def test_socket(service: Service) -> None:
    """As Piston's own clients speak it, with their closing codes."""
    with talk(service, "/api/v2/connect", key=None) as talking:
        talking.say(
            "init", **HELLO | {"files": [{"content": "print(input()); import sys; print('e', file=sys.stderr)"}]}
        )
        assert talking.next() == {"type": "runtime", "language": "python", "version": talking.messages[0]["version"]}
        assert talking.next() == {"type": "stage", "stage": "run"}
        talking.say("data", stream="stdin", data="héllo\n")
        talking.all()
    assert sorted(str(message) for message in talking.messages[2:4]) == [
        str({"type": "data", "stream": "stderr", "data": "e\n"}), str({"type": "data", "stream": "stdout", "data": "héllo\n"}),
    ]  # fmt: skip
    assert talking.messages[4:] == [{"type": "exit", "stage": "run", "code": 0, "signal": None}]
    assert talking.close == (4999, "Job Completed")


def test_socket_of_what_is_compiled(service: Service) -> None:
    source = "#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c + 1); }"
    with talk(service, "/api/v2/piston/connect/", key=None) as talking:
        talking.say("init", language="c", version="*", files=[{"content": source}])
        talking.say("data", stream="stdin", data="HAL")
        talking.say("eof")
        told = talking.all()
    assert [(message["type"], message.get("stage")) for message in told] == [
        ("runtime", None), ("stage", "compile"), ("exit", "compile"), ("stage", "run"), ("data", None), ("exit", "run"),
    ]  # fmt: skip
    assert told[4]["data"] == "IBM"


def test_signal_on_the_socket(service: Service) -> None:
    with talk(service, "/api/v2/connect", key=None) as talking:
        talking.say("init", language="bash", version="*", files=[{"content": "echo ready; sleep 60"}])
        talking.read("ready")
        talking.say("signal", signal="SIGTERM")
        assert talking.all()[-1] == {"type": "exit", "stage": "run", "code": None, "signal": "SIGTERM"}


@pytest.mark.parametrize(
    ("said", "close", "error"),
    [
        ([{"type": "data", "stream": "stdin", "data": "x"}], (4003, "Not yet initialized"), None),
        ([{"type": "init"}], (4002, "Notified Error"), "language is required as a string"),
        (
            [{"type": "init", "language": "x", "version": "*", "files": []}],
            (4002, "Notified Error"),
            "x-* runtime is unknown",
        ),
        ([SLEEP, SLEEP], (4000, "Already Initialized"), None),
        ([SLEEP, {"type": "data", "stream": "stdout", "data": "x"}], (4004, "Can only write to stdin"), None),
        ([SLEEP, {"type": "signal", "signal": "SIGNONE"}], (4005, "Invalid signal"), None),
        ([], (4001, "Initialization Timeout"), None),
    ],
)
def test_what_ends_the_socket(service: Service, said: list[Any], close: tuple[int, str], error: str | None) -> None:
    with talk(service, "/api/v2/connect", key=None) as talking:
        for message in said:
            talking.socket.send(json.dumps(message))
        told = talking.all()
    assert talking.close == close
    assert [message["message"] for message in told if message["type"] == "error"] == ([error] if error else [])
    service.wait_idle()


def test_socket_is_of_this_host_alone_unless_there_is_a_key(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused, talk(service, "/api/v2/connect", key=None, Origin="http://evil"):
        pass
    assert refused.value.response.status_code == 403
