"""The same program outside of any jail: the control for what a test says of one inside.

Outside means the same layers and the same commands in a plain chroot: no
filter, no limits, no cgroup, no user namespace. Some namespaces are left, which
keep a hostile program from the machine that runs the tests.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtimes.manifest import Manifest, expand_command, load_manifests
from runtimes.store import Store

_MEMORY = 512 << 20  # what a heap is sized for
_TIMEOUT_S = 120
# Mounts the layers as a jail does, then runs the commands one after the other.
_SCRIPT = """
set -eu
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work root upper/box upper/tmp
chmod 1777 upper/tmp; cp -r "$3"/. upper/box/; chown -R 1000:1000 upper/box
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" root
mount -t proc proc root/proc; mount --rbind /dev root/dev; mount -t tmpfs tmpfs root/dev/shm
# Not only a chroot, in which the kernel refuses user namespaces to everybody.
cd root; /usr/sbin/pivot_root . .; umount -l .
exec /usr/sbin/chroot --userspec "$4" / /bin/bash -c "$5"
"""


def run_outside(
    state: Path,
    language: str,
    files: Mapping[str, str | bytes],
    *,
    args: Sequence[str] = (),
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    as_root: bool = False,
    network: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Compile and run a program, as uid 1000 or as the real root, with the host's network or none."""
    name, manifest = manifest_of(language)
    runtime = Store(state).read_runtime(name)
    assert runtime, f"{name} is not built"
    lower = ":".join(str(state / "layers" / layer) for layer in runtime.layers)
    stages = [stage.command for stage in (manifest.compile, manifest.run) if stage]
    commands = [_quote(expand_command(command, list(files), args, _MEMORY)) for command in stages]
    # The shell stays until the end and tells of a signal as 128 and its number; without a command
    # to come it would become the last program, and that would be PID 1, deaf and everybody's parent.
    script = "cd /box && " + " </dev/null && ".join(commands) + "\nexit $?"
    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    try:
        _write_files(folder / "files", files)
        (folder / "root").mkdir()
        namespaces = ["--mount", "--pid", "--ipc", "--uts", *([] if network else ["--net"])]
        return subprocess.run(
            # Who runs the tests in the background may ignore SIGINT; in a jail nothing is ignored.
            ["env", "--default-signal", "unshare", *namespaces, "--fork", "--kill-child",
             "sh", "-c", _SCRIPT, "sh", str(folder / "root"), lower,
             str(folder / "files"), "0:0" if as_root else "1000:1000", script],
            # A group of its own: kill(0, …) reaches into other namespaces, and would end the one next to it.
            input=stdin, capture_output=True, timeout=_TIMEOUT_S, start_new_session=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "LANG": "C.UTF-8", "USER": "runner"}
            | manifest.environment | dict(environment or {}),
        )  # fmt: skip
    finally:
        shutil.rmtree(folder)


def manifest_of(language: str) -> tuple[str, Manifest]:
    """The runtime that a request without a version gets, by its manifest's name."""
    return next((name, m) for name, m in load_manifests().items() if m.language == language and name != "java21")


def _write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.chmod(path, 0o644)


def _quote(argv: list[str]) -> str:
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in argv)
