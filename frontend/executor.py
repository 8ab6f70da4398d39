"""The one way to have something executed: within its key's quota, and charged to it."""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from quart import g

from frontend.client import SupervisorClient
from frontend.conversation import Conversation
from frontend.errors import ApiError
from frontend.keys import Ceilings, Key
from frontend.usage import DayUsage, Usage, seconds_left_today
from protocol.messages import ErrorCode, Execute, Finished, Refused, StageRequest

_MINUTE_S = 60.0
_CPUS = os.cpu_count() or 1
_CPUS_OF_ONE = 2  # the manifests' limit of one execution
# Refusals that may come when much was done already.
_AFTER_A_PLACE = (ErrorCode.INTERNAL, ErrorCode.TOO_LARGE)


class Executor:
    """Asks the supervisor, for whoever may ask."""

    def __init__(self, client: SupervisorClient, usage: Usage) -> None:
        self.client = client
        self.usage = usage
        self._running: Counter[str] = Counter()  # by key

    async def execute(self, order: Execute, key: Key | None) -> Finished:
        """Carry it out for a key, or for who needs none; ApiError when that is refused."""
        self.count(key)
        async with self.watch(order, key) as conversation:
            return await _finished(conversation)

    async def execute_counted(self, order: Execute, key: Key | None) -> Finished:
        """The same, for a request that was counted before: refused for now, it comes again."""
        if key:
            if key.is_expired:
                raise ApiError("unauthorized", "the key has expired")
            self._check_cpu_time(key)
        async with self.watch(order, key, is_counted=True) as conversation:
            return await _finished(conversation)

    @asynccontextmanager
    async def watch(self, order: Execute, key: Key | None, *, is_counted: bool = False) -> AsyncIterator[Conversation]:
        """The same, with all that is told ahead of the answer; left before that, it is cancelled."""
        if key:
            self._check_concurrency(key, is_counted=is_counted)
            order = _within(order, key)
        came_at = time.monotonic()
        self._running[order.owner] += 1
        conversation = None
        try:
            async with self.client.watch(lambda id_: msgspec.structs.replace(order, id=id_)) as conversation:
                yield conversation
        finally:
            self._running -= Counter({order.owner: 1})
            if key and conversation is not None:
                self._charge(key, conversation, came_at, has_cases=bool(order.cases))

    def count(self, key: Key | None) -> None:
        """One more request; ApiError when it is one too many."""
        if not key:
            return
        try:
            self._check_rate(key)
            self._check_cpu_time(key)
        except ApiError:
            self.usage.add(key.sha256, DayUsage(refused=1))
            raise

    def _check_cpu_time(self, key: Key) -> None:
        allowed_s = key.quota.cpu_seconds_per_day
        if allowed_s and self.usage.today(key.sha256).cpu_ms >= allowed_s * 1000:
            message = f"the key's {allowed_s:g} s of CPU time of today are used up"
            raise ApiError("rate_limited", message, retry_after_s=seconds_left_today())

    def _check_concurrency(self, key: Key, *, is_counted: bool) -> None:
        allowed = key.quota.concurrency
        if allowed and self._running[key.sha256] >= allowed:
            if not is_counted:
                self.usage.add(key.sha256, DayUsage(refused=1))
            raise ApiError("concurrency_limited", f"the key may have {allowed} executions at once", retry_after_s=1)

    def _check_rate(self, key: Key) -> None:
        """A bucket of a minute's requests, which fills again steadily; the answer's headers tell what is left of it."""
        if not (rate := key.quota.requests_per_minute):
            return
        now, each_s = time.time(), _MINUTE_S / rate
        # No later than that: a clock may have been set back.
        full_at = min(max(self.usage.full_at.get(key.sha256, 0.0), now), now + _MINUTE_S)
        left = int((_MINUTE_S - (full_at - now)) / each_s + 1e-6)
        if left >= 1:
            full_at += each_s
            self.usage.full_at[key.sha256] = full_at
        # draft-ietf-httpapi-ratelimit-headers
        g.rate_limit = {
            "RateLimit-Policy": f'"requests";q={rate};w={_MINUTE_S:.0f}',
            "RateLimit": f'"requests";r={max(left - 1, 0)};t={int(full_at - now) + 1}',
        }
        if left < 1:
            wait_s = full_at - now + each_s - _MINUTE_S
            raise ApiError("rate_limited", f"the key may ask {rate} times a minute", retry_after_s=int(wait_s) + 1)

    def _charge(self, key: Key, conversation: Conversation, came_at: float, *, has_cases: bool) -> None:
        """What the program used; where that is not known, for its client has left, all that it could have been.

        Since it began, if that was told. Nothing, if it is the supervisor that is gone.
        """
        seconds = time.monotonic() - (conversation.began_at or came_at)
        # Of all processors that it can have had: to leave is not to be cheaper than to stay.
        most_ms = seconds * 1000 * (_CPUS if has_cases else min(_CPUS, _CPUS_OF_ONE))
        match conversation.answer:
            case Finished() as finished:
                cpu_ms = sum(result.cpu_time_ms for _, result in finished.stages)
                self.usage.add(key.sha256, DayUsage(executions=1, cpu_ms=cpu_ms))
            case None if not conversation.is_over:
                self.usage.add(key.sha256, DayUsage(executions=1, cpu_ms=most_ms))
            case Refused(code=code) if code in _AFTER_A_PLACE:
                self.usage.add(key.sha256, DayUsage(executions=1, cpu_ms=most_ms))
            case _:
                pass  # it was refused


async def _finished(conversation: Conversation) -> Finished:
    finished = await conversation.next_event()
    assert isinstance(finished, Finished)
    return finished


def _within(order: Execute, key: Key) -> Execute:
    quota = key.quota
    return msgspec.structs.replace(
        order,
        key_name=key.name,
        languages=None if quota.languages is None else list(quota.languages),
        compile_ceilings=_ceilings(quota.compile),
        run_ceilings=_ceilings(quota.run),
    )


def _ceilings(ceilings: Ceilings) -> StageRequest:
    return StageRequest(ceilings.timeout, ceilings.cpu_time, ceilings.memory_limit)
