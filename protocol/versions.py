"""Version selectors in node-semver form (``3.x``, ``^20``, ``>=3.11 <3.13``)."""

import logging
import re
from functools import lru_cache

from nodesemver import max_satisfying, valid_range

# It logs a traceback for every selector that is none; clients write those.
logging.getLogger("nodesemver").disabled = True


@lru_cache(maxsize=1024)  # clients write the same few again and again
def select_version(available: tuple[str, ...], selector: str) -> str | None:
    """The newest available version that the selector admits; None when there is none. ValueError for no selector."""
    if selector.strip() in available:
        return selector.strip()
    by_semver = {_as_semver(version): version for version in available}
    if valid_range(selector.strip() or "*", loose=True) is None:
        raise ValueError(f"{selector!r} is not a version selector, such as 3, 3.12, ^20 or >=3.11 <3.14")
    chosen = max_satisfying(list(by_semver), selector.strip() or "*", loose=True)
    return by_semver[chosen] if chosen else None


def _as_semver(version: str) -> str:
    """The first three numbers: toolchains say ``1.27`` or ``5.2.37(1)`` where semver wants three."""
    numbers = re.findall(r"\d+", version.split("-")[0])[:3]
    return ".".join([str(int(number)) for number in numbers] + ["0"] * (3 - len(numbers)))
