"""Places, the queue for them, and its bounds, on a clock that jumps."""

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from protocol.messages import ErrorCode
from supervisor.admission import Admission
from supervisor.config import Config
from supervisor.errors import Refusal


def admission(running: int = 1, queued: int = 1, wait_s: float = 10) -> Admission:
    return Admission(Config(max_running=running, max_queued=queued, max_wait_s=wait_s, max_in_flight_bytes=100))


async def hold(places: Admission, release: trio.Event, entered: list[int], number: int) -> None:
    async with places.place(1):
        entered.append(number)
        await release.wait()


async def test_first_come_first_served() -> None:
    places, release, entered = admission(queued=3), trio.Event(), list[int]()
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(hold, places, release, entered, number)
            await wait_all_tasks_blocked()
        assert entered == [0]
        assert (places.describe().running, places.describe().queued) == (1, 3)
        release.set()
    assert entered == [0, 1, 2, 3]
    assert (places.describe().running, places.describe().queued, places.describe().finished) == (0, 0, 4)


async def test_full_queue_refuses_at_once() -> None:
    places, release = admission(queued=0), trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, places, release, [], 0)
        await wait_all_tasks_blocked()
        with pytest.raises(Refusal) as caught:
            async with places.place(1):
                pass
        release.set()
    assert (caught.value.code, caught.value.retry_after_s) == (ErrorCode.BUSY, 1)
    assert places.describe().refused == 1


async def test_longest_wait(autojump_clock: MockClock) -> None:
    places, release = admission(wait_s=7), trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, places, release, [], 0)
        await wait_all_tasks_blocked()
        started = trio.current_time()
        with pytest.raises(Refusal, match="within 7 s"):
            async with places.place(1):
                pass
        assert trio.current_time() - started == 7
        release.set()


async def test_bytes_in_flight_are_bounded() -> None:
    places = admission(running=3)
    async with places.place(60):
        with pytest.raises(Refusal, match="bytes"):
            async with places.place(41):
                pass
        async with places.place(40):
            pass


async def test_cancelled_while_waiting_gives_its_place_back() -> None:
    places, release = admission(), trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, places, release, [], 0)
        await wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            scope.cancel()
            async with places.place(1):
                pass
        assert places.describe().queued == 0
        release.set()
    async with places.place(100):
        assert places.describe().running == 1
