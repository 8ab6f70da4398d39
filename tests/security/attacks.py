"""Hostile programs, sent to the service and, as the control, run outside of any jail."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.host import members
from tests.outside import manifest_of, run_outside
from tests.service import Service, post

PROGRAMS = Path(__file__).parent / "programs"
LANGUAGES = {
    ".py": "python", ".c": "c", ".js": "javascript", ".java": "java", ".go": "go", ".sh": "bash", ".rb": "ruby",
    ".rs": "rust", ".ts": "typescript", ".cpp": "c++", ".cs": "csharp",
}  # fmt: skip

Outside = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a program ended that was run outside."""

    stdout: str
    stderr: str
    code: int  # 128 and the number of the signal that ended it


@dataclass(frozen=True)
class Program:
    """A file below ``programs/``, named for what it attempts; its suffix says the language."""

    name: str  # such as ``processes/fork_bomb.py``

    @property
    def language(self) -> str:
        return LANGUAGES[Path(self.name).suffix]

    @property
    def source(self) -> str:
        return (PROGRAMS / self.name).read_text()

    def execute(self, service: Service, **fields: Any) -> dict[str, Any]:
        """Send it to the service; the whole answer, which must be 200 with the program compiled."""
        answer = service.execute(self.language, self.source, **{"compile_timeout": 60_000, **fields})
        assert answer.get("compile", {"status": "ok"})["status"] == "ok", answer["compile"]
        return answer

    def run(self, service: Service, **fields: Any) -> dict[str, Any]:
        """Send it to the service; its run stage."""
        stage: dict[str, Any] = self.execute(service, **fields)["run"]
        return stage

    def run_outside(self, state: Path, **options: Any) -> Ended:
        """Run it in a plain chroot over the same layers; the options are those of ``tests.outside.run_outside``."""
        source_name = manifest_of(self.language)[1].source_name
        done = run_outside(state, self.language, {source_name: self.source}, **options)
        return Ended(done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), done.returncode)


def variants(name: str) -> list[Program]:
    """One attack in every language it is written in: ``processes/fork_bomb`` with any suffix."""
    found = sorted((PROGRAMS / name).parent.glob(f"{Path(name).name}.*"))
    assert found, f"there is no program {name}"
    return [Program(str(path.relative_to(PROGRAMS))) for path in found]


def outcomes(output: str) -> dict[str, str]:
    """What became of each attempt, of lines such as ``open /etc/shadow: Permission denied``."""
    lines = output.splitlines()
    told = {what: outcome for what, _, outcome in (line.partition(": ") for line in lines)}
    assert len(told) == len(lines), "an attempt was made twice, or is no attempt"
    return told


@contextmanager
def holding(service: Service, program: Program, **fields: Any) -> Iterator[Future[dict[str, Any]]]:
    """While a program runs that makes ``/box/ready`` and stays until there is a ``/box/end``; its run stage."""
    others = _ready_boxes(service).keys()
    with ThreadPoolExecutor(1) as executor:
        held = executor.submit(program.run, service, **{"run_timeout": 60_000, **fields})
        while not (new := {jail: box for jail, box in _ready_boxes(service).items() if jail not in others}):
            assert not held.done(), held.result()
            time.sleep(0.01)
        try:
            yield held
        finally:
            for box in new.values():
                (box / "end").touch()


def _ready_boxes(service: Service) -> dict[int, Path]:
    """The box of each jail that has such a program, by the number of its file system."""
    boxes = (Path(f"/proc/{pid}/root/box") for pid in members(service.cgroup_name))
    return {box.stat().st_dev: box for box in boxes if (box / "ready").exists()}


def post_raw(service: Service, body: dict[str, Any], *, escaped: bool = True) -> httpx.Response:
    """Post a body that httpx would not encode: half characters, as escapes or as the bytes they would be."""
    content = json.dumps(body, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"}
    return post(f"{service.url}/v1/execute", content=content, headers=headers, timeout=60)


def named(program: object) -> str:
    """For pytest's ids."""
    return program.name if isinstance(program, Program) else str(program)
