"""Which program is started in a jail before its request comes, and which requests it can serve.

A request is served by it only where nobody could tell: where the very same
command would be started, and everything that it looked at as it started is as
it was. All others are served in a jail where none was started.
"""

import re
from dataclasses import dataclass, replace

from jail.spec import StageCommand
from jail.waiting import MAX_BYTES
from protocol.messages import Execute, SourceFile
from supervisor.validation import Installed, Plan, StagePlan, plan_execution

# Of a first line that is looked at closely.
_MAX_PLAIN_BYTES = 100
# What a compiler's driver reads the names of its sources from; no request can name it, for theirs become "./@…".
_OPERANDS = ".operands"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that waits: the first stage's, at the FIFO of this name (jail/waiting.py)."""

    command: StageCommand
    fifo: str
    memory_bytes: int  # that it was started for
    is_compiler: bool
    is_source: bool = True  # what it reads there; otherwise the names of its sources
    head: str = ""  # of its source, which it has read by then

    @property
    def opens_early(self) -> bool:
        """It has its FIFO open before its start-up is over."""
        return (self.is_compiler and self.is_source) or self.head != ""


def program_of(installed: Installed) -> Program | None:
    """The program of a request that has nothing but a source; None where none is to be started."""
    manifest = installed.manifest
    if manifest.warm_mode == "ready":
        return None
    request = Execute(
        id=0,
        execution_id="0" * 32,
        language=manifest.language,
        version=installed.runtime.version,
        files=[SourceFile(content=b"")],
    )
    plan = plan_execution(request, {installed.name: installed})
    stage, is_compiler = plan.compile or plan.run, plan.compile is not None
    if manifest.warm_mode == "exercised":
        command = replace(stage.command, argv=(*stage.argv[:-1], f"@{_OPERANDS}"))
        return Program(command, _OPERANDS, stage.memory_bytes, is_compiler, is_source=False)
    return Program(stage.command, manifest.source_name, stage.memory_bytes, is_compiler, head=manifest.warm_head)


def serves(program: Program, plan: Plan) -> bool:
    """Whether the program that waits is the one of this plan's first stage."""
    stage = plan.compile or plan.run
    if program.is_source:
        return stage.command == program.command and _reads_the_same(program, plan)
    return _serves_names(program, stage)


def _reads_the_same(program: Program, plan: Plan) -> bool:
    """Whether the source means the same from a FIFO, at the end of the start-up."""
    manifest = plan.installed.manifest
    name, source = plan.files[0]
    return (
        name == program.fifo
        and len(source) <= manifest.cold_above_bytes
        and b"\0" not in source  # python would look for a zip archive in it, before it reads it
        and not any(text.encode() in source for text in manifest.cold_with_text)
        and (not manifest.warm_first_line or _begins_plainly(source, manifest.warm_first_line))
        # Settings, which it has looked for already.
        and not any(other.startswith(".") or other in manifest.cold_with_files for other, _ in plan.files)
    )


def _begins_plainly(source: bytes, expression: str) -> bool:
    line = source.partition(b"\n")[0]
    return (
        source != b""
        and len(line) <= _MAX_PLAIN_BYTES
        and re.fullmatch(expression.encode(), line, re.VERBOSE) is not None
    )


def _serves_names(program: Program, stage: StagePlan) -> bool:
    fixed = len(program.command.argv) - 1
    return (
        replace(stage.command, argv=(*stage.argv[:fixed], f"@{_OPERANDS}")) == program.command
        # What it has taken already, getting warm, would be too much of less.
        and stage.memory_bytes == program.memory_bytes
        and len((told(program, stage) or "").encode()) <= MAX_BYTES
    )


def told(program: Program, stage: StagePlan) -> str | None:
    """What goes through the FIFO: the names of the sources, NUL after each. None: the source."""
    if program.is_source:
        return None
    return "".join(f"{name}\0" for name in stage.argv[len(program.command.argv) - 1 :])
