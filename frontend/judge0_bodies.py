"""From Judge0's submissions to what the supervisor is asked for: its fields, its defaults, its words."""

import base64
import binascii
import io
import re
import shlex
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from frontend.judge0_languages import IDS
from frontend.keys import Ceilings
from frontend.schemas import limited
from protocol.messages import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_FILES_BYTES,
    MAX_NAME_BYTES,
    MAX_STDIN_BYTES,
    Execute,
    SourceFile,
    StageRequest,
)

# By field: what it is by default, at least and at most; times in s, sizes in kB.
LIMITS: dict[str, tuple[float, float, float]] = {
    "number_of_runs": (1, 1, 20),
    "cpu_time_limit": (5, 0, 15),
    "cpu_extra_time": (1, 0, 5),
    "wall_time_limit": (10, 1, 20),
    "memory_limit": (128_000, 2_048, 512_000),
    "stack_limit": (64_000, 0, 128_000),
    "max_processes_and_or_threads": (60, 1, 120),
    "max_file_size": (1_024, 0, 4_096),
}
_FRACTIONS = ("cpu_time_limit", "cpu_extra_time", "wall_time_limit")
_SWITCHES = ("enable_per_process_and_thread_time_limit", "enable_per_process_and_thread_memory_limit",
             "redirect_stderr_to_stdout", "enable_network")  # fmt: skip
# What this service does not do, and says so.
_NEVER = ("enable_network", "callback_url", "compiler_options")
_MAX_ENTRY_BYTES = 2048  # in an archive's directory
_MAX_ARGUMENTS = 512  # characters
NO_CEILINGS = Ceilings()
_LEAST_MS = 1.0  # a limit of zero
# Archives that are cut off, encrypted, patched, or not even one.
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
_TEXTS = ("source_code", "stdin", "expected_output")


Scalar = str | int | float | bool | None


class SubmissionBody(Struct, omit_defaults=True):
    """All fields that mean anything; what they should be is looked at later, in Judge0's words."""

    source_code: Scalar = None
    language_id: Scalar = None
    stdin: Scalar = None
    expected_output: Scalar = None
    number_of_runs: Scalar = None
    cpu_time_limit: Scalar = None
    cpu_extra_time: Scalar = None
    wall_time_limit: Scalar = None
    memory_limit: Scalar = None
    stack_limit: Scalar = None
    max_processes_and_or_threads: Scalar = None
    max_file_size: Scalar = None
    enable_per_process_and_thread_time_limit: Scalar = None
    enable_per_process_and_thread_memory_limit: Scalar = None
    redirect_stderr_to_stdout: Scalar = None
    enable_network: Scalar = None
    compiler_options: Scalar = None
    command_line_arguments: Scalar = None
    callback_url: Scalar = None
    additional_files: Scalar = None


class BatchBody(Struct):
    submissions: list[SubmissionBody] = []


