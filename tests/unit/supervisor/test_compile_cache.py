"""Whose and what is found again, for how long, and who waits for whom."""

from dataclasses import replace

import pytest
import trio

from protocol.messages import Execute, SourceFile, StageResult, Status
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.box import Box
from supervisor.compile_cache import CompileCache, Compiled
from supervisor.validation import Installed, Plan, plan_execution

MANIFESTS = load_manifests()
RESULT = StageResult(
    status=Status.OK, stdout=b"", stderr=b"", stdout_truncated=False, stderr_truncated=False,
    wall_time_ms=0, cpu_time_ms=0, memory_peak_bytes=0,
)  # fmt: skip


def compiled(size: int = 10) -> Compiled:
    return Compiled(RESULT, Box(bytes(size), 1))


def plan(
    language: str = "c", layer: str = "gcc-1", name: str = "main.c", content: bytes = b"x", **more: object
) -> Plan:
    installed = Installed(language, MANIFESTS[language], InstalledRuntime(version="1", layers=(layer, "base")))
    files = [SourceFile(name=name, content=content), *more.pop("files", [])]  # type: ignore[misc]  # of SourceFile
    request = Execute(id=0, execution_id="0" * 32, language=language, version="*", files=files, **more)  # type: ignore[arg-type]
    return plan_execution(request, {language: installed})


async def put(cache: CompileCache, owner: str, made: Plan, what: Compiled | None) -> None:
    async with cache.ticket(owner, made) as ticket:
        assert ticket.compiled is None
        assert ticket.is_to_land
        ticket.land(what)


async def has(cache: CompileCache, owner: str, wanted: Plan) -> bool:
    async with cache.ticket(owner, wanted) as ticket:
        return ticket.compiled is not None


async def test_same_sources_of_the_same_owner_are_found() -> None:
    cache = CompileCache(1000)
    await put(cache, "me", plan(), compiled())
    assert await has(cache, "me", plan())
    # What only the program sees is not what the compiler saw.
    assert await has(cache, "me", plan(stdin=b"other", args=["a"], environment={"A": "b"}))


@pytest.mark.parametrize(
    "other",
    [
        plan(content=b"y"), plan(name="main.cc"), plan(layer="gcc-2"), plan("cpp", name="main.c"),
        plan(files=[SourceFile(name="a.h", content=b"")]),
        replace(plan(), files=[("main.cx", b"")]),  # the same bytes, cut elsewhere
    ],
)  # fmt: skip
async def test_anything_else_is_not(other: Plan) -> None:
    cache = CompileCache(1000)
    await put(cache, "me", plan(), compiled())
    assert not await has(cache, "me", other)


async def test_others_do_not_find_it() -> None:
    cache = CompileCache(1000)
    await put(cache, "me", plan(), compiled())
    assert not await has(cache, "you", plan())
    assert not await has(cache, "m", plan())


@pytest.mark.parametrize(("budget", "owner", "language"), [(0, "me", "c"), (1000, "", "c"), (1000, "me", "python")])
async def test_nothing_is_kept(budget: int, owner: str, language: str) -> None:
    cache = CompileCache(budget)
    for _ in range(2):
        async with cache.ticket(owner, plan(language, name="main")) as ticket:
            assert ticket.compiled is None
            assert not ticket.is_to_land


async def test_failed_compilation_is_not_kept() -> None:
    cache = CompileCache(1000)
    await put(cache, "me", plan(), None)
    async with cache.ticket("me", plan()) as ticket:  # nobody lands: an error, or a client that went away
        assert ticket.is_to_land
    await put(cache, "me", plan(), compiled())


async def test_least_used_goes_first_and_nothing_is_too_large() -> None:
    cache = CompileCache(800)
    plans = [plan(content=bytes([number])) for number in range(10)]
    for made in plans[:8]:
        await put(cache, "me", made, compiled(100))
    assert await has(cache, "me", plans[0])
    await put(cache, "me", plans[8], compiled(100))
    assert [await has(cache, "me", made) for made in (plans[0], plans[1], plans[8])] == [True, False, True]
    await put(cache, "me", plans[9], compiled(101))
    described = cache.describe()
    assert (described.entries, described.bytes, described.max_bytes) == (8, 800, 800)


async def test_all_wait_for_one_that_compiles() -> None:
    cache, found = CompileCache(1000), list[bool]()

    async def request() -> None:
        found.append(await has(cache, "me", plan()))

    async with trio.open_nursery() as nursery, cache.ticket("me", plan()) as ticket:
        for _ in range(5):
            nursery.start_soon(request)
        await trio.testing.wait_all_tasks_blocked()
        assert found == []
        assert not await has(cache, "you", plan())  # who has nothing to do with it does not wait
        ticket.land(compiled())
    assert found == [True] * 5
    assert cache.describe().misses == 2


async def test_nobody_waits_twice() -> None:
    """For what came to nothing once: they go on by themselves, all at once."""
    cache = CompileCache(1000)
    together = trio.Event()
    inside = 0

    async def request() -> None:
        nonlocal inside
        async with cache.ticket("me", plan()):
            inside += 1
            await together.wait()

    async with trio.open_nursery() as nursery, cache.ticket("me", plan()) as ticket:
        for _ in range(3):
            nursery.start_soon(request)
        await trio.testing.wait_all_tasks_blocked()
        ticket.land(None)
        await trio.testing.wait_all_tasks_blocked()
        assert inside == 3
        together.set()


async def test_smaller_budget_holds_at_once() -> None:
    cache = CompileCache(1000)
    await put(cache, "me", plan(), compiled(100))
    cache.reconfigure(50)
    assert not await has(cache, "me", plan())
    assert cache.describe().max_bytes == 50
