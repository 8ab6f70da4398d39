"""How many jails of each runtime are to be kept ready: as many as are asked for, within bounds.

A runtime's target follows the rate at which it was asked for lately: what comes
within the next moment is to find its jails built. It is never below the
manifest's floor, and all of them together stay within a budget of memory, which
those that are asked for the most get the most of.
"""

import math
from collections.abc import Sequence

# Seconds: how long a request counts, and how far ahead jails are built.
_MEMORY_S = 3.0
_HORIZON_S = 1.0


class Demand:
    """The rate of one runtime's requests, those of late counting most."""

    def __init__(self) -> None:
        self._rate = 0.0  # per second, at the last request
        self._at = 0.0

    def note(self, now: float) -> None:
        """A jail was asked for."""
        self._rate = self.rate(now) + 1 / _MEMORY_S
        self._at = now

    def rate(self, now: float) -> float:
        """Per second."""
        return self._rate * math.exp((self._at - now) / _MEMORY_S)

    def jails(self, now: float) -> int:
        """How many are likely to be wanted within the horizon."""
        return round(self.rate(now) * _HORIZON_S)


def share_out(wanted: Sequence[int], floors: Sequence[int], costs: Sequence[int], budget_bytes: int) -> list[int]:
    """Targets: each its floor, and of what is wanted above it as much as the budget has for all, in proportion."""
    above = [max(0, want - floor) for want, floor in zip(wanted, floors, strict=True)]
    left = budget_bytes - sum(floor * cost for floor, cost in zip(floors, costs, strict=True))
    needed = sum(more * cost for more, cost in zip(above, costs, strict=True))
    part = min(1.0, max(0, left) / needed) if needed else 0.0
    return [floor + math.floor(more * part) for floor, more in zip(floors, above, strict=True)]
