"""Debian trees of any suite, from wherever the host's own apt has its packages, and the programs that make a guest."""

import os
import shutil
import subprocess
from pathlib import Path

from runtimes.apt import apt_sources, transport_settings

# What is run on the host, and the package that has it.
_TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "patchelf": "patchelf",
    "mke2fs": "e2fsprogs",
    "depmod": "kmod",
}
_KEYRING = "debian-archive-keyring"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class UnbuildableError(Exception):
    """This host can't make a guest; the message says why. Nobody's fault but the host's, or its mirror's."""


def install_tools() -> None:
    """Have every program that is needed here; raise UnbuildableError where that is not to be had."""
    if os.geteuid() != 0:
        raise UnbuildableError("a guest's file system can only be made by root")
    missing = [package for program, package in _TOOLS.items() if not shutil.which(program, path=_PATH)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise UnbuildableError(f"this host lacks {', '.join(missing)}, and has no apt-get to install them")
    run("apt-get", "-qq", "update")
    run(
        "apt-get",
        "-qq",
        "install",
        "-y",
        "--no-install-recommends",
        *missing,
        _KEYRING,
        DEBIAN_FRONTEND="noninteractive",
    )


def bootstrap(suite: str, tree: Path, *options: str) -> None:
    """Make a tree of Debian packages; raise UnbuildableError when the mirror or a package fails."""
    transport = [f"--aptopt={line.rstrip(';')}" for line in transport_settings()]
    # Elsewhere than on Debian there is none to be told of, and mmdebstrap knows of one itself.
    sources = apt_sources(suite)[:1]
    run("mmdebstrap", "--mode=root", "--quiet", *transport, *options, suite, str(tree), *sources)


def run(*command: str, **environment: str) -> None:
    """Run one of the tools; raise UnbuildableError with its last words when it fails."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": _PATH, **environment},
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip()[-2000:]
        raise UnbuildableError(f"{command[0]} failed with status {done.returncode}: {words}")
