"""What goes on in a jail while its program waits for its request is not that request's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host import cgroups, leaves, members
from tests.running import eventually, wait_settled
from tests.service import Service

pytestmark = pytest.mark.service

# Half of it is more than a compiler takes, on a slow machine where a cgroup is charged what others took, as in a guest.
_BUSY_MS = 4000
# More than such a jail may have; as ready to be killed for it as a jail's own programs.
_HOG = """
open("/proc/self/oom_score_adj", "w").write("1000")
kept = bytearray(b"x") * (1 << 30)
"""
_BUSY = f"import time\nwhile time.process_time() < {_BUSY_MS} / 1000: pass"


def run_beside_waiting(service: Service, runtime: str, source: str) -> int:
    """Run Python of ours, as root, in the cgroups of the jail where a program waits for this runtime; its exit code."""
    wait_settled(service)
    found = [name for name in leaves(service.cgroup_name) if name.startswith(f"{runtime}-")]
    # Init and its program; those of a ready jail are used by who comes later.
    (leaf,) = [name for name in found if len(_places(service, name)[0].read_text().split()) > 1]
    join = 'for place in "$@"; do echo $$ >"$place"; done; exec "$0" -c "$SOURCE"'
    command = ["sh", "-euc", join, sys.executable, *map(str, _places(service, leaf))]
    return subprocess.run(command, env={"SOURCE": source}).returncode


def _places(service: Service, leaf: str) -> list[Path]:
    """Where one joins it: one place, or one of each controller."""
    return [place for group in cgroups(service.cgroup_name) if (place := Path(group, leaf, "cgroup.procs")).exists()]


@pytest.mark.parametrize(("language", "code"), [("python", "print(1)"), ("c", "int main(void) {}")])
def test_time_that_passed_is_not_charged(service: Service, language: str, code: str) -> None:
    assert run_beside_waiting(service, language, _BUSY) == 0
    answer = service.execute(language, code, run_cpu_time=_BUSY_MS // 2, compile_cpu_time=_BUSY_MS // 2)
    for stage in {"compile", "run"} & answer.keys():
        assert answer[stage]["status"] == "ok", answer
        assert answer[stage]["cpu_ms"] < _BUSY_MS // 2


def test_kill_for_want_of_memory_is_not_the_requests(service: Service) -> None:
    """And neither is the memory that was taken."""
    assert run_beside_waiting(service, "python", _HOG) == -9
    run = service.run("python", "print(1)")
    assert (run["status"], run["stdout"]) == ("ok", "1\n"), run
    assert run["memory_kb"] < 64_000


async def test_program_that_ends_while_it_waits_takes_its_jail_along(own_service: Service) -> None:
    """And is replaced: the shelf does not count on it any more."""
    wait_settled(own_service)
    before = set(leaves(own_service.cgroup_name))
    (waiting,) = [pid for pid, name in members(own_service.cgroup_name).items() if name == "ruby"]
    os.kill(waiting, signal.SIGKILL)
    await eventually(lambda: not before <= set(leaves(own_service.cgroup_name)), "its jail is still there")
    await eventually(lambda: bool(own_service.pool()["faults"]), "nothing is told of it")
    (fault,) = own_service.pool()["faults"]
    assert "1 jails died while they were waiting: ruby-" in fault["message"]
    wait_settled(own_service)
    assert own_service.run("ruby", "puts 1")["stdout"] == "1\n"
