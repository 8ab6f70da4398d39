"""Group 5: input that is not there, not wanted, not text, or too much."""

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.security.attacks import Program, named, post_raw, variants
from tests.service import Service

pytestmark = pytest.mark.service

MAX_BYTES = 10 << 20
# All bytes, in a block whose length shares no factor with that of any buffer; more than a pipe holds.
BINARY = bytes(range(256)) * 1000 + b"\0\n\0" + bytes(251)
DIGEST = Program("input/digest.py")


def encoded(content: bytes) -> dict[str, str]:
    return {"stdin": base64.b64encode(content).decode(), "stdin_encoding": "base64"}


def assert_refused(service: Service, status: int, code: str, path: list[object], **fields: object) -> str:
    response = service.post("bash", "cat", **fields)
    error: dict[str, Any] = response.json()["error"]
    assert (response.status_code, error["code"], error.get("path")) == (status, code, path), error
    return str(error["message"])


@pytest.mark.parametrize("program", variants("input/copy"), ids=named)
def test_binary_input_comes_byte_for_byte(service: Service, program: Program) -> None:
    """All of it, then its end; nothing added, nothing translated, in any language."""
    run = program.run(service, **encoded(BINARY), output_encoding="base64")
    assert base64.b64decode(run["stdout"]) == BINARY
    assert base64.b64decode(run["stderr"]).decode().strip() == str(len(BINARY))
    assert run["status"] == "ok"


@pytest.mark.parametrize("program", variants("input/copy"), ids=named)
def test_no_input_is_its_end(service: Service, program: Program) -> None:
    run = program.run(service)
    assert (run["stdout"], run["stderr"].strip(), run["status"]) == ("", "0", "ok")


NO_INPUT: dict[str, dict[str, object]] = {
    "absent": {},
    "null": {"stdin": None},
    "empty": {"stdin": ""},
    "empty base64": {"stdin": "", "stdin_encoding": "base64"},
    "encoding alone": {"stdin_encoding": "base64"},
}


@pytest.mark.parametrize("way", NO_INPUT)
def test_every_way_to_have_none(service: Service, way: str) -> None:
    assert service.run("bash", "wc -c; read x; echo $?", **NO_INPUT[way])["stdout"] == "0\n1\n"


TEXT = {
    "no newline": "x",
    "newline": "x\n",
    "only newlines": "\n\n\n",
    "dos": "a\r\nb\r\n",
    "nul": "a\0b",
    "nothing but nul": "\0",
    "byte order mark": "\ufeffx",
    "end of file characters": "\x04\x1a\x03",
    "shell": "$(id) `id` ; id\n'\"\\",
    "unicode": "é😀\u2028\uffff\U0010ffff",
    "escape": "\x1b[2J",
}


@pytest.mark.parametrize("name", TEXT)
def test_text_comes_as_it_was_sent(service: Service, name: str) -> None:
    """Above all without a newline that nobody sent."""
    run = service.run("bash", "cat; wc -c", stdin=TEXT[name])
    assert run["stdout"] == TEXT[name] + "0\n"


