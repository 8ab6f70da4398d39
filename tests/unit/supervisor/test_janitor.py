"""When the janitor looks, and what it makes of what does not go."""

import errno
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import trio
from trio.testing import MockClock

from jail.spec import JailError
from supervisor.janitor import Janitor


@dataclass
class FakeCgroups:
    names: set[str]
    stuck: set[str] = field(default_factory=set)

    def leaves(self) -> list[str]:
        if not self.names:
            raise OSError(errno.EMFILE, "Too many open files")
        return sorted(self.names)

    def clear(self, name: str, seconds: float) -> None:
        if name in self.stuck:
            raise JailError("remove a leftover cgroup", 16, name)
        self.names.remove(name)


async def test_what_does_not_go_is_told_of_again() -> None:
    cgroups, reports = FakeCgroups({"ours", "left", "stuck"}, stuck={"stuck"}), list[str]()
    launcher = SimpleNamespace(names={"ours", "being cleared away"})
    janitor = Janitor(cast(Any, cgroups), cast(Any, launcher), reports.append)
    for _ in range(2):
        await janitor.look()
    assert cgroups.names == {"ours", "stuck"}
    assert sorted(reports) == [f"cgroup {name} was left by a jail that is gone" for name in ("left", "stuck", "stuck")]


async def test_host_without_descriptors_is_survived() -> None:
    reports: list[str] = []
    await Janitor(cast(Any, FakeCgroups(set())), cast(Any, SimpleNamespace(names=set())), reports.append).look()
    assert reports == []


async def test_it_looks_once_a_minute(autojump_clock: MockClock) -> None:
    looks = []

    class Watched(Janitor):
        async def look(self) -> None:
            looks.append(trio.current_time())

    begun = trio.current_time()
    with trio.move_on_after(150):
        await Watched(*cast(Any, (None, None, None))).run()
    assert [at - begun for at in looks] == [60, 120]
