"""Bounds are in the types: what is too much does not decode."""

import msgspec
import pytest

from protocol.frames import MAX_FRAME_BYTES
from protocol.messages import (
    MAX_FILE_BYTES,
    MAX_FILES_BYTES,
    MAX_STDIN_BYTES,
    Cancel,
    Execute,
    Finished,
    SourceFile,
    StageResult,
    Status,
)
from protocol.stream import EVENTS, REQUESTS

EXECUTE = Execute(
    id=1,
    execution_id="0" * 32,
    language="python",
    version="*",
    files=[SourceFile(content=b"print(1)")],
    stdin=b"\0\xff",
)
RESULT = StageResult(
    status=Status.OK, stdout=b"\xff", stderr=b"", stdout_truncated=False, stderr_truncated=False,
    wall_time_ms=1.5, cpu_time_ms=1.0, memory_peak_bytes=1, exit_code=0,
)  # fmt: skip


@pytest.mark.parametrize("message", [EXECUTE, Cancel(id=2)])
def test_requests_come_back(message: Execute | Cancel) -> None:
    assert REQUESTS.decode(msgspec.msgpack.encode(message)) == message


def test_events_come_back() -> None:
    event = Finished(id=1, language="c", version="1", compile=RESULT, run=None)
    assert EVENTS.decode(msgspec.msgpack.encode(event)) == event


@pytest.mark.parametrize(
    "change",
    [
        {"id": -1},
        {"id": 2**60},
        {"execution_id": "../../etc"},
        {"execution_id": "0" * 32 + "\n"},
        {"files": []},
        {"files": [{"content": b""}] * 257},
        {"files": [{"content": b"", "path": "/etc/passwd"}]},
        {"language": "x" * 257},
        {"args": ["x"] * 257},
        {"stdin": "text"},
        {"run": {"wall_time_ms": 0}},
        {"run": {"wall_time_ms": -1.0}},
        {"run": {"wall_time_ms": float("nan")}},
        {"run": {"wall_time_ms": float("inf")}},
        {"run": {"memory_bytes": 2**62}},
        {"command": ["sh"]},
        {"type": "shutdown"},
    ],
)
def test_what_the_protocol_does_not_have_does_not_decode(change: dict[str, object]) -> None:
    raw = {**msgspec.to_builtins(EXECUTE, builtin_types=(bytes,)), **change}
    with pytest.raises(msgspec.ValidationError):
        REQUESTS.decode(msgspec.msgpack.encode(raw))


def test_events_are_not_requests() -> None:
    with pytest.raises(msgspec.ValidationError):
        REQUESTS.decode(msgspec.msgpack.encode(Finished(id=1, language="c", version="1", compile=None, run=None)))


def test_largest_messages_fit_a_frame() -> None:
    files = [SourceFile(content=bytes(size)) for size in (MAX_FILE_BYTES, MAX_FILES_BYTES - MAX_FILE_BYTES)]
    largest = msgspec.structs.replace(EXECUTE, files=files, stdin=bytes(MAX_STDIN_BYTES))
    assert len(msgspec.msgpack.encode(largest)) < MAX_FRAME_BYTES
