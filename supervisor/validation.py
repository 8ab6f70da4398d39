"""From an Execute message to a Plan: everything a request says is checked here, whoever asked.

A request names a runtime and gives bytes. It can't name a host path, a uid, a
command or a mount, and its limits can only be lower than the manifest's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NoReturn

from jail import control
from jail.spec import StageCommand
from protocol.messages import (
    MAX_ARGUMENT_BYTES,
    MAX_FILES_BYTES,
    MAX_NAME_BYTES,
    ErrorCode,
    Execute,
    SourceFile,
    StageRequest,
)
from runtimes.manifest import Disk, Limits, Manifest, Stage, expand_command, language_names
from runtimes.store import InstalledRuntime
from runtimes.versions import select_version
from supervisor.errors import Refusal

# What a program finds in its environment on top of its manifest's and before the request's.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
_BASE_ENVIRONMENT = {
    "PATH": SEARCH_PATH,
    "HOME": "/box",
    "LANG": "C.UTF-8",
    "USER": "runner",
    "LOGNAME": "runner",
}
_MAX_COMMAND_BYTES = control.MAX_MESSAGE_BYTES - 4096  # and the rest of the order
_SHORT = 8 * 1024  # characters, of at most six bytes: so many fit beside the longest arguments and environment
_MAX_COMPONENT_BYTES = 255  # NAME_MAX of every file system below
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

    @property
    def size_bytes(self) -> int:
        """What the request keeps in memory."""
        return len(self.stdin) + sum(len(content) for _, content in self.files)


def plan_execution(request: Execute, available: Mapping[str, Installed]) -> Plan:
    """Settle what a request means, or raise the Refusal it deserves."""
    installed = choose_runtime(request.language, request.version, available)
    manifest = installed.manifest
    files = _check_files(request.files, manifest.source_name)
    _check_words(request)
    for index, pattern in enumerate(request.outputs):
        _check_pattern(pattern, ["outputs", index])
    names = [name for name, _ in files]
    return Plan(
        installed=installed,
        files=files,
        stdin=request.stdin,
        compile=_plan_compile(manifest, names, request, available),
        run=_plan_stage("run", manifest, manifest.run, request.run, names, request),
        outputs=request.outputs,
    )


def choose_runtime(language: str, selector: str, available: Mapping[str, Installed]) -> Installed:
    """The newest installed version of a language that a selector admits."""
    names = language_names({name: installed.manifest for name, installed in available.items()})
    canonical = names.get(language.lower())
    if not canonical:
        known = ", ".join(sorted(set(names.values())))
        raise Refusal(ErrorCode.UNKNOWN_LANGUAGE, f"language {language!r} is not one of {known}", ["language"])
    candidates = {i.runtime.version: i for i in available.values() if i.manifest.language == canonical}
    known = ", ".join(sorted(candidates))
    try:
        version = select_version(candidates, selector)
    except ValueError as error:
        raise Refusal(ErrorCode.UNKNOWN_VERSION, f"{error}; installed: {known}", ["version"]) from error
    if version is None:
        message = f"no version of {canonical} satisfies {selector!r}; installed: {known}"
        raise Refusal(ErrorCode.UNKNOWN_VERSION, message, ["version"])
    return candidates[version]


def _plan_compile(
    manifest: Manifest, names: list[str], request: Execute, available: Mapping[str, Installed]
) -> StagePlan | None:
    if manifest.compile:
        return _plan_stage("compile", manifest, manifest.compile, request.compile, names, request)
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


def _plan_stage(
    name: str, manifest: Manifest, stage: Stage, asked: StageRequest, names: list[str], request: Execute
) -> StagePlan:
    limits = stage.limits
    memory = int(_lowered(name, "memory_limit", "bytes", asked.memory_bytes, limits.memory_bytes, None))
    argv = expand_command(stage.command, names, request.args, memory)
    plan = StagePlan(
        name=name,
        argv=tuple(argv),
        # The request's variables are the program's: a compiler must not take options from them.
        environment=_BASE_ENVIRONMENT
        | manifest.environment
        | stage.environment
        | (request.environment if name == "run" else {}),
        limits=limits,
        wall_time_ms=_lowered(name, "timeout", "ms", asked.wall_time_ms, limits.wall_time_ms, _DEFAULT_WALL_MS[name]),
        cpu_time_ms=_lowered(name, "cpu_time", "ms", asked.cpu_time_ms, limits.cpu_time_ms, None),
        memory_bytes=memory,
        disk=manifest.disk,
    )
    _check_command(plan.command)
    return plan


def _check_command(command: StageCommand) -> None:
    """Names of sources are words of a compiler's command; init reads an order of so many bytes, and no more."""
    if sum(map(len, command.argv)) > _SHORT and len(control.encode(command.as_message())) > _MAX_COMMAND_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, "the names of the files are too long for one command", ["files"])


