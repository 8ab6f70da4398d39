"""Which socket of a predecessor is gone on with."""

import ctypes
import socket
import struct

import pytest

from frontend.serving import _serves_at

# One BPF instruction, "return 0": nothing that comes is taken (socket(7), SO_ATTACH_FILTER).
_SO_ATTACH_FILTER, _SO_LOCK_FILTER = 26, 44


def listening(kind: int = socket.SOCK_STREAM, *, is_listening: bool = True) -> socket.socket:
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind(("127.0.0.1", 0))
    if is_listening:
        sock.listen()
    return sock


def address(sock: socket.socket) -> str:
    return "{}:{}".format(*sock.getsockname())


def filter_all(sock: socket.socket) -> None:
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    program = struct.pack("HP", 1, ctypes.addressof(drop))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def test_one_that_listens_there_is() -> None:
    with listening() as sock:
        assert _serves_at(sock, address(sock))
        assert not _serves_at(sock, "127.0.0.1:1")


def test_others_are_not() -> None:
    with listening(socket.SOCK_DGRAM, is_listening=False) as datagrams, listening(is_listening=False) as silent:
        assert not _serves_at(datagrams, address(datagrams))
        assert not _serves_at(silent, address(silent))
    with socket.socket(socket.AF_UNIX) as other:
        assert not _serves_at(other, "127.0.0.1:1")


def test_filter_of_a_predecessor_is_taken_off() -> None:
    with listening() as sock, socket.socket() as client:
        filter_all(sock)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):  # the control
            client.connect(sock.getsockname())
        assert _serves_at(sock, address(sock))
        with socket.create_connection(sock.getsockname(), 10):
            pass


def test_one_with_a_filter_that_stays_is_not() -> None:
    with listening() as sock:
        filter_all(sock)
        sock.setsockopt(socket.SOL_SOCKET, _SO_LOCK_FILTER, 1)
        assert not _serves_at(sock, address(sock))
