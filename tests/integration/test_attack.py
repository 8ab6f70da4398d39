"""``runjail doctor --attack``: every attack holds in real jails, and each is noticed where there is no jail."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.attacks.command import judge_all, make_attacks
from cli.attacks.host import Host
from cli.attacks.jails import Jails
from cli.attacks.scenarios import memory
from cli.attacks.staging import staged
from cli.attacks.traces import processes
from cli.attacks.verdicts import Verdict, exit_status
from tests.service import Service

# Alone: what it leaves is looked for by names that other tests use as well, and it measures times.
pytestmark = [pytest.mark.service, pytest.mark.alone]

# What cannot be done outside, and must not count as noticed there.
WITHOUT_CONTROL = {"a process of the host", "cgroups of the jail"}


def doctor(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "cli", *options, "doctor", "--attack"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def traces() -> dict[str, list[str]]:
    """Whatever a doctor may leave: files, mounts, cgroups, processes."""
    places = [Path(place) for place in ("/run", "/tmp", "/var/tmp", "/dev/shm")]
    named = re.compile(r"runjail-(doctor|mark)-")
    return {
        "files": sorted(str(path) for place in places for path in place.iterdir() if named.match(path.name)),
        "mounts": [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if named.search(line)],
        "cgroups": sorted(
            str(path) for depth in ("", "*/") for path in Path("/sys/fs/cgroup").glob(f"{depth}runjail-????????")
        ),
        "processes": [
            pid for pid in os.listdir("/proc") if pid.isdigit() and named.search(command_line(pid))
        ],
    }  # fmt: skip


def command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_all_attacks_hold_in_a_running_service(service: Service) -> None:
    before = traces()
    done = doctor("--state", str(service.state), "--run-dir", str(service.run_dir))
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(service.run_dir) in done.stderr
    assert re.search(r"(\d+) attacks in \d+ s: \1 held, 0 BROKEN, 0 not proved", done.stderr), done.stderr
    assert done.stdout.count(" held ") > 70
    assert traces() == before


def test_all_attacks_hold_in_a_supervisor_of_its_own(service: Service, tmp_path: Path) -> None:
    before = traces()
    done = doctor("--state", str(service.state), "--run-dir", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a supervisor of its own" in done.stderr
    assert traces() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_doctor_that_is_stopped_leaves_nothing(service: Service, tmp_path: Path, number: signal.Signals) -> None:
    before = traces()
    # Who runs the tests in the background may ignore SIGINT.
    command = ["env", "--default-signal", sys.executable, "-I", "-m", "cli"]
    options = ["--state", str(service.state), "--run-dir", str(tmp_path)]
    with subprocess.Popen(
        [*command, *options, "doctor", "--attack"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stderr
        assert b"attacking" in started.stderr.readline()
        assert traces() != before
        started.send_signal(number)
        started.communicate(timeout=60)
    assert started.returncode == 1
    assert traces() == before


def test_nothing_to_attack(tmp_path: Path) -> None:
    before = traces()
    done = doctor("--state", str(tmp_path), "--run-dir", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no language is built" in done.stderr
    assert traces() == before


@pytest.mark.parametrize("language", ["python", "bash"])
async def test_every_attack_is_noticed_outside(service: Service, language: str) -> None:
    """The same programs and the same judgement, with nothing around them."""
    with staged(service.state) as stage:
        outside = await make_attacks(Host(language, stage.mark, stage.folder), stage)
        assert processes(stage.mark) == []
    judged = judge_all(outside, outside)
    unnoticed = {each.attack.name: each.detail for each in judged if each.verdict is Verdict.HELD}
    assert unnoticed.keys() <= WITHOUT_CONTROL | {"open /dev/mem", "open release_agent"}
    untried = [each.attack.name for each in judged if each.verdict is Verdict.NOT_PROVED]
    assert (untried == []) == (language == "python"), untried
    assert [each.verdict for each in judged].count(Verdict.BROKEN) > (70 if language == "python" else 35)


async def test_what_bash_cannot_try_is_not_proved(service: Service) -> None:
    with staged(service.state) as stage:
        inside = await make_attacks(Jails("bash", stage.mark, service.socket_path), stage)
        outside = await make_attacks(Host("bash", stage.mark, stage.folder), stage)
    judged = judge_all(inside, outside)
    assert [each for each in judged if each.verdict is Verdict.BROKEN] == []
    held = {each.attack.name for each in judged if each.verdict is Verdict.HELD}
    assert {"fork bomb", "daemon", "secret by its path", "chroot", "endless loop", "flood of output"} <= held
    assert {each.detail for each in judged if each.attack.name == "bpf"} == {"could not be tried"}
    assert exit_status(judged) == 2


async def test_a_process_of_the_host_that_was_killed_is_noticed(service: Service) -> None:
    with staged(service.state) as stage:
        stage.neighbour.kill()
        stage.neighbour.wait()
        found = await memory(Jails("python", stage.mark, service.socket_path), stage)
    assert found["a process of the host"] == "killed"
