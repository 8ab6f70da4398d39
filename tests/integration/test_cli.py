"""The operator's command, as a command."""

import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.host import NO_TRACES, traces_of
from tests.service import Service, free_port, post, toml_table

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


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the frontend's user can reach, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="runjail-test-up-", dir="/run"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def read_until(leader: int, word: bytes, seconds: float = 60) -> bytes:
    shown = b""
    deadline = time.monotonic() + seconds
    while word not in shown:
        assert select.select([leader], [], [], max(0, deadline - time.monotonic()))[0], shown.decode()
        said = os.read(leader, 4096)
        assert said, shown.decode()
        shown += said
    return shown


def up_command(service: Service, folder: Path, address: str, port: int) -> list[str]:
    """`runjail up` with everything of its own but the layers; several may run at the same time."""
    state = folder / "state"
    state.mkdir(mode=0o711)
    for name in ("layers", "runtimes", "cache", "build"):
        (state / name).symlink_to(service.state / name)
    config = folder / "settings.toml"
    settings = {"state_dir": str(service.state), "run_dir": f"{folder}/run", "cgroup_name": folder.name}
    ids = {"warm_jails": 0, "first_host_id": 1_800_000_000 + port % 1024 * 65_536}
    config.write_text(toml_table("supervisor", settings | ids))
    command = [sys.executable, "-I", "-m", "cli", "--state", str(state), "--run-dir", f"{folder}/run", "up"]
    return [*command, "--bind", f"{address}:{port}", "--config", str(config)]


def test_up_serves_and_stops(service: Service, open_folder: Path) -> None:
    """The first of the README's two commands, on a state folder that is built."""
    port = free_port()
    command = up_command(service, open_folder, "127.0.0.1", port)
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    try:
        shown = read_until(leader, b"Ctrl-C stops")
        secret = shown.partition(b"RUNJAIL_KEY=")[2].split()[0].decode()
        assert secret.startswith("rt_live_")
        body = '{"language": "python", "code": "print(sum(range(1, 101)))"}'
        curl = ["curl", "-s", f"http://127.0.0.1:{port}/v1/execute", "-H", f"Authorization: Bearer {secret}"]
        done = subprocess.run(
            [*curl, "-H", "Content-Type: application/json", "-d", body], capture_output=True, text=True
        )
        assert json.loads(done.stdout)["run"]["stdout"] == "5050\n"
    finally:
        process.send_signal(signal.SIGINT)
    read_until(leader, b"stopping")
    assert process.wait(30) == 0
    os.close(leader)


@pytest.mark.parametrize(
    ("address", "options", "answers"),
    [
        ("127.0.0.1", [], {"program": 200, "page": 403}),
        ("0.0.0.0", [], {"program": 401, "page": 401}),
        ("127.0.0.1", ["--piston", "key"], {"program": 401, "page": 401}),
    ],
)
def test_up_opens_the_api_of_piston_to_programs_of_this_host(
    service: Service, open_folder: Path, address: str, options: list[str], answers: dict[str, int]
) -> None:
    port = free_port()
    command = [*up_command(service, open_folder, address, port), *options]
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    body = {"language": "bash", "version": "*", "files": [{"content": "echo"}]}
    try:
        shown = read_until(leader, b"Ctrl-C stops").replace(b"\r\n", b" ")
        assert (b"without a key" in shown) == (answers["program"] == 200), shown
        for who, headers in (("program", {}), ("page", {"Origin": f"http://127.0.0.1:{port}"})):
            response = post(f"http://127.0.0.1:{port}/api/v2/execute", json=body, headers=headers, timeout=60)
            assert response.status_code == answers[who], response.text
    finally:
        process.send_signal(signal.SIGINT)
    read_until(leader, b"stopping")
    assert process.wait(30) == 0
    os.close(leader)


