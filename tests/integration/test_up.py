"""`runjail up`, as a command: its start, its end, and what may be in its way."""

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

from supervisor.drain_mark import DrainMark
from tests.host import NO_TRACES, traces_of
from tests.integration.test_cli import runjail
from tests.service import Service, free_port, post, toml_table

pytestmark = pytest.mark.service


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
        try:
            said = os.read(leader, 4096)
        except OSError:  # it has ended
            raise AssertionError(shown.decode()) from None
        shown += said
    return shown


@contextmanager
def in_terminal(command: list[str]) -> Iterator[int]:
    """It runs, and is interrupted at the end, which it survives in order; what it shows is read here."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    try:
        yield leader
    finally:
        process.send_signal(signal.SIGINT)
    read_until(leader, b"stopping")
    assert process.wait(30) == 0
    os.close(leader)


def up_command(service: Service, folder: Path, address: str, port: int) -> list[str]:
    """`runjail up` with everything of its own but the layers; several may run at the same time."""
    state = folder / "state"
    state.mkdir(mode=0o711)
    for name in ("layers", "runtimes", "cache", "build"):
        (service.state / name).mkdir(mode=0o700, exist_ok=True)
        (state / name).symlink_to(service.state / name)
    config = folder / "settings.toml"
    settings = {"state_dir": str(service.state), "run_dir": f"{folder}/run", "cgroup_name": folder.name}
    ids = {"warm_jails": 0, "first_host_id": 1_800_000_000 + port % 1024 * 65_536}
    config.write_text(toml_table("supervisor", settings | ids))
    command = [sys.executable, "-I", "-m", "cli", "--state", str(state), "--run-dir", f"{folder}/run", "up"]
    return [*command, "--bind", f"{address}:{port}", "--config", str(config)]


def test_up_serves_on_a_host_that_is_drained(service: Service, open_folder: Path) -> None:
    command = up_command(service, open_folder, "127.0.0.1", free_port())
    (open_folder / "run").mkdir()
    DrainMark(open_folder / "run/draining").set(True)
    with in_terminal(command) as leader:
        assert b"it is being drained" in read_until(leader, b"Ctrl-C stops")


def test_up_serves_and_stops(service: Service, open_folder: Path) -> None:
    """The first of the README's two commands, on a state folder that is built."""
    port = free_port()
    command = up_command(service, open_folder, "127.0.0.1", port)
    with in_terminal(command) as leader:
        shown = read_until(leader, b"Ctrl-C stops")
        secret = shown.partition(b"RUNJAIL_KEY=")[2].split()[0].decode()
        assert secret.startswith("rt_live_")
        body = '{"language": "python", "code": "print(sum(range(1, 101)))"}'
        curl = ["curl", "-s", f"http://127.0.0.1:{port}/v1/execute", "-H", f"Authorization: Bearer {secret}"]
        done = subprocess.run(
            [*curl, "-H", "Content-Type: application/json", "-d", body], capture_output=True, text=True
        )
        assert json.loads(done.stdout)["run"]["stdout"] == "5050\n"


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
    body = {"language": "bash", "version": "*", "files": [{"content": "echo"}]}
    with in_terminal(command) as leader:
        shown = read_until(leader, b"Ctrl-C stops").replace(b"\r\n", b" ")
        assert (b"without a key" in shown) == (answers["program"] == 200), shown
        for who, headers in (("program", {}), ("page", {"Origin": f"http://127.0.0.1:{port}"})):
            response = post(f"http://127.0.0.1:{port}/api/v2/execute", json=body, headers=headers, timeout=60)
            assert response.status_code == answers[who], response.text


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
