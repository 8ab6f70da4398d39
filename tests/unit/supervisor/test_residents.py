"""Compilers that stay: whose they are, how many, and for how long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from jail.spec import JailError
from supervisor.residents import Residents

JAVA: Any = object()  # shelves
CSHARP: Any = object()


@dataclass(eq=False)
class FakeJail:
    name: str
    uses: int = 0
    error: Exception | None = None
    is_full: bool = False
    dead: trio.Event = field(default_factory=trio.Event)

    async def renew(self) -> None:
        await trio.lowlevel.checkpoint()
        self.uses += 1
        if self.error:
            raise self.error

    def has_room(self) -> bool:
        return not self.is_full


class Kept:
    """Residents, and the names of the jails they have cleared away."""

    def __init__(self, limit: int, nursery: trio.Nursery) -> None:
        self.cleared: list[str] = []
        self.residents = Residents(limit, nursery, lambda jail: self.cleared.append(jail.name))

    async def keep(self, owner: str, jail: Any, shelf: Any = JAVA) -> None:
        self.residents.keep(owner, jail, shelf)
        await wait_all_tasks_blocked()

    def take(self, owner: str, shelf: Any = JAVA) -> str | None:
        jail = self.residents.take(owner, shelf)
        return jail.name if jail else None


@asynccontextmanager
async def kept(limit: int = 2) -> AsyncIterator[Kept]:
    async with trio.open_nursery() as nursery:
        yield Kept(limit, nursery)
        nursery.cancel_scope.cancel()


async def test_only_its_key_and_kind_gets_it_the_last_one_first() -> None:
    async with kept(limit=3) as service:
        for owner, name in (("a", "a1"), ("a", "a2"), ("b", "b1")):
            await service.keep(owner, FakeJail(name))
        assert service.residents.count(JAVA) == 3
        assert service.take("c") is None
        assert service.take("a", CSHARP) is None
        assert [service.take("a") for _ in range(3)] == ["a2", "a1", None]
        assert service.cleared == []


async def test_the_one_that_was_asked_for_least_recently_makes_room() -> None:
    async with kept() as service:
        first = FakeJail("first")
        await service.keep("a", first)
        await service.keep("b", FakeJail("second"))
        assert service.take("a") == "first"
        await service.keep("a", first)
        await service.keep("c", FakeJail("third"))
        assert service.cleared == ["second"]
        assert service.residents.count(JAVA) == 2


async def test_who_is_not_asked_for_goes(autojump_clock: MockClock) -> None:
    async with kept() as service:
        await service.keep("a", FakeJail("one"))
        await trio.sleep(100)
        assert service.cleared == []
        await trio.sleep(100)
        assert service.cleared == ["one"]
        assert service.take("a") is None


@pytest.mark.parametrize(
    "jail",
    [
        FakeJail("x", error=JailError("empty the jail", 13)),
        FakeJail("x", error=KeyError("event")),
        FakeJail("x", is_full=True),
    ],
)
async def test_who_can_not_be_renewed_is_cleared_away(jail: FakeJail) -> None:
    async with kept() as service:
        await service.keep("a", jail)
        assert service.cleared == ["x"]
        assert service.take("a") is None


async def test_many_that_come_at_once_are_no_more_than_may_stay() -> None:
    async with kept() as service:
        for number in range(6):
            service.residents.keep("a", FakeJail(str(number)), JAVA)  # type: ignore[arg-type]  # a fake
        await wait_all_tasks_blocked()
        assert service.residents.count(JAVA) == 2
        assert len(service.cleared) == 4


async def test_dead_ones_are_cleared_away() -> None:
    async with kept() as service:
        dying = FakeJail("dying")
        await service.keep("a", dying)
        dying.dead.set()
        assert service.take("a") is None
        await wait_all_tasks_blocked()
        assert service.cleared == ["dying"]


async def test_all_go_when_the_service_stops() -> None:
    async with kept() as service:
        await service.keep("a", FakeJail("one"))
        service.residents.drain()
        await service.keep("b", FakeJail("two"))
        assert sorted(service.cleared) == ["one", "two"]


async def test_who_may_stay() -> None:
    async with kept(limit=1) as service, kept(limit=0) as none:
        jail: Any = FakeJail("one")
        assert service.residents.may_stay("a", jail)
        assert not service.residents.may_stay("", jail)
        assert not none.residents.may_stay("a", jail)
        jail.uses = 100
        assert not service.residents.may_stay("a", jail)
