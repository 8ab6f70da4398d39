"""The shared corpus of public benchmark programs, sent by its own runner."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.alone
def test_corpus(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    if not CORPUS.is_dir():
        with capsys.disabled():
            sys.stderr.write(f"\n*** THE CORPUS IS NOT AT {CORPUS}: 222 PROGRAMS WERE NOT RUN ***\n")
        pytest.skip(f"no corpus at {CORPUS}")
    files = sorted(map(str, CORPUS.glob("*.jsonl")))
    options = ["--base", service.url, "--key", service.keys["execute"], "--concurrency", "4"]
    command = [sys.executable, str(CORPUS / "run_corpus.py"), *options, "--corpus", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "total: 222 passed, 0 failed" in done.stdout
