"""Group 4: output that is too much, no text, cut in bad places, or about to be lost."""

import base64
import json
from itertools import count

import pytest
import trio

from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

LIMIT = 1 << 20
STREAMS = ("stdout", "stderr")
FLOODS = variants("output/flood")
LINES = b"".join(b"%015d\n" % number for number in range(LIMIT // 16 + 1)).decode()
CHUNKS = Program("output/chunks.py")
LOST_RUNS, CLIENTS = 250, 4  # of each of four ways to be gone
TRICKS = (
    "grown", "shrunk", "packets", "nonblocking", "bytewise", "sent", "spliced", "by_name", "reader_too", "swapped",
)  # fmt: skip


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def write_bytes(service: Service, content: bytes, *sizes: int, **fields: object) -> dict[str, object]:
    """The run of a program that writes this, in pieces of these sizes."""
    args = [str(size) for size in sizes]
    return CHUNKS.run(service, stdin=encoded(content), stdin_encoding="base64", args=args, **fields)


@pytest.mark.parametrize("program", FLOODS, ids=named)
def test_endless_writer_on_both_streams(service: Service, program: Program) -> None:
    run = program.run(service, args=["both", "0"], run_timeout=30_000)
    assert (run["status"], run["signal"], run["code"]) == ("output_limit", "SIGKILL", None), run["stderr"][-300:]
    assert str(LIMIT) in run["message"]
    assert run["time_ms"] < 20_000
    for stream in STREAMS:
        assert LINES.startswith(run[stream])
        assert len(run[stream]) == LIMIT or not run[f"{stream}_truncated"]
    assert run["stdout_truncated"] or run["stderr_truncated"]


@pytest.mark.parametrize("program", FLOODS, ids=named)
def test_nothing_but_the_jail_stops_a_writer(service: Service, program: Program) -> None:
    """The control."""
    ended = program.run_outside(service.state, args=["both", str(3 * LIMIT)])
    assert len(ended.stdout) == 3 * LIMIT
    assert len(ended.stderr) >= 3 * LIMIT  # bash may complain of a write that was interrupted
    assert ended.stdout.startswith(LINES)


@pytest.mark.parametrize("stream", STREAMS)
def test_endless_writer_on_one_stream(service: Service, stream: str) -> None:
    run = Program("output/flood.c").run(service, args=[stream, "0"], run_timeout=30_000)
    other = STREAMS[1 - STREAMS.index(stream)]
    assert (run["status"], run[f"{stream}_truncated"], run[f"{other}_truncated"]) == ("output_limit", True, False)
    assert (run[stream], run[other]) == (LINES[:LIMIT], "")


@pytest.mark.parametrize("size", [190_000, 1_000_000, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("stream", [*STREAMS, "both"])
def test_up_to_the_limit_all_is_returned(service: Service, stream: str, size: int) -> None:
    run = Program("output/flood.py").run(service, args=[stream, str(size)])
    assert (run["status"], run["code"]) == ("ok", 0)
    for each in STREAMS:
        assert run[each] == (LINES[:size] if stream in (each, "both") else "")
        assert not run[f"{each}_truncated"]


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 65_536, 100_000_000])
@pytest.mark.parametrize("stream", STREAMS)
def test_over_the_limit_the_first_part_is_returned(service: Service, stream: str, size: int) -> None:
    """Though the program may have ended by itself: one byte more is known only when it was read."""
    run = Program("output/flood.py").run(service, args=[stream, str(size)], run_timeout=30_000)
    assert (run["status"], run["signal"], run["code"]) == ("output_limit", "SIGKILL", None)
    assert (run[stream], run[f"{stream}_truncated"]) == (LINES[:LIMIT], True)


@pytest.mark.parametrize("size", [LIMIT, 8 * LIMIT])
def test_one_giant_line(service: Service, size: int) -> None:
    content = b"y" * size
    run = write_bytes(service, content)
    assert (run["status"], run["stdout"]) == ("ok" if size == LIMIT else "output_limit", "y" * LIMIT)
    assert CHUNKS.run_outside(service.state, stdin=content).stdout == content.decode()


@pytest.mark.parametrize("program", variants("output/closed"), ids=named)
def test_output_after_closing_stdout(service: Service, program: Program) -> None:
    run = program.run(service)
    assert (run["stdout"], run["stderr"], run["status"]) == ("", "Bad file descriptor\n", "ok")
    assert program.run_outside(service.state).stderr == run["stderr"]


NO_TEXT = {
    "every byte": bytes(range(256)),
    "cut at the end": "x€".encode()[:-1],
    "continuation alone": b"a\x80b",
    "overlong": b"\xc0\xaf\xe0\x80\xaf",
    "surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond unicode": b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80",
    "latin-1": "Grüße".encode("latin-1"),
    "utf-16": "\ufeffhi".encode("utf-16-le"),
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe",
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_what_is_no_text_is_replaced_or_exact(service: Service, name: str) -> None:
    content = NO_TEXT[name]
    run = write_bytes(service, content)
    assert (run["stdout"], run["stdout_replaced"]) == (content.decode(errors="replace"), True)
    exact = write_bytes(service, content, output_encoding="base64")
    assert (exact["stdout"], exact["stdout_replaced"], exact["status"]) == (encoded(content), False, "ok")


TEXT = {
    "nul": "a\0b\0",
    "ansi": "\x1b[2J\x1b[31m\x1b]0;title\x07\x1b[6n\x9b",
    "controls": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "separators": "\u2028\u2029\r\n\v\f\x85",
    "byte order mark": "\ufeffhi\ufeff",
    "no characters": "\uffff\ufffe\U0010ffff",
    "replacement": "was \ufffd before",
    "an answer": json.dumps({"run": {"stdout": "", "code": 0, "status": "ok"}, "id": "0" * 32}) + '"}}',
    "http": "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "markup": "</script><script>alert(1)</script>",
}


@pytest.mark.parametrize("name", TEXT)
def test_text_is_returned_as_it_is(service: Service, name: str) -> None:
    content = TEXT[name].encode()
    body = {"stdin": encoded(content), "stdin_encoding": "base64"}
    response = service.post(CHUNKS.language, CHUNKS.source, **body)
    run = response.json()["run"]
    assert (run["stdout"], run["stdout_replaced"], run["stderr"]) == (TEXT[name], False, "")
    # One line of JSON, whoever prints it: no control character is in it as such.
    assert not [byte for byte in response.content if byte < 32]
    assert service.execute("python", "")["id"] != "0" * 32


@pytest.mark.parametrize("first", [1, 2, 3, 65_536, 65_537, 65_538])
def test_character_split_at_the_edge_of_a_chunk(service: Service, first: int) -> None:
    """The pieces are read one by one, in the middle of a character."""
    text = ("a" * 65_535 if first > 3 else "") + "😀€é"
    run = write_bytes(service, text.encode(), first, 1, 1)
    assert (run["stdout"], run["stdout_replaced"]) == (text, False)


@pytest.mark.parametrize("shift", [0, 1, 2, 3])
def test_character_split_by_the_limit(service: Service, shift: int) -> None:
    """It is left out, as what is over the limit is; in base64 the part of it is there."""
    content = b"x" * shift + "😀".encode() * (LIMIT // 4 + 1)
    run = write_bytes(service, content)
    assert run["stdout"] == "x" * shift + "😀" * ((LIMIT - shift) // 4)
    assert (run["status"], run["stdout_truncated"], run["stdout_replaced"]) == ("output_limit", True, False)
    assert write_bytes(service, content, output_encoding="base64")["stdout"] == encoded(content[:LIMIT])


@pytest.mark.parametrize("way", ["killed", "exits", "child", "both"])
async def test_last_words_are_not_lost(service: Service, way: str) -> None:
    """64 KiB are in the pipe when its writer is gone; together with the other ways 1,000 runs."""
    numbers, source = count(), Program("output/last_words.sh").source
    ended = ("nonzero_exit", 7, None) if way in ("exits", "child") else ("signaled", None, "SIGKILL")

    async def client() -> None:
        async with service.client() as http:
            while (number := next(numbers)) < LOST_RUNS:
                body = {"language": "bash", "code": source, "args": [f"{number:010}", way]}
                run = (await http.post("/v1/execute", json=body)).json()["run"]
                words = f"{number:010}" + "7".rjust(65_526, "0")
                assert run["stdout"] == words, (number, len(run["stdout"]), run["status"], run["stderr"][:200])
                assert run["stderr"] == (words if way == "both" else "")
                assert (run["status"], run["code"], run["signal"]) == ended

    async with trio.open_nursery() as nursery:
        for _ in range(CLIENTS):
            nursery.start_soon(client)


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_the_pipe_lose_nothing(service: Service, trick: str) -> None:
    program = Program("output/pipe_tricks.py")
    expected = "".join(f"{number:09}\n" for number in range(30_000))
    assert program.run_outside(service.state, args=[trick], as_root=True).stdout == expected
    run = program.run(service, args=[trick], run_timeout=20_000)
    assert (run["stdout"], run["stderr"], run["signal"]) == (expected, "", "SIGKILL")
    assert run["status"] == "signaled"


def test_a_crowd_loses_no_line(service: Service) -> None:
    run = Program("output/crowd.py").run(service)
    expected = sorted(f"{number:04} {line:04} {'x' * 20}" for number in range(32) for line in range(500))
    assert sorted(run["stdout"].splitlines()) == sorted(run["stderr"].splitlines()) == expected


def test_no_way_back_and_no_other_way_out(service: Service) -> None:
    program = Program("output/rewind.py")
    run = program.run(service)
    lines = run["stdout"].splitlines()
    assert (lines[0], len(lines), run["code"]) == ("first", 16, 0)
    assert [line for line in lines if line.endswith("done")] == []
    outside = program.run_outside(service.state, as_root=True).stdout
    assert {"/dev/kmsg: done", "/proc/1/fd/1: done"} <= set(outside.splitlines())


@pytest.mark.parametrize("value", ["hex", "UTF8", "", 5, ["utf8"], True])
def test_output_encoding_is_one_of_two(service: Service, value: object) -> None:
    response = service.post("bash", "echo", output_encoding=value)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")
    assert response.json()["error"]["path"] == ["output_encoding"]
