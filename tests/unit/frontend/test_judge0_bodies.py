"""Judge0's submissions: what they may say, and what is said about those that may not."""

import base64
import contextlib
import io
import zipfile
from typing import Any

import pytest

from frontend.config import Config
from frontend.errors import ApiError
from frontend.judge0_bodies import SubmissionError, read_submission
from frontend.keys import Ceilings

HELLO: dict[str, Any] = {"source_code": "print(1)", "language_id": 71}


def errors_of(**changes: Any) -> dict[str, list[str]]:
    with pytest.raises(SubmissionError) as error:
        read_submission(HELLO | changes, is_base64=False)
    return error.value.errors


def zipped(**files: bytes) -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "/"), content)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"source_code": ""}, {"source_code": ["can't be blank"]}),
        (
            {"source_code": None, "language_id": None},
            {"source_code": ["can't be blank"], "language_id": ["can't be blank"]},
        ),
        ({"language_id": "x"}, {"language_id": ["is not a number"]}),
        ({"language_id": 12345}, {"language_id": ["language with id 12345 doesn't exist"]}),
        ({"cpu_time_limit": 16}, {"cpu_time_limit": ["must be less than or equal to 15"]}),
        ({"wall_time_limit": 0.5}, {"wall_time_limit": ["must be greater than or equal to 1"]}),
        ({"memory_limit": "much"}, {"memory_limit": ["is not a number"]}),
        ({"memory_limit": float("nan")}, {"memory_limit": ["is not a number"]}),
        ({"memory_limit": int("9" * 400)}, {"memory_limit": ["is not a number"]}),
        ({"memory_limit": True}, {"memory_limit": ["is not a number"]}),
        ({"number_of_runs": 21}, {"number_of_runs": ["must be less than or equal to 20"]}),
        ({"enable_network": True}, {"enable_network": ["this option cannot be enabled"]}),
        ({"callback_url": "http://x/"}, {"callback_url": ["this option cannot be enabled"]}),
        ({"compiler_options": "-O3"}, {"compiler_options": ["this option cannot be enabled"]}),
        (
            {"command_line_arguments": "x" * 513},
            {"command_line_arguments": ["is too long (maximum is 512 characters)"]},
        ),
        ({"additional_files": "bm8gemlw"}, {"additional_files": ["can't be unpacked: File is not a zip file"]}),
    ],
)
def test_what_is_wrong_is_said_of_each_field(changes: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert errors_of(**changes) == errors


def test_defaults() -> None:
    order = read_submission(HELLO | {"stdin": None, "unknown": 5}, is_base64=False).order("0" * 32, "me")
    assert (order.language, order.stdin, order.args, order.cases, order.owner) == ("python", b"", [], [], "me")
    assert (order.run.wall_time_ms, order.run.cpu_time_ms, order.run.memory_bytes) == (10_000, 5_000, 128_000 * 1024)


def test_what_is_given() -> None:
    body = HELLO | {
        "language_id": "62", "command_line_arguments": "a 'b c' \"d\"", "stdin": "in", "expected_output": "out",
        "cpu_time_limit": "0", "memory_limit": 4096.0, "redirect_stderr_to_stdout": "true",
    }  # fmt: skip
    request = read_submission(body, is_base64=False)
    order = request.order("0" * 32, "me")
    assert (order.language, order.args, order.stdin, request.expected_output) == (
        "java",
        ["a", "b c", "d"],
        b"in",
        b"out",
    )
    assert (order.run.cpu_time_ms, order.run.memory_bytes) == (1.0, 4096 * 1024)
    assert request.given["redirect_stderr_to_stdout"] is True


def test_quotation_that_does_not_end_is_words() -> None:
    request = read_submission(HELLO | {"command_line_arguments": "it's fine"}, is_base64=False)
    assert request.order("0" * 32, "").args == ["it's", "fine"]


def test_what_a_key_may_ask_for_is_the_default_and_the_most() -> None:
    ceilings = Ceilings(timeout=2000, cpu_time=500, memory_limit=64 << 20)
    order = read_submission(HELLO, is_base64=False, ceilings=ceilings).order("0" * 32, "")
    assert (order.run.wall_time_ms, order.run.cpu_time_ms, order.run.memory_bytes) == (2000, 500, 64 << 20)
    with pytest.raises(SubmissionError) as error:
        read_submission(HELLO | {"wall_time_limit": 3, "memory_limit": 70_000}, is_base64=False, ceilings=ceilings)
    assert error.value.errors == {
        "wall_time_limit": ["must be less than or equal to 2"], "memory_limit": ["must be less than or equal to 65536"],
    }  # fmt: skip


@pytest.mark.parametrize("field", ["source_code", "stdin"])
def test_what_is_too_large(field: str) -> None:
    with pytest.raises(ApiError) as error:
        read_submission(HELLO | {field: "x" * (11 << 20)}, is_base64=False)
    assert (error.value.code, error.value.path) == ("too_large", [field])


def test_archive_that_is_broken() -> None:
    whole = base64.b64decode(zipped(a=b"text" * 100))
    for place in range(len(whole)):
        broken = base64.b64encode(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]).decode()
        with contextlib.suppress(SubmissionError):
            read_submission(HELLO | {"additional_files": broken}, is_base64=False)


def test_name_that_is_too_long() -> None:
    assert errors_of(additional_files=zipped(**{"x" * 1100: b""})).keys() == {"additional_files"}


@pytest.mark.parametrize(
    "text", ["cHJpbnQoMSk=\n", "cHJp\nbnQoMSk", "cHJpbnQoMSk===", "cHJpbnQoMSk=YQ==", " cHJpbnQoMSk= "]
)
def test_base64_as_its_clients_write_it(text: str) -> None:
    assert read_submission(HELLO | {"source_code": text}, is_base64=True).source_code == b"print(1)"


def test_additional_files() -> None:
    request = read_submission(HELLO | {"additional_files": zipped(a=b"1", b_c=b"2")}, is_base64=False)
    assert [(file.name, file.content) for file in request.order("0" * 32, "").files] == [
        (None, b"print(1)"), ("a", b"1"), ("b/c", b"2"),
    ]  # fmt: skip


def test_archive_that_explodes() -> None:
    (message,) = errors_of(additional_files=zipped(a=bytes(100_000_000)))["additional_files"]
    assert "bytes" in message
    many = {f"f{n}": b"" for n in range(300)}
    assert errors_of(additional_files=zipped(**many)) == {
        "additional_files": ["can't be unpacked: there are more than 255 files"]
    }


def test_operator_has_other_numbers() -> None:
    """Beside the usual ones, and instead of them."""
    languages = Config(judge0_languages={"109": "python", "71": "ruby"}).judge0_ids
    for id_, language in ((109, "python"), (71, "ruby"), (46, "bash")):
        assert read_submission(HELLO | {"language_id": id_}, is_base64=False, languages=languages).language == language
    assert 109 not in Config().judge0_ids
