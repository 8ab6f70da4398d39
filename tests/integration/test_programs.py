"""Real programs, several hundred lines each: in a jail they do what they do outside.

Outside means the same layers and the same commands in a plain chroot
(tests/outside.py), as an ordinary user.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from runtimes.manifest import load_manifests, standard
from tests.outside import run_outside
from tests.programs.make_stdin import make_stdin
from tests.service import Service

pytestmark = pytest.mark.service

PROGRAMS = Path(__file__).parents[1] / "programs"
DESCRIBED: dict[str, dict[str, Any]] = json.loads((PROGRAMS / "programs.json").read_text())
STDIN = make_stdin()


def source_files(language: str) -> dict[str, str]:
    folder = PROGRAMS / language
    return {name: (folder / name).read_text() for name in DESCRIBED[language]["files"]}


@pytest.mark.parametrize("language", DESCRIBED)
def test_program_does_the_same_in_a_jail(service: Service, language: str) -> None:
    described = DESCRIBED[language]
    outside = run_outside(
        service.state,
        language,
        source_files(language),
        args=described["args"],
        stdin=STDIN,
        environment=described["env"],
    )
    inside = service.run(
        language,
        source_files(language),
        args=described["args"],
        env=described["env"],
        stdin=base64.b64encode(STDIN).decode(),
        stdin_encoding="base64",
        output_encoding="base64",
        run_timeout=30_000,
        compile_timeout=60_000,
    )
    assert inside["status"] == "nonzero_exit", inside
    assert outside.returncode == inside["code"] == described["exit_code"], outside.stderr[-2000:]
    assert len(outside.stdout) > 200_000
    assert base64.b64decode(inside["stdout"]) == outside.stdout
    assert base64.b64decode(inside["stderr"]) == outside.stderr


def test_every_language_has_a_program() -> None:
    assert DESCRIBED.keys() == {manifest.language for manifest in standard(load_manifests()).values()}
    assert os.path.getsize(PROGRAMS / "programs.json") > 0