def test_up_says_what_is_in_its_way(service: Service, open_folder: Path) -> None:
    def up(bind: str, run_dir: Path) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-I", "-m", "cli", "--state", str(service.state), "--run-dir", str(run_dir), "up"]
        return subprocess.run([*command, "--bind", bind], capture_output=True, timeout=60)

    for bind, words in {
        f"127.0.0.1:{service.port}": b"Address already in use",
        "nonsense": b"an address and a port",
        "127.0.0.1:99999": b"an address and a port",
        "203.0.113.1:80": b"Cannot assign requested address",
    }.items():
        done = up(bind, open_folder / "run")
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr.decode()
        assert b"Traceback" not in done.stderr
    done = up(f"127.0.0.1:{free_port()}", service.run_dir)
    assert (done.returncode, b"running already" in done.stderr) == (1, True)


@contextmanager
def up(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[bytes], bytes]]]:
    """Without a terminal, once it serves; and a function that returns what it says, up to these words."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    heard = partial(read_until, process.stderr.fileno())
    try:
        heard(b"Ctrl-C stops")
        yield process, heard
    finally:
        process.terminate()
        rest = process.communicate(timeout=60)[1]
        assert process.returncode == 0, rest.decode()


def test_up_takes_settings_over(service: Service, open_folder: Path) -> None:
    command = up_command(service, open_folder, "127.0.0.1", free_port())
    file = open_folder / "settings.toml"
    text = file.read_text()
    with up(command) as (process, heard):
        for settings, words in {"max_running = 0": b"stay as they were", "max_running = 3": b"read again"}.items():
            file.write_text(f"{text}{settings}\n")
            process.send_signal(signal.SIGHUP)
            heard(words)
        status = ("--run-dir", f"{open_folder}/run", "status", "--json")
        while json.loads(runjail(service, *status).stdout)["admission"]["max_running"] != 3:
            pass  # two daemons say that they have read it


def test_up_that_is_told_twice_waits_for_nothing(service: Service, open_folder: Path) -> None:
    port = free_port()
    command = up_command(service, open_folder, "127.0.0.1", port)
    key = runjail(service, "--state", f"{open_folder}/state", "keys", "add", "it").stdout.decode().strip()
    with (open_folder / "settings.toml").open("a") as file:
        file.write("[frontend]\ndrain_s = 100\n")  # longer than it takes
    headers, body = {"Authorization": f"Bearer {key}"}, {"language": "bash", "code": "sleep 60", "run_timeout": 60_000}
    with up(command) as (process, heard), ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{port}/v1/execute"
        answer = pool.submit(post, url, json=body, headers=headers, timeout=120)
        while b'"running": 1' not in runjail(service, "--run-dir", f"{open_folder}/run", "status", "--json").stdout:
            assert not answer.done(), answer.result().text
        process.send_signal(signal.SIGINT)
        heard(b"stopping")
        assert not answer.done()
        process.send_signal(signal.SIGINT)
        assert answer.result().status_code == 500


def test_up_ends_with_its_terminal(service: Service, open_folder: Path) -> None:
    """In order, though nothing can be said any more."""
    command = up_command(service, open_folder, "127.0.0.1", free_port())
    pid, leader = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    read_until(leader, b"Ctrl-C stops")
    os.close(leader)
    # 120, and not 1: it has ended in its way, and Python could not write what it had said (sys.exit).
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in (0, 120)
    assert traces_of(open_folder.name, set()) == NO_TRACES


def test_failed_start_leaves_nobody_behind(service: Service, open_folder: Path) -> None:
    port = free_port()
    command = up_command(service, open_folder, "127.0.0.1", port)
    for settings, words in {
        "max_runing = 3": b"did you mean max_running?",
        f'state_dir = "{open_folder}"': b"the supervisor did not start, see above",
    }.items():
        (open_folder / "settings.toml").write_text(f"[supervisor]\n{settings}\n")
        done = subprocess.run(command, capture_output=True, timeout=60)
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr.decode()
        assert b"Traceback" not in done.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))  # nobody listens


def test_killed_up_takes_its_daemons_along(service: Service, open_folder: Path) -> None:
    command = up_command(service, open_folder, "127.0.0.1", free_port())
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert process.stderr
    shown = read_until(process.stderr.fileno(), b"Ctrl-C stops")
    process.kill()
    process.wait()
    # Their ends of the pipe close with the last of them.
    while said := os.read(process.stderr.fileno(), 4096):
        shown += said
    process.stderr.close()
    assert traces_of(open_folder.name, set()) == NO_TRACES, shown.decode()