@pytest.mark.parametrize("block", [65_536, 1_000_000])
@pytest.mark.parametrize("form", ["text", "base64"])
def test_the_most_there_may_be(service: Service, form: str, block: int) -> None:
    content = b"0123456789abcdeF" * (MAX_BYTES // 16)
    fields = {"stdin": content.decode()} if form == "text" else encoded(content)
    run = DIGEST.run(service, args=[str(block)], **fields)
    assert run["stdout"] == f"{MAX_BYTES} {hashlib.sha256(content).hexdigest()}\n"


@pytest.mark.parametrize("form", ["text", "characters", "base64"])
def test_one_byte_more_is_refused(service: Service, form: str) -> None:
    """Bytes are counted, whatever they are sent as."""
    content = "x" * (MAX_BYTES + 1) if form != "characters" else "é" * (MAX_BYTES // 2) + "x"
    fields = encoded(content.encode()) if form == "base64" else {"stdin": content}
    assert str(MAX_BYTES) in assert_refused(service, 413, "too_large", ["stdin"], **fields)


@pytest.mark.parametrize("program", variants("input/ignore"), ids=named)
def test_input_that_is_never_read(service: Service, program: Program) -> None:
    run = program.run(service, stdin="x" * MAX_BYTES)
    assert (run["stdout"], run["stderr"], run["status"], run["code"]) == ("ended\n", "", "ok", 0)


@pytest.mark.parametrize("program", variants("input/close_first"), ids=named)
def test_input_that_is_closed_first(service: Service, program: Program) -> None:
    run = program.run(service, stdin="x" * 1_000_000)
    assert (run["stdout"], run["stderr"], run["status"]) == ("Bad file descriptor\n", "", "ok")
    assert program.run_outside(service.state, stdin=b"x" * 1_000_000).stdout == run["stdout"]


TRICKS = {
    "half_and_close": "ended\n",
    "late": "1000000\nended\n",
    "by_name": "1000000\nended\n",
    "shared": "1000000\nended\n",
    "packet_mode": "1000000\nended\n",
    "nonblocking": "1000000\nended\n",
    "left_to_a_daemon": "ended\n",
    "properties": "False True\nIllegal seek\nBad file descriptor\nInappropriate ioctl for device\nended\n",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_the_pipe(service: Service, trick: str) -> None:
    run = Program("input/tricks.py").run(service, args=[trick], stdin="x" * 1_000_000)
    assert (run["stdout"], run["stderr"], run["status"]) == (TRICKS[trick], "", "ok")


def test_input_that_feeds_itself_ends_in_time(service: Service) -> None:
    run = Program("input/tricks.py").run(service, args=["write_to_it"], stdin="x" * 1_000_000, run_timeout=1000)
    assert (run["stdout"], run["status"], run["signal"]) == ("open\n", "timeout", "SIGKILL")


def test_the_compiler_gets_none_of_it(service: Service) -> None:
    """Outside the same source takes what it is given for a part of itself."""
    program = Program("input/include_stdin.c")
    assert program.run(service, stdin="#error this is the compiler's\n")["stdout"] == f"{ord('#')}\n"
    answer = service.execute("c", "#error\n", stdin="x" * MAX_BYTES)
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped")
    # The control: what is there to be read, the compiler reads.
    files = {"main.c": program.source.replace("/dev/stdin", "other"), "other": "#error this is the compiler's\n"}
    assert "this is the compiler's" in service.execute("c", files)["compile"]["stderr"]


@pytest.mark.parametrize(
    "content", ["?", "YQ", "YQ=", "=", "YQ==YQ==", "YQ=\n=", " YQ==", "YQ==\n", "_-8=", "é", "YQ==\0"], ids=ascii
)
def test_what_is_not_base64(service: Service, content: str) -> None:
    message = assert_refused(service, 400, "invalid_request", ["stdin"], stdin=content, stdin_encoding="base64")
    assert "stdin is not valid base64" in message
    assert service.run("bash", "cat", stdin="YQ==", stdin_encoding="base64")["stdout"] == "a"


@pytest.mark.parametrize("value", [5, True, ["x"], {"x": 1}, 1.5], ids=repr)
def test_input_of_another_type(service: Service, value: object) -> None:
    assert_refused(service, 400, "invalid_request", ["stdin"], stdin=value)
    assert_refused(service, 400, "invalid_request", ["stdin_encoding"], stdin="", stdin_encoding=value)


@pytest.mark.parametrize("value", ["hex", "utf-8", "UTF8", "Base64", "latin1", "", "utf8\0"], ids=ascii)
def test_unknown_encoding(service: Service, value: str) -> None:
    assert_refused(service, 400, "invalid_request", ["stdin_encoding"], stdin="", stdin_encoding=value)


@pytest.mark.parametrize("field", ["stdin", "code", "args", "env", "language"])
@pytest.mark.parametrize("escaped", [True, False])
def test_half_a_character_is_refused(service: Service, field: str, escaped: bool) -> None:
    """A lone surrogate is no Unicode: there are no bytes for it that a program could be given."""
    for half in ("\ud800", "x\udc80\udc80"):
        value: object = {"args": [half], "env": {"A": half}}.get(field, half)
        response = post_raw(service, {"language": "bash", "code": "cat", field: value}, escaped=escaped)
        assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")
    # The control: two halves that make one character are one.
    body = b'{"language": "bash", "code": "cat", "stdin": "\\ud83d\\ude00"}'
    assert post_raw(service, json.loads(body)).json()["run"]["stdout"] == "\U0001f600"


@pytest.mark.parametrize(
    "word", ["", " ", "a b", "$(id)", "`id`", ";id", "*", "-x", "--", "@f", "\n", "'", '"', "\\", "é😀"]
)
def test_words_reach_the_program_as_they_are(service: Service, word: str) -> None:
    run = Program("input/words.py").run(service, args=["X", word, word], env={"X": word})
    assert run["stdout"] == f"{[word, word]} {[word]}\n"


BAD_WORDS: dict[str, tuple[int, list[object], dict[str, object]]] = {
    "nul in an argument": (400, ["args", 1], {"args": ["a", "b\0c"]}),
    "nul in a variable": (400, ["env", "A"], {"env": {"A": "\0"}}),
    "nul in a name": (400, ["env", "A\0"], {"env": {"A\0": ""}}),
    "no name": (400, ["env", ""], {"env": {"": "x"}}),
    "equals in a name": (400, ["env", "A=B"], {"env": {"A=B": ""}}),
    "257 arguments": (413, ["args"], {"args": [""] * 257}),
    "257 variables": (413, ["env"], {"env": {f"V{n}": "" for n in range(257)}}),
    "32 KiB of arguments": (413, ["args"], {"args": ["x" * 32_768]}),
    "32 KiB of variables": (413, ["env"], {"env": {"A": "x" * 32_766}}),
    "a number": (400, ["args", 0], {"args": [5]}),
    "null": (400, ["args", 0], {"args": [None]}),
}


@pytest.mark.parametrize("name", BAD_WORDS)
def test_words_that_are_none(service: Service, name: str) -> None:
    status, path, fields = BAD_WORDS[name]
    assert_refused(service, status, "invalid_request" if status == 400 else "too_large", path, **fields)


def test_the_most_words_there_may_be(service: Service) -> None:
    run = service.run("bash", "echo $# ${#1} ${#V}", args=["x" * 32_000, *[""] * 255], env={"V": "y" * 400})
    assert run["stdout"] == "256 32000 400\n"
