"""Hostile programs, sent to the service and, as the control, run outside of any jail."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.outside import manifest_of, run_outside
from tests.service import Service

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


def named(program: object) -> str:
    """For pytest's ids."""
    return program.name if isinstance(program, Program) else str(program)
