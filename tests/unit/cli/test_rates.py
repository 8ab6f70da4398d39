"""Rates and quantiles, from two answers of the supervisor."""

import pytest

from cli.rates import Rates, quantile, rates
from protocol.figures import DURATION_CLASSES_S, Durations, FigureDescription, ProcessUsage, RuntimeFigures

CLASSES = len(DURATION_CLASSES_S) + 1


def counts(**classes: int) -> list[int]:
    """``c3=2``: two in the class of this index."""
    return [classes.get(f"c{index}", 0) for index in range(CLASSES)]


def figures(cpu_s: float, started_at: float = 1.0, refused: int = 0, **of: list[int]) -> FigureDescription:
    runtimes = [
        RuntimeFigures(name, [], {"total": Durations(of_it, 0)} if of_it else {}, [], 0, 0, 0)
        for name, of_it in of.items()
    ]
    usage = ProcessUsage("supervisor", started_at, cpu_s, 0, 0)
    return FigureDescription(0, runtimes, {"busy": refused}, {}, 0, 0, 1, [usage])


def test_rates_are_differences() -> None:
    before = figures(10, refused=1, python=counts(c4=5), go=[])
    now = figures(10.5, refused=3, python=counts(c4=9), go=counts(c4=4))
    found = rates(before, now, 2.0)
    assert found
    assert (found.executions, found.refusals, found.cancelled, found.cpus) == (4.0, 1.0, 0.0, {"supervisor": 0.25})
    assert found.latency_p50_s == pytest.approx(0.0175)
    assert found.latency_p95_s == pytest.approx(0.02425)


def test_nothing_happened() -> None:
    same = figures(10, python=counts(c4=5))
    assert rates(same, same, 1.0) == Rates(0, 0, 0, None, None, {"supervisor": 0.0})


def test_another_supervisor_has_no_rates() -> None:
    assert rates(figures(10, python=counts(c4=5)), figures(0, started_at=9, python=counts(c4=6)), 1.0) is None


@pytest.mark.parametrize(
    ("classes", "part", "seconds"),
    [
        (counts(), 0.5, None),
        (counts(c0=1), 0.5, 0.0005),
        (counts(c0=1, c1=1), 0.5, 0.001),
        (counts(c0=3, c2=1), 1.0, 0.005),
        (counts(c15=1), 0.5, 60.0),
        (counts(c0=1, c15=99), 0.95, 60.0),
    ],
)
def test_quantile(classes: list[int], part: float, seconds: float | None) -> None:
    assert quantile(classes, part) == (None if seconds is None else pytest.approx(seconds))
