"""Where a service's cgroups are, by how it was started: in what systemd gave it to divide, or else at the root."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import state_folder

CGROUP2 = Path("/sys/fs/cgroup")
UNIT = "divided"
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


@pytest.mark.parametrize("properties", [("Delegate=yes",), ("Delegate=yes", "DelegateSubgroup=supervisor")])
def test_delegated_cgroup_is_divided(small_state: Path, properties: tuple[str, ...]) -> None:
    """Also by a second supervisor, which is not where the first one was started."""
    home = CGROUP2 / "system.slice" / f"{UNIT}.service"
    assert run_in_unit(small_state, *properties) == ["hello True", str(home), f"again {home}", "False"]


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
