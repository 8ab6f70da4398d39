"""Real programs, several hundred lines each: in a jail they do what they do outside.

Outside means the same layers and the same commands in a plain chroot, as an
ordinary user: no namespaces but those the mounts need, no filter, no limits.
"""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runtimes.manifest import Manifest, expand_command, load_manifests
from runtimes.store import Store
from tests.programs.make_stdin import make_stdin
from tests.service import Service

pytestmark = pytest.mark.service

PROGRAMS = Path(__file__).parents[1] / "programs"
DESCRIBED: dict[str, dict[str, Any]] = json.loads((PROGRAMS / "programs.json").read_text())
STDIN = make_stdin()
MEMORY = 512 << 20
# Mounts the layers as a jail does, then runs the commands one after the other as uid 1000.
OUTSIDE = """
set -eu
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work root upper/box upper/tmp
chmod 1777 upper/tmp; cp -r "$3"/. upper/box/; chown -R 1000:1000 upper/box
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" root
mount -t proc proc root/proc; mount --rbind /dev root/dev
exec /usr/sbin/chroot --userspec 1000:1000 root /bin/bash -c "$4"
"""


def source_files(language: str) -> dict[str, str]:
    folder = PROGRAMS / language
    return {name: (folder / name).read_text() for name in DESCRIBED[language]["files"]}


def manifest_of(language: str) -> tuple[str, Manifest]:
    return next((name, m) for name, m in load_manifests().items() if m.language == language and name != "java21")


def run_outside(language: str, state: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    name, manifest = manifest_of(language)
    runtime = Store(state).read_runtime(name)
    assert runtime
    lower = ":".join(str(state / "layers" / layer) for layer in runtime.layers)
    names = DESCRIBED[language]["files"]
    stages = [stage.command for stage in (manifest.compile, manifest.run) if stage]
    commands = [shell_command(expand_command(c, names, DESCRIBED[language]["args"], MEMORY)) for c in stages]
    script = "cd /box && " + " </dev/null && exec ".join(commands)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "LANG": "C.UTF-8", "USER": "runner"}
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c", OUTSIDE, "sh", str(folder), lower, str(PROGRAMS / language), script],
        input=STDIN, capture_output=True, timeout=120,
        env=environment | manifest.environment | DESCRIBED[language]["env"],
    )  # fmt: skip


def shell_command(argv: list[str]) -> str:
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in argv)


@pytest.mark.parametrize("language", DESCRIBED)
def test_program_does_the_same_in_a_jail(service: Service, tmp_path: Path, language: str) -> None:
    described = DESCRIBED[language]
    outside = run_outside(language, service.state, tmp_path)
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
    assert DESCRIBED.keys() == {manifest.language for manifest in load_manifests().values()}
    assert os.path.getsize(PROGRAMS / "programs.json") > 0
