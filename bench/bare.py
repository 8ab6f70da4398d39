"""The other side of a comparison: the same program in the same root file system, without Runjail.

*bare* is spawn and wait of plain commands in a chroot; *bwrap* and *crun* the same commands, each in
a bubblewrap or a container of its own. A process of its own does it, so that none pays for this one's size.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from runtimes.manifest import Manifest, expand_command

_MIB = 1 << 20
# Sets the root up as a jail does, then runs this file in it.
_ENTER = """
set -eu
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work root upper/box
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" root
mount -t proc proc root/proc; mount --rbind /dev root/dev
shift 2; exec "$@"
"""
# As somebody would compile by hand, where the manifests know better.
_PLAIN = {
    "c": ["gcc", "-O2", "-o", "a.out", "main.c", "-lm"],
    "c++": ["g++", "-std=gnu++20", "-O2", "-o", "a.out", "main.cpp"],
    "go": ["go", "build", "-o", "a.out", "main.go"],
    "rust": ["rustc", "--edition", "2024", "-C", "opt-level=2", "-o", "a.out", "main.rs"],
}
# Namespaces and mounts, and neither cgroup nor seccomp filter: the least that crun does.
_CRUN_MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
]
_CRUN_NAMESPACES = ("pid", "mount", "network", "ipc", "uts")
_BWRAP = ["--proc", "/proc", "--dev", "/dev", "--unshare-all", "--uid", "1000", "--gid", "1000", "--die-with-parent"]


def rate(execute: Callable[[], object], clients: int, seconds: float) -> float:
    """Executions a second with so many clients that never pause."""
    ends = time.monotonic() + seconds

    def keep_going(_: int) -> int:
        count = 0
        while time.monotonic() < ends:
            execute()
            count += 1
        return count

    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        count = sum(pool.map(keep_going, range(clients)))
    return count / (time.monotonic() - started)


@contextmanager
def other_side(kind: str, manifest: Manifest, lower: str, files: dict[str, str]) -> Iterator[Callable[[str], float]]:
    """``bare``, ``bwrap`` or ``crun``: answers ``once`` with seconds, ``rate CLIENTS SECONDS`` with executions a second."""
    stages = [stage for stage in (manifest.compile, manifest.run) if stage]
    commands = [expand_command(stage.command, list(files), [], 512 * _MIB) for stage in stages]
    if manifest.language in _PLAIN:
        commands[0] = _PLAIN[manifest.language]
    path = "/usr/local/bin:/usr/bin:/bin"
    environment = {"PATH": path, "HOME": "/box", "LANG": "C.UTF-8", **manifest.environment}
    job = {"kind": kind, "files": files, "commands": commands, "environment": environment}
    scratch = subprocess.check_output(["mktemp", "-d"], text=True).strip()
    # Bubblewrap leaves processes to be reaped by an init, which this one would be in a namespace of its own.
    apart = ["--pid", "--fork", "--kill-child"] if kind == "bare" else []
    process = subprocess.Popen(
        ["unshare", "--mount", *apart, "sh", "-c", _ENTER, "sh", scratch, lower,
         sys.executable, __file__, f"{scratch}/root", json.dumps(job)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout

    def ask(question: str) -> float:
        stdin.write(question + "\n")
        stdin.flush()
        return float(stdout.readline())

    try:
        yield ask
    finally:
        stdin.close()
        process.wait()
        os.rmdir(scratch)


def serve(root: str, job: dict[str, Any]) -> None:
    """Run the commands as asked, and answer."""
    if job["kind"] == "bare":
        os.chroot(root)
        root = ""
    if (
        job["kind"] == "crun"
    ):  # it refuses hosts with both versions of cgroups; here, in a mount namespace, there is one
        subprocess.run(["umount", "/sys/fs/cgroup/unified"], stderr=subprocess.DEVNULL)
    for line in sys.stdin:
        word, *numbers = line.split()
        once = partial(run, root, job)
        print(rate(once, int(numbers[0]), float(numbers[1])) if word == "rate" else once(), flush=True)


def run(root: str, job: dict[str, Any]) -> float:
    """Seconds from the first spawn to the last exit."""
    folder = f"/box/{time.monotonic_ns()}"
    outside = Path(root + folder)
    outside.mkdir()
    for name, content in job["files"].items():
        (outside / name).write_text(content)
    commands = job["commands"]
    if job["kind"] == "bwrap":
        commands = [["bwrap", "--bind", root, "/", *_BWRAP, "--chdir", folder, *command] for command in commands]
    if job["kind"] == "crun":
        commands = [_in_crun(root, folder, command, job["environment"]) for command in commands]
    started = time.perf_counter()
    for command in commands:
        subprocess.run(
            command,
            cwd=outside,
            env=job["environment"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    elapsed = time.perf_counter() - started
    shutil.rmtree(outside)
    return elapsed


def _in_crun(root: str, folder: str, command: list[str], environment: dict[str, str]) -> list[str]:
    """The command that runs this one in a container, whose bundle is made here."""
    bundle = Path(f"{root}/../bundle.{time.monotonic_ns()}")
    bundle.mkdir()
    variables = [f"{name}={value}" for name, value in environment.items()]
    config = {
        "ociVersion": "1.0.0",
        "process": {"user": {"uid": 0, "gid": 0}, "args": command, "env": variables, "cwd": folder},
        "root": {"path": root},
        "mounts": _CRUN_MOUNTS,
        "linux": {"namespaces": [{"type": kind} for kind in _CRUN_NAMESPACES]},
    }
    (bundle / "config.json").write_text(json.dumps(config))
    return ["crun", "--cgroup-manager=disabled", "run", "--bundle", str(bundle), f"bench-{bundle.suffix[1:]}"]


if __name__ == "__main__":
    serve(sys.argv[1], json.loads(sys.argv[2]))
