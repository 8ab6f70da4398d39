"""Where a service's cgroups are, by how it was started: in what systemd gave it to divide, or else at the root."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.users import ensure_frontend_user
from tests.conftest import state_folder

CGROUP2 = Path("/sys/fs/cgroup")
UNIT = "divided"
HOME = CGROUP2 / "system.slice" / f"{UNIT}.service"
DELEGATED = [("Delegate=yes",), ("Delegate=yes", "DelegateSubgroup=supervisor")]
PATIENCE_S = 60
# Starts a service, executes, and says where: beside a process of its own unit, which is none of the service's.
HELLO = """
import sys
from pathlib import Path
from tests.host import leaves
from tests.service import Service
from jail.find_cgroups import find_cgroups
with Service.start("delegated", Path(sys.argv[1])) as service:
    print(service.run("bash", "echo hello")["stdout"].strip(), len(leaves(service.cgroup_name)) > 0)
    print(find_cgroups(service.cgroup_name).root.parent)
    service.supervisor.kill(); service.supervisor.wait(); service.start_supervisor(); service.wait_ready()
    print(service.run("bash", "echo again")["stdout"].strip(), find_cgroups(service.cgroup_name).root.parent)
    root = find_cgroups(service.cgroup_name).root
print(root.exists())
"""


@pytest.fixture(scope="module")
def small_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder with bash alone."""
    state = tmp_path_factory.mktemp("state")
    state.chmod(0o711)
    for name in ("layers", "runtimes"):
        (state / name).mkdir(mode=0o700)
    (state / "runtimes/bash.json").write_bytes((state_folder() / "runtimes/bash.json").read_bytes())
    subprocess.run(["mount", "--bind", state_folder() / "layers", state / "layers"], check=True)
    yield state
    subprocess.run(["umount", state / "layers"], check=True)


def run_in_unit(state: Path, *properties: str, before: str = "") -> list[str]:
    """Lines that HELLO says as a unit with these properties."""
    # Not exec: the shell stays beside it, as whoever starts a service might.
    script = f'{before}\n"$0" -c "$1" "$2" & wait $!'
    command = ["systemd-run", "--unit", UNIT, "--collect", "--pipe", "--wait", "--quiet"]
    command += [f"--working-directory={Path.cwd()}", *(f"--property={given}" for given in properties)]
    command += ["bash", "-euc", script, sys.executable, HELLO, str(state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


@pytest.mark.parametrize("properties", DELEGATED)
def test_delegated_cgroup_is_divided(small_state: Path, properties: tuple[str, ...]) -> None:
    """Also by a second supervisor, which is not where the first one was started."""
    assert run_in_unit(small_state, *properties) == ["hello True", str(HOME), f"again {HOME}", "False"]


def test_cgroup_that_is_not_ours_is_left_alone(small_state: Path) -> None:
    """systemd's own: whoever was not given one has his beside systemd's slices."""
    assert run_in_unit(small_state) == ["hello True", str(CGROUP2), f"again {CGROUP2}", "False"]


def test_container_of_its_own(small_state: Path) -> None:
    """In a cgroup namespace the root looks like the host's, but has members, ourselves among them."""
    before = (
        '[ "${INNER:-}" ] || INNER=yes exec unshare --cgroup --mount bash -euc \'umount -l /sys/fs/cgroup;'
        ' mount -t cgroup2 none /sys/fs/cgroup; "$0" -c "$1" "$2" & wait $!\' "$0" "$1" "$2"'
    )
    assert run_in_unit(small_state, before=before) == ["hello True", str(CGROUP2), f"again {CGROUP2}", "False"]


def new_jails(before: set[str]) -> set[str]:
    """Wait for jails, and for those from before to be gone."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        jails = {path.name for path in (HOME / "runjail").glob("*") if path.is_dir()}
        if jails and not jails & before:
            return jails
        assert time.monotonic() < deadline, subprocess.check_output(["journalctl", "-u", UNIT], text=True)
        time.sleep(0.05)


@pytest.mark.parametrize("properties", DELEGATED)
def test_killed_supervisor_is_started_again_by_systemd(
    small_state: Path, tmp_path: Path, properties: tuple[str, ...]
) -> None:
    """In the same cgroup, which its predecessor had divided; and when it is stopped nothing of that is left."""
    ensure_frontend_user()
    config = tmp_path / "supervisor.toml"
    config.write_text(f'[supervisor]\nstate_dir = "{small_state}"\nrun_dir = "/run/{UNIT}"\n')
    command = [
        "systemd-run",
        "--unit",
        UNIT,
        "--collect",
        "--quiet",
        "--property=Restart=always",
        "--property=RestartSec=0",
    ]
    command += [*(f"--property={given}" for given in properties), sys.executable, "-I", "-m", "supervisor"]
    subprocess.run([*command, "--config", str(config)], check=True)
    try:
        jails = new_jails(set())
        for _ in range(2):
            pid = subprocess.check_output(["systemctl", "show", "-P", "MainPID", UNIT], text=True)
            os.kill(int(pid), signal.SIGKILL)
            jails = new_jails(jails)
    finally:
        subprocess.run(["systemctl", "stop", UNIT], check=True)
    assert not HOME.exists()
