"""Group 17, shortages: a host out of processes, descriptors, disk, or of a part of itself.

Clients are told, readiness says why, and once the shortage is over everything works again by itself.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontend.keys import Scope
from jail.cgroups_v1 import CgroupsV1
from jail.cgroups_v2 import CgroupsV2
from jail.find_cgroups import find_cgroups
from runtimes.store import Store
from tests.host import open_fds
from tests.running import jailer_pid
from tests.security.test_faults import kill_supervisor
from tests.service import Service, get

pytestmark = pytest.mark.service

# Longer than the frontend takes to let go of a client that has left.
_SETTLED_S = 2.5


def reasons(service: Service) -> list[str]:
    ready: list[str] = get(f"{service.url}/readyz").json()["reasons"]
    return ready


def use_up_warm_jails(service: Service) -> httpx.Response:
    """Execute until one is refused, which a host without means must do."""
    for _ in range(20):
        response = service.post("bash", "echo x")
        if response.status_code != 200:
            return response
        assert response.json()["run"]["stdout"] == "x\n"
    pytest.fail("nothing was refused: the fault is none")


def assert_refused_then_mended(service: Service, fault: Any) -> None:
    """Within the fault: refused with 503, and readiness tells. After it: as before, without anybody's help."""
    with fault:
        response = use_up_warm_jails(service)
        assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
        assert int(response.headers["Retry-After"]) >= 1
        assert any("bash" in reason for reason in reasons(service))
        assert get(f"{service.url}/healthz").status_code == 200
    service.wait_ready()
    assert service.run("bash", "echo mended")["stdout"] == "mended\n"
    assert service.supervisor
    assert service.supervisor.poll() is None


@contextmanager
def no_more_processes(service: Service) -> Iterator[None]:
    """A pids cgroup that is full: what a host out of processes answers to clone."""
    cgroups = find_cgroups(service.cgroup_name)
    if isinstance(cgroups, CgroupsV2):
        # A jail is born in its leaf and counted there, wherever the jailer is.
        (cgroups.root / "pids.max").write_text("1")
        try:
            yield
        finally:
            (cgroups.root / "pids.max").write_text("max")
    elif isinstance(cgroups, CgroupsV1):
        with _jailer_in_full_cgroup(service, cgroups.roots["pids"].parent):
            yield


@contextmanager
def _jailer_in_full_cgroup(service: Service, parent: Path) -> Iterator[None]:
    folder = parent / f"{service.cgroup_name}-full"
    folder.mkdir()
    jailer = str(jailer_pid(service))
    home = "/".join(
        ["", *Path(f"/proc/{jailer}/cgroup").read_text().partition(":pids:")[2].split("\n")[0].split("/")[1:]]
    )
    (folder / "pids.max").write_text("1")
    (folder / "cgroup.procs").write_text(jailer)
    try:
        yield
    finally:
        Path(f"{parent}{home}/cgroup.procs").write_text(jailer)
        folder.rmdir()


def wait_connections_gone(pid: int) -> None:
    """Until no connection is being let go of any more: each would be a descriptor that is free again."""
    since, before = time.monotonic(), open_fds(pid)
    while time.monotonic() - since < _SETTLED_S:
        time.sleep(0.05)
        if (now := open_fds(pid)) != before:
            since, before = time.monotonic(), now


@contextmanager
def no_more_descriptors(pid: int) -> Iterator[None]:
    wait_connections_gone(pid)
    line = next(line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith("Max open"))
    soft = line.split()[3]
    is_open = set(map(int, os.listdir(f"/proc/{pid}/fd")))
    # The lowest number that is free would be the next one: it is the first that may not be.
    _limit_descriptors(pid, str(next(number for number in count() if number not in is_open)))
    try:
        yield
    finally:
        _limit_descriptors(pid, soft)


def _limit_descriptors(pid: int, soft: str) -> None:
    """As the process's own user: another's limits need a capability that not every root has."""
    owner = Path(f"/proc/{pid}").stat()
    become = ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    subprocess.run([*become, "prlimit", f"--pid={pid}", f"--nofile={soft}:"], check=True)


