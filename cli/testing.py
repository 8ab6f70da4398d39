"""``runjail test``: linters, types, tests; the same here and in CI."""

import os
import subprocess
import sys
from pathlib import Path

from cli.console import fail, say
from cli.paths import Paths

# A test waits more than it computes: two at a time take little more than half the time.
_PYTEST_ARGS = ("-q", "--durations=10", "--numprocesses=2")
_CHECKS = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",))


def test(paths: Paths, pytest_args: list[str]) -> int:
    """Run all checks in the checkout; return the exit status of the first that fails."""
    source = Path(os.environ.get("RUNJAIL_SOURCE", "."))
    if not (source / "tests").is_dir():
        fail(f"there are no tests in {source}: run it from a checkout, as ./runjail test")
    environment = {**os.environ, "RUNJAIL_STATE": str(paths.state), "REQUIRE_PRIVILEGED": "1"}
    commands = [[sys.executable, "-m", *check] for check in _CHECKS]
    commands.append([sys.executable, "-m", "pytest", *(pytest_args or _PYTEST_ARGS)])
    for command in commands:
        say(" ".join(command[2:]))
        if status := subprocess.run(command, cwd=source, env=environment).returncode:
            return status
    return 0
