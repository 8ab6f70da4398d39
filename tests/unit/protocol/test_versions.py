"""Version selectors in node-semver form, on the versions toolchains really print."""

import pytest

from protocol.versions import select_version

PYTHONS = ("3.11.2", "3.12.3", "3.13.5")
JAVAS = ("21.0.13.1", "25.0.5.1")


@pytest.mark.parametrize(
    ("available", "selector", "chosen"),
    [
        (PYTHONS, "*", "3.13.5"),
        (PYTHONS, "", "3.13.5"),
        (PYTHONS, "3", "3.13.5"),
        (PYTHONS, "3.12", "3.12.3"),
        (PYTHONS, "3.x", "3.13.5"),
        (PYTHONS, "3.12.3", "3.12.3"),
        (PYTHONS, "^3.11", "3.13.5"),
        (PYTHONS, "~3.11", "3.11.2"),
        (PYTHONS, ">=3.11 <3.13", "3.12.3"),
        (PYTHONS, "3.11 || 3.12", "3.12.3"),
        (PYTHONS, "2", None),
        (JAVAS, "21", "21.0.13.1"),
        (JAVAS, "25.0.5", "25.0.5.1"),
        (JAVAS, "21.0.13.1", "21.0.13.1"),
        (("1.27",), "~1.27", "1.27"),
        (("10.0.0", "9.0.0"), "*", "10.0.0"),
    ],
)
def test_selection(available: tuple[str, ...], selector: str, chosen: str | None) -> None:
    assert select_version(available, selector) == chosen


@pytest.mark.parametrize("selector", ["latest", "y", ">=3.11,<3.14", "; rm -rf /"])
def test_no_selector(selector: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="is not a version selector"):
        select_version(PYTHONS, selector)
    assert not caplog.records  # clients can't fill the log
