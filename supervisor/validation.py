"""From an Execute message to a Plan: everything a request says is checked here, whoever asked.

A request names a runtime and gives bytes. It can't name a host path, a uid, a
command or a mount, and its limits can only be lower than the manifest's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from jail import control
from jail.spec import StageCommand
from protocol.messages import (
    MAX_ARGUMENT_BYTES,
    MAX_CASES_OUTPUT_BYTES,
    MAX_STDIN_BYTES,
    ErrorCode,
    Execute,
    StageRequest,
    TerminalSize,
)
from protocol.versions import select_version
from runtimes.manifest import Disk, Limits, Manifest, Stage, expand_command
from runtimes.store import InstalledRuntime
from supervisor.errors import Refusal
from supervisor.names import check_files, check_pattern

# What a program finds in its environment on top of its manifest's and before the request's.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
_BASE_ENVIRONMENT = {
    "PATH": SEARCH_PATH,
    "HOME": "/box",
    "LANG": "C.UTF-8",
    "USER": "runner",
    "LOGNAME": "runner",
}
_TERMINAL_ENVIRONMENT = {"TERM": "xterm-256color"}
_MAX_COMMAND_BYTES = control.MAX_MESSAGE_BYTES - 4096  # and the rest of the order
_SHORT = 8 * 1024  # characters, of at most six bytes: so many fit beside the longest arguments and environment
# What the contract gives when a request says nothing; the manifest's limit is the ceiling.
_DEFAULT_WALL_MS = {"compile": 10_000.0, "run": 5_000.0}


@dataclass(frozen=True, slots=True)
class Installed:
    """A runtime that can be used."""

    name: str
    manifest: Manifest
    runtime: InstalledRuntime


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage, its limits settled."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str]
    limits: Limits
    wall_time_ms: float
    cpu_time_ms: float
    memory_bytes: int
    disk: Disk
    terminal: TerminalSize | None = None  # in place of pipes
    is_merged: bool = False  # stderr goes where stdout does

    @property
    def has_usual_pipes(self) -> bool:
        return not self.terminal and not self.is_merged

    @property
    def command(self) -> StageCommand:
        """What init is to start."""
        return StageCommand(
            argv=self.argv,
            search_path=SEARCH_PATH,
            environment=self.environment,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, and in which runtime."""

    installed: Installed
    files: list[tuple[str, bytes]]
    stdin: bytes
    compile: StagePlan | None
    run: StagePlan
    outputs: list[str]  # globs
    cases: list["CasePlan"]

    @property
    def size_bytes(self) -> int:
        """What the request keeps in memory."""
        return len(self.stdin) + sum(map(len, dict(self.files).values())) + sum(map(_case_bytes, self.cases))


@dataclass(frozen=True, slots=True)
class CasePlan:
    """One run of several: its stage, in which its arguments are, its stdin, and what it should write."""

    run: StagePlan
    stdin: bytes
    expected_stdout: bytes | None


def plan_execution(request: Execute, available: Mapping[str, Installed]) -> Plan:
    """Settle what a request means, or raise the Refusal it deserves."""
    installed = choose_runtime(request.language, request.version, available)
    manifest = installed.manifest
    if request.languages is not None and manifest.language not in request.languages:
        message = f"the key is for other languages: {', '.join(request.languages)}"
        raise Refusal(ErrorCode.FORBIDDEN, message, ["language"])
    files = check_files(request.files, manifest.source_name)
    _check_words(request)
    for index, pattern in enumerate(request.outputs):
        check_pattern(pattern, ["outputs", index])
    _check_how_it_is_told(request)
    names = [name for name, _ in files]
    run = _plan_stage("run", manifest, manifest.run, request.run, names, request.args, request)
    return Plan(
        installed=installed,
        files=files,
        stdin=request.stdin,
        compile=_plan_compile(manifest, names, request, available),
        run=run,
        outputs=request.outputs,
        cases=_plan_cases(manifest, names, request),
    )


def choose_runtime(language: str, selector: str, available: Mapping[str, Installed]) -> Installed:
    """The newest installed version of a language that a selector admits."""
    wanted = language.lower()
    manifests = [installed.manifest for installed in available.values()]
    canonical = next((m.language for m in manifests if wanted == m.language or wanted in m.aliases), None)
    if not canonical:
        known = ", ".join(sorted({manifest.language for manifest in manifests}))
        raise Refusal(ErrorCode.UNKNOWN_LANGUAGE, f"language {language!r} is not one of {known}", ["language"])
    candidates = {i.runtime.version: i for i in available.values() if i.manifest.language == canonical}
    try:
        if version := select_version(tuple(candidates), selector):
            return candidates[version]
        message = f"no version of {canonical} satisfies {selector!r}"
    except ValueError as error:
        message = str(error)
    raise Refusal(ErrorCode.UNKNOWN_VERSION, f"{message}; installed: {', '.join(sorted(candidates))}", ["version"])


def _plan_compile(
    manifest: Manifest, names: list[str], request: Execute, available: Mapping[str, Installed]
) -> StagePlan | None:
    if manifest.compile:
        return _plan_stage("compile", manifest, manifest.compile, request.compile, names, [], request)
    # There is nothing to limit; a limit that no compiler here may have is wrong all the same.
    others = [other.manifest.compile.limits for other in available.values() if other.manifest.compile]
    for what, unit, asked, ceilings in (
        ("timeout", "ms", request.compile.wall_time_ms, [limits.wall_time_ms for limits in others]),
        ("cpu_time", "ms", request.compile.cpu_time_ms, [limits.cpu_time_ms for limits in others]),
        ("memory_limit", "bytes", request.compile.memory_bytes, [limits.memory_bytes for limits in others]),
    ):
        if ceilings:
            _lowered("compile", what, unit, asked, max(ceilings), None)
    return None


