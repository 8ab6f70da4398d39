"""Pipes: nothing lost, nothing kept beyond the limit."""

import os

import pytest
import trio

from supervisor.pipes import OutputCollector, feed


def collector(limit: int = 10) -> tuple[OutputCollector, int, list[str]]:
    read_end, write_end = os.pipe()
    overflows: list[str] = []
    return OutputCollector(read_end, limit, lambda: overflows.append("over")), write_end, overflows


async def test_reads_to_the_end() -> None:
    output, write_end, overflows = collector(1 << 20)
    content = os.urandom(300_000)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(output.run)
        nursery.start_soon(feed, write_end, content)
    assert output.content == content
    assert not output.is_truncated
    assert not overflows
    output.close()


@pytest.mark.parametrize(("written", "is_truncated"), [(b"0123456789", False), (b"0123456789a", True)])
def test_the_limit_and_one_byte_more(written: bytes, is_truncated: bool) -> None:
    output, write_end, overflows = collector(10)
    os.write(write_end, written)
    output.drain()
    assert (output.content, output.is_truncated, bool(overflows)) == (written[:10], is_truncated, is_truncated)
    os.close(write_end)
    output.close()


def test_drain_returns_though_somebody_holds_the_other_end() -> None:
    output, write_end, _ = collector()
    os.write(write_end, b"tail")
    output.drain()
    assert output.content == b"tail"
    os.close(write_end)
    output.close()


def test_overflow_is_told_once() -> None:
    output, write_end, overflows = collector(1)
    for _ in range(3):
        os.write(write_end, b"xx")
        output.drain()
    assert overflows == ["over"]
    os.close(write_end)
    output.close()


async def test_feeding_a_program_that_does_not_read() -> None:
    read_end, write_end = os.pipe()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed, write_end, bytes(1 << 20))
        await trio.testing.wait_all_tasks_blocked()
        os.close(read_end)  # the program ends


async def test_cancelled_feed_closes_its_end() -> None:
    read_end, write_end = os.pipe()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed, write_end, bytes(1 << 20))
        nursery.cancel_scope.cancel()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(write_end)
    os.close(read_end)
