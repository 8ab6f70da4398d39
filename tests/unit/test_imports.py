"""Who may import whom (style.md 2.3): the wall between the packages, checked on the source."""

import ast
import importlib.metadata
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"cli", "frontend", "jail", "protocol", "runtimes", "supervisor"}
ALLOWED = {
    "jail": set(),
    "runtimes": {"msgspec"},
    "protocol": {"msgspec", "nodesemver", "structlog", "trio"},
    "frontend": {
        "protocol",
        "hypercorn",
        "wsproto",
        "msgspec",
        "prometheus_client",
        "quart",
        "quart_trio",
        "trio",
        "werkzeug",
    },
    "supervisor": {"jail", "protocol", "runtimes", "msgspec", "structlog", "trio"},
}


def imported_packages(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names)


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_are_allowed(package: str) -> None:
    for path in (ROOT / package).glob("*.py"):
        forbidden = imported_packages(path) - ALLOWED[package] - {package}
        assert not forbidden, f"{path.relative_to(ROOT)} imports {forbidden}"


def test_messages_need_no_trio() -> None:
    needing = [path.name for path in (ROOT / "protocol").glob("*.py") if "trio" in imported_packages(path)]
    assert sorted(needing) == ["stream.py", "systemd.py"]


def test_nothing_imports_the_command_line() -> None:
    for package in ALLOWED:
        for path in (ROOT / package).glob("*.py"):
            assert "cli" not in imported_packages(path), path.name


def test_names_are_ours_alone() -> None:
    """PyPI has distributions with the same import names; pip would merge them silently."""
    owners = importlib.metadata.packages_distributions()
    assert {name: owners.get(name, ["runjail"]) for name in OURS} == {name: ["runjail"] for name in OURS}


def test_no_registry_is_named() -> None:
    """Where packages come from is the host's to say."""
    hosts = ("deb.debian" + ".org", "pypi" + ".org", "registry.npm" + "js.org", "pythonhosted" + ".org")
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix in {".py", ".toml", ".md", ".sh", ""} and ".git" not in path.parts:
            text = path.read_text(errors="ignore")
            assert not [host for host in hosts if host in text], path
