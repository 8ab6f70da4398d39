"""Results as JSON: text, bytes that are not text, and stages that did not run."""

import base64
import json

import msgspec
import pytest

from frontend.outputs import Encoding
from frontend.results import execute_response
from protocol.messages import Finished, StageResult, Status


def result(stdout: bytes = b"", truncated: bool = False, status: Status = Status.OK) -> StageResult:
    return StageResult(
        status=status, stdout=stdout, stderr=b"", stdout_truncated=truncated, stderr_truncated=False,
        wall_time_ms=1.234, cpu_time_ms=1.0, memory_peak_bytes=1025, exit_code=0,
    )  # fmt: skip


def body(run: StageResult | None, compiled: StageResult | None = None, encoding: Encoding = "utf8") -> dict:  # type: ignore[type-arg]
    finished = Finished(id=1, language="c", version="14.2.0", compile=compiled, run=run)
    decoded: dict = json.loads(msgspec.json.encode(execute_response(finished, "ab", encoding, [])))  # type: ignore[type-arg]
    return decoded


def test_compile_is_there_only_for_compiled_languages() -> None:
    assert "compile" not in body(result())
    assert body(result(), result())["compile"]["code"] == 0


def test_failed_compile_skips_the_run() -> None:
    run = body(None, result(status=Status.NONZERO_EXIT))["run"]
    assert (run["status"], run["code"], run["signal"], run["stdout"]) == ("skipped", None, None, "")


@pytest.mark.parametrize(
    ("stdout", "truncated", "text", "replaced"),
    [
        ("é\0\x1b[31m".encode(), False, "é\0\x1b[31m", False),
        (b"a\xffb", False, "a\ufffdb", True),
        (b"a\xe2\x82", False, "a\ufffd", True),  # the program wrote half a character
        (b"a\xe2\x82", True, "a", False),  # the limit cut it in two
        (b"\xff\xe2\x82", True, "\ufffd", True),
        (b"\xed\xa0\x80", False, "\ufffd" * 3, True),  # a surrogate, as bytes
    ],
)
def test_output_as_text(stdout: bytes, truncated: bool, text: str, replaced: bool) -> None:
    run = body(result(stdout, truncated))["run"]
    assert (run["stdout"], run["stdout_replaced"], run["stdout_truncated"]) == (text, replaced, truncated)


def test_output_as_bytes() -> None:
    stdout = bytes(range(256))
    run = body(result(stdout), encoding="base64")["run"]
    assert (base64.b64decode(run["stdout"]), run["stdout_replaced"]) == (stdout, False)


def test_kilobytes_are_rounded_up() -> None:
    assert body(result())["run"]["memory_kb"] == 2
