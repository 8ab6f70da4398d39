"""What is counted of a key, and that it outlives its frontend."""

import sqlite3
from pathlib import Path

import pytest
import trio
import trio.testing

from frontend.usage import DayUsage, Usage, seconds_left_today


async def written(usage: Usage) -> None:
    """Let it write, and close it."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(usage.run)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()


async def test_it_outlives_a_restart(tmp_path: Path) -> None:
    usage = Usage(tmp_path / "usage")
    usage.add("a", DayUsage(executions=2, cpu_ms=1500.5))
    usage.add("a", DayUsage(refused=1))
    usage.add("b", DayUsage(executions=1, cpu_ms=1))
    usage.full_at["a"] = 2e9
    assert usage.today("a") == DayUsage(2, 1, 1500.5)
    await written(usage)
    again = Usage(tmp_path / "usage")
    assert again.today("a") == DayUsage(2, 1, 1500.5)
    assert list(again.days("a").values()) == [DayUsage(2, 1, 1500.5)]
    assert again.full_at == {"a": 2e9}
    assert again.today("c") == DayUsage()


async def test_several_frontends_count_together(tmp_path: Path) -> None:
    one, two = Usage(tmp_path / "usage"), Usage(tmp_path / "usage")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.run)
        nursery.start_soon(two.run)
        for usage in (one, two):
            usage.add("a", DayUsage(executions=1))
        with trio.fail_after(20):
            while (one.today("a").executions, two.today("a").executions) != (2, 2):
                await trio.sleep(0.01)
        nursery.cancel_scope.cancel()


async def test_what_can_not_be_written_is_counted_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    usage = Usage(tmp_path / "usage")
    usage.add("a", DayUsage(executions=1))
    other = sqlite3.connect(tmp_path / "usage", isolation_level=None)
    other.execute("DROP TABLE usage")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(usage.run)
        with trio.fail_after(20):
            while "can't be written" not in caplog.text or usage.today("a").executions != 1:
                await trio.sleep(0.01)
        usage.add("a", DayUsage(executions=1))
        assert usage.today("a").executions == 2
        other.execute("CREATE TABLE usage (key, day, executions, refused, cpu_ms, PRIMARY KEY (key, day))")
        nursery.cancel_scope.cancel()
    assert other.execute("SELECT executions FROM usage").fetchall() == [(2,)]
    other.close()


def test_a_day_has_an_end() -> None:
    assert 0 < seconds_left_today() <= 86_401
