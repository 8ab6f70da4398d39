"""Which implementation is chosen, on the mount tables of different hosts."""

from pathlib import Path

import pytest

from jail.cgroups_v1 import CgroupsV1
from jail.cgroups_v2 import CgroupsV2
from jail.find_cgroups import find_cgroups
from jail.spec import JailError


def line(mountpoint: Path, fstype: str, options: str) -> str:
    return f"30 25 0:26 / {mountpoint} rw,nosuid - {fstype} {fstype} rw,{options}\n"


def mountinfo(folder: Path, lines: list[str]) -> str:
    path = folder / "mountinfo"
    path.write_text("".join(lines))
    return str(path)


def unified(folder: Path, controllers: str) -> Path:
    (folder / "unified").mkdir()
    (folder / "unified" / "cgroup.controllers").write_text(controllers)
    return folder / "unified"


def v1_lines(folder: Path) -> list[str]:
    return [
        line(folder / "cpu,cpuacct", "cgroup", "cpu,cpuacct"),
        line(folder / "memory", "cgroup", "memory"),
        line(folder / "pids", "cgroup", "pids"),
    ]


def test_v2_when_it_has_the_controllers(tmp_path: Path) -> None:
    root = unified(tmp_path, "cpuset cpu io memory pids")
    found = find_cgroups("name", mountinfo(tmp_path, [line(root, "cgroup2", "nsdelegate")]))
    assert isinstance(found, CgroupsV2)
    assert found.root == root / "name"


def test_v1_on_a_hybrid_host(tmp_path: Path) -> None:
    root = unified(tmp_path, "")
    found = find_cgroups("name", mountinfo(tmp_path, [line(root, "cgroup2", "x"), *v1_lines(tmp_path)]))
    assert isinstance(found, CgroupsV1)
    assert found.roots["cpu"] == found.roots["cpuacct"] == tmp_path / "cpu,cpuacct" / "name"


def test_neither_is_an_error_that_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(JailError, match="pids"):
        find_cgroups("name", mountinfo(tmp_path, v1_lines(tmp_path)[:2]))
