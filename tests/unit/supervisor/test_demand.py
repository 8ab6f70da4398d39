"""What is expected of the next moment, and how a budget is shared out."""

import pytest

from supervisor.demand import Demand, share_out


def test_rate_is_that_of_late() -> None:
    demand = Demand()
    for number in range(200):
        demand.note(number / 10)
    assert demand.rate(20) == pytest.approx(10, rel=0.1)
    assert demand.jails(20) == 10
    assert demand.jails(40) == 0


def test_single_request_wants_no_more_than_the_floor() -> None:
    demand = Demand()
    demand.note(5)
    assert demand.jails(5) == 0


@pytest.mark.parametrize(
    ("wanted", "budget", "targets"),
    [
        ([1, 1], 100, [1, 1]),  # nothing above the floors
        ([5, 1], 100, [5, 1]),
        ([11, 1], 70, [6, 1]),  # half of what is wanted
        ([11, 11], 120, [6, 6]),
        ([100, 100], 0, [1, 1]),  # the floors are kept even where the budget is too small for them
        ([0, 0], 100, [1, 1]),
    ],
)
def test_budget_is_shared_in_proportion(wanted: list[int], budget: int, targets: list[int]) -> None:
    assert share_out(wanted, [1, 1], [10, 10], budget) == targets
