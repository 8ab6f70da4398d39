"""Notes for somebody who is gone."""

import os
import subprocess
import sys
from pathlib import Path


def test_closed_pipe_ends_nothing() -> None:
    """Ctrl-C has ended what it leads to as well."""
    reader, writer = os.pipe()
    os.close(reader)
    script = "from cli.console import say, show\nfor _ in range(3): say('stopping'); show('a', 'b')\nprint('through')"
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=writer, cwd=Path(__file__).parents[3]
    )
    os.close(writer)
    assert (done.returncode, done.stdout) == (0, b"through\n")


def test_what_is_to_be_copied_is_as_it_is() -> None:
    script = "from cli.console import show\nshow('curl -d \\'[\"x\"]\\' ' + 200 * 'y', 'second')"
    done = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert done.stderr.decode() == f"\n    curl -d '[\"x\"]' {200 * 'y'}\n    second\n\n"
