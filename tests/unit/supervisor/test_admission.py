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


async def hold(places: Admission, release: trio.Event, entered: list[int], number: int, owner: str = "") -> None:
    async with places.place(1, owner):
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
    async with places.place(60, "many"):
        for size, owner in ((16, "many"), (41, "one")):
            with pytest.raises(Refusal, match="bytes"):
                async with places.place(size, owner):
                    pass
        for size, owner in ((15, "many"), (40, "one")):
            async with places.place(size, owner):
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


async def test_one_owner_s_many_do_not_hold_up_another_s_first() -> None:
    places, release, entered = admission(queued=20), trio.Event(), list[int]()
    async with trio.open_nursery() as nursery:
        for number in range(8):
            nursery.start_soon(hold, places, release, entered, number, "many")
            await wait_all_tasks_blocked()
        for number, owner in ((100, "one"), (200, "two"), (101, "one")):
            nursery.start_soon(hold, places, release, entered, number, owner)
            await wait_all_tasks_blocked()
        release.set()
    assert entered == [0, 1, 100, 200, 2, 101, 3, 4, 5, 6, 7]
    assert (places.describe().running, places.describe().queued) == (0, 0)


async def test_a_part_of_the_queue_is_for_who_has_nothing_in_it() -> None:
    places, release = admission(queued=4), trio.Event()
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(hold, places, release, [], number, "many")
            await wait_all_tasks_blocked()
        assert places.describe().queued == 3
        with pytest.raises(Refusal, match="full"):
            async with places.place(1, "many"):
                pass
        nursery.start_soon(hold, places, release, [], 5, "one")
        await wait_all_tasks_blocked()
        assert places.describe().queued == 4
        release.set()


async def test_who_gives_up_leaves_its_turn_to_others() -> None:
    places, release, entered = admission(queued=9), trio.Event(), list[int]()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, places, release, entered, 0, "a")
        await wait_all_tasks_blocked()
        with trio.move_on_after(0):
            await hold(places, release, entered, 1, "b")
        nursery.start_soon(hold, places, release, entered, 2, "c")
        await wait_all_tasks_blocked()
        assert places.describe().queued == 1
        release.set()
    assert entered == [0, 2]
    assert places.describe().running == 0


async def test_new_bounds_hold_for_who_comes_next() -> None:
    """Fewer places end nobody, more are handed out at once."""
    places, release, entered = admission(running=2, queued=4), trio.Event(), list[int]()
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(hold, places, release, entered, number)
            await wait_all_tasks_blocked()
        places.reconfigure(Config(max_running=1, max_queued=4, max_in_flight_bytes=100))
        assert (places.describe().running, places.describe().max_running, places.describe().queued) == (2, 1, 1)
        places.reconfigure(Config(max_running=3, max_queued=0, max_in_flight_bytes=100))
        await wait_all_tasks_blocked()
        assert entered == [0, 1, 2]
        with pytest.raises(Refusal, match="the queue is full"):
            async with places.place(1):
                pass
        release.set()
    assert places.describe().running == 0
