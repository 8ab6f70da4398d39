"""What the doctor says of cgroups, on hosts of every kind: their tables and folders are made here."""

import os
from pathlib import Path

import pytest

from cli.cgroup_checks import Tables, can_be_made, swap, v2_files, version_of, which_cgroups
from cli.check import Unfit

ENABLED = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n" + "".join(
    f"{name}\t0\t1\t1\n" for name in ("cpu", "cpuacct", "memory", "pids")
)
ALL_V1 = ("memory", "pids", "cpu,cpuacct")
SWAPS = "Filename\tType\tSize\tUsed\tPriority\n"


class MadeHost:
    """A folder that looks like /sys/fs/cgroup, and the tables that go with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = []
        self.enabled = ENABLED
        self.own = "0::/\n"
        self.release = "6.12.1"

    def v1(self, *names: str) -> "MadeHost":
        for name in names:
            (self.root / name).mkdir()
            self.lines.append(f"30 25 0:26 / {self.root / name} rw - cgroup cgroup rw,{name}\n")
        return self

    def v2(self, controllers: str) -> "MadeHost":
        self.unified = self.root / "unified"
        self.add(self.unified, controllers)
        self.lines.append(f"31 25 0:27 / {self.unified} rw - cgroup2 cgroup2 rw\n")
        return self

    def add(self, folder: Path, controllers: str) -> None:
        folder.mkdir()
        (folder / "cgroup.controllers").write_text(f"{controllers}\n")

    def tables(self) -> Tables:
        return Tables("".join(self.lines), self.enabled, self.own, self.release)


@pytest.fixture
def host(tmp_path: Path) -> MadeHost:
    return MadeHost(tmp_path)


def test_v2(host: MadeHost) -> None:
    assert which_cgroups(host.v2("cpuset cpu io memory pids").tables()) == (
        f"v2, at {host.unified}: in the root, memory is told for each stage"
    )


def test_v2_that_cannot_reset_its_peak(host: MadeHost) -> None:
    host.release = "6.8.0-45-generic"
    assert "6.12 could tell them apart" in which_cgroups(host.v2("cpu memory pids").tables())


def test_v1_alone(host: MadeHost) -> None:
    assert which_cgroups(host.v1(*ALL_V1).tables()) == "v1, as v2 is not mounted"


def test_hybrid_says_why_it_is_v1(host: MadeHost) -> None:
    found = which_cgroups(host.v2("cpuset pids").v1(*ALL_V1).tables())
    assert found == f"v1, as v2, at {host.unified}, has no memory, cpu"


def test_hybrid_with_everything_on_v2(host: MadeHost) -> None:
    assert which_cgroups(host.v2("cpu memory pids").v1("cpuset").tables()).startswith("v2")


@pytest.mark.parametrize(
    ("on_v2", "on_v1", "off", "problem", "cure"),
    [
        ("cpu pids", (), "memory", "v2, at .* has no memory; v1 .*; switched off at boot: memory", "cgroup_disable="),
        (None, ("pids", "cpu,cpuacct"), "", "v2 is not mounted; v1 has no memory", "unified_cgroup_hierarchy=1"),
        ("pids", ("memory",), "", "v2, at .* has no memory, cpu; v1 has no pids, cpu, cpuacct", "mount pids, cpu"),
        (None, (), "", "v2 is not mounted; v1 has no memory, pids, cpu, cpuacct", "mount -t cgroup2"),
    ],
)
def test_neither(host: MadeHost, on_v2: str | None, on_v1: tuple[str, ...], off: str, problem: str, cure: str) -> None:
    if on_v2 is not None:
        host.v2(on_v2)
    host.v1(*on_v1)
    if off:
        host.enabled = host.enabled.replace(f"{off}\t0\t1\t1", f"{off}\t0\t1\t0")
    with pytest.raises(Unfit, match=problem) as unfit:
        which_cgroups(host.tables())
    assert unfit.value.cure
    assert cure in unfit.value.cure


def delegate(host: MadeHost, controllers: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """systemd's mark is an attribute of the trusted kind, which not every file system has."""
    folder = host.unified / "runjail.service"
    host.add(folder, controllers)
    host.own = "0::/runjail.service\n"
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"1" if path == folder else b"0")
    return folder


def test_delegated(host: MadeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = delegate(host.v2("cpu memory pids"), "cpu memory pids", monkeypatch)
    assert f"in {folder}, which is delegated" in which_cgroups(host.tables())
    assert can_be_made(host.tables()) == str(folder)
    assert list(folder.iterdir()) == [folder / "cgroup.controllers"]


def test_delegated_without_a_controller(host: MadeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    delegate(host.v2("cpu memory pids"), "cpu memory", monkeypatch)
    with pytest.raises(Unfit, match="has pids, and the unit") as unfit:
        which_cgroups(host.tables())
    assert "Delegate=memory pids cpu" in str(unfit.value.cure)


@pytest.mark.parametrize(
    ("release", "files", "missing"),
    [
        ("5.10.0-30-amd64", (), "cgroup.kill"),
        ("5.15.0-91-generic", (), "memory.peak"),
        ("5.14.0-503.el9", ("cgroup.kill", "memory.peak"), None),  # of later versions, brought there
        ("5.19.0", (), None),
    ],
)
def test_what_v2_must_have(host: MadeHost, release: str, files: tuple[str, ...], missing: str | None) -> None:
    host.v2("cpu memory pids").add(host.unified / "some.slice", "")
    host.release = release
    for name in files:
        (host.unified / "some.slice" / name).touch()
    if missing:
        with pytest.raises(Unfit, match=f"has no {missing}"):
            v2_files(host.tables())
    else:
        assert v2_files(host.tables()) == "cgroup.kill, memory.peak"


def test_v1_needs_none_of_it(host: MadeHost) -> None:
    host.release = "5.11.0"
    assert "nothing" in v2_files(host.v1(*ALL_V1).tables())


def test_swap(host: MadeHost) -> None:
    host.v1(*ALL_V1)
    assert swap(host.tables(), SWAPS) == "no swap"
    with pytest.raises(Unfit, match="/swapfile"):
        swap(host.tables(), f"{SWAPS}/swapfile file 1 0 -2\n")
    (host.root / "memory" / "memory.memsw.limit_in_bytes").touch()
    assert swap(host.tables(), f"{SWAPS}/swapfile file 1 0 -2\n") == "/swapfile: accounted for"


def test_swap_on_v2(host: MadeHost) -> None:
    host.v2("cpu memory pids").add(host.unified / "some.slice", "")
    with pytest.raises(Unfit, match="/dev/sda2"):
        swap(host.tables(), f"{SWAPS}/dev/sda2 partition 1 0 -2\n")
    (host.unified / "some.slice" / "memory.swap.max").touch()
    assert "accounted for" in swap(host.tables(), f"{SWAPS}/dev/sda2 partition 1 0 -2\n")


def test_cgroups_of_v1_are_made_in_each_hierarchy_once_and_removed(host: MadeHost) -> None:
    found = can_be_made(host.v1(*ALL_V1).tables())
    assert found == ", ".join(str(host.root / name) for name in ALL_V1)
    assert [path for name in ALL_V1 for path in (host.root / name).iterdir()] == []


@pytest.mark.parametrize(
    ("release", "version"),
    [("6.12-rc3", (6, 12)), ("5.15.0-91-generic", (5, 15)), ("6.18.44-fc-v657", (6, 18)), ("6.1", (6, 1))],
)
def test_version(release: str, version: tuple[int, ...]) -> None:
    assert version_of(release) == version
