"""Which runtimes `runjail build` is asked for, and what goes with those that `runjail remove` is."""

from pathlib import Path

import pytest

from cli.building import _choose, remove
from cli.paths import Paths
from runtimes.manifest import load_manifests, standard
from runtimes.recipe import load_layers, stack_of
from runtimes.store import InstalledRuntime

MANIFESTS = load_manifests()
LAYERS = load_layers()


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


def installed(paths: Paths, name: str) -> set[str]:
    """As if it had been built; its layers."""
    layers = [layer.folder_name for layer in stack_of(MANIFESTS[name].layer, LAYERS)]
    for layer in layers:
        (paths.store.layers / layer).mkdir(exist_ok=True)
    paths.store.write_runtime(name, InstalledRuntime("1.2.3", tuple(layers)))
    return set(layers)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(state=tmp_path / "state", run=tmp_path / "run")
    paths.store.prepare()
    return paths


def found(paths: Paths) -> set[str]:
    return {path.name for path in paths.store.layers.iterdir()}


def test_removed_release_takes_its_own_layers_along(paths: Paths) -> None:
    others = {name: installed(paths, name) for name in ("python", "c", "c13", "python3.14")}
    remove(paths, ["python@3.14"])
    assert paths.store.names() == others.keys() - {"python3.14"}
    assert others["python3.14"] - found(paths)
    assert found(paths) == set().union(*(others[name] for name in paths.store.names()))


def test_release_whose_layers_a_service_has_goes_all_the_same(paths: Paths) -> None:
    layers = installed(paths, "python3.14")
    runtime = paths.store.read_runtime("python3.14")
    assert runtime
    holder = paths.store
    holder.hold(runtime)
    remove(paths, ["python@3.14"])
    assert (paths.store.names(), found(paths)) == (set(), layers)


@pytest.mark.parametrize(
    ("name", "words"), [("python", "usual"), ("python@3.14", "not installed"), ("cobol", "no runtime")]
)
def test_what_can_not_be_removed(paths: Paths, name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    installed(paths, "python")
    with pytest.raises(SystemExit):
        remove(paths, [name])
    assert words in capsys.readouterr().err
    assert paths.store.names() == {"python"}