def test_host_without_processes(own_service: Service) -> None:
    assert_refused_then_mended(own_service, no_more_processes(own_service))


def test_supervisor_without_descriptors(own_service: Service) -> None:
    assert own_service.supervisor
    assert_refused_then_mended(own_service, no_more_descriptors(own_service.supervisor.pid))


def test_frontend_without_descriptors(own_service: Service) -> None:
    """New clients wait to be let in; those it has are served."""
    assert own_service.frontend
    body = {"language": "bash", "code": "echo served"}
    headers = {"Authorization": f"Bearer {own_service.keys['execute']}"}
    with httpx.Client(base_url=own_service.url, headers=headers, verify=False) as client:
        assert client.post("/v1/execute", json=body).status_code == 200
        with no_more_descriptors(own_service.frontend.pid):
            with pytest.raises(httpx.TimeoutException):
                get(f"{own_service.url}/healthz", timeout=1)
            assert client.post("/v1/execute", json=body).json()["run"]["stdout"] == "served\n"
    assert own_service.run("bash", "echo mended")["stdout"] == "mended\n"


@contextmanager
def moved_away(folder: Path) -> Iterator[None]:
    away = folder.with_name(f"{folder.name}.away")
    folder.rename(away)
    try:
        yield
    finally:
        away.rename(folder)


def test_layer_that_is_deleted(service: Service, tmp_path: Path) -> None:
    state = tmp_path / "state"
    layers = [f"{service.state}/layers/{layer}" for layer in _layers_of_bash(service)]
    (state / "layers").mkdir(parents=True)
    subprocess.run(["cp", "-a", *layers, str(state / "layers")], check=True)
    (state / "runtimes").mkdir()
    shutil.copy(service.state / "runtimes/bash.json", state / "runtimes")
    with Service.start("layers", state) as own:
        with moved_away(state / "layers" / Path(layers[0]).name):
            assert any("bash: a layer is missing" in reason for reason in reasons(own))
            response = use_up_warm_jails(own)
            assert response.status_code == 503
        own.wait_ready()
        assert own.run("bash", "echo mended")["stdout"] == "mended\n"
    shutil.rmtree(state)


def _layers_of_bash(service: Service) -> list[str]:
    runtime = Store(service.state).read_runtime("bash")
    assert runtime
    return list(runtime.layers)


@pytest.mark.alone
def test_disk_that_is_full(service: Service) -> None:
    """Nothing of an execution touches the disk. The log is lost, and a new key is refused, but not the old ones."""
    with Service.start("full", service.state, run_dir_bytes=256 * 1024) as own:
        filler = own.run_dir / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        for number in range(20):
            answer = own.execute("bash", f"echo {number} | tee out", outputs=["out"])
            assert answer["run"]["stdout"] == answer["files"][0]["content"] == f"{number}\n"
        with pytest.raises(OSError, match="No space left"):
            own.add_key("late", Scope.EXECUTE)
        kill_supervisor(own)
        own.wait_ready()
        assert own.run("bash", "echo still")["stdout"] == "still\n"
        filler.unlink()
        own.add_key("late", Scope.EXECUTE)
        assert own.run("bash", "echo mended")["stdout"] == "mended\n"


def test_key_file_that_is_broken(own_service: Service) -> None:
    """Nobody is let in on the strength of what was there before; the next whole file is picked up."""
    for content in (b"", b"{", b'{"keys": [{}]}', b"\0" * 4096, None):
        if content is None:
            own_service.key_file.unlink()
        else:
            own_service.key_file.write_bytes(content)
        assert reasons(own_service) == ["the key file can't be read"]
        assert own_service.post("bash", "echo x").status_code == 401
    own_service.add_key("execute", Scope.EXECUTE)
    own_service.wait_ready()
    assert own_service.run("bash", "echo mended")["stdout"] == "mended\n"
