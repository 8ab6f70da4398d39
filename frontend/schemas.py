"""The bodies of requests, and what is wrong with those that are not as the contract says."""

import base64
import binascii
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from frontend.errors import ApiError, located, spell
from protocol.messages import (
    MAX_ARGUMENT_BYTES,
    MAX_ARGUMENTS,
    MAX_CASES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_MEMORY_BYTES,
    MAX_NAME_BYTES,
    MAX_OUTPUT_PATTERNS,
    MAX_STAGE_MS,
    MAX_STDIN_BYTES,
    Case,
    ErrorCode,
    SourceFile,
    StageRequest,
)

# The largest files and stdin, in base64, escaped, with room for the rest.
MAX_BODY_BYTES = 32 * 1024 * 1024

Milliseconds = Annotated[float, Meta(gt=0)]
MemoryBytes = Annotated[int, Meta(gt=0)]


class FileBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a request."""

    content: str
    name: Annotated[str, Meta(max_length=MAX_NAME_BYTES)] | None = None
    encoding: Literal["utf8", "base64", "hex"] | None = None


class CaseBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One run of several of the same program."""

    stdin: str | None = None
    args: list[str] | None = None
    expected_stdout: str | None = None  # in the encoding that outputs are asked for in


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
    cases: list[CaseBody] | None = None
    stop_on_failure: bool | None = None

    def source_files(self) -> list[SourceFile]:
        """The files as bytes; raise ApiError for those that are none, or too many, or too large."""
        if (self.code is None) == (self.files is None):
            raise ApiError(ErrorCode.INVALID_REQUEST, "exactly one of `code` and `files` must be given")
        if self.code is not None:
            return [SourceFile(content=limited(_encode(self.code, "utf8", ["code"]), MAX_FILE_BYTES, ["code"]))]
        assert self.files is not None
        if not self.files:
            raise ApiError(ErrorCode.INVALID_REQUEST, "`files` is empty", ["files"])
        if len(self.files) > MAX_FILES:
            raise ApiError(ErrorCode.TOO_LARGE, f"there are more than {MAX_FILES} files", ["files"])
        return [_source_file(file, index) for index, file in enumerate(self.files)]

    def stdin_bytes(self) -> bytes:
        content = _encode(self.stdin or "", self.stdin_encoding or "utf8", ["stdin"])
        return limited(content, MAX_STDIN_BYTES, ["stdin"])

    def arguments(self) -> tuple[list[str], dict[str, str]]:
        """Arguments and environment, within their common bounds."""
        args, env = self.args or [], self.env or {}
        for field, count in (("args", len(args)), ("env", len(env))):
            if count > MAX_ARGUMENTS:
                raise ApiError(ErrorCode.TOO_LARGE, f"`{field}` has more than {MAX_ARGUMENTS} entries", [field])
        check_words([*args, *env, *env.values()], ["args" if args else "env"])
        return args, env

    def case_messages(self) -> list[Case]:
        """The cases as bytes, as many as there may be."""
        if self.cases is None:
            if self.stop_on_failure:
                raise ApiError(ErrorCode.INVALID_REQUEST, "`stop_on_failure` is about `cases`", ["stop_on_failure"])
            return []
        if not self.cases:
            raise ApiError(ErrorCode.INVALID_REQUEST, "`cases` is empty", ["cases"])
        if len(self.cases) > MAX_CASES:
            raise ApiError(ErrorCode.TOO_LARGE, f"there are more than {MAX_CASES} cases", ["cases"])
        cases = [self._case_message(case, ["cases", index]) for index, case in enumerate(self.cases)]
        if sum(len(case.stdin) + len(case.expected_stdout or b"") for case in cases) > MAX_STDIN_BYTES:
            message = f"`stdin` and `expected_stdout` of all cases have more than {MAX_STDIN_BYTES} bytes together"
            raise ApiError(ErrorCode.TOO_LARGE, message, ["cases"])
        return cases

    def _case_message(self, case: CaseBody, path: list[str | int]) -> Case:
        args, expected = case.args or [], case.expected_stdout
        if len(args) > MAX_ARGUMENTS:
            message = f"{spell([*path, 'args'])} has more than {MAX_ARGUMENTS} entries"
            raise ApiError(ErrorCode.TOO_LARGE, message, [*path, "args"])
        check_words(args, [*path, "args"])
        stdin = _encode(case.stdin or "", self.stdin_encoding or "utf8", [*path, "stdin"])
        where = [*path, "expected_stdout"]
        return Case(
            stdin=limited(stdin, MAX_STDIN_BYTES, [*path, "stdin"]),
            args=args,
            expected_stdout=None
            if expected is None
            else limited(_encode(expected, self.output_encoding or "utf8", where), MAX_STDIN_BYTES, where),
        )

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


Body = TypeVar("Body")
_decoder = msgspec.json.Decoder(ExecuteBody)


def decode_execute(raw: bytes | str) -> ExecuteBody:
    """Decode a body, or raise the ApiError that names the field."""
    return decode(_decoder, raw)


def decode(decoder: msgspec.json.Decoder[Body], raw: bytes | str) -> Body:
    """Decode any other, in the same way."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        message, path = located(error)
        raise ApiError(ErrorCode.INVALID_REQUEST, message, path) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"the body is not JSON: {error}") from error


def _source_file(file: FileBody, index: int) -> SourceFile:
    path: list[str | int] = ["files", index, "content"]
    content = _encode(file.content, file.encoding or "utf8", path)
    return SourceFile(name=file.name, content=limited(content, MAX_FILE_BYTES, path))


def check_words(words: list[str], path: list[str | int]) -> None:
    """ApiError when arguments and variables are too much together."""
    if sum(len(word.encode()) + 1 for word in words) > MAX_ARGUMENT_BYTES:
        message = f"`args` and `env` have more than {MAX_ARGUMENT_BYTES} bytes together"
        raise ApiError(ErrorCode.TOO_LARGE, message, path)


def _encode(text: str, encoding: str, path: list[str | int]) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        # Not bytes.fromhex, which skips white space.
        return binascii.unhexlify(text) if encoding == "hex" else text.encode()
    except (binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"{spell(path)} is not valid {encoding}: {error}", path) from error


def limited(content: bytes, limit: int, path: list[str | int]) -> bytes:
    """The same, or ApiError when it is too much."""
    if len(content) > limit:
        raise ApiError(ErrorCode.TOO_LARGE, f"{spell(path)} has more than {limit} bytes", path)
    return content


def _stage_request(wall_ms: float | None, cpu_ms: float | None, memory_bytes: int | None) -> StageRequest:
    # What is over the protocol's bounds is over every runtime's ceiling, which the supervisor names.
    return StageRequest(
        wall_time_ms=None if wall_ms is None else min(wall_ms, MAX_STAGE_MS),
        cpu_time_ms=None if cpu_ms is None else min(cpu_ms, MAX_STAGE_MS),
        memory_bytes=None if memory_bytes is None else min(memory_bytes, MAX_MEMORY_BYTES),
    )
