"""What the doctor says of users, ids, limits, the clock and the port."""

import socket
from pathlib import Path

import pytest

from cli import host_checks
from cli.check import Check, Unfit, check, try_command
from cli.host_checks import clock, frontend_user, host_ids, namespace_limits, port, user_namespace

FIRST, COUNT = 1_900_000_000, 65_536
SUBUID = "alice:100000:65536\nbroken\n# a comment: 1\n"


@pytest.fixture
def sysctls(tmp_path: Path) -> Path:
    (tmp_path / "user").mkdir()
    (tmp_path / "kernel").mkdir()
    for kind in ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup"):
        (tmp_path / "user" / f"max_{kind}_namespaces").write_text("96365\n")
    return tmp_path


def test_ids_that_nobody_else_has() -> None:
    assert "nobody else's" in host_ids(FIRST, COUNT, {0: "root", 1000: "alice"}, {"/etc/subuid": SUBUID})


@pytest.mark.parametrize(
    ("users", "subordinate", "problem"),
    [
        ({FIRST: "eve"}, "", f"eve has the id {FIRST}"),
        ({FIRST + COUNT - 1: "eve"}, "", "eve has"),
        ({}, f"bob:{FIRST - 1}:2", f"bob has {FIRST - 1}-{FIRST} "),
        ({}, f"bob:{FIRST + COUNT - 1}:1", "bob has"),
        ({}, "bob:0:4294967295", "bob has"),
    ],
)
def test_ids_of_somebody_else(users: dict[int, str], subordinate: str, problem: str) -> None:
    with pytest.raises(Unfit, match=problem):
        host_ids(FIRST, COUNT, users, {"/etc/subuid": subordinate})


def test_ids_beside_the_range() -> None:
    beside = f"bob:{FIRST - 10}:10\nbob:{FIRST + COUNT}:10\n"
    assert host_ids(FIRST, COUNT, {FIRST - 1: "a", FIRST + COUNT: "b"}, {"/etc/subgid": beside})


def test_namespace_limits(sysctls: Path) -> None:
    assert namespace_limits(sysctls) == "96365 of each or more"
    (sysctls / "user" / "max_net_namespaces").write_text("10")
    with pytest.raises(Unfit, match="max_net_namespaces is 10") as unfit:
        namespace_limits(sysctls)
    assert unfit.value.cure == "sysctl user.max_net_namespaces=65536"


def test_user_namespaces_that_are_switched_off(sysctls: Path) -> None:
    (sysctls / "user" / "max_user_namespaces").write_text("0")
    with pytest.raises(Unfit, match="is 0") as unfit:
        user_namespace(sysctls)
    assert "sysctl" in str(unfit.value.cure)


def test_switches_that_do_not_concern_root(sysctls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_checks, "try_command", lambda *command: "")
    assert user_namespace(sysctls) == ""
    (sysctls / "kernel" / "unprivileged_userns_clone").write_text("0\n")
    assert user_namespace(sysctls) == "kernel.unprivileged_userns_clone=0 does not matter, root makes them"


def test_clock() -> None:
    assert clock(newest_file=1e9, now=1.1e9) == "2004-11-09 11:33:20 UTC"
    with pytest.raises(Unfit, match="1970-01-01 00:00:00 UTC, which is before"):
        clock(newest_file=1e9, now=0)


def test_frontend_user() -> None:
    assert "made by" in frontend_user("no-such-user-here")
    with pytest.raises(Unfit, match="root by another name"):
        frontend_user("root")


def test_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unfit, match="Address already in use"):
            port(bind, is_running=False)
        assert port(bind, is_running=True) == "a service is running"
    assert port(bind, is_running=False) == f"{bind} is free"


@pytest.mark.parametrize("bind", ["8080", ":8080", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:0"])
def test_port_that_is_none(bind: str) -> None:
    with pytest.raises(Unfit, match="is no address with a port"):
        port(bind, is_running=False)


def test_check_has_the_cure_that_fits() -> None:
    def unfit() -> str:
        raise Unfit("broken", "mend it")

    def gone() -> str:
        raise FileNotFoundError(2, "No such file", "/x")

    assert check("a", lambda: "fine", "c") == Check("a", None, "c", "fine")
    assert check("a", unfit, "c") == Check("a", "broken", "mend it")
    assert check("a", gone, "c") == Check("a", "[Errno 2] No such file: '/x'", "c")


def test_command_that_fails_is_told_by_its_own_words() -> None:
    assert try_command("true") == ""
    with pytest.raises(Unfit, match="exit status 1"):
        try_command("false")
    with pytest.raises(Unfit, match="lost"):
        try_command("sh", "-c", "echo lost >&2; exit 3")
