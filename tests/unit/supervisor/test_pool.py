"""The pool on a launcher that builds nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from jail.spec import JailError
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.config import Config
from supervisor.figures import Figures
from supervisor.jailer import Jailer
from supervisor.pool import Pool
from supervisor.validation import Installed
from supervisor.warm import Program

INSTALLED = {
    name: Installed(name, load_manifests()[name], InstalledRuntime(version="1", layers=("x",)))
    for name in ("python", "bash")
}
PYTHON = INSTALLED["python"]


@dataclass(eq=False)
class FakeJail:
    name: str
    waiting_memory_bytes: int = 7 << 20
    dead: trio.Event = field(default_factory=trio.Event)

    def kill(self) -> None:
        self.dead.set()


@dataclass
class FakeLauncher:
    """Builds in no time, or fails, or waits for ``gate``."""

    built: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    failures: int = 0
    gate: trio.Event | None = None
    compiler_gate: trio.Event | None = None
    burial: trio.Event | None = None
    broken: str | None = None
    error: type[Exception] = JailError

    async def build(self, installed: Installed, program: Program | None = None, cpu_weight: float = 1) -> FakeJail:
        name = f"{installed.name}-started" if program else installed.name
        if self.gate is not None:
            await self.gate.wait()
        if program and program.is_compiler and self.compiler_gate is not None:
            await self.compiler_gate.wait()
        await trio.lowlevel.checkpoint()
        if installed.name == self.broken:
            raise self.error("mount overlay", 28, "no space")
        if self.failures:
            self.failures -= 1
            raise JailError("mount overlay", 28, "no space")
        self.built.append(name)
        return FakeJail(f"{name}-{len(self.built)}")

    async def retire(self, jail: FakeJail) -> None:
        await trio.lowlevel.checkpoint()
        if self.burial is not None:
            await self.burial.wait()
        self.retired.append(jail.name)


@asynccontextmanager
async def filled(
    launcher: FakeLauncher,
    target: int | None = 2,
    budget_bytes: int = 1 << 30,
    installed: dict[str, Installed] = INSTALLED,
    is_warm: bool = False,
) -> AsyncIterator[Pool]:
    async with trio.open_nursery() as nursery:
        config = Config(warm=is_warm, warm_jails=target, warm_memory_bytes=budget_bytes)
        pool = Pool(launcher, installed.values(), nursery, config, Figures(installed, Jailer()))  # type: ignore[arg-type]  # a fake
        nursery.start_soon(pool.keep_filled)
        await wait_all_tasks_blocked()
        yield pool
        nursery.cancel_scope.cancel()


WITH_PROGRAMS = {
    name: Installed(name, load_manifests()[name], InstalledRuntime(version="1", layers=("x",)))
    for name in ("go", "java", "csharp", "python")
}


def counts(pool: Pool) -> dict[tuple[str, str], int]:
    return {(described.runtime, described.stage or "ready"): described.warm for described in pool.describe()}


def warm(pool: Pool) -> dict[str, int]:
    return {described.runtime: described.warm for described in pool.describe()}


async def test_every_runtime_is_filled_to_its_target() -> None:
    launcher = FakeLauncher()
    async with filled(launcher) as pool:
        assert warm(pool) == {"python": 2, "bash": 2}
        assert pool.problems() == []
        assert launcher.built[:2] in (["python", "bash"], ["bash", "python"])  # the neediest first, in turn


async def test_acquire_takes_a_warm_jail_and_it_is_replaced(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher()
    async with filled(launcher) as pool:
        jail = await pool.acquire(PYTHON)
        await trio.sleep(0.01)
        assert warm(pool)["python"] == 1  # the execution comes first
        await trio.sleep(1)  # but does not hold it up for long
        assert warm(pool)["python"] == 2
        described = next(d for d in pool.describe() if d.runtime == "python")
        assert (described.hits, described.misses, described.busy) == (1, 0, 1)
        pool.retire(jail)
        await wait_all_tasks_blocked()
        assert launcher.retired == [jail.name]
        assert next(d for d in pool.describe() if d.runtime == "python").busy == 0


async def test_more_requests_than_warm_jails_build_their_own() -> None:
    async with filled(FakeLauncher()) as pool:
        jails = [await pool.acquire(PYTHON) for _ in range(5)]
        assert len({jail.name for jail in jails}) == 5


async def test_jail_that_a_request_builds_for_itself_fills_no_gap(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher()
    async with filled(launcher, 1) as pool, trio.open_nursery() as nursery:
        await pool.acquire(PYTHON)
        launcher.gate = trio.Event()
        nursery.start_soon(pool.acquire, PYTHON)
        await trio.sleep(1)  # longer than executions go first: while it is built, one is to come
        launcher.gate.set()
        await trio.sleep(1)
        assert warm(pool) == {"python": 1, "bash": 1}


async def test_replacement_is_built_when_the_execution_is_over(autojump_clock: MockClock) -> None:
    async with filled(FakeLauncher()) as pool:
        pool.retire(await pool.acquire(PYTHON))
        await wait_all_tasks_blocked()
        assert warm(pool)["python"] == 2


async def test_jail_that_died_waiting_is_replaced_and_told_of(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher()
    async with filled(launcher) as pool:
        jail = await pool.acquire(PYTHON)
        await trio.sleep(1)
        for other in pool._shelves["python"][0].jails:
            other.dead.set()
        await trio.sleep(1)
        assert warm(pool)["python"] == 2
        assert len(launcher.retired) == 2
        assert "died while they were waiting" in pool.faults[0].message
        assert (pool.figures.of["python"].deaths, pool.figures.faults) == (2, 1)
        assert jail.name not in launcher.retired


async def test_failing_builds_back_off_and_show(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher(failures=6)
    started = trio.current_time()
    async with filled(launcher) as pool:
        with trio.fail_after(60):
            while pool.problems():
                await trio.sleep(0.01)
        assert 0.7 <= trio.current_time() - started < 1  # three failures of each: 0.1 + 0.2 + 0.4
        assert len(pool.faults) == 6
        assert "mount overlay" in pool.faults[0].message
        assert sum(of.build_failures for of in pool.figures.of.values()) == pool.figures.faults == 6


async def test_one_broken_runtime_does_not_keep_the_others_cold(autojump_clock: MockClock) -> None:
    async with filled(FakeLauncher(broken="bash")) as pool:
        await trio.sleep(100)
        assert warm(pool) == {"python": 2, "bash": 0}
        assert pool.problems() == ["bash: jails can't be built"]
        assert len(pool.faults) == 20
        await pool.acquire(PYTHON)


async def test_a_bug_in_a_refill_does_not_end_the_pool(autojump_clock: MockClock) -> None:
    async with filled(FakeLauncher(broken="bash", error=ZeroDivisionError)) as pool:
        await trio.sleep(1)
        assert warm(pool) == {"python": 2, "bash": 0}


async def test_too_many_dying_jails_hold_up_new_ones() -> None:
    launcher = FakeLauncher(burial=trio.Event())
    async with filled(launcher) as pool:
        for _ in range(64):
            pool.retire(await pool.acquire(PYTHON))
        with trio.move_on_after(0.05) as waited:
            await pool.acquire(PYTHON)
        assert waited.cancelled_caught
        assert launcher.burial is not None
        launcher.burial.set()
        await pool.acquire(PYTHON)


async def test_a_jail_that_does_not_go_is_a_leak(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher(burial=trio.Event())
    async with filled(launcher) as pool:
        pool.retire(await pool.acquire(PYTHON))
        await trio.sleep(21)
        assert launcher.burial is not None
        launcher.burial.set()
        await wait_all_tasks_blocked()
        assert pool.figures.leaks == {"start": 0, "clearing": 1, "janitor": 0}
        assert "21.0 s to die" in pool.faults[0].message


async def test_what_is_built_and_acquired_is_counted() -> None:
    async with filled(FakeLauncher()) as pool:
        await pool.acquire(PYTHON)
        python = pool.figures.of["python"].describe("python")
    assert [(build.mode, build.stage, sum(build.durations.counts)) for build in python.builds] == [("ready", None, 2)]
    assert {phase: sum(durations.counts) for phase, durations in python.phases.items()} == {"acquire": 1}


async def test_is_not_ready_while_nothing_can_be_built() -> None:
    async with filled(FakeLauncher(failures=10**9)) as pool:
        assert pool.problems()
        with pytest.raises(JailError):
            await pool.acquire(PYTHON)


async def test_drain_retires_what_is_warm_and_builds_no_more() -> None:
    launcher = FakeLauncher()
    async with filled(launcher) as pool:
        pool.drain()
        await wait_all_tasks_blocked()
        assert sorted(launcher.retired) == sorted(f"{n}-{i + 1}" for i, n in enumerate(launcher.built))
        assert warm(pool) == {"python": 0, "bash": 0}


async def test_jail_that_is_done_building_after_the_drain_is_retired() -> None:
    launcher = FakeLauncher(gate=trio.Event())
    async with filled(launcher) as pool:
        pool.drain()
        assert launcher.gate is not None
        launcher.gate.set()
        await wait_all_tasks_blocked()
        assert launcher.retired == [f"{launcher.built[0]}-1"]
        assert sum(warm(pool).values()) == 0


async def test_pool_is_filled_after_a_request_s_own_build_failed(autojump_clock: MockClock) -> None:
    """While it was under way it counted as a jail to come, and nobody else will ask for one."""
    launcher = FakeLauncher(failures=0)
    async with filled(launcher, target=1) as pool:
        launcher.failures = 2
        await pool.acquire(PYTHON)
        await wait_all_tasks_blocked()  # the replacement has failed
        launcher.gate = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(acquire_in_vain, pool)
            await trio.sleep(1)  # the pool looked again meanwhile
            launcher.gate.set()
        await trio.sleep(10)
        assert warm(pool)["python"] == 1


async def acquire_in_vain(pool: Pool) -> None:
    with pytest.raises(JailError):
        await pool.acquire(PYTHON)


async def test_pool_follows_demand_up_and_down(autojump_clock: MockClock) -> None:
    launcher = FakeLauncher()
    async with filled(launcher, target=None) as pool:
        assert warm(pool) == {"python": 1, "bash": 1}
        for _ in range(100):  # 20 a second
            pool.retire(await pool.acquire(PYTHON))
            await trio.sleep(0.05)
        await trio.sleep(0.5)
        assert 10 < warm(pool)["python"] <= 20
        assert warm(pool)["bash"] == 1
        described = next(d for d in pool.describe() if d.runtime == "python")
        assert described.hits > 5 * described.misses
        await trio.sleep(30)
        assert warm(pool) == {"python": 1, "bash": 1}
        assert len(launcher.retired) == len(launcher.built) - 2


async def test_demand_stays_within_the_budget(autojump_clock: MockClock) -> None:
    async with filled(FakeLauncher(), target=None, budget_bytes=60 << 20) as pool:  # six jails of 10 MiB
        for _ in range(200):
            pool.retire(await pool.acquire(PYTHON))
            await trio.sleep(0.02)
        await trio.sleep(0.5)
        assert sum(warm(pool).values()) <= 6
        assert warm(pool)["python"] >= 4


async def test_started_jails_are_kept_beside_ready_ones() -> None:
    async with filled(FakeLauncher(), 1, installed=WITH_PROGRAMS, is_warm=True) as pool:
        kinds = {"go": [], "java": ["compile", "run"], "csharp": ["compile", "run"], "python": ["run"]}
        assert counts(pool) == {(name, kind): 1 for name, stages in kinds.items() for kind in [*stages, "ready"]}


async def test_who_can_use_a_started_one_gets_it_and_then_a_ready_one() -> None:
    async with filled(FakeLauncher(), 1, installed=WITH_PROGRAMS, is_warm=True) as pool:
        names = [(await pool.acquire(PYTHON, lambda _: True)).name for _ in range(3)]
        assert ["started" in name for name in names] == [True, False, False]
        started, ready = [d for d in pool.describe() if d.runtime == "python"]
        assert (started.hits, started.misses, started.busy) == (1, 2, 3)
        assert (ready.hits, ready.misses, ready.busy) == (0, 0, 0)


async def test_who_can_not_use_a_started_one_leaves_it_to_others() -> None:
    async with filled(FakeLauncher(), 1, installed=WITH_PROGRAMS, is_warm=True) as pool:
        names = [(await pool.acquire(PYTHON)).name for _ in range(3)]
        assert not any("started" in name for name in names)
        assert counts(pool)["python", "run"] == 1


async def test_compilers_that_get_warm_hold_nobody_up() -> None:
    launcher = FakeLauncher(compiler_gate=trio.Event())
    async with filled(launcher, 2, installed=WITH_PROGRAMS, is_warm=True) as pool:
        assert pool.problems() == []
        waiting = {("java", "compile"): 0, ("csharp", "compile"): 0}
        assert counts(pool) == dict.fromkeys(counts(pool), 2) | waiting
        # One at a time: they would only take the processors from each other.
        assert sum(described.starting for described in pool.describe()) == 1
        jail = await pool.acquire(WITH_PROGRAMS["java"], lambda program: program.is_compiler)
        assert "started" not in jail.name
        assert launcher.compiler_gate is not None
        launcher.compiler_gate.set()
        await wait_all_tasks_blocked()
        assert counts(pool)["csharp", "compile"] == 1  # two of what takes so much were not asked for


async def test_new_settings_are_followed_up_and_down() -> None:
    launcher = FakeLauncher()
    async with filled(launcher, 2) as pool:
        for wanted in (4, 1):
            pool.reconfigure(Config(warm=False, warm_jails=wanted))
            await wait_all_tasks_blocked()
            assert warm(pool) == {"python": wanted, "bash": wanted}
        assert len(launcher.retired) == 6
