"""How many executions run at once, how many wait, and for how long.

Places that become free go to the keys that wait for one in turn, so that one key's
thousand requests do not hold up another's first.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import trio

from protocol.messages import ErrorCode
from protocol.pool import Admission as AdmissionDescription
from supervisor.config import Config
from supervisor.errors import Refusal

# A hint for clients: a slot is free again after a few programs' time.
_RETRY_AFTER_S = 1
# A part of the queue, and of the bytes, that is for keys of which nothing is there yet.
_RESERVED = 1 / 4


class Admission:
    """A bounded number of places, and a bounded queue for them: for each owner first come first served."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._running = 0
        self._waiting: OrderedDict[str, deque[trio.Event]] = OrderedDict()  # by owner, whose turn it is first
        self._queued = 0
        self._bytes: Counter[str] = Counter()  # of the requests that wait or run, by owner
        self._refused = 0
        self._finished = 0

    @asynccontextmanager
    async def place(self, request_bytes: int, owner: str = "") -> AsyncIterator[None]:
        """Wait for a place; raise Refusal when the queue is full, or does not move in time."""
        if not self._has_room_for(request_bytes, owner):
            raise self._refusal("too many bytes are in flight")
        self._bytes[owner] += request_bytes
        try:
            await self._wait(owner)
            try:
                yield
            finally:
                self._finished += 1
                self._release()
        finally:
            self._bytes -= Counter({owner: request_bytes})  # and forget an owner of none

    @property
    def has_queue(self) -> bool:
        """Somebody waits for a place."""
        return self._queued > 0

    @contextmanager
    def spare_place(self) -> Iterator[bool]:
        """One more place for who has one already; whether there was one that nobody waits for."""
        if self.has_queue or not self._has_place():
            yield False
            return
        self._running += 1
        try:
            yield True
        finally:
            self._release()

    def reconfigure(self, config: Config) -> None:
        """From now on so many; who has a place or waits for one keeps it."""
        self._config = config
        self._hand_out()

    def describe(self) -> AdmissionDescription:
        return AdmissionDescription(
            running=self._running,
            max_running=self._config.max_running,
            queued=self._queued,
            max_queued=self._config.max_queued,
            max_wait_ms=self._config.max_wait_s * 1000,
            refused=self._refused,
            finished=self._finished,
        )

    async def _wait(self, owner: str) -> None:
        if self._has_place() and not self._queued:
            self._running += 1
            return
        if not self._has_room(owner):
            raise self._refusal("the queue is full")
        turn = trio.Event()
        self._waiting.setdefault(owner, deque()).append(turn)
        self._queued += 1
        try:
            with trio.fail_after(self._config.max_wait_s):
                await turn.wait()
        except BaseException as error:
            self._give_up(owner, turn)
            if isinstance(error, trio.TooSlowError):
                raise self._refusal(f"no place became free within {self._config.max_wait_s:g} s") from None
            raise

    def _has_room_for(self, request_bytes: int, owner: str) -> bool:
        allowed = self._config.max_in_flight_bytes
        reserved = int(allowed * _RESERVED) if self._bytes[owner] else 0
        return self._bytes.total() + request_bytes <= allowed - reserved

    def _has_room(self, owner: str) -> bool:
        reserved = int(self._config.max_queued * _RESERVED) if owner in self._waiting else 0
        return self._queued < self._config.max_queued - reserved

    def _has_place(self) -> bool:
        return self._running < self._config.max_running

    def _release(self) -> None:
        self._running -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        """Hand what places there are to who is next: the owners in turn, and of each who came first."""
        while self._queued and self._has_place():
            owner = next(iter(self._waiting))
            turn = self._waiting[owner].popleft()
            self._waiting.move_to_end(owner)
            self._left(owner)
            self._running += 1
            turn.set()

    def _give_up(self, owner: str, turn: trio.Event) -> None:
        if turn.is_set():  # and has the place
            return self._release()
        self._waiting[owner].remove(turn)
        self._left(owner)

    def _left(self, owner: str) -> None:
        self._queued -= 1
        if not self._waiting[owner]:
            del self._waiting[owner]

    def _refusal(self, why: str) -> Refusal:
        self._refused += 1
        return Refusal(ErrorCode.BUSY, f"the host is busy: {why}", retry_after_s=_RETRY_AFTER_S)
