"""What HAProxy is told of a host, and that who asks in a wrong way, or never ends, costs nothing."""

from pathlib import Path

import pytest
import trio
from trio.testing import MemoryReceiveStream, MemorySendStream, memory_stream_pair

from frontend.agent import Agent, line, open_agent, weight_percent
from frontend.config import Config, load_config
from frontend.readiness import Readiness
from protocol.pool import Admission
from protocol.settings import SettingsError

Stream = trio.StapledStream[MemorySendStream, MemoryReceiveStream]


def admission(running: int = 0, queued: int = 0, max_running: int = 4) -> Admission:
    return Admission(
        running=running, max_running=max_running, queued=queued, max_queued=256, max_wait_ms=30_000, refused=0, finished=0
    )  # fmt: skip


@pytest.mark.parametrize(
    ("running", "queued", "percent"), [(0, 0, 100), (1, 0, 80), (4, 0, 50), (4, 4, 33), (4, 32, 10), (4, 100_000, 10)]
)
def test_weight_falls_with_what_there_is_to_do_but_not_to_nothing(running: int, queued: int, percent: int) -> None:
    assert weight_percent(admission(running, queued)) == percent


def test_weight_is_of_the_host_s_own_places() -> None:
    """How many those are, the balancer's configuration says."""
    assert weight_percent(admission(32, 0, max_running=64)) == weight_percent(admission(2, 0, max_running=4))


def test_a_ready_host_takes_back_all_that_was_said_before() -> None:
    assert line(Readiness([], False, admission(4))) == "up ready 50%\n"


def test_a_host_that_leaves_gets_no_more_whatever_else_is_wrong() -> None:
    assert line(Readiness(["the service is stopping"], True, admission())) == "drain\n"
    assert line(Readiness(["it is drained", "the key file can't be read"], True, None)) == "drain\n"


def test_a_broken_host_says_why_in_one_line() -> None:
    said = line(Readiness(["the key file\ncan't be read", "x" * 1000], False, admission()))
    assert said.startswith("down #the key file can't be read; xxx")
    assert said.count("\n") == 1
    assert len(said) < 100


async def up() -> str:
    return "up\n"


async def read_all(stream: Stream) -> bytes:
    said = b""
    while more := await stream.receive_some():
        said += more
    return said


@pytest.mark.parametrize("asks", [b"", b"agent-send\n"])
async def test_answer_comes_whether_or_not_anything_was_asked(asks: bytes) -> None:
    ours, theirs = memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Agent(up).check, theirs)
        if asks:
            await ours.send_all(asks)
        with trio.fail_after(5):
            assert await read_all(ours) == b"up\n"
        await ours.aclose()


async def test_who_is_gone_already_does_no_harm() -> None:
    ours, theirs = memory_stream_pair()
    await ours.aclose()
    await Agent(up).check(theirs)


async def test_who_neither_reads_nor_closes_is_let_go(autojump_clock: trio.testing.MockClock) -> None:
    ours, theirs = memory_stream_pair()
    with trio.fail_after(3):
        await Agent(up).check(theirs)
        assert await read_all(ours) == b"up\n"


async def test_slow_supervisor_is_no_news(autojump_clock: trio.testing.MockClock) -> None:
    ours, theirs = memory_stream_pair()
    with trio.fail_after(3):
        await Agent(trio.sleep_forever).check(theirs)
        assert await read_all(ours) == b""


async def test_too_many_at_once_are_closed_and_who_comes_later_is_answered(
    autojump_clock: trio.testing.MockClock,
) -> None:
    agent = Agent(up)
    pairs = [memory_stream_pair() for _ in range(20)]
    async with trio.open_nursery() as nursery:
        for _, theirs in pairs:
            nursery.start_soon(agent.check, theirs)
        said = [await read_all(ours) for ours, _ in pairs]
    assert (said.count(b"up\n"), said.count(b"")) == (16, 4)
    ours, theirs = memory_stream_pair()
    await agent.check(theirs)
    assert await read_all(ours) == b"up\n"


async def test_address_in_use_is_told_with_the_setting_s_address() -> None:
    (listener,) = await open_agent("127.0.0.1:0")
    async with listener:
        address = "{}:{}".format(*listener.socket.getsockname())
        with pytest.raises(SettingsError, match=f"agent checks on {address}: .*in use"):
            await open_agent(address)


def test_it_is_off_unless_an_address_is_given(tmp_path: Path) -> None:
    assert Config().agent_bind is None
    path = tmp_path / "runjail.toml"
    path.write_text('[frontend]\nagent_bind = "nowhere"\n')
    with pytest.raises(SettingsError, match="agent_bind"):
        load_config(path)
