"""Which runtimes `runjail build` is asked for."""

import pytest

from cli.building import _choose
from runtimes.manifest import load_manifests, standard

MANIFESTS = load_manifests()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["python"], ["python"]),
        (["python@3.14"], ["python3.14"]),
        (["py@3.13"], ["python"]),
        (["node@22", "js@24"], ["node22", "javascript"]),
        (["java"], ["java"]),
        (["Java@21"], ["java21"]),
        (["openjdk"], ["java", "java21"]),
        (["C++@<14"], ["cpp13"]),
        (["golang@~1.25"], ["go1.25"]),
        (["python3.14"], ["python3.14"]),
        (["python-data"], ["python-data"]),
    ],
)
def test_names_and_releases(names: list[str], chosen: list[str]) -> None:
    assert _choose(MANIFESTS, [], names) == chosen


def test_without_names_the_usual_ones_and_those_that_are_there() -> None:
    assert _choose(MANIFESTS, ["node22"], []) == [n for n in MANIFESTS if n in standard(MANIFESTS) or n == "node22"]


@pytest.mark.parametrize("name", ["cobol", "python@2", "python@nonsense!", "ruby@3", "@3", ""])
def test_what_there_is_not(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _choose(MANIFESTS, [], [name])
    assert "python3.14 (python@3.14)" in capsys.readouterr().err
