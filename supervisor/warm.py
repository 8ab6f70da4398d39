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
    is_script: bool  # an interpreter, at its script; otherwise a compiler, for its operands
    memory_bytes: int  # that it was started for
    head: str = ""  # of its script, which it has read by then


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
    if plan.compile:
        argv = (*plan.compile.argv[:-1], f"@{_OPERANDS}")
        command = replace(plan.compile.command, argv=argv)
        return Program(command, _OPERANDS, is_script=False, memory_bytes=plan.compile.memory_bytes)
    return Program(
        plan.run.command,
        manifest.source_name,
        is_script=True,
        memory_bytes=plan.run.memory_bytes,
        head=manifest.warm_head,
    )


def serves(program: Program, plan: Plan) -> bool:
    """Whether the program that waits is the one of this plan's first stage."""
    if plan.compile:
        return _serves_compile(program, plan.compile)
    manifest = plan.installed.manifest
    name, source = plan.files[0]
    return (
        plan.run.command == program.command
        and name == program.fifo
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


def _serves_compile(program: Program, stage: StagePlan) -> bool:
    fixed = len(program.command.argv) - 1
    return (
        replace(stage.command, argv=(*stage.argv[:fixed], f"@{_OPERANDS}")) == program.command
        # What it has taken already, getting warm, would be too much of less.
        and stage.memory_bytes == program.memory_bytes
        and len((told(program, stage) or "").encode()) <= MAX_BYTES
    )


def told(program: Program, stage: StagePlan) -> str | None:
    """What goes through a compiler's FIFO: the names of its sources, NUL after each. None: the script."""
    if program.is_script:
        return None
    return "".join(f"{name}\0" for name in stage.argv[len(program.command.argv) - 1 :])
