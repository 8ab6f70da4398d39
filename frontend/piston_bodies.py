"""From Piston's requests to ours, and back: its fields, its defaults, its words, and their order."""

import base64
import re
from collections.abc import Sequence
from typing import Any

from frontend.isolate import in_order, status_and_message
from frontend.keys import Key, Quota
from frontend.results import as_text
from frontend.schemas import check_words, limited
from protocol.messages import (
    MAX_ARGUMENTS,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_NAME_BYTES,
    MAX_STDIN_BYTES,
    Execute,
    RuntimeDescription,
    SourceFile,
    StageRequest,
    StageResult,
)
from protocol.versions import select_version

_DEFAULT_MS = {"compile_timeout": 10_000, "run_timeout": 3_000, "compile_cpu_time": 10_000, "run_cpu_time": 3_000}


_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


class PistonError(Exception):
    """What Piston answers with ``{"message": …}``."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def execute_message(
    body: dict[str, Any], runtimes: Sequence[RuntimeDescription], id_: str, key: Key | None = None
) -> Execute:
    """What a request asks for; PistonError for the first thing that is wrong with it, in Piston's order."""
    language, version, files = body.get("language"), body.get("version"), body.get("files")
    if not language or not isinstance(language, str):
        raise PistonError("language is required as a string")
    if not version or not isinstance(version, str):
        raise PistonError("version is required as a string")
    if not isinstance(files, list):
        raise PistonError("files is required as an array")
    for index, file in enumerate(files):
        if not isinstance(file, dict) or not isinstance(file.get("content"), str):
            raise PistonError(f"files[{index}].content is required as a string")
    runtime = _find(language, version, runtimes)
    sources = _files(files)
    compile_, run = _limits(body, runtime, key.quota if key else Quota())
    return Execute(
        id=0,
        execution_id=id_,
        owner=key.sha256 if key else "",
        language=runtime.language,
        version=runtime.version,
        files=sources,
        stdin=_stdin(body.get("stdin")),
        args=_args(body.get("args")),
        compile=compile_,
        run=run,
    )


def _find(language: str, version: str, runtimes: Sequence[RuntimeDescription]) -> RuntimeDescription:
    name = language.lower()
    found = {r.version: r for r in runtimes if name == r.language or name in r.aliases}
    try:
        chosen = select_version(tuple(found), version) if found and len(version) <= 256 else None
    except ValueError:
        chosen = None
    if not chosen:
        raise PistonError(f"{language[:256]}-{version[:256]} runtime is unknown")
    return found[chosen]


def _files(files: list[dict[str, Any]]) -> list[SourceFile]:
    """The first one that is text is the program."""
    main = next((n for n, file in enumerate(files) if file.get("encoding") not in ("base64", "hex")), None)
    if main is None:
        raise PistonError("files must include at least one utf8 encoded file")
    if len(files) > MAX_FILES:
        raise PistonError(f"there are more than {MAX_FILES} files", 413)
    made = [_file(file, index) for index, file in enumerate(files)]
    return [made[main], *made[:main], *made[main + 1 :]]


def _file(file: dict[str, Any], index: int) -> SourceFile:
    name = file.get("name") or f"file{index}.code"
    if not isinstance(name, str) or len(name) > MAX_NAME_BYTES:
        raise PistonError(f"files[{index}].name is required as a string of at most {MAX_NAME_BYTES} characters")
    content = _content(file["content"], file.get("encoding"))
    return SourceFile(content=limited(content, MAX_FILE_BYTES, ["files", index, "content"]), name=name)


def _content(text: str, encoding: object) -> bytes:
    """As Node reads it: what does not belong there is passed over in base64, and the end of what is in hex."""
    if encoding == "base64":
        plain = re.sub(r"[^A-Za-z0-9+/]", "", text.partition("=")[0].translate({ord("-"): "+", ord("_"): "/"}))
        return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "==")
    return bytes.fromhex(_HEX.match(text)[0]) if encoding == "hex" else text.encode()  # type: ignore[index]  # it always matches


def _stdin(stdin: object) -> bytes:
    content = stdin.encode() if isinstance(stdin, str) else b""
    return limited(content if content.endswith(b"\n") else content + b"\n", MAX_STDIN_BYTES, ["stdin"])


def _args(args: object) -> list[str]:
    if not isinstance(args, list):
        return []
    if len(args) > MAX_ARGUMENTS:
        raise PistonError(f"there are more than {MAX_ARGUMENTS} args", 413)
    words = [arg if isinstance(arg, str) else str(arg) for arg in args]
    check_words(words, ["args"])
    return words


def _limits(body: dict[str, Any], runtime: RuntimeDescription, quota: Quota) -> tuple[StageRequest, StageRequest]:
    """Of the compile and the run stage."""
    asked: dict[str, float | None] = {}
    for what, field in (("memory_limit", "memory_bytes"), ("timeout", "wall_time_ms"), ("cpu_time", "cpu_time_ms")):
        for stage in ("compile", "run"):
            name, of_key = f"{stage}_{what}", getattr(getattr(quota, stage), what)
            ceiling = _least(getattr(getattr(runtime, f"{stage}_ceilings"), field), of_key)
            asked[name] = _limit(name, body.get(name), ceiling, _least(_DEFAULT_MS.get(name), of_key))
    compile_, run = (
        StageRequest(
            wall_time_ms=asked[f"{stage}_timeout"],
            cpu_time_ms=asked[f"{stage}_cpu_time"],
            memory_bytes=_whole(asked[f"{stage}_memory_limit"]),
        )
        for stage in ("compile", "run")
    )
    return (compile_ if runtime.compiled else StageRequest()), run


def _least(*limits: float | None) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _limit(name: str, value: object, ceiling: float | None, default: float | None) -> float | None:
    if not value or (value == -1 and name not in _DEFAULT_MS):  # not specified
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PistonError(f"If specified, {name} must be a number")
    if ceiling is not None and value > ceiling:
        raise PistonError(f"{name} cannot exceed the configured limit of {ceiling:.15g}")
    if value < 0:
        raise PistonError(f"{name} must be non-negative")
    return value


def _whole(memory_bytes: float | None) -> int | None:
    return None if memory_bytes is None else max(1, int(memory_bytes))


def stage_body(result: StageResult) -> dict[str, Any]:
    """Piston's object of a stage."""
    stdout, _ = as_text(result.stdout, result.stdout_truncated)
    stderr, _ = as_text(result.stderr, result.stderr_truncated)
    status, message = status_and_message(result)
    return {
        "signal": result.signal,
        "stdout": stdout,
        "stderr": stderr,
        "code": result.exit_code,
        "output": in_order(result).decode(errors="replace"),
        "memory": result.memory_peak_bytes,
        "message": message,
        "status": status,
        "cpu_time": round(result.cpu_time_ms),
        "wall_time": round(result.wall_time_ms),
    }


def xx_body() -> dict[str, Any]:
    """Of a stage that could not be run, which is our fault."""
    empty = dict.fromkeys(("stdout", "stderr", "output"), "")
    return {"signal": None, "code": None, **empty, "memory": None, "message": "the execution failed on our side",
            "status": "XX", "cpu_time": None, "wall_time": None}  # fmt: skip
