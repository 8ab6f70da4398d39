"""What the doctor thinks of an attack, by its outcomes in a jail and outside."""

from collections import Counter
from pathlib import Path

import pytest

from cli.attacks.catalogue import CATALOGUE
from cli.attacks.ground import PROGRAMS, Ended, Ground, Order
from cli.attacks.scenarios import MOST_PROCESSES, SCENARIOS, processes
from cli.attacks.staging import Stage, staged
from cli.attacks.verdicts import Attack, Judged, Verdict, exit_status, judge

MOUNT = Attack(group="escapes", name="mount", tried="", expected="EPERM")
ALONE = Attack(group="memory", name="neighbour", tried="", expected="unharmed", no_control="too dangerous")


@pytest.mark.parametrize(
    ("attack", "inside", "outside", "verdict"),
    [
        (MOUNT, "EPERM", "done", Verdict.HELD),
        (MOUNT, "EPERM", "EINVAL", Verdict.HELD),  # further than in the jail
        (MOUNT, "EPERM", "ENOSYS", Verdict.HELD),  # nothing to attack
        (MOUNT, "EPERM", "EPERM", Verdict.NOT_PROVED),
        (MOUNT, "EPERM", None, Verdict.NOT_PROVED),
        (MOUNT, "done", "done", Verdict.BROKEN),
        (MOUNT, "EINVAL", "done", Verdict.BROKEN),  # refused, but not by the jail
        (MOUNT, "killed by SIGSYS", "done", Verdict.BROKEN),
        (MOUNT, "done", None, Verdict.BROKEN),
        (MOUNT, None, "done", Verdict.NOT_PROVED),
        (MOUNT, None, None, Verdict.NOT_PROVED),
        (ALONE, "unharmed", "unharmed", Verdict.HELD),
        (ALONE, "killed", "unharmed", Verdict.BROKEN),
        (ALONE, None, None, Verdict.NOT_PROVED),
    ],
)
def test_verdict(attack: Attack, inside: str | None, outside: str | None, verdict: Verdict) -> None:
    assert judge(attack, inside, outside).verdict == verdict


def test_detail_says_why() -> None:
    assert judge(MOUNT, "done", "done").detail == "done, and must be EPERM"
    assert judge(MOUNT, "EPERM", "done").detail == "EPERM; outside: done"
    assert "this host has none" in judge(MOUNT, "EPERM", "ENOSYS").detail
    assert "too dangerous" in judge(ALONE, "unharmed", None).detail


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([Verdict.HELD, Verdict.HELD], 0),
        ([Verdict.HELD, Verdict.BROKEN, Verdict.NOT_PROVED], 1),
        ([Verdict.HELD, Verdict.NOT_PROVED], 2),
        ([], 2),
    ],
)
def test_exit_status(verdicts: list[Verdict], status: int) -> None:
    assert exit_status([Judged(MOUNT, verdict, "") for verdict in verdicts]) == status


def test_every_attack_has_a_name_of_its_own_and_somebody_who_makes_it() -> None:
    assert max(Counter((attack.group, attack.name) for attack in CATALOGUE).values()) == 1
    assert {attack.group for attack in CATALOGUE} == set(SCENARIOS)


def test_every_line_of_the_programs_that_is_an_outcome_is_judged() -> None:
    """So that none is tried and then not looked at, or under another name."""
    said = "".join(path.read_text() for path in PROGRAMS.glob("*.py"))
    scenarios = (Path(PROGRAMS).parent / "scenarios.py").read_text()
    assert [a.name for a in CATALOGUE if f'"{a.name}"' not in said + scenarios] == []


def test_outcomes_are_lines_with_a_colon() -> None:
    ended = Ended("ok", b"mount: EPERM\nready\nsecret by ../: ENOENT\n\xff\n")
    assert ended.outcomes() == {"mount": "EPERM", "secret by ../": "ENOENT"}


class Leaky(Ground):
    """Jails of which something stays on the host."""

    patience_s = 0.0

    def __init__(self, left: int, *, has_cgroup: bool) -> None:
        super().__init__("python", "mark")
        self._left = left
        self._has_cgroup = has_cgroup

    async def _run(self, order: Order) -> Ended:
        for look in (order.while_it_waits, order.when_ended):
            if look:
                await look()
        return Ended("ok", b"fork bomb: EAGAIN\n")

    def processes(self) -> int:
        return self._left

    def kept_bytes(self) -> int:
        return 0

    def has_cgroup(self) -> bool:
        return self._has_cgroup


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    with staged(tmp_path) as there:
        return there


@pytest.mark.parametrize(
    ("left", "has_cgroup", "expected"),
    [
        (0, False, {"processes of a fork bomb": "0", "daemon": "ended", "cgroups of the jail": "removed"}),
        (0, True, {"processes of a fork bomb": "0", "daemon": "ended", "cgroups of the jail": "still there"}),
        (MOST_PROCESSES, False, {"processes of a fork bomb": "within the limit", "daemon": "still running"}),
        (MOST_PROCESSES + 1, False, {"processes of a fork bomb": "258", "daemon": "still running"}),
    ],
)
async def test_what_stays_is_noticed(stage: Stage, left: int, has_cgroup: bool, expected: dict[str, str]) -> None:
    found = await processes(Leaky(left, has_cgroup=has_cgroup), stage)
    assert found | expected == found
    assert found["fork bomb"] == "EAGAIN"


def test_stage_is_taken_away_again(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        assert stage.secret.exists()
        assert stage.neighbour.poll() is None
        (Path("/dev/shm") / stage.mark).touch()
        assert stage.left() == "in /dev/shm"
    assert not stage.folder.parent.exists()
    assert stage.left() == "nothing"
    assert stage.neighbour.poll() is not None
