"""Group 17, connections: fit for the next request or closed, whatever became of the last one; and never anybody's to hold."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest

from tests.service import Service, get

pytestmark = pytest.mark.service

GOOD = json.dumps({"language": "bash", "code": "echo good"}).encode()
BIG = b" " * (3 << 20)


def head(
    service: Service, length: int, key: str | None = "execute", path: str = "/v1/execute", **headers: str
) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
    lines += [f"Authorization: Bearer {service.keys[key]}"] if key else []
    lines += [
        f"{name.replace('_', '-')}: {value}" for name, value in {"Content_Type": "application/json", **headers}.items()
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def connected(service: Service) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as sock:
        yield sock


def read_answer(sock: socket.socket) -> tuple[int, bytes]:
    """One answer, by its length."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = sock.recv(65_536)
        assert more, "the connection was closed"
        raw += more
    fields, _, body = raw.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in fields.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += sock.recv(65_536)
    return int(fields.split()[1]), body


REFUSED = {
    "no key": (401, {"key": None}, b"x" * 100),
    "no key, large body": (401, {"key": None}, BIG),
    "wrong type": (415, {"Content_Type": "text/plain"}, BIG),
    "no such path": (404, {"path": "/v1/nothing"}, BIG),
    "too large": (413, {}, b" " * (33 << 20)),
    "not JSON": (400, {}, BIG),
}


@pytest.mark.parametrize("name", REFUSED)
def test_next_request_on_the_same_connection(service: Service, name: str) -> None:
    """Whenever the answer comes, before the body or after it: the rest of the body is not taken for a request."""
    status, options, body = REFUSED[name]
    with connected(service) as sock:
        for _ in range(2):
            sock.sendall(head(service, len(body), **options) + body)  # type: ignore[arg-type]  # of one type each
            assert read_answer(sock)[0] == status
            sock.sendall(head(service, len(GOOD)) + GOOD)
            answered, answer = read_answer(sock)
            assert (answered, json.loads(answer)["run"]["stdout"]) == (200, "good\n")


def test_answer_before_the_body(service: Service) -> None:
    """The client reads it first, and only then sends what it said it would."""
    with connected(service) as sock:
        sock.sendall(head(service, 100, key=None))
        assert read_answer(sock)[0] == 401
        sock.sendall(b"x" * 100 + head(service, len(GOOD)) + GOOD)
        assert read_answer(sock)[0] == 200


def send_for_ever(sock: socket.socket) -> None:
    while True:
        sock.sendall(BIG)


def test_body_that_has_no_end(service: Service) -> None:
    """It is not read for ever: the connection is reset, or a pipe broken, as it comes."""
    with connected(service) as sock:
        sock.sendall(head(service, 1 << 40, key=None))
        with pytest.raises(ConnectionError):
            send_for_ever(sock)


def test_client_with_pooled_connections(service: Service) -> None:
    """As people use them: errors and results in turn, through one client."""
    with httpx.Client(base_url=service.url, verify=False, timeout=20) as client:
        for turn in range(20):
            wrong = client.post(
                "/v1/execute", content=b"x" * (100 if turn % 2 else 5 << 20), headers={"Authorization": "Bearer no"}
            )
            assert wrong.status_code == 401
            right = client.post(
                "/v1/execute",
                content=GOOD,
                headers={"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"},
            )
            assert right.json()["run"]["stdout"] == "good\n"


@pytest.mark.parametrize(
    "request_", [b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"GET /healthz HTTP/1.0\r\n\r\n"]
)
def test_connection_is_closed_when_it_is_said_to_be(service: Service, request_: bytes) -> None:
    with connected(service) as sock:
        sock.sendall(request_)
        answer = b""
        while more := sock.recv(65_536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b'{"status":"ok"}')


def test_client_that_takes_nothing_does_not_hold_up_the_end(own_service: Service) -> None:
    """Its answer is larger than all buffers on the way; the service stops all the same."""
    assert own_service.frontend
    body = json.dumps(
        {"language": "python", "code": "open('a', 'wb').write(b'\\xff' * (8 << 20))", "outputs": ["a"]}
    ).encode()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", own_service.port))
        sock.sendall(head(own_service, len(body)) + body)
        assert sock.recv(20).startswith(b"HTTP/1.1 200")
        own_service.frontend.send_signal(signal.SIGTERM)
        assert own_service.frontend.wait(20) == 0
    own_service.start_frontend()
    own_service.wait_ready()


@pytest.mark.parametrize("path", ["/", "/v1/execute", "/v1/execute/stream/", "/readyz", "/%00"])
def test_websocket_where_there_is_none(service: Service, path: str) -> None:
    with connected(service) as sock:
        fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode())
        answer = b""
        while b"}}" not in answer and (more := sock.recv(65_536)):
            answer += more
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert (
        json.loads(
            answer.partition(b"\r\n\r\n")[2].partition(b"\r\n")[2].partition(b"\r\n")[0]
            or answer.partition(b"\r\n\r\n")[2]
        )["error"]["code"]
        == "not_found"
    )


def test_two_lengths_of_a_body(service: Service) -> None:
    with connected(service) as sock:
        sock.sendall(head(service, 4, Transfer_Encoding="chunked") + b"0\r\n\r\n")
        status, answer = read_answer(sock)
    assert (status, json.loads(answer)["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/v1//runtimes", "/v1/runtimes/", "/v1/./runtimes"])
def test_path_that_is_nearly_one(service: Service, path: str) -> None:
    with connected(service) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode())
        status, answer = read_answer(sock)
    assert (status, json.loads(answer)["error"]["code"]) == (404, "not_found")
    assert b"evil" not in answer


def test_who_only_waits_makes_room(service: Service) -> None:
    """More strangers than there may be connections, who say nothing, or never end their head: others are served."""
    with service.another_frontend(max_connections=8) as crowded:
        strangers = [socket.create_connection(("127.0.0.1", crowded.port), timeout=20) for _ in range(40)]
        for sock in strangers[::2]:
            with suppress(ConnectionError):  # it has made room already
                sock.sendall(b"POST /v1/execute HTTP/1.1\r\nHost: x\r\n")
        for _ in range(20):
            assert crowded.run("bash", "echo served")["stdout"] == "served\n"
        for sock in strangers:
            sock.close()


def test_more_requests_than_connections(service: Service) -> None:
    """Nobody is left without an answer, and who was being answered is."""
    with service.another_frontend(max_connections=4) as crowded, ExitStack() as stack:
        head = f"POST /v1/execute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {crowded.keys['execute']}\r\nConnection: close\r\nExpect: 100-continue\r\n"
        content = b'{"language": "bash", "code": "echo served"}'
        whole = f"{head}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        busy = []
        for _ in range(4):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", crowded.port), timeout=20))
            sock.sendall(whole)
            assert sock.recv(100).startswith(b"HTTP/1.1 100")  # it is being answered, and makes no room for the next
            busy.append(sock)
        refused = get(f"{crowded.url}/healthz")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert refused.headers["Retry-After"] == "1"
        for sock in busy:
            sock.sendall(content)
            answer = b"".join(iter(lambda sock=sock: sock.recv(65536), b""))  # type: ignore[misc]
            assert answer.startswith(b"HTTP/1.1 200")
            assert b'"served\\n"' in answer
            sock.close()
        assert get(f"{crowded.url}/healthz").status_code == 200
