"""The bodies of requests, and what is wrong with those that are not as the contract says."""

import base64
import binascii
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from frontend.errors import ApiError
from protocol.messages import (
    MAX_ARGUMENT_BYTES,
    MAX_ARGUMENTS,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_MEMORY_BYTES,
    MAX_NAME_BYTES,
    MAX_OUTPUT_PATTERNS,
    MAX_STAGE_MS,
    MAX_STDIN_BYTES,
    ErrorCode,
    SourceFile,
    StageRequest,
)

# The largest files and stdin, in base64, escaped, with room for the rest.
MAX_BODY_BYTES = 32 * 1024 * 1024

_MAX_TOLD = 300  # characters of what a decoder says

Milliseconds = Annotated[float, Meta(gt=0)]
MemoryBytes = Annotated[int, Meta(gt=0)]


class FileBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a request."""

    content: str
    name: Annotated[str, Meta(max_length=MAX_NAME_BYTES)] | None = None
    encoding: Literal["utf8", "base64", "hex"] | None = None


class ExecuteBody(Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/execute``. A null is an absent field."""

    language: Annotated[str, Meta(max_length=256)]
    code: str | None = None
    files: list[FileBody] | None = None
    stdin: str | None = None
    stdin_encoding: Literal["utf8", "base64"] | None = None
    version: Annotated[str, Meta(max_length=256)] | None = None
    args: list[str] | None = None
    env: dict[str, str] | None = None
    run_timeout: Milliseconds | None = None
    compile_timeout: Milliseconds | None = None
    run_cpu_time: Milliseconds | None = None
    compile_cpu_time: Milliseconds | None = None
    run_memory_limit: MemoryBytes | None = None
    compile_memory_limit: MemoryBytes | None = None
    output_encoding: Literal["utf8", "base64"] | None = None
    outputs: list[str] | None = None

    def source_files(self) -> list[SourceFile]:
        """The files as bytes; raise ApiError for those that are none, or too many, or too large."""
        if (self.code is None) == (self.files is None):
            raise ApiError(ErrorCode.INVALID_REQUEST, "exactly one of `code` and `files` must be given")
        if self.code is not None:
            return [SourceFile(content=_limited(_encode(self.code, "utf8", ["code"]), MAX_FILE_BYTES, ["code"]))]
        assert self.files is not None
        if not self.files:
            raise ApiError(ErrorCode.INVALID_REQUEST, "`files` is empty", ["files"])
        if len(self.files) > MAX_FILES:
            raise ApiError(ErrorCode.TOO_LARGE, f"there are more than {MAX_FILES} files", ["files"])
        return [_source_file(file, index) for index, file in enumerate(self.files)]

    def stdin_bytes(self) -> bytes:
        content = _encode(self.stdin or "", self.stdin_encoding or "utf8", ["stdin"])
        return _limited(content, MAX_STDIN_BYTES, ["stdin"])

    def arguments(self) -> tuple[list[str], dict[str, str]]:
        """Arguments and environment, within their common bounds."""
        args, env = self.args or [], self.env or {}
        for field, count in (("args", len(args)), ("env", len(env))):
            if count > MAX_ARGUMENTS:
                raise ApiError(ErrorCode.TOO_LARGE, f"`{field}` has more than {MAX_ARGUMENTS} entries", [field])
        if sum(len(word.encode()) + 1 for word in (*args, *env, *env.values())) > MAX_ARGUMENT_BYTES:
            message = f"`args` and `env` have more than {MAX_ARGUMENT_BYTES} bytes together"
            raise ApiError(ErrorCode.TOO_LARGE, message, ["args" if args else "env"])
        return args, env

    def output_patterns(self) -> list[str]:
        """The globs of files to bring back, as many and as long as they may be."""
        patterns = self.outputs or []
        if len(patterns) > MAX_OUTPUT_PATTERNS:
            raise ApiError(ErrorCode.TOO_LARGE, f"`outputs` has more than {MAX_OUTPUT_PATTERNS} entries", ["outputs"])
        for index, pattern in enumerate(patterns):
            if len(pattern) > MAX_NAME_BYTES:
                message = f"outputs[{index}] has more than {MAX_NAME_BYTES} characters"
                raise ApiError(ErrorCode.INVALID_REQUEST, message, ["outputs", index])
        return patterns

    def compile_request(self) -> StageRequest:
        return _stage_request(self.compile_timeout, self.compile_cpu_time, self.compile_memory_limit)

    def run_request(self) -> StageRequest:
        return _stage_request(self.run_timeout, self.run_cpu_time, self.run_memory_limit)


_decoder = msgspec.json.Decoder(ExecuteBody)


def decode_execute(raw: bytes | str) -> ExecuteBody:
    """Decode a body, or raise the ApiError that names the field."""
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        message, path = _locate(str(error))
        raise ApiError(ErrorCode.INVALID_REQUEST, message, path) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"the body is not JSON: {error}") from error


def _source_file(file: FileBody, index: int) -> SourceFile:
    path: list[str | int] = ["files", index, "content"]
    content = _encode(file.content, file.encoding or "utf8", path)
    return SourceFile(name=file.name, content=_limited(content, MAX_FILE_BYTES, path))


def _encode(text: str, encoding: str, path: list[str | int]) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        # Not bytes.fromhex, which skips white space.
        return binascii.unhexlify(text) if encoding == "hex" else text.encode()
    except (binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"{_spell(path)} is not valid {encoding}: {error}", path) from error


def _limited(content: bytes, limit: int, path: list[str | int]) -> bytes:
    if len(content) > limit:
        raise ApiError(ErrorCode.TOO_LARGE, f"{_spell(path)} has more than {limit} bytes", path)
    return content


def _stage_request(wall_ms: float | None, cpu_ms: float | None, memory_bytes: int | None) -> StageRequest:
    # What is over the protocol's bounds is over every runtime's ceiling, which the supervisor names.
    return StageRequest(
        wall_time_ms=None if wall_ms is None else min(wall_ms, MAX_STAGE_MS),
        cpu_time_ms=None if cpu_ms is None else min(cpu_ms, MAX_STAGE_MS),
        memory_bytes=None if memory_bytes is None else min(memory_bytes, MAX_MEMORY_BYTES),
    )


def _locate(message: str) -> tuple[str, list[str | int]]:
    """Split msgspec's ``Expected `str`, got `int` - at `$.files[0].name` `` into what and where."""
    what, _, where = message.partition(" - at `$")
    if len(what) > _MAX_TOLD:  # it quotes names as long as the client makes them
        what = f"{what[:_MAX_TOLD]}…"
    what = (
        what.removeprefix("Object contains ").replace("Expected", "expected").replace("Object missing", "there is no")
    )
    path: list[str | int] = [
        int(index) if index else name for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
    ]
    if unknown := re.search(r"unknown field `(.+)`$", what):
        path.append(unknown[1])
    return (f"{_spell(path)}: {what}" if path else what), path


def _spell(path: list[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
