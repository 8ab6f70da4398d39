"""Version selectors in node-semver form (``3.x``, ``^20``, ``>=3.11 <3.13``)."""

import re
from collections.abc import Iterable

from nodesemver import max_satisfying


def select_version(available: Iterable[str], selector: str) -> str | None:
    """The newest available version that the selector admits; None when there is none, or no sense in it."""
    available = list(available)
    if selector.strip() in available:
        return selector.strip()
    by_semver = {_as_semver(version): version for version in available}
    try:
        chosen = max_satisfying(list(by_semver), selector.strip() or "*", loose=True)
    except ValueError:
        return None
    return by_semver[chosen] if chosen else None


def _as_semver(version: str) -> str:
    """The first three numbers: toolchains say ``1.27`` or ``5.2.37(1)`` where semver wants three."""
    numbers = re.findall(r"\d+", version.split("-")[0])[:3]
    return ".".join([str(int(number)) for number in numbers] + ["0"] * (3 - len(numbers)))
