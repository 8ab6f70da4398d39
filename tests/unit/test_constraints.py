"""constraints.txt: every library has one version, and it is the one that the tests run with."""

from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LINES = (Path(__file__).parents[2] / "constraints.txt").read_text().splitlines()
HELD = {
    canonicalize_name(held.name): str(held.specifier).removeprefix("==")
    for held in (Requirement(line) for line in LINES if not line.startswith("#"))
}
# The list of authorities is to be the newest, and pip comes with Python.
NOT_HELD = {"certifi", "pip", "setuptools"}


def test_what_is_installed_is_what_is_held() -> None:
    installed = {canonicalize_name(found.metadata["Name"]): found.version for found in distributions()}
    assert {name: version for name, version in installed.items() if name not in NOT_HELD} == {
        name: version for name, version in HELD.items() if name in installed
    }
    assert {"trio", "msgspec", "hypercorn", "h11", "pytest"} <= installed.keys()
