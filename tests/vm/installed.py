"""What an operator does on a host with systemd, and how that host looks."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

SUPERVISOR, FRONTEND, SOCKET = "runjail-supervisor.service", "runjail-frontend.service", "runjail-supervisor.socket"
URL = "http://127.0.0.1:8080"
# Where the first part of the tests leaves for the second, after the reboot, what it knows.
NOTES = Path("/var/tmp/notes.json")
PATIENCE_S = 240
# On one slow processor: few jails, with nothing started in them.
SETTINGS = "[supervisor]\nwarm = false\nwarm_jails = 1\nself_test = false\n"
# Where a service could leave something. Not /run/systemd, which is about what runs.
_PLACES = (
    "/etc", "/opt", "/usr/bin", "/usr/local", "/usr/lib/systemd", "/usr/lib/sysusers.d", "/usr/lib/tmpfiles.d",
    "/run/runjail", "/var/lib/runjail",
)  # fmt: skip
# Other things come and go there: what the tests themselves need, and what useradd leaves as a copy.
_NOT_OURS = (
    "/var/lib/runjail/layers",
    "/var/lib/runjail/python",
    "/etc/.pwd.lock",
    "/etc/ld.so.cache",
    "/usr/local/lib/guest",
)


def run(*command: str, source: Path | None = None) -> str:
    """Its output; an AssertionError with its words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=source, timeout=PATIENCE_S)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout.strip()


def show(unit: str, name: str) -> str:
    """A property that systemd has of a unit."""
    return run("systemctl", "show", "--value", "-p", name, unit)


def execute(key: str, code: str, language: str = "bash") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    body = {"language": language, "code": code, "run_timeout": 60_000}
    return httpx.post(f"{URL}/v1/execute", json=body, headers=headers, timeout=PATIENCE_S)


def until(claim: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def is_ready() -> bool:
    try:
        return httpx.get(f"{URL}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def in_the_background(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """What it returns is in the list afterwards."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    yield answers
    thread.join()


@contextmanager
def running(key: str, seconds: int) -> Iterator[list[httpx.Response]]:
    """While an execution is under way; it is over afterwards."""
    with in_the_background(lambda: execute(key, f"sleep {seconds}; echo through")) as answers:
        until(lambda: "sleep" in run("ps", "-eo", "comm", "--no-headers").split(), "it does not run")
        yield answers


def look() -> dict[str, Any]:
    """The host, as far as a service could have changed it."""
    return {
        "files": sorted(str(path) for place in _PLACES for path in _below(Path(place))),
        "users": Path("/etc/passwd").read_text(),
        "groups": Path("/etc/group").read_text(),
        "units": sorted(line.split()[0] for line in run("systemctl", "list-unit-files", "--no-legend").splitlines()),
        "cgroups": [str(path) for path in Path("/sys/fs/cgroup").glob("runjail*")],
    }


def _below(place: Path) -> list[Path]:
    found = [place] if place.exists() else []
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if not f"{folder}/{name}".startswith(_NOT_OURS)]
        found += [Path(folder, name) for name in (*folders, *files)]
    # What is there before and after, but for what is excluded in it.
    return [path for path in found if not str(path).startswith(_NOT_OURS) and path.name not in ("passwd-", "group-")]


def note(**what: object) -> None:
    NOTES.write_text(json.dumps(noted() | what))


def noted() -> dict[str, Any]:
    notes: dict[str, Any] = json.loads(NOTES.read_text()) if NOTES.exists() else {}
    return notes
