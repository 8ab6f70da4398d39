"""Group 17, the server itself: clients that lie, dawdle, or go away in the middle of anything."""

import json
import socket
from contextlib import suppress
from typing import Any

import httpx
import pytest
import trio

from tests.host import rss_kb
from tests.running import eventually, program_pids, start_sleeping
from tests.service import Service, post

pytestmark = pytest.mark.service

DEEP = 200_000
BODIES = {
    "empty": b"",
    "half": b'{"language": "bash", "code": "tr',
    "a list": b"[]",
    "null": b"null",
    "a string": b'"bash"',
    "a number": b"7",
    "garbage": b"\xff\xfe\x00\x01" * 100,
    "NUL": b"\0" * 100,
    "UTF-16": '{"language": "bash", "code": "true"}'.encode("utf-16"),
    "BOM": b'\xef\xbb\xbf{"language": "bash", "code": "true"}',
    "two objects": b'{"language": "bash", "code": "true"}{}',
    "trailing comma": b'{"language": "bash", "code": "true",}',
    "comment": b'{"language": "bash", /* x */ "code": "true"}',
    "single quotes": b"{'language': 'bash', 'code': 'true'}",
    "NaN": b'{"language": "bash", "code": "true", "run_timeout": NaN}',
    "infinity": b'{"language": "bash", "code": "true", "run_timeout": Infinity}',
    "huge number": b'{"language": "bash", "code": "true", "run_timeout": 1e999}',
    "long number": b'{"language": "bash", "code": "true", "run_timeout": ' + b"9" * 1_000_000 + b"}",
    "long fraction": b'{"language": "bash", "code": "true", "run_memory_limit": 0.' + b"9" * 1_000_000 + b"}",
    "invalid UTF-8": b'{"language": "bash", "code": "\xff"}',
    "overlong UTF-8": b'{"language": "bash", "code": "\xc0\xaf"}',
    "lone surrogate": b'{"language": "bash", "code": "\\ud800"}',
    "bad escape": b'{"language": "bash", "code": "\\x41"}',
    "raw control": b'{"language": "bash", "code": "a\x01\nb"}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep and closed": b"[" * DEEP + b"]" * DEEP,
    "deep in a field": b'{"language": "bash", "code": "true", "args": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep in an unknown field": b'{"language": "bash", "code": "true", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "many unknown fields": json.dumps({f"k{n}": n for n in range(100_000)}).encode(),
    "long key": b'{"' + b"k" * 5_000_000 + b'": 1}',
    "many files of nothing": b'{"language": "bash", "files": [' + b",".join([b"{}"] * 100_000) + b"]}",
}


@pytest.mark.parametrize("name", BODIES)
def test_body_that_is_not_a_request(service: Service, name: str) -> None:
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"}
    response = post(f"{service.url}/v1/execute", content=BODIES[name], headers=headers, timeout=60)
    assert response.status_code == 400, response.text[:500]
    error = response.json()["error"]
    assert error["code"] == "invalid_request"
    assert 0 < len(error["message"]) < 2000


def exchange(service: Service, raw: bytes) -> bytes:
    """Send bytes as they are; what comes back until the server hangs up."""
    answer = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as sock, suppress(ConnectionError):
        sock.sendall(raw)
        with suppress(OSError):  # it may have hung up already
            sock.shutdown(socket.SHUT_WR)
        while data := sock.recv(65_536):
            answer += data
    return answer


POST = b"POST /v1/execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
RAW = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    "no version": b"POST /v1/execute\r\n\r\n",
    "long line": b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": POST + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "many headers": POST + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
    "NUL in a header": POST + b"X: a\0b\r\n\r\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}{}",
    "length and chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": POST + b"Content-Length: -1\r\n\r\n",
    "length of words": POST + b"Content-Length: many\r\n\r\n",
    "huge length": POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}",
    "bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "huge chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
    "strange coding": POST + b"Transfer-Encoding: gzip\r\n\r\n",
    "folded header": POST + b"Authorization: Bearer\r\n x\r\n\r\n",
    "upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
    "path traversal": b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "encoded traversal": b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "header injection": b"GET /v1/x%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_request_that_is_not_http(service: Service, name: str) -> None:
    """An error or a closed connection; nothing of it is carried out, and the next client is served."""
    answer = exchange(service, RAW[name])
    statuses = [line.split()[1] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert all(status[:1] in (b"4", b"1") or status == b"501" for status in statuses), answer[:500]
    assert b"root:" not in answer
    assert b"\nX-Injected" not in answer


def test_slow_bodies_hold_up_nobody(own_service: Service) -> None:
    """A hundred that send a byte and wait; everybody else is served, and they are told when their time is up."""
    head = POST + f"Authorization: Bearer {own_service.keys['execute']}\r\nContent-Length: 1000000\r\n\r\n{{".encode()
    sockets = [socket.create_connection(("127.0.0.1", own_service.port), timeout=60) for _ in range(100)]
    for sock in sockets:
        sock.sendall(head)
    for _ in range(20):
        assert own_service.run("bash", "echo served")["stdout"] == "served\n"
    for sock in sockets:
        assert sock.recv(100).startswith(b"HTTP/1.1 408")
        sock.close()


def test_bodies_of_strangers_are_not_kept(own_service: Service) -> None:
    """Who has no key is answered at once; what he goes on sending does not pile up."""
    assert own_service.frontend
    pid = own_service.frontend.pid
    own_service.run("bash", "true")
    before, worst = rss_kb(pid), 0
    sockets = [socket.create_connection(("127.0.0.1", own_service.port), timeout=20) for _ in range(40)]
    for sock in sockets:
        with suppress(ConnectionError):  # it may have hung up already
            sock.sendall(POST + b"Content-Length: 33000000\r\n\r\n" + bytes(8 << 20))
        worst = max(worst, rss_kb(pid))
    assert worst - before < 64 * 1024
    assert own_service.run("bash", "echo served")["stdout"] == "served\n"
    for sock in sockets:
        sock.close()


@pytest.mark.parametrize(
    "moment", ["after the head", "in the body", "after the request", "while it runs", "before it is read"]
)
async def test_client_that_vanishes(own_service: Service, moment: str) -> None:
    """Thirty at once, reset rather than closed; what they asked for ends with them."""
    code = "head -c 1000000 /dev/zero" if moment == "before it is read" else "sleep 50"
    body = json.dumps({"language": "bash", "code": code, "run_timeout": 55_000}).encode()
    head = POST + f"Authorization: Bearer {own_service.keys['execute']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    said = {"after the head": head, "in the body": head + body[:10]}.get(moment, head + body)
    sockets = [socket.create_connection(("127.0.0.1", own_service.port)) for _ in range(30)]
    for sock in sockets:
        sock.sendall(said)
    if moment == "while it runs":
        await eventually(lambda: program_pids(own_service) != [], "no program runs")
    for sock in sockets:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset
        sock.close()
    await eventually(lambda: own_service.pool()["admission"]["running"] == 0, "something still runs")
    assert own_service.run("bash", "echo next")["stdout"] == "next\n"


async def test_two_hundred_at_once(service: Service) -> None:
    """Of different languages, each with its own answer, none with another's."""
    answers: dict[int, Any] = {}
    programs = [
        ("bash", "echo $((40 + 2)) {}"),
        ("python", "print(42, {})"),
        ("ruby", "puts '42 {}'"),
        ("javascript", "console.log(42, {})"),
    ]

    async def execute(client: httpx.AsyncClient, number: int) -> None:
        language, code = programs[number % 4]
        body = {"language": language, "code": code.format(number), "run_timeout": 20_000}
        answers[number] = (await client.post("/v1/execute", json=body)).json()

    async with service.client() as client, trio.open_nursery() as nursery:
        for number in range(200):
            nursery.start_soon(execute, client, number)
    assert {number: answer["run"]["stdout"] for number, answer in answers.items()} == {
        n: f"42 {n}\n" for n in range(200)
    }


async def test_stopped_service_answers_whoever_waits(own_service: Service) -> None:
    assert own_service.supervisor
    answers: list[httpx.Response] = []
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            await start_sleeping(own_service, nursery, answers)
            own_service.supervisor.terminate()
            await eventually(lambda: own_service.supervisor.poll() is not None, "it did not end")  # type: ignore[union-attr]  # asserted above
    assert answers[0].status_code == 500
    own_service.start_supervisor()
    own_service.wait_ready()
