"""Submissions that are waited for, and those whose results are still to be fetched; kept in memory, for a time."""

from collections import Counter, OrderedDict
from datetime import UTC, datetime

from frontend.judge0_submission import Submission

MAX_SUBMISSIONS = 2000
_MAX_BYTES = 256 * 1024 * 1024
# The rest is for keys of which nothing is waited for yet.
_MAX_SHARE = 3 / 4


class QueueFullError(Exception):
    """There is no room for another one."""


class SubmissionStore:
    """By token. What is finished is let go when its time is up, or for want of room: what was told already first."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._submissions: dict[str, Submission] = {}
        self._sizes: Counter[str] = Counter()  # bytes, by token
        self._size = 0
        self._unfinished: Counter[str] = Counter()  # by owner
        self._finished: OrderedDict[str, None] = OrderedDict()  # tokens, whose turn it is to go first

    def add(self, submission: Submission) -> None:
        """Keep it; QueueFullError when there are too many that are not finished."""
        share = _MAX_SHARE if self._unfinished[submission.owner] else 1
        if self._unfinished.total() >= MAX_SUBMISSIONS * share:
            raise QueueFullError
        self._make_room(1, submission.size_bytes, submission.owner)
        if not self._fits(1, submission.size_bytes):
            raise QueueFullError
        self._submissions[submission.token] = submission
        self._unfinished[submission.owner] += 1
        self._measure(submission)

    def finish(self, submission: Submission) -> None:
        """It has its result now."""
        self._unfinished -= Counter({submission.owner: 1})
        self._finished[submission.token] = None
        self._measure(submission)
        self._make_room(0, 0, submission.owner)

    def get(self, token: str, owner: str) -> Submission | None:
        """One of this owner's, if it is still there."""
        submission = self._submissions.get(token)
        if not submission or submission.owner != owner or self._is_over(submission):
            return None
        if token in self._finished:
            self._finished.move_to_end(token, last=False)
        return submission

    def _measure(self, submission: Submission) -> None:
        self._size += submission.size_bytes - self._sizes[submission.token]
        self._sizes[submission.token] = submission.size_bytes

    def _fits(self, number: int, size: int) -> bool:
        return len(self._submissions) + number <= MAX_SUBMISSIONS and self._size + size <= _MAX_BYTES

    def _make_room(self, number: int, size: int, owner: str) -> None:
        for token in [token for token in self._finished if self._is_over(self._submissions[token])]:
            self._forget(token)
        # Its own go first; then those of who has most.
        while self._finished and not self._fits(number, size):
            owners = Counter(self._submissions[token].owner for token in self._finished)
            heaviest = owner if owners[owner] else owners.most_common(1)[0][0]
            self._forget(next(token for token in self._finished if self._submissions[token].owner == heaviest))

    def _forget(self, token: str) -> None:
        del self._finished[token], self._submissions[token]
        self._size -= self._sizes.pop(token)

    def _is_over(self, submission: Submission) -> bool:
        finished_at = submission.finished_at
        return finished_at is not None and (datetime.now(UTC) - finished_at).total_seconds() > self._keep_s