def _lowered(stage: str, what: str, unit: str, asked: float | None, ceiling: int, default: float | None) -> float:
    if asked is None:
        return min(default or ceiling, ceiling)
    if asked > ceiling:
        field = f"{stage}_{what}"
        raise Refusal(ErrorCode.INVALID_REQUEST, f"{field} may be at most {ceiling} {unit}", [field])
    return asked


def _check_files(files: list[SourceFile], source_name: str) -> list[tuple[str, bytes]]:
    if sum(len(file.content) for file in files) > MAX_FILES_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, f"the files have more than {MAX_FILES_BYTES} bytes together", ["files"])
    checked: dict[str, bytes] = {}
    folders: set[str] = set()
    for index, file in enumerate(files):
        path: list[str | int] = ["files", index, "name"]
        name = _check_name(file.name if file.name is not None or index else source_name, path)
        parents = {str(parent) for parent in PurePosixPath(name).parents} - {"."}
        if name in checked:
            _refuse_name(path, "is there twice")
        if name in folders or parents & checked.keys():
            _refuse_name(path, "is a file in one place and a folder in another")
        folders |= parents
        checked[name] = file.content
    return list(checked.items())


def _check_name(name: str | None, path: list[str | int]) -> str:
    if not name:
        _refuse_name(path, "is empty" if name == "" else "is missing: only the first file has a default name")
    if "\0" in name:
        _refuse_name(path, "contains a NUL")
    if name.startswith("/"):
        _refuse_name(path, "is absolute")
    if ".." in name.split("/"):
        _refuse_name(path, "leaves the working directory")
    normal = str(PurePosixPath(name))
    if normal == "." or name.endswith(("/", "/.")):
        _refuse_name(path, "is a folder")
    try:
        encoded = normal.encode()
    except UnicodeEncodeError:
        _refuse_name(path, "is not valid Unicode")
    if len(encoded) > MAX_NAME_BYTES or max(map(len, encoded.split(b"/"))) > _MAX_COMPONENT_BYTES:
        _refuse_name(path, f"is longer than {_MAX_COMPONENT_BYTES} bytes a part, {MAX_NAME_BYTES} in all")
    return normal


def _check_pattern(pattern: str, path: list[str | int]) -> None:
    parts = pattern.split("/")
    if "\0" in pattern or not all(parts) or {".", ".."} & set(parts):
        message = f"outputs[{path[1]}] is not a relative path or glob without empty, `.` and `..` parts"
        raise Refusal(ErrorCode.INVALID_REQUEST, message, path)
    try:
        pattern.encode()
    except UnicodeEncodeError:
        raise Refusal(ErrorCode.INVALID_REQUEST, f"outputs[{path[1]}] is not valid Unicode", path) from None


def _refuse_name(path: list[str | int], why: str) -> NoReturn:
    raise Refusal(ErrorCode.INVALID_REQUEST, f"files[{path[1]}].name {why}", path)


def _check_words(request: Execute) -> None:
    size = 0
    for index, word in enumerate(request.args):
        size += _check_word(word, ["args", index])
    for key, value in request.environment.items():
        size += _check_word(key, ["env", key]) + _check_word(value, ["env", key])
        if not key or "=" in key:
            raise Refusal(ErrorCode.INVALID_REQUEST, f"env: {key!r} can't name a variable", ["env", key])
    if size > MAX_ARGUMENT_BYTES:
        message = f"args and env have more than {MAX_ARGUMENT_BYTES} bytes together"
        raise Refusal(ErrorCode.TOO_LARGE, message, ["args" if request.args else "env"])


def _check_word(word: str, path: list[str | int]) -> int:
    if "\0" in word:
        raise Refusal(ErrorCode.INVALID_REQUEST, f"{path[0]}[{path[1]!r}] contains a NUL", path)
    return len(word.encode()) + 1
