"""Which of a process's cgroups are its jail's, on hosts of every kind."""

import os
import subprocess
import sys
from pathlib import Path

from cli.attacks.traces import Seen, now, processes, processes_of

LEAF = "/runjail/python-1-abcdef"


def seen(*cgroups: tuple[str, str]) -> Seen:
    return Seen(pid=10, parent=1, started=100, uid=1_900_000_000, cgroups=cgroups)


def test_leaf_on_v2() -> None:
    jail = seen(("", f"/system.slice/runjail.service{LEAF}"))
    assert jail.leaves({"": Path("/cg")}) == [Path(f"/cg/system.slice/runjail.service{LEAF}")]


def test_leaves_on_v1_are_not_the_session_of_who_started_the_service() -> None:
    """Nor the folders of controllers that jails do not use, which outlive every jail."""
    names = ("memory", "pids", "cpu,cpuacct", "devices", "name=systemd")
    mounted = {name: Path("/cg") / names_of for names_of in names for name in names_of.split(",")} | {"": Path("/cg/2")}
    session = "/user.slice/user-0.slice/session-1.scope"
    jail = seen(
        ("name=systemd", session), ("devices", session), ("", session),
        ("memory", LEAF), ("pids", LEAF), ("cpu,cpuacct", LEAF),
    )  # fmt: skip
    assert jail.leaves(mounted) == [Path(f"/cg/{name}{LEAF}") for name in names[:3]]


def test_hybrid_with_all_on_v2() -> None:
    jail = seen(("cpuset", "/"), ("name=systemd", "/init.scope"), ("", LEAF))
    assert jail.leaves({"": Path("/cg/2"), "cpuset": Path("/cg/cpuset")}) == [Path(f"/cg/2{LEAF}")]


def test_processes_are_found_by_a_word_of_their_command_and_by_user_and_age() -> None:
    mark = f"mark-{os.getpid()}"
    waiting = "import sys; print(flush=True); sys.stdin.read()"
    before = now()
    with subprocess.Popen(
        [sys.executable, "-I", "-c", waiting, mark], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        found = processes(mark)
        assert [each.pid for each in found] == [process.pid]
        assert (found[0].parent, found[0].uid) == (os.getpid(), os.getuid())
        assert before <= found[0].started <= now()
        assert process.pid in {each.pid for each in processes_of(os.getuid(), found[0].started)}
        assert process.pid not in {each.pid for each in processes_of(os.getuid(), found[0].started - 1)}
        assert processes(mark[:-1]) == []
    assert processes(mark) == []
