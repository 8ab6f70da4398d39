"""How many executions run at once, how many wait, and for how long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from protocol.messages import Admission as AdmissionDescription
from protocol.messages import ErrorCode
from supervisor.config import Config
from supervisor.errors import Refusal

# A hint for clients: a slot is free again after a few programs' time.
_RETRY_AFTER_S = 1


class Admission:
    """A bounded number of places, and a bounded queue for them, first come first served."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._places = trio.Semaphore(config.max_running)
        self._queued = 0
        self._bytes = 0  # of the requests that wait or run
        self._refused = 0
        self._finished = 0

    @asynccontextmanager
    async def place(self, request_bytes: int) -> AsyncIterator[None]:
        """Wait for a place; raise Refusal when the queue is full, or does not move in time."""
        if self._bytes + request_bytes > self._config.max_in_flight_bytes:
            raise self._refusal("too many bytes are in flight")
        self._bytes += request_bytes
        try:
            await self._wait()
            try:
                yield
            finally:
                self._finished += 1
                self._places.release()
        finally:
            self._bytes -= request_bytes

    def describe(self) -> AdmissionDescription:
        return AdmissionDescription(
            running=self._config.max_running - self._places.value,
            max_running=self._config.max_running,
            queued=self._queued,
            max_queued=self._config.max_queued,
            max_wait_ms=self._config.max_wait_s * 1000,
            refused=self._refused,
            finished=self._finished,
        )

    async def _wait(self) -> None:
        try:
            return self._places.acquire_nowait()
        except trio.WouldBlock:
            if self._queued >= self._config.max_queued:
                raise self._refusal("the queue is full") from None
        self._queued += 1
        try:
            with trio.fail_after(self._config.max_wait_s):
                await self._places.acquire()
        except trio.TooSlowError:
            raise self._refusal(f"no place became free within {self._config.max_wait_s:g} s") from None
        finally:
            self._queued -= 1

    def _refusal(self, why: str) -> Refusal:
        self._refused += 1
        return Refusal(ErrorCode.BUSY, f"the host is busy: {why}", retry_after_s=_RETRY_AFTER_S)
