"""Recipes and the digests that name layers."""

from pathlib import Path

import pytest

from runtimes.manifest import ManifestError
from runtimes.recipe import Layer, load_layers, stack_of

BASE = 'summary = "base"\n'
CHILD = 'summary = "child"\nparent = "base"\npackages = ["a"]\nsources = "files"\n'


def write(folder: Path, **recipes: str) -> dict[str, Layer]:
    for name, text in recipes.items():
        (folder / f"{name}.toml").write_text(text)
    (folder / "files" / "deep").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "deep" / "tool.py").write_text("1")
    return load_layers(folder=folder)


def test_stack_ends_in_the_base(tmp_path: Path) -> None:
    layers = write(tmp_path, base=BASE, child=CHILD)
    assert [layer.name for layer in stack_of("child", layers)] == ["child", "base"]


def test_digest_is_the_same_twice(tmp_path: Path) -> None:
    assert write(tmp_path, base=BASE, child=CHILD) == write(tmp_path, base=BASE, child=CHILD)


@pytest.mark.parametrize("change", [("packages", '["a"]', '["b"]'), ("parent", BASE, 'summary = "new base"\n')])
def test_digest_changes_with_the_recipe_and_what_is_below(tmp_path: Path, change: tuple[str, str, str]) -> None:
    before = write(tmp_path, base=BASE, child=CHILD)["child"].digest
    _, old, new = change
    after = write(tmp_path, base=BASE.replace(old, new), child=CHILD.replace(old, new))["child"].digest
    assert before != after


def test_digest_changes_with_the_files(tmp_path: Path) -> None:
    before = write(tmp_path, base=BASE, child=CHILD)
    (tmp_path / "files" / "deep" / "tool.py").write_text("2")
    after = load_layers(folder=tmp_path)
    assert before["child"].digest != after["child"].digest
    assert before["base"] == after["base"]


def test_digest_of_all_changes_with_the_day_of_the_packages(tmp_path: Path) -> None:
    before = write(tmp_path, base=BASE, child=CHILD)
    after = load_layers("2026-11-28", tmp_path)
    assert {name for name in before if before[name].digest != after[name].digest} == {"base", "child"}
    assert load_layers("2026-11-28", tmp_path) == after != load_layers("2026-11-29", tmp_path)


@pytest.mark.parametrize("parent", ["missing", "child"])
def test_parent_that_is_not_there_or_itself(tmp_path: Path, parent: str) -> None:
    with pytest.raises(ManifestError, match=parent):
        write(tmp_path, base=BASE, child=CHILD.replace("base", parent))


def test_real_recipes_load() -> None:
    assert {"base", "python", "node", "gcc", "csharp"} <= load_layers().keys()
