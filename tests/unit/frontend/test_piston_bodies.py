"""Piston's requests: its defaults, its errors and their order; and its words for how a stage ended."""

from typing import Any

import msgspec
import pytest

from frontend.errors import ApiError
from frontend.keys import Ceilings, Quota, make_key
from frontend.piston_bodies import PistonError, execute_message, stage_body
from protocol.messages import Execute, RuntimeDescription, StageRequest, StageResult, Status

CEILINGS = StageRequest(wall_time_ms=60_000, cpu_time_ms=120_000, memory_bytes=1 << 29)
RUNTIMES = [
    RuntimeDescription("python", "3.13.5", ["py"], False, StageRequest(), CEILINGS),
    RuntimeDescription("c", "14.2.0", ["gcc"], True, CEILINGS, CEILINGS),
    RuntimeDescription("java", "21.0.13.1", [], True, CEILINGS, CEILINGS),
    RuntimeDescription("java", "25.0.5.1", [], True, CEILINGS, CEILINGS),
]
GOOD: dict[str, Any] = {"language": "py", "version": "3.x", "files": [{"content": "print(1)"}]}


def message(**changes: Any) -> Execute:
    return execute_message(GOOD | changes, RUNTIMES, "0" * 32)


def test_defaults() -> None:
    execute = message()
    assert (execute.language, execute.version, execute.stdin, execute.args) == ("python", "3.13.5", b"\n", [])
    assert [(file.name, file.content) for file in execute.files] == [("file0.code", b"print(1)")]
    assert execute.run == StageRequest(wall_time_ms=3000, cpu_time_ms=3000)
    assert execute.compile == StageRequest()
    assert message(language="c", version="*").compile == StageRequest(wall_time_ms=10_000, cpu_time_ms=10_000)


def test_newest_version_that_matches() -> None:
    assert message(language="Java", version="*").version == "25.0.5.1"
    assert message(language="java", version="^21").version == "21.0.13.1"


@pytest.mark.parametrize(("stdin", "given"), [("a", b"a\n"), ("a\n", b"a\n"), ("", b"\n"), (None, b"\n"), (5, b"\n")])
def test_stdin_ends_with_a_newline(stdin: object, given: bytes) -> None:
    assert message(stdin=stdin).stdin == given


def test_files_and_their_encodings() -> None:
    files = [
        {"name": "data.bin", "content": "AP8=", "encoding": "base64"},
        {"name": "lib/a.py", "content": "x", "encoding": "ascii"},
        {"content": "00ff", "encoding": "hex"},
        {"name": "", "content": "y", "encoding": None},
    ]
    made = [(file.name, file.content) for file in message(files=files).files]
    assert made == [("lib/a.py", b"x"), ("data.bin", b"\0\xff"), ("file2.code", b"\0\xff"), ("file3.code", b"y")]


@pytest.mark.parametrize("nothing", [0, None, False, "", -1])
def test_limit_that_is_none(nothing: object) -> None:
    assert message(run_memory_limit=nothing).run.memory_bytes is None
    if nothing != -1:
        assert message(run_timeout=nothing).run.wall_time_ms == 3000


def test_limits() -> None:
    execute = message(language="gcc", version="*", run_timeout=5, compile_cpu_time=7.5, run_memory_limit=1e6)
    assert execute.run == StageRequest(wall_time_ms=5, cpu_time_ms=3000, memory_bytes=1_000_000)
    assert execute.compile == StageRequest(wall_time_ms=10_000, cpu_time_ms=7.5)


ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"language": None}, "language is required as a string"),
    ({"language": 5}, "language is required as a string"),
    ({"version": None}, "version is required as a string"),
    ({"files": "x"}, "files is required as an array"),
    ({"files": None}, "files is required as an array"),
    ({"files": []}, "files must include at least one utf8 encoded file"),
    (
        {"files": [{"content": "x", "name": "x" * 1025}]},
        "files[0].name is required as a string of at most 1024 characters",
    ),
    ({"files": [{"content": "x", "name": 5}]}, "files[0].name is required as a string of at most 1024 characters"),
    ({"files": [{"content": "x"}, {"content": 5}]}, "files[1].content is required as a string"),
    ({"files": ["x"]}, "files[0].content is required as a string"),
    ({"version": "2"}, "py-2 runtime is unknown"),
    ({"version": "nonsense"}, "py-nonsense runtime is unknown"),
    ({"language": "cobol"}, "cobol-3.x runtime is unknown"),
    ({"files": [{"content": "AA==", "encoding": "base64"}]}, "files must include at least one utf8 encoded file"),
    ({"compile_memory_limit": "x"}, "If specified, compile_memory_limit must be a number"),
    ({"run_memory_limit": 1 << 40}, "run_memory_limit cannot exceed the configured limit of 536870912"),
    ({"run_memory_limit": -5}, "run_memory_limit must be non-negative"),
    ({"compile_timeout": True}, "If specified, compile_timeout must be a number"),
    ({"run_timeout": 60_001}, "run_timeout cannot exceed the configured limit of 60000"),
    ({"run_timeout": -1}, "run_timeout must be non-negative"),
    ({"run_cpu_time": [5]}, "If specified, run_cpu_time must be a number"),
]


