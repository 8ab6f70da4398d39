"""A frontend that was taken over: whatever it sends, the supervisor goes on for others."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from protocol.frames import MAX_FRAME_BYTES, encode_frame
from protocol.messages import Execute, ListRuntimes, SourceFile
from tests.host import rss_kb
from tests.service import Service

pytestmark = pytest.mark.service


@contextmanager
def connection(service: Service) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(service.socket_path))
        yield sock


def is_closed(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def frame(message: object) -> bytes:
    return encode_frame(msgspec.msgpack.encode(message))


def execute(request_id: int = 1, **fields: object) -> dict[str, object]:
    message = Execute(
        id=request_id, execution_id="0" * 32, language="bash", version="*", files=[SourceFile(content=b"sleep 30")]
    )
    return {**msgspec.to_builtins(message, builtin_types=(bytes,)), **fields}


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", MAX_FRAME_BYTES + 1),
        b"\xff" * 64,
        encode_frame(b""),
        encode_frame(b"\xc1"),
        frame({"type": "shutdown", "id": 1}),
        frame(execute(command=["sh"])),
        frame(execute(execution_id="x\ny")),
        frame(execute(run={"wall_time_ms": float("nan")})),
        frame(execute(1)) + frame(execute(1)),
        frame([1] * 100_000),
    ],
    ids=[
        "too long",
        "garbage",
        "empty",
        "not msgpack",
        "unknown type",
        "unknown field",
        "log line",
        "nan",
        "same id",
        "array",
    ],
)
def test_breach_ends_the_connection_alone(service: Service, data: bytes) -> None:
    with connection(service) as sock:
        sock.sendall(data)
        assert is_closed(sock)
    assert service.run("bash", "echo fine")["stdout"] == "fine\n"


def test_idle_connections_are_few(own_service: Service) -> None:
    sockets = [socket.socket(socket.AF_UNIX) for _ in range(200)]
    for sock in sockets:
        sock.connect(str(own_service.socket_path))
        sock.settimeout(20)
    # One of eight places is the frontend's own.
    assert sum(is_closed(sock) for sock in sockets[8:]) == len(sockets) - 8
    assert own_service.run("bash", "echo fine")["stdout"] == "fine\n"
    for sock in sockets:
        sock.close()


def test_half_a_frame_holds_no_more_than_a_frame(own_service: Service) -> None:
    assert own_service.supervisor
    before = rss_kb(own_service.supervisor.pid)
    with connection(own_service) as sock:
        sock.sendall(struct.pack(">I", MAX_FRAME_BYTES) + bytes(MAX_FRAME_BYTES - 1))
        assert own_service.run("bash", "echo fine")["stdout"] == "fine\n"
        assert rss_kb(own_service.supervisor.pid) - before < 3 * MAX_FRAME_BYTES // 1024


def test_executions_end_with_their_connection(own_service: Service) -> None:
    with connection(own_service) as sock:
        for number in range(4):
            sock.sendall(frame(execute(number)))
        sock.sendall(frame(ListRuntimes(id=99)))
        assert sock.recv(4)  # all of them were read
    running = -1
    while running != 0:
        running = own_service.pool()["admission"]["running"]
    assert own_service.run("bash", "echo fine")["stdout"] == "fine\n"


def test_other_users_are_not_heard(service: Service) -> None:
    """The frontend's user and root may speak; the socket's mode and SO_PEERCRED see to it."""
    status = os.stat(service.socket_path)
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, service.user.pw_gid, 0o660)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setgroups([service.user.pw_gid])  # may open the socket, but is nobody the supervisor knows
            os.setgid(service.user.pw_gid)
            os.setuid(65534)
            with connection(service) as sock:
                code = 0 if is_closed(sock) else 2
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


def test_frontend_can_not_read_what_is_not_its_own(service: Service) -> None:
    assert service.frontend
    status = Path(f"/proc/{service.frontend.pid}/status").read_text()
    assert f"Uid:\t{service.user.pw_uid}" in status
    assert "CapEff:\t0000000000000000" in status
    assert os.stat(service.state / "layers").st_mode & 0o077 == 0
    assert os.stat(service.key_file).st_mode & 0o777 == 0o640
    assert os.stat(service.key_file).st_uid == 0
