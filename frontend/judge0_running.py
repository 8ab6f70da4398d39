"""Carries submissions out, for those who wait and for those who fetch the results later."""

import logging
import os
from contextvars import Context

import trio

from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.judge0_store import SubmissionStore
from frontend.judge0_submission import PROCESSING, Submission
from frontend.keys import Key
from protocol.messages import ErrorCode, Finished

log = logging.getLogger(__name__)

# Of one key's submissions that nobody waits for; the supervisor gives the keys their turns.
_AT_ONCE = 4 * (os.cpu_count() or 1)
_RETRY_S = 1.0
_RETRIES = 300


class Submissions:
    """All there are, and those that are under way."""

    def __init__(self, executor: Executor, store: SubmissionStore) -> None:
        self.store = store
        self._executor = executor
        self._lines: dict[str, trio.CapacityLimiter] = {}  # by key

    async def carry_out(self, submission: Submission, key: Key) -> Finished | None:
        """Run it as often as is wanted, until a run is not accepted, and return that; None if it failed on our side.

        ApiError or QueueFullError if it is refused.
        """
        self._executor.count(key)
        self.store.add(submission)
        try:
            return await self._run(submission, key)
        except ApiError as error:
            submission.fail(error.message)
            if error.code != ErrorCode.INTERNAL:
                raise
            return None
        except BaseException:
            submission.fail("its client has left")
            raise
        finally:
            self.store.finish(submission)

    def put_off(self, submission: Submission, key: Key, nursery: trio.Nursery) -> None:
        """Carry it out when there is room; ApiError or QueueFullError when it may not even wait."""
        self._executor.count(key)
        self.store.add(submission)
        # Not in the request's context, which would keep all of its body as long as this.
        Context().run(nursery.start_soon, self._run_later, submission, key)

    async def _run_later(self, submission: Submission, key: Key) -> None:
        """What goes wrong is told of when it is asked for."""
        try:
            await self._run_when_there_is_room(submission, key)
        except ApiError as error:
            submission.fail(error.message)
        except Exception:
            log.exception("submission %s failed", submission.token)
            submission.fail("internal error")
        finally:
            self.store.finish(submission)

    async def _run_when_there_is_room(self, submission: Submission, key: Key) -> None:
        at_once = min(key.quota.concurrency or _AT_ONCE, _AT_ONCE)
        line = self._lines.setdefault(key.sha256, trio.CapacityLimiter(at_once))
        line.total_tokens = at_once  # its quota may have been changed
        for _ in range(_RETRIES):
            try:
                async with line:
                    await self._run(submission, key)
                    return
            except ApiError as error:
                if error.code not in (ErrorCode.BUSY, "concurrency_limited"):
                    raise
                await trio.sleep(error.retry_after_s or _RETRY_S)
        raise ApiError(ErrorCode.BUSY, "the host was busy for too long")

    async def _run(self, submission: Submission, key: Key) -> Finished:
        submission.begin(PROCESSING)
        while True:
            finished = await self._executor.execute_counted(submission.order(), key)
            if submission.add_run(finished):
                return finished