@pytest.mark.parametrize(("changes", "text"), ERRORS)
def test_errors(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(PistonError) as raised:
        message(**changes)
    assert (str(raised.value), raised.value.status) == (text, 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": [{"content": "x" * (8 << 20) + "x"}]},
        {"stdin": "x" * (10 << 20)},  # for it has no newline yet
        {"args": ["x" * 32_768]},
        {"args": ["x" * 200] * 256},
    ],
)
def test_what_is_too_large_does_not_go_to_the_supervisor(changes: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as raised:
        message(**changes)
    assert raised.value.code == "too_large"


@pytest.mark.parametrize(
    ("encoding", "text", "content"),
    [
        ("base64", "AP8", b"\0\xff"), ("base64", "AP\n8=", b"\0\xff"), ("base64", "-_-_", b"\xfb\xff\xbf"), ("base64", "A", b""),
        ("base64", "AP8=AP8=", b"\0\xff"), ("base64", "!", b""), ("hex", "00fz", b"\0"), ("hex", "zz", b""), ("hex", "0", b""),
    ],
)  # fmt: skip
def test_encodings_as_node_reads_them(encoding: str, text: str, content: bytes) -> None:
    files = [{"content": "main"}, {"content": text, "encoding": encoding}]
    assert message(files=files).files[1].content == content


def test_the_first_error_is_told() -> None:
    body: dict[str, Any] = {}
    rest = {"run_cpu_time": "x", "compile_timeout": "x", "run_memory_limit": "x", "compile_memory_limit": "x"}
    steps: list[dict[str, Any]] = [
        {"language": "cobol"}, {"version": "1"}, {"files": [{}]}, {"files": [{"content": "AA==", "encoding": "base64"}]},
        {"language": "python", "version": "*"}, {"files": [{"content": ""}]}, {"compile_memory_limit": 0},
        {"run_memory_limit": 0}, {"compile_timeout": 0},
    ]  # fmt: skip
    told = []
    for step in [{}, *steps]:
        body |= step
        with pytest.raises(PistonError) as raised:
            execute_message(rest | body, RUNTIMES, "0" * 32)
        told.append(str(raised.value).removesuffix(" must be a number"))
    assert told == [
        "language is required as a string", "version is required as a string", "files is required as an array",
        "files[0].content is required as a string", "cobol-1 runtime is unknown",
        "files must include at least one utf8 encoded file", "If specified, compile_memory_limit",
        "If specified, run_memory_limit", "If specified, compile_timeout", "If specified, run_cpu_time",
    ]  # fmt: skip


def result(status: Status, **fields: Any) -> StageResult:
    whole: dict[str, Any] = {"stdout": b"", "stderr": b"", "stdout_truncated": False, "stderr_truncated": False,
                             "wall_time_ms": 1.4, "cpu_time_ms": 2.6, "memory_peak_bytes": 5}  # fmt: skip
    return StageResult(status=status, **(whole | fields))


@pytest.mark.parametrize(
    ("ended", "status", "message", "code", "signal"),
    [
        (result(Status.OK, exit_code=0), None, None, 0, None),
        (result(Status.NONZERO_EXIT, exit_code=3), "RE", "Exited with error status 3", 3, None),
        (result(Status.PROCESS_LIMIT, exit_code=1), "RE", "Exited with error status 1", 1, None),
        (result(Status.SIGNALED, signal="SIGSEGV"), "SG", "Caught fatal signal 11", None, "SIGSEGV"),
        (result(Status.SIGNALED, signal="SIG32"), "SG", "Caught fatal signal 32", None, "SIG32"),
        (result(Status.FILE_SIZE_LIMIT, signal="SIGXFSZ"), "SG", "Caught fatal signal 25", None, "SIGXFSZ"),
        (result(Status.TIMEOUT, signal="SIGKILL"), "TO", "Time limit exceeded (wall clock)", None, "SIGKILL"),
        (result(Status.CPU_TIMEOUT, signal="SIGKILL"), "TO", "Time limit exceeded", None, "SIGKILL"),
        (result(Status.OUTPUT_LIMIT, signal="SIGKILL", stdout_truncated=True), "OL", "stdout length exceeded", None, "SIGKILL"),
        (result(Status.OUTPUT_LIMIT, signal="SIGKILL", stderr_truncated=True), "EL", "stderr length exceeded", None, "SIGKILL"),
        (result(Status.OUT_OF_MEMORY, signal="SIGKILL", message="of 5 bytes"), "SG", "out of memory: of 5 bytes", None, "SIGKILL"),
    ],
)  # fmt: skip
def test_how_a_stage_ended(
    ended: StageResult, status: str | None, message: str | None, code: int | None, signal: str | None
) -> None:
    body = stage_body(ended)
    assert (body["status"], body["message"], body["code"], body["signal"]) == (status, message, code, signal)
    assert (body["wall_time"], body["cpu_time"], body["memory"]) == (1, 3, 5)


def test_output_is_both_as_they_came() -> None:
    ended = result(Status.OK, stdout=b"abcd", stderr="Xüz".encode(), arrival=[2, -1, 1, -3], exit_code=0)
    body = stage_body(ended)
    assert (body["stdout"], body["stderr"], body["output"]) == ("abcd", "Xüz", "abXcüzd")


def test_key_with_less_than_piston_gives() -> None:
    quota = Quota(run=Ceilings(timeout=1000, memory_limit=1 << 26))
    key = make_key("little", frozenset())[1]
    key = msgspec.structs.replace(key, quota=quota)
    order = execute_message(GOOD, RUNTIMES, "0" * 32, key)
    assert (order.run.wall_time_ms, order.run.memory_bytes, order.run.cpu_time_ms) == (1000, 1 << 26, 3000)
    with pytest.raises(PistonError, match="run_timeout cannot exceed the configured limit of 1000"):
        execute_message(GOOD | {"run_timeout": 1001}, RUNTIMES, "0" * 32, key)
