"""Which of Judge0's submissions are kept."""

import pytest

from frontend import judge0_store
from frontend.judge0_bodies import read_submission
from frontend.judge0_store import QueueFullError, SubmissionStore
from frontend.judge0_submission import Submission


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge0_store, "MAX_SUBMISSIONS", 8)


def added(store: SubmissionStore, owner: str = "me", *, is_finished: bool = False) -> Submission:
    submission = Submission(read_submission({"source_code": "x", "language_id": 71}, is_base64=False), owner)
    store.add(submission)
    if is_finished:
        submission.fail("so that it is over")
        store.finish(submission)
    return submission


def test_each_is_its_owner_s() -> None:
    store = SubmissionStore(600)
    submission = added(store)
    assert store.get(submission.token, "me") is submission
    assert store.get(submission.token, "other") is None
    assert store.get("nothing", "me") is None


def test_one_owner_leaves_room_to_others() -> None:
    store = SubmissionStore(600)
    for _ in range(6):
        added(store)
    with pytest.raises(QueueFullError):
        added(store)
    added(store, "other")
    added(store, "third")
    with pytest.raises(QueueFullError):
        added(store, "fourth")


def test_what_is_finished_gives_way_and_what_was_told_first() -> None:
    store = SubmissionStore(600)
    first, second, third = (added(store, is_finished=True) for _ in range(3))
    assert store.get(second.token, "me")
    for _ in range(5):
        added(store, is_finished=True)
    added(store, is_finished=True)
    assert store.get(second.token, "me") is None
    assert store.get(first.token, "me")
    added(store, is_finished=True)
    assert store.get(first.token, "me") is None
    assert store.get(third.token, "me")


def test_what_is_kept_has_an_end() -> None:
    store = SubmissionStore(-1)
    old, waited_for = added(store, is_finished=True), added(store)
    assert store.get(old.token, "me") is None
    assert store.get(waited_for.token, "me")
    added(store)
    assert old.token not in store._submissions