def _plan_cases(manifest: Manifest, names: list[str], request: Execute) -> list[CasePlan]:
    if not request.cases:
        return []
    if request.stdin or request.args or request.outputs:
        raise Refusal(ErrorCode.INVALID_REQUEST, "with `cases` there is no `stdin`, `args` or `outputs`", ["cases"])
    if sum(len(case.stdin) + len(case.expected_stdout or b"") for case in request.cases) > MAX_STDIN_BYTES:
        message = f"the stdin and expected_stdout of all cases have more than {MAX_STDIN_BYTES} bytes together"
        raise Refusal(ErrorCode.TOO_LARGE, message, ["cases"])
    share = MAX_CASES_OUTPUT_BYTES // len(request.cases)
    limits = msgspec.structs.replace(manifest.run.limits, output_bytes=min(share, manifest.run.limits.output_bytes))
    stage = msgspec.structs.replace(manifest.run, limits=limits)
    base = _plan_stage("run", manifest, stage, request.run, names, [], request)
    planned = []
    for index, case in enumerate(request.cases):
        path: list[str | int] = ["cases", index, "args"]
        _check_size(sum(_check_word(word, [*path, n]) for n, word in enumerate(case.args)), path)
        argv = tuple(expand_command(stage.command, names, case.args, base.memory_bytes))
        run = replace(base, argv=argv) if case.args else base
        _check_command(run.command)
        planned.append(CasePlan(run, case.stdin, case.expected_stdout))
    return planned


def _case_bytes(case: CasePlan) -> int:
    return len(case.stdin) + len(case.expected_stdout or b"") + sum(map(len, case.run.argv))


def _plan_stage(
    name: str,
    manifest: Manifest,
    stage: Stage,
    asked: StageRequest,
    names: list[str],
    args: list[str],
    request: Execute,
) -> StagePlan:
    limits = stage.limits
    of_key = request.run_ceilings if name == "run" else request.compile_ceilings
    wall_ms = _lower(limits.wall_time_ms, of_key.wall_time_ms)
    cpu_ms = _lower(limits.cpu_time_ms, of_key.cpu_time_ms)
    memory_bytes = _lower(limits.memory_bytes, of_key.memory_bytes)
    memory = int(_lowered(name, "memory_limit", "bytes", asked.memory_bytes, memory_bytes, None))
    argv = expand_command(stage.command, names, args, memory)
    plan = StagePlan(
        name=name,
        argv=tuple(argv),
        # The request's variables are the program's: a compiler must not take options from them.
        environment=_BASE_ENVIRONMENT
        | manifest.environment
        | stage.environment
        | (_of_program(request) if name == "run" else {}),
        limits=limits,
        wall_time_ms=_lowered(name, "timeout", "ms", asked.wall_time_ms, wall_ms, _DEFAULT_WALL_MS[name]),
        cpu_time_ms=_lowered(name, "cpu_time", "ms", asked.cpu_time_ms, cpu_ms, None),
        memory_bytes=memory,
        disk=manifest.disk,
        terminal=request.terminal if name == "run" else None,
        is_merged=request.is_merged and name == "run",
    )
    _check_command(plan.command)
    return plan


def _check_command(command: StageCommand) -> None:
    """Names of sources are words of a compiler's command; init reads an order of so many bytes, and no more."""
    if sum(map(len, command.argv)) > _SHORT and len(control.encode(command.as_message())) > _MAX_COMMAND_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, "the names of the files are too long for one command", ["files"])


def _lower(ceiling: float, of_key: float | None) -> float:
    return ceiling if of_key is None else min(ceiling, of_key)


def _lowered(stage: str, what: str, unit: str, asked: float | None, ceiling: float, default: float | None) -> float:
    if asked is None:
        return min(default or ceiling, ceiling)
    if asked > ceiling:
        field = f"{stage}_{what}"
        raise Refusal(ErrorCode.INVALID_REQUEST, f"{field} may be at most {ceiling:.15g} {unit}", [field])
    return asked


def _of_program(request: Execute) -> dict[str, str]:
    return (_TERMINAL_ENVIRONMENT if request.terminal else {}) | request.environment


def _check_how_it_is_told(request: Execute) -> None:
    if request.is_watched and request.cases:
        raise Refusal(ErrorCode.INVALID_REQUEST, "with `cases`, an execution can't be streamed", ["cases"])
    if (request.is_interactive and not request.is_watched) or (request.terminal and not request.is_interactive):
        raise Refusal(ErrorCode.INVALID_REQUEST, "only a stream is interactive, and what is interactive has a terminal")


def _check_words(request: Execute) -> None:
    size = 0
    for index, word in enumerate(request.args):
        size += _check_word(word, ["args", index])
    for key, value in request.environment.items():
        size += _check_word(key, ["env", key]) + _check_word(value, ["env", key])
        if not key or "=" in key:
            raise Refusal(ErrorCode.INVALID_REQUEST, f"env: {key!r} can't name a variable", ["env", key])
    _check_size(size, ["args" if request.args else "env"])


def _check_size(size: int, path: list[str | int]) -> None:
    if size > MAX_ARGUMENT_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, f"args and env have more than {MAX_ARGUMENT_BYTES} bytes together", path)


def _check_word(word: str, path: list[str | int]) -> int:
    if "\0" in word:
        where = "".join(f"[{part!r}]" for part in path[1:])
        raise Refusal(ErrorCode.INVALID_REQUEST, f"{path[0]}{where} contains a NUL", path)
    return len(word.encode()) + 1
