"""A peer of the supervisor's socket that says what it likes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from protocol.frames import encode_frame
from protocol.messages import Execute, SourceFile
from tests.service import Service

TIMEOUT_S = 30


@contextmanager
def connection(service: Service) -> Iterator[socket.socket]:
    """One that is served."""
    with stranger(service) as sock:
        assert read_frame(sock)["type"] == "hello"
        yield sock


@contextmanager
def stranger(service: Service) -> Iterator[socket.socket]:
    """One of whom it is not known whether it is."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(TIMEOUT_S)
        sock.connect(str(service.socket_path))
        yield sock


def is_closed(sock: socket.socket) -> bool:
    """Whether the other end has hung up; waits for it, or for something it says instead."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def read_to_the_end(sock: socket.socket) -> bytes:
    """Whatever is still said until the other end hangs up, which it must do in time."""
    said = b""
    try:
        while data := sock.recv(65_536):
            said += data
    except ConnectionResetError:
        pass
    return said


def read_frame(sock: socket.socket) -> dict[str, object]:
    raw = _read_exactly(sock, int.from_bytes(_read_exactly(sock, 4), "big"))
    return msgspec.msgpack.decode(raw, type=dict[str, object])


def frame(message: object) -> bytes:
    return encode_frame(msgspec.msgpack.encode(message))


def execute(request_id: int = 1, /, **fields: object) -> dict[str, object]:
    """An honest request as builtins, with these fields instead of, or beside, its own."""
    message = Execute(
        id=request_id, execution_id="0" * 32, language="bash", version="*", files=[SourceFile(content=b"sleep 30")]
    )
    return {**msgspec.to_builtins(message, builtin_types=(bytes,)), **fields}


def _read_exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        assert more, "the connection ended within a frame"
        data += more
    return data
