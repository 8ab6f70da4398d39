"""The operator's command, as a command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import Service

pytestmark = pytest.mark.service


def runjail(service: Service, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "RUNJAIL_STATE": str(service.state),
        "RUNJAIL_RUN": str(service.run_dir),
        "RUNJAIL_URL": service.url,
        "RUNJAIL_KEY": service.keys["execute"],
    }
    return subprocess.run(
        [sys.executable, "-I", "-m", "cli", *arguments], input=stdin, capture_output=True, env=environment, timeout=120
    )


def test_run_passes_everything_through(service: Service, tmp_path: Path) -> None:
    source = tmp_path / "prog.py"
    source.write_text(
        "import sys, other\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])\n"
        "print(sys.argv[1:], other.X, file=sys.stderr)\nsys.exit(42)\n"
    )
    (tmp_path / "other.py").write_text("X = 'neighbour'\n")
    done = runjail(
        service, "run", "--file", str(tmp_path / "other.py"), str(source), "a b", "--flag", stdin=b"\xff\x00a"
    )
    assert (done.returncode, done.stdout) == (42, b"a\x00\xff")
    assert done.stderr == b"['a b', '--flag'] neighbour\n"


@pytest.mark.parametrize(
    ("name", "code", "status", "stderr"),
    [
        ("a.sh", "kill -SEGV $$", 139, b"killed by SIGSEGV"),
        ("a.c", "int main(void) { return x; }", 1, b"undeclared"),
        ("a.rb", "sleep 60", 124, b"wall time limit of 300 ms"),
    ],
)
def test_run_tells_how_it_ended(
    service: Service, tmp_path: Path, name: str, code: str, status: int, stderr: bytes
) -> None:
    (tmp_path / name).write_text(code)
    done = runjail(service, "run", "--timeout", "0.3", str(tmp_path / name))
    assert done.returncode == status
    assert stderr in done.stderr


def test_run_cases(service: Service, tmp_path: Path) -> None:
    source = tmp_path / "double.py"
    source.write_text("print(2 * int(input()))")
    cases = tmp_path / "cases"
    cases.mkdir()
    for name, content in (("a.in", "1"), ("a.out", "2\n"), ("b.in", "2"), ("b.out", "5"), ("c.in", "x"), ("d.in", "4")):
        (cases / name).write_text(content)
    done = runjail(service, "run", "--cases", str(cases), str(source))
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    assert [line[:2] for line in lines[:4]] == [
        ["a", "passed"],
        ["b", "wrong_answer"],
        ["c", "failed"],
        ["d", "passed"],
    ]
    assert b"ValueError" in done.stdout
    assert (lines[4], done.returncode) == (["2", "of", "4", "passed"], 1)
    for name in ("b.in", "c.in"):
        (cases / name).unlink()
    assert runjail(service, "run", "--cases", str(cases), "--stop-on-failure", str(source)).returncode == 0
    assert runjail(service, "run", "--cases", str(cases), str(source), "argument").returncode == 125
    (tmp_path / "empty").mkdir()
    assert runjail(service, "run", "--cases", str(tmp_path / "empty"), str(source)).returncode == 125


def test_run_with_what_the_service_refuses(service: Service, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    done = runjail(service, "run", "--version", "^99", str(tmp_path / "a.py"))
    assert (done.returncode, b"no version of python satisfies" in done.stderr) == (125, True)
    (tmp_path / "a.xyz").write_text("")
    assert b"--language" in runjail(service, "run", str(tmp_path / "a.xyz")).stderr


def test_status(service: Service) -> None:
    done = runjail(service, "status")
    assert done.returncode == 0
    assert b"ready" in done.stdout
    assert b"python" in done.stdout
    described = json.loads(runjail(service, "status", "--json").stdout)
    assert described["problems"] == []


def test_status_without_a_service(service: Service, tmp_path: Path) -> None:
    done = runjail(service, "--run-dir", str(tmp_path), "status")
    assert done.returncode == 2
    assert b"is the service running?" in done.stderr


def test_keys(service: Service, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    secret = runjail(service, *state, "keys", "add", "alice", "--scope", "execute", "--scope", "admin").stdout.strip()
    assert secret.startswith(b"rt_live_")
    stored = (tmp_path / "keys.json").read_bytes()
    assert secret not in stored
    assert (tmp_path / "keys.json").stat().st_gid == service.user.pw_gid
    assert b"already" in runjail(service, *state, "keys", "add", "alice").stderr
    assert b"alice" in runjail(service, *state, "keys", "list").stdout
    assert runjail(service, *state, "keys", "revoke", "alice").returncode == 0
    assert b"alice" not in runjail(service, *state, "keys", "list").stdout
    assert runjail(service, *state, "keys", "revoke", "alice").returncode == 1
    quota = ["--rate", "5", "--language", "js", "--language", "C++", "--run-timeout", "100", "--expires", "2030-01-01"]
    assert runjail(service, *state, "keys", "add", "bob", *quota).returncode == 0
    listed = runjail(service, *state, "keys", "list").stdout
    assert b"2030-01-01 00:00 UTC" in listed
    for part in (b"requests_per_minute: 5", b'languages: ["c++","javascript"]', b'run: {"timeout":100.0}'):
        assert part in listed
    assert runjail(service, *state, "keys", "change", "bob", "--concurrency", "2", "--run-memory", "99").returncode == 0
    listed = runjail(service, *state, "keys", "list").stdout
    for part in (b"concurrency: 2", b"requests_per_minute: 5", b'run: {"timeout":100.0,"memory_limit":99}', b"2030-"):
        assert part in listed
    assert runjail(service, *state, "keys", "change", "bob", "--anew", "--concurrency", "2").returncode == 0
    assert b"requests_per_minute" not in (listed := runjail(service, *state, "keys", "list").stdout)
    assert b"2030-" not in listed
    assert runjail(service, *state, "keys", "change", "bob", "--cpu-per-day", "nan").returncode == 1
    assert b"no key called" in runjail(service, *state, "keys", "change", "alice").stderr
    assert b"no language cobol" in runjail(service, *state, "keys", "add", "eve", "--language", "cobol").stderr
    assert runjail(service, *state, "keys", "add", "no/slash").returncode == 1


def test_doctor(service: Service) -> None:
    done = runjail(service, "doctor")
    assert done.returncode == 0, done.stdout.decode()
    for name in (b"kernel", b"user namespace", b"overlayfs", b"cgroups", b"seccomp", b"open files", b"host ids"):
        assert name in done.stdout
    assert b"a service is running" in done.stdout
    assert b"running, " in done.stdout


def test_doctor_finds_the_port_taken(service: Service, tmp_path: Path) -> None:
    done = runjail(service, "--run-dir", str(tmp_path), "doctor", "--bind", f"127.0.0.1:{service.port}")
    assert done.returncode == 1
    assert b"Address already in use" in done.stdout
    assert b"ss -ltnp" in done.stdout
    assert b"not running" in done.stdout


def test_build_of_what_is_built_takes_no_time_and_no_network(service: Service) -> None:
    done = runjail(service, "build", "python")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"built already: python" in done.stderr
    assert b"built already: cpp" in runjail(service, "build", "C++").stderr
    assert b"there is no runtime cobol" in runjail(service, "build", "cobol").stderr
