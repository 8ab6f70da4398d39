"""Bodies: what is decoded, and how what is wrong is told."""

import json

import pytest

from frontend.errors import ApiError
from frontend.schemas import ExecuteBody, decode_execute
from protocol.messages import MAX_FILE_BYTES, MAX_FILES, MAX_STAGE_MS, MAX_STDIN_BYTES


def decode(**fields: object) -> ExecuteBody:
    return decode_execute(json.dumps({"language": "python", "code": "", **fields}).encode())


def error_of(raw: str | bytes) -> ApiError:
    try:
        body = decode_execute(raw)
        body.source_files(), body.stdin_bytes(), body.arguments()
    except ApiError as error:
        return error
    pytest.fail(f"{raw[:80]!r} was accepted")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("", []),
        ("{", []),
        ("[]", []),
        ("null", []),
        ("[" * 100_000, []),
        ('{"language": "x", "code": "", "run_timeout": NaN}', []),
        ('{"language": "\\ud800", "code": ""}', []),
        ('{"code": ""}', []),
        ('{"language": 1, "code": ""}', ["language"]),
        ('{"language": "x", "code": "", "kode": 1}', ["kode"]),
        ('{"language": "x"}', []),
        ('{"language": "x", "code": "", "files": [{"content": ""}]}', []),
        ('{"language": "x", "files": []}', ["files"]),
        ('{"language": "x", "files": [{"content": ""}, {"content": 5}]}', ["files", 1, "content"]),
        ('{"language": "x", "files": [{"content": "", "mode": 7}]}', ["files", 0, "mode"]),
        ('{"language": "x", "files": [{"content": "@", "encoding": "base64"}]}', ["files", 0, "content"]),
        ('{"language": "x", "files": [{"content": "0", "encoding": "hex"}]}', ["files", 0, "content"]),
        ('{"language": "x", "files": [{"content": "0", "encoding": "rot13"}]}', ["files", 0, "encoding"]),
        ('{"language": "x", "code": "", "stdin": "@", "stdin_encoding": "base64"}', ["stdin"]),
        ('{"language": "x", "code": "", "run_timeout": 0}', ["run_timeout"]),
        ('{"language": "x", "code": "", "compile_timeout": -1}', ["compile_timeout"]),
        ('{"language": "x", "code": "", "run_timeout": "5"}', ["run_timeout"]),
        ('{"language": "x", "code": "", "run_timeout": true}', ["run_timeout"]),
        ('{"language": "x", "code": "", "run_memory_limit": 1.5}', ["run_memory_limit"]),
        ('{"language": "x", "code": "", "env": {"A": 1}}', ["env"]),
        (b'{"language": "\xff", "code": ""}', []),
    ],
)
def test_invalid_requests(raw: str | bytes, path: list[str | int]) -> None:
    error = error_of(raw)
    assert error.code == "invalid_request"
    assert error.path[: len(path)] == path
    assert error.message


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "x" * (MAX_FILE_BYTES + 1)},
        {"stdin": "x" * (MAX_STDIN_BYTES + 1)},
        {"code": None, "files": [{"content": ""}] * (MAX_FILES + 1)},
        {"args": ["x"] * 257},
        {"env": {str(n): "" for n in range(257)}},
        {"args": ["é" * 17_000]},
    ],
)
def test_too_large(fields: dict[str, object]) -> None:
    assert error_of(json.dumps({"language": "python", "code": "", **fields})).code == "too_large"


def test_largest_that_is_accepted() -> None:
    body = decode(code="x" * MAX_FILE_BYTES, stdin="x" * MAX_STDIN_BYTES)
    assert len(body.source_files()[0].content) == MAX_FILE_BYTES
    assert len(body.stdin_bytes()) == MAX_STDIN_BYTES


def test_encodings() -> None:
    files = [
        {"content": "é\x00", "name": "a"},
        {"content": "/+8=", "encoding": "base64", "name": "b"},
        {"content": "ffEF", "encoding": "hex", "name": "c"},
    ]
    body = decode(code=None, files=files, stdin="AA==", stdin_encoding="base64")
    assert [file.content for file in body.source_files()] == ["é\x00".encode(), b"\xff\xef", b"\xff\xef"]
    assert body.stdin_bytes() == b"\0"


def test_null_is_an_absent_field() -> None:
    body = decode(stdin=None, version=None, args=None, env=None, run_timeout=None, files=None, output_encoding=None)
    assert body.stdin_bytes() == b""
    assert body.run_request().wall_time_ms is None


def test_huge_limits_reach_whoever_names_the_ceiling() -> None:
    body = decode(run_timeout=1e300, run_memory_limit=2**62)
    assert body.run_request().wall_time_ms == MAX_STAGE_MS
    assert body.run_request().memory_bytes == 2**50
