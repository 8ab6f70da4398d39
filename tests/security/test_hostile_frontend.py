"""A frontend that was taken over: whatever it says or tries, it has lost nothing but itself."""

import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import termios
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from protocol.frames import MAX_FRAME_BYTES, encode_frame
from protocol.messages import ListRuntimes
from tests.host import members, rss_kb
from tests.running import jailer_pid, program_pids
from tests.security.attacks import PROGRAMS
from tests.security.peer import TIMEOUT_S, connection, execute, frame, is_closed, read_frame, stranger
from tests.service import Service

pytestmark = pytest.mark.service

BREACHES = {
    "too long": struct.pack(">I", MAX_FRAME_BYTES + 1),
    "garbage": b"\xff" * 64,
    "empty": encode_frame(b""),
    "not msgpack": encode_frame(b"\xc1"),
    "unknown type": frame({"type": "shutdown", "id": 1}),
    "unknown field": frame(execute(command=["sh"])),
    "host path": frame(execute(layers=["../../etc"])),
    "uid": frame(execute(host_id=0)),
    "log line": frame(execute(execution_id="x\ny")),
    "nan": frame(execute(run={"wall_time_ms": float("nan")})),
    "infinite": frame(execute(run={"wall_time_ms": float("inf")})),
    "negative": frame(execute(run={"memory_bytes": -1})),
    "same id": frame(execute(1)) + frame(execute(1)),
    "array": frame([1] * 100_000),
    "nested": encode_frame(b"\x91" * 100_000 + b"\xc0"),
    "no files": frame(execute(files=[])),
    "too many files": frame(execute(files=[{"content": b""}] * 257)),
    "too large file": frame(execute(files=[{"content": bytes(8 * 1024 * 1024 + 1)}])),
    "input for what has none": frame(execute(is_watched=True)) + frame({"type": "input", "id": 1, "data": b"x"}),
    "more output than there was": frame(execute(is_watched=True)) + frame({"type": "taken", "id": 1, "size": 1}),
    "more input than there is room": frame(execute(is_watched=True, is_interactive=True))
    + 2 * frame({"type": "input", "id": 1, "data": bytes(40_000)}),
    "input after its end": frame(execute(is_watched=True, is_interactive=True))
    + 2 * frame({"type": "input", "id": 1, "is_last": True}),
    "no signal": frame({"type": "send_signal", "id": 1, "signal": 0}),
    "vast terminal": frame(execute(is_watched=True, is_interactive=True, terminal={"rows": 1, "columns": 1_000_000})),
    "too many words": frame(execute(args=["x"] * 257)),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_breach_ends_the_connection_alone(service: Service, breach: str) -> None:
    with connection(service) as sock:
        sock.sendall(BREACHES[breach])
        assert is_closed(sock)
    assert service.run("bash", "echo fine")["stdout"] == "fine\n"


@contextmanager
def acting_as_the_frontend(service: Service) -> Iterator[None]:
    os.setegid(service.user.pw_gid)
    os.seteuid(service.user.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_idle_connections_are_few(own_service: Service) -> None:
    """And they are in nobody's way: neither of what the frontend has open already, nor of the operator."""
    sockets = [socket.socket(socket.AF_UNIX) for _ in range(200)]
    with acting_as_the_frontend(own_service):
        for sock in sockets:
            sock.connect(str(own_service.socket_path))
            sock.settimeout(20)
    # One of eight places is the frontend's own.
    assert sum(is_closed(sock) for sock in sockets[8:]) == len(sockets) - 8
    assert own_service.run("bash", "echo fine")["stdout"] == "fine\n"
    status = [sys.executable, "-I", "-m", "cli", "--run-dir", str(own_service.run_dir), "status"]
    assert subprocess.run(status, stdout=subprocess.DEVNULL).returncode == 0
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


def test_limits_are_kept_while_the_peer_takes_nothing(own_service: Service) -> None:
    with connection(own_service) as sock:
        # Whose answers fill the socket; for ten seconds it is waited that they are taken.
        sock.sendall(b"".join(frame(ListRuntimes(id=number)) for number in range(1000, 2000)))
        sock.sendall(frame(execute(is_watched=True, run={"wall_time_ms": 2000})))
        wait_for_program(own_service, is_there=True)
        wait_for_program(own_service, is_there=False)
        held = array("i", [0])
        fcntl.ioctl(sock, termios.FIONREAD, held)
        said = [read_frame(sock)]
        while said[-1]["type"] != "finished":  # else the connection was given up first
            said.append(read_frame(sock))
    assert msgspec.convert(said[-1]["run"], dict[str, object])["status"] == "timeout"
    assert sum(len(frame(message)) for message in said) > 2 * held[0]  # it was full


def wait_for_program(service: Service, *, is_there: bool) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while (program_pids(service) != []) is not is_there:
        assert time.monotonic() < deadline
        time.sleep(0.02)  # the processors are wanted for it


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
            with stranger(service) as sock:
                code = 0 if is_closed(sock) else 2
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


def attempts(service: Service, as_root: bool) -> dict[str, str]:
    """Run arbitrary code with the very ids that the frontend has; what came of each attempt."""
    assert service.supervisor
    assert service.frontend
    init = next(iter(members(service.cgroup_name)))
    cgroups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{service.cgroup_name}")]
    layer = next((service.state / "layers").iterdir())
    at = {
        "supervisor": service.supervisor.pid,
        "jailer": jailer_pid(service),
        "init": init,
        "readable_by_root_alone": [
            "/etc/shadow", "/root", str(service.state / "layers"), str(layer), str(service.state / "runtimes"), str(service.state / "cache"),
            str(service.run_dir / "jailer"),
        ],
        "writable_by_root_alone": [
            str(service.key_file), str(service.config), str(service.log), "/etc/passwd", "/proc/sys/kernel/core_pattern",
            *(f"{cgroup}/cgroup.procs" for cgroup in cgroups),
        ],
        "folders": [str(service.run_dir), str(service.state), str(service.state / "layers"), *cgroups],
        "device": str(service.run_dir / "device"),
    }  # fmt: skip
    ids = {} if as_root else {"user": service.user.pw_uid, "group": service.user.pw_gid, "extra_groups": []}
    command = [sys.executable, "-I", "-c", (PROGRAMS / "taken_over/attempts.py").read_text(), json.dumps(at)]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **ids)  # type: ignore[call-overload]  # ids
    assert done.stderr == ""
    return dict(line.split("\t") for line in done.stdout.splitlines())


def test_code_in_the_frontend_reaches_nothing(service: Service) -> None:
    answers = attempts(service, as_root=False)
    assert len(answers) > 80
    assert {name: answer for name, answer in answers.items() if answer == "done"} == {}


def test_root_can_do_most_of_it(service: Service) -> None:
    """The control: the same attempts, made by one who may."""
    answers = attempts(service, as_root=True)
    refused = {name for name, answer in answers.items() if answer != "done"}
    assert len(refused) < len(answers) // 4, refused


def test_frontend_is_what_was_tried(service: Service) -> None:
    """The attempts above had the ids of the real one, which has no more than these."""
    assert service.frontend
    status = Path(f"/proc/{service.frontend.pid}/status").read_text()
    uid, gid = service.user.pw_uid, service.user.pw_gid
    assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\n" in status
    assert re.search(r"^Groups:\s*$", status, re.MULTILINE)
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status


def test_keys_are_nowhere_in_clear(service: Service) -> None:
    """What a taken-over frontend can read of them opens nothing; only keys that are used pass through it."""
    stored = service.key_file.read_text()
    assert os.stat(service.key_file).st_uid == 0
    assert os.stat(service.key_file).st_mode & 0o777 == 0o640
    assert '"execute"' in stored
    for secret in service.keys.values():
        assert secret not in stored
        assert secret.removeprefix("rt_live_") not in stored
        assert secret not in service.log.read_text()


def test_descriptors_of_the_frontend(service: Service) -> None:
    """Sockets, its log, what keys have used, and what epoll needs: nothing of the supervisor's or of a jail's."""
    assert service.frontend
    folder = Path(f"/proc/{service.frontend.pid}/fd")
    targets = {os.readlink(fd) for fd in folder.iterdir()}
    known = re.compile(
        r"socket:.*|pipe:.*|anon_inode:\[(eventpoll|eventfd|signalfd)\]|/dev/null|"
        + re.escape(str(service.log))
        + f"|{re.escape(str(service.usage_file))}(-wal|-shm)?"
    )
    assert [target for target in targets if not known.fullmatch(target)] == []
