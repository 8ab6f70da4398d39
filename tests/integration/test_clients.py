"""Clients that others have written, unmodified but for the URL that they are given."""

import shutil
from pathlib import Path

import pytest

from tests.service import Service
from tests.third_parties import run

pytestmark = pytest.mark.service

PROGRAMS = Path(__file__).parents[1] / "clients"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("aiopyston", ["True 'hello'", "True", "ExecutionError"]),
        ("piston_rspy", ["True", "c 3 0", "c 1 1"]),
        ("pistonapi", ["True", repr("['a b', 'c'] in\n")]),
        (
            "judge0",
            [
                "True 15.0",
                r"ACCEPTED 'hello\n' True True",
                r"[('ACCEPTED', '2\n'), ('WRONG_ANSWER', '4\n')]",
                "COMPILATION_ERROR True",
            ],
        ),
    ],
)
def test_of_pypi(service: Service, clients: Path, name: str, told: list[str]) -> None:
    key = [service.keys["execute"]] if name == "judge0" else []
    said = run([str(clients / "bin/python"), "-I", str(PROGRAMS / f"use_{name}.py"), service.url, *key])
    assert said.splitlines() == told


def test_of_npm(service: Service, clients: Path, tmp_path: Path) -> None:
    """Node.js finds packages beside the program, not by NODE_PATH."""
    program = shutil.copy(PROGRAMS / "use_piston_client.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(clients / "npm/node_modules")
    said = run([str(clients / "bin/node"), str(program), service.url])
    assert said.splitlines() == ["true", r'"2\n"']
