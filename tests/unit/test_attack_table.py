"""The table of ``tests/security/README.md`` names every test of the suite, and none that is not there."""

import ast
import re
from pathlib import Path

SUITE = Path(__file__).parents[1] / "security"


def there_are() -> set[str]:
    return {
        f"{path.stem}::{node.name}"
        for path in SUITE.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def are_named() -> set[str]:
    rows = re.findall(r"^\|.*\| (`test_.*) \|$", (SUITE / "README.md").read_text(), re.MULTILINE)
    return {
        f"{module}::test_{name}"
        for row in rows
        for module, names in re.findall(r"`(test_\w+)`: ([\w, ]+)", row)
        for name in names.split(", ")
    }


def test_table_is_whole() -> None:
    there, named = there_are(), are_named()
    assert named - there == set(), "no such tests"
    assert there - named == set(), "missing from the table"
    assert len({name.partition("::")[0] for name in named}) >= 17
