"""Which program is started in a jail before its request comes, and which requests it can serve.

A request is served by it only where nobody could tell: where the very same
command would be started, and everything that it looked at as it started is as
it was. All others are served in a jail where none was started.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import msgspec

from jail.spec import StageCommand
from jail.waiting import MAX_BYTES
from protocol.messages import Execute, SourceFile
from runtimes.manifest import Warm
from supervisor.validation import Installed, StagePlan, plan_execution

# Of a first line that is looked at closely.
_MAX_PLAIN_BYTES = 100
# What a compiler's driver reads the names of its sources from: where no request puts files, and no name of theirs is a
# command's "@…", for it becomes "./@…".
_OPERANDS = "/tmp/.operands"
# A jail's files: their names and contents.
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that waits: one stage's, at the FIFO of this name (jail/waiting.py)."""

    stage: str
    warm: Warm
    command: StageCommand
    fifo: str
    memory_bytes: int  # that it was started for
    may_stay: bool  # for its key's next request (residents.py)

    @property
    def is_compiler(self) -> bool:
        return self.stage == "compile"

    @property
    def is_source(self) -> bool:
        """It reads its source there; otherwise the names of its sources, or nothing."""
        return self.warm.mode == "started"

    @property
    def opens_early(self) -> bool:
        """It has its FIFO open before its start-up is over."""
        return (self.is_compiler and self.is_source) or self.warm.head != ""


def programs_of(installed: Installed, *, compilers_stay: bool = False) -> list[Program]:
    """The programs that a request with nothing but a source needs, and that are to be started before it."""
    manifest = installed.manifest
    request = Execute(
        id=0,
        execution_id="0" * 32,
        language=manifest.language,
        version=installed.runtime.version,
        files=[SourceFile(content=b"")],
    )
    plan = plan_execution(request, {installed.name: installed})
    stages = (plan.compile, manifest.compile), (plan.run, manifest.run)
    return [
        _program(planned, stage.warm, manifest.source_name, compilers_stay)
        for planned, stage in stages
        if planned and stage and stage.warm
    ]


def _program(stage: StagePlan, warm: Warm, source_name: str, may_stay: bool) -> Program:
    command, fifo = stage.command, source_name
    if warm.mode == "exercised":
        command, fifo = replace(command, argv=(*stage.argv[:-1], f"@{_OPERANDS}")), _OPERANDS
    elif warm.mode == "held":
        fifo = warm.fifo
    elif source_name not in command.argv:
        fifo = stage.argv[-1]  # what was compiled from it
    return Program(stage.name, warm, command, fifo, stage.memory_bytes, may_stay and warm.mode == "exercised")


def serves(program: Program, stage: StagePlan, files: Callable[[], Files]) -> bool:
    """Whether the program that waits is this stage's, in a jail with these files."""
    if program.stage != stage.name or not stage.has_usual_pipes:
        return False
    if program.warm.mode == "exercised":
        return _serves_names(program, stage)
    if stage.command != program.command:
        return False
    try:
        found = dict(files())
        return _finds_the_same(program.warm, found) and (not program.is_source or _reads_the_same(program, found))
    except (ValueError, msgspec.MsgspecError):  # not what a jail's init writes
        return False


def _finds_the_same(warm: Warm, files: dict[str, bytes]) -> bool:
    """Whether nobody can tell from what it has looked for already, or from when it was started."""
    looked_for = [name for name in files if name not in warm.stand_ins]
    return not any(
        name.startswith(".") or any(fnmatchcase(name, pattern) for pattern in warm.cold_with_files)
        for name in looked_for
    ) and not any(text.encode() in content for text in warm.cold_with_text for content in files.values())


def _reads_the_same(program: Program, files: dict[str, bytes]) -> bool:
    """Whether the source means the same from a FIFO, at the end of the start-up."""
    warm, source = program.warm, files.get(program.fifo)
    return (
        source is not None
        and len(source) <= warm.cold_above_bytes
        # Python would look for a zip archive, or for compiled code, before it reads text.
        and b"\0" not in source
        and source[:1] < b"\x80"
        and (not warm.first_line or _begins_plainly(source, warm.first_line))
    )


def _begins_plainly(source: bytes, expression: str) -> bool:
    plain = re.compile(rb"(?:%b)(?=\n|\Z)" % expression.encode(), re.VERBOSE)
    return source != b"" and len(source.partition(b"\n")[0]) <= _MAX_PLAIN_BYTES and plain.match(source) is not None


def _serves_names(program: Program, stage: StagePlan) -> bool:
    fixed = len(program.command.argv) - 1
    return (
        replace(stage.command, argv=(*stage.argv[:fixed], f"@{_OPERANDS}")) == program.command
        # What it has taken already, getting warm, would be too much of less.
        and stage.memory_bytes == program.memory_bytes
        and len((told(program, stage, stays=True) or "").encode()) <= MAX_BYTES
    )


def told(program: Program, stage: StagePlan, *, stays: bool) -> str | None:
    """What goes through the FIFO: the names of the sources, NUL after each, and one ahead to stay; "" for what is held.

    None: the source.
    """
    if program.is_source:
        return None
    if program.warm.mode == "held":
        return ""
    names = stage.argv[len(program.command.argv) - 1 :]
    return "\0" * stays + "".join(f"{name}\0" for name in names)
