"""What is said to systemd, and what is taken from it, with a socket of our own in its place."""

import array
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from protocol.systemd import feed_watchdog, keep_socket, notify, notify_stopping, passed_sockets


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.setblocking(False)
        yield sock


def test_it_is_told(systemd: socket.socket) -> None:
    notify("READY=1", "STATUS=serving")
    assert systemd.recv(4096) == b"READY=1\nSTATUS=serving"


def test_abstract_address(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"runjail-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        notify("READY=1")
        assert sock.recv(4096) == b"READY=1"


def test_without_it_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_who_does_not_listen_holds_nobody_up(systemd: socket.socket) -> None:
    for _ in range(1000):
        notify("WATCHDOG=1")
    assert systemd.recv(4096) == b"WATCHDOG=1"


def test_stopping_tells_how_long(systemd: socket.socket) -> None:
    notify_stopping(30)
    assert systemd.recv(4096) == b"STOPPING=1\nEXTEND_TIMEOUT_USEC=50000000"


def test_it_keeps_a_socket(systemd: socket.socket) -> None:
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        keep_socket("http", kept)
        data, rights, _, _ = systemd.recvmsg(4096, socket.CMSG_SPACE(4))
        assert data == b"FDSTORE=1\nFDNAME=http"
        (fd,) = array.array("i", rights[0][2])
        with socket.socket(fileno=fd) as copy:
            assert copy.getsockname() == kept.getsockname()


def test_sockets_of_other_processes_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    monkeypatch.setenv("LISTEN_FDS", "1")
    assert passed_sockets() == {}


def test_its_sockets_are_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, for they are the descriptors from 3 on."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with socket.socket() as one, socket.socket() as other:
                pair = os.dup(one.fileno()), os.dup(other.fileno())
            os.closerange(3, min(pair))
            os.dup2(pair[0], 3)
            os.dup2(pair[1], 4)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 5)
            os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "3", "LISTEN_FDNAMES": "http:other:no_socket"}
            taken = passed_sockets()
            numbers = {name: sock.fileno() for name, sock in taken.items()}
            code = 0 if numbers == {"http": 3, "other": 4} and passed_sockets() == {} else 2
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


async def test_watchdog_is_fed(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    with trio.move_on_after(0.01):
        await feed_watchdog()
    assert systemd.recv(4096) == b"WATCHDOG=1"


async def test_watchdog_of_others_is_not(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "1")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    await feed_watchdog()
    with pytest.raises(BlockingIOError):
        systemd.recv(4096)