class SubmissionError(Exception):
    """What Judge0 answers with 422: messages by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name} {message}" for name, messages in errors.items() for message in messages))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Request:
    """A submission that is as it should be."""

    given: dict[str, Any]  # each field as it is told again
    language: str
    source_code: bytes
    stdin: bytes | None
    expected_output: bytes | None
    additional_files: list[SourceFile] = field(repr=False)

    def order(self, id_: str, owner: str) -> Execute:
        """What is asked for."""
        return Execute(
            id=0,
            execution_id=id_,
            owner=owner,
            language=self.language,
            version="*",
            files=[SourceFile(self.source_code), *self.additional_files],
            stdin=self.stdin or b"",
            args=self._args(),
            run=StageRequest(
                wall_time_ms=self.given["wall_time_limit"] * 1000,
                cpu_time_ms=max(self.given["cpu_time_limit"] * 1000, _LEAST_MS),
                memory_bytes=int(self.given["memory_limit"] * 1024),
            ),
            is_merged=self.given["redirect_stderr_to_stdout"],
        )

    def _args(self) -> list[str]:
        words: str = self.given["command_line_arguments"] or ""
        try:
            return shlex.split(words)
        except ValueError:  # a quotation that does not end
            return words.split()


def read_submission(
    body: dict[str, Any],
    *,
    is_base64: bool,
    ceilings: Ceilings = NO_CEILINGS,
    languages: Mapping[int, str] = IDS,
) -> Request:
    """Check a submission; SubmissionError for all that is wrong with it, ApiError for what is too large."""
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {name: _number(name, body.get(name), ceilings, errors) for name in LIMITS}
    given |= {name: _switch(body.get(name)) for name in _SWITCHES}
    given["language_id"] = _language(body.get("language_id"), languages, errors)
    for name in ("compiler_options", "command_line_arguments", "callback_url"):
        given[name] = None if body.get(name) is None else str(body[name])
        if given[name] and len(given[name]) > _MAX_ARGUMENTS and name != "callback_url":
            errors.setdefault(name, []).append(f"is too long (maximum is {_MAX_ARGUMENTS} characters)")
    for name in _NEVER:
        if given[name]:
            errors.setdefault(name, []).append("this option cannot be enabled")
    texts = {name: _text(body.get(name), is_base64=is_base64) for name in _TEXTS}
    if not texts["source_code"]:
        errors.setdefault("source_code", []).append("can't be blank")
    files = _additional_files(body.get("additional_files"), errors)
    if errors:
        raise SubmissionError(errors)
    source_code, stdin = texts["source_code"] or b"", texts["stdin"]
    limited(source_code, MAX_FILE_BYTES, ["source_code"])
    limited(stdin or b"", MAX_STDIN_BYTES, ["stdin"])
    language = languages[given["language_id"]]
    return Request(given, language, source_code, stdin, texts["expected_output"], files)


def _number(name: str, value: Any, ceilings: Ceilings, errors: dict[str, list[str]]) -> float:
    default, least, most = LIMITS[name]
    if ceiling := _of_key(name, ceilings):
        default, most = min(default, ceiling), min(most, ceiling)
    kind = float if name in _FRACTIONS else int
    if value is None:
        return kind(default)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if number != number or isinstance(value, bool):
        errors.setdefault(name, []).append("is not a number")
    elif number > most:
        errors.setdefault(name, []).append(f"must be less than or equal to {most:g}")
    elif number < least:
        errors.setdefault(name, []).append(f"must be greater than or equal to {least:g}")
    else:
        return kind(number)
    return default


def _of_key(name: str, ceilings: Ceilings) -> float | None:
    """The most that a key may ask for, in Judge0's unit."""
    unit, ceiling = {
        "wall_time_limit": (1000, ceilings.timeout),
        "cpu_time_limit": (1000, ceilings.cpu_time),
        "memory_limit": (1024, ceilings.memory_limit),
    }.get(name, (1, None))
    return None if ceiling is None else ceiling / unit


def _switch(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1", "t", "yes", "on")


def _language(value: Any, languages: Mapping[int, str], errors: dict[str, list[str]]) -> int | None:
    if value is None or value == "":
        errors.setdefault("language_id", []).append("can't be blank")
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)):
        errors.setdefault("language_id", []).append("is not a number")
        return None
    if int(value) not in languages:
        errors.setdefault("language_id", []).append(f"language with id {int(value)} doesn't exist")
    return int(value)


def _text(value: Any, *, is_base64: bool) -> bytes | None:
    if value is None:
        return None
    return _decoded(str(value)) if is_base64 else str(value).encode()


def _decoded(text: str) -> bytes:
    """As Ruby does: what does not belong there is passed over, and so is a missing end."""
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text.partition("=")[0])
    try:
        return base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + "===")
    except binascii.Error:
        return b""


def _additional_files(value: Any, errors: dict[str, list[str]]) -> list[SourceFile]:
    if not value:
        return []
    try:
        raw = _decoded(str(value))
        _check_directory(raw)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _unpacked(archive)
    except _BROKEN_ARCHIVE as error:
        errors["additional_files"] = [f"can't be unpacked: {error}"]
        return []


def _check_directory(raw: bytes) -> None:
    """All of an archive's directory is read before its first member is: ValueError when there is too much of it."""
    end = raw.rfind(b"PK\5\6")
    if end < 0:
        return  # that it is none is found soon enough
    entries, size = struct.unpack_from("<HI", raw, end + 10)
    if entries >= MAX_FILES or size > MAX_FILES * _MAX_ENTRY_BYTES or raw[max(end - 20, 0) : end].startswith(b"PK\6\7"):
        raise ValueError(f"there are more than {MAX_FILES - 1} files")


def _unpacked(archive: zipfile.ZipFile) -> list[SourceFile]:
    """All files of it, as long as they are not too many or too much; ValueError when they are."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) >= MAX_FILES:
        raise ValueError(f"there are more than {MAX_FILES - 1} files")
    files, room = [], MAX_FILES_BYTES
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("it is compressed otherwise than by deflate")  # of which no part can be unpacked alone
        if len(member.filename) > MAX_NAME_BYTES:
            raise ValueError(f"a name has more than {MAX_NAME_BYTES} characters")
        with archive.open(member) as stream:
            # Whatever its header says of its size.
            content = stream.read(min(room, MAX_FILE_BYTES) + 1)
        room -= len(content)
        if room < 0 or len(content) > MAX_FILE_BYTES:
            raise ValueError(f"the files have more than {MAX_FILES_BYTES} bytes, or one has more than {MAX_FILE_BYTES}")
        files.append(SourceFile(content, name=member.filename))
    return files
