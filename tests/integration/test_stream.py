"""Output as it is written, input as it is typed: server-sent events and the WebSocket."""

import base64
import json
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.running import wait_settled
from tests.service import Service, get
from tests.talk import program, talk

pytestmark = pytest.mark.service

TELL = "import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\nsys.exit(3)"
ECHO = "import sys\nfor line in sys.stdin: print(line.strip().upper(), flush=True)\nprint('end')"


def stream(service: Service, **body: Any) -> tuple[httpx.Response, list[tuple[str, dict[str, Any]]]]:
    """The response, and its events."""
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Accept": "text/event-stream"}
    response = httpx.post(f"{service.url}/v1/execute", json=body, headers=headers, timeout=60, trust_env=False)
    events = []
    for block in response.text.split("\n\n"):
        if block.startswith("event: "):
            name, data = block.removeprefix("event: ").split("\ndata: ")
            events.append((name, json.loads(data)))
    return response, events


def same(told: dict[str, Any], answer: dict[str, Any]) -> None:
    """A result says what a plain answer says, but for ids and measurements."""
    measured = {"time_ms", "cpu_ms", "memory_kb"}
    for stage in ("compile", "run"):
        assert (stage in told) == (stage in answer)
        if stage in told:
            assert {k: v for k, v in told[stage].items() if k not in measured} == {
                k: v for k, v in answer[stage].items() if k not in measured
            }
    assert {k for k in told if k != "type"} == set(answer)


def test_events_of_a_program(service: Service) -> None:
    response, events = stream(service, language="python", code=TELL)
    assert response.headers["content-type"] == "text/event-stream"
    result = events.pop()
    version = result[1]["version"]
    assert events[0] == ("stage", {"stage": "run", "language": "python", "version": version})
    assert sorted(events[1:3]) == [("stderr", {"data": "err\n"}), ("stdout", {"data": "out\n"})]
    assert events[3:] == [("exit", {"stage": "run", "code": 3, "signal": None})]
    assert result[0] == "result"
    assert result[1]["id"] == response.headers["x-request-id"]
    same(result[1], service.execute("python", TELL))


def test_events_of_a_program_that_is_compiled(service: Service) -> None:
    code = '#include <stdio.h>\n#warning "careful"\nint main(void) { puts("hello"); }'
    for cached in (False, True):
        _, events = stream(service, language="c", code=code)
        names = [(name, body.get("stage")) for name, body in events]
        assert names == [
            ("stage", "compile"), ("stderr", None), ("exit", "compile"),
            ("stage", "run"), ("stdout", None), ("exit", "run"), ("result", None),
        ]  # fmt: skip
        assert "careful" in events[1][1]["data"]
        assert events[-1][1]["cached"] is cached


def test_compile_that_fails_has_no_run(service: Service) -> None:
    _, events = stream(service, language="c", code="int main(void) { return x; }")
    assert [name for name, _ in events if name not in ("stdout", "stderr")] == ["stage", "exit", "result"]
    assert events[-1][1]["run"]["status"] == "skipped"


def test_files_come_with_the_result(service: Service) -> None:
    _, events = stream(service, language="python", code="open('a', 'w').write('x')", outputs=["a"])
    assert events[-1][1]["files"] == [{"name": "a", "size": 1, "content": "x", "encoding": "utf8"}]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"language": "cobol", "code": ""}, 400, "unknown_language"),
        ({"language": "python", "code": "", "cases": [{}]}, 400, "invalid_request"),
        ({"language": "python"}, 400, "invalid_request"),
    ],
)
def test_what_is_refused_is_refused_as_always(service: Service, body: dict[str, Any], status: int, code: str) -> None:
    response, _ = stream(service, **body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_events_come_as_they_happen(service: Service) -> None:
    """The program goes on only when what it has written was read here: no event waits for another."""
    with program(
        service, "python", "print(1, flush=True); input(); print(2, flush=True); input(); print(3)"
    ) as talking:
        assert talking.read("1\n") == "1\n"
        talking.say("stdin", data="\n")
        assert talking.read("2\n") == "2\n"
        talking.say("stdin", data="\n")
        assert [message["type"] for message in talking.all()[-3:]] == ["stdout", "exit", "result"]
        assert talking.close == (1000, "")


def test_input_and_its_end(service: Service) -> None:
    with program(service, "python", ECHO, stdin="first\n") as talking:
        assert talking.read("FIRST\n") == "FIRST\n"
        talking.say("stdin", data="zweite ü\n")
        assert talking.read("Ü\n") == "ZWEITE Ü\n"
        talking.say("stdin", data=base64.b64encode(b"third\n").decode(), encoding="base64")
        assert talking.read("THIRD\n") == "THIRD\n"
        talking.socket.send(b"fourth\n")
        assert talking.read("FOURTH\n") == "FOURTH\n"
        talking.say("eof")
        result = talking.until("result")
    assert result["run"]["stdout"] == "FIRST\nZWEITE Ü\nTHIRD\nFOURTH\nend\n"
    assert result["run"]["code"] == 0


def test_not_interactive_has_its_stdin_and_no_more(service: Service) -> None:
    with program(service, "python", ECHO, stdin="only\n", interactive=False) as talking:
        assert talking.all()[-1]["run"]["stdout"] == "ONLY\nend\n"
    with program(service, "python", ECHO, interactive=False, stdin="x\n" * 10) as talking:
        talking.say("stdin", data="more")
        talking.all()
    assert talking.messages[-1]["type"] in ("error", "result")


@pytest.mark.parametrize("language", ["python", "bash", "c"])
def test_signals_arrive(service: Service, language: str) -> None:
    code = {
        "python": "import signal, sys, time\nsignal.signal(signal.SIGUSR1, lambda *_: sys.exit(7))\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)",
        "bash": "trap 'exit 7' USR1\necho ready\nwhile :; do sleep 0.01; done",
        "c": "#include <signal.h>\n#include <stdlib.h>\n#include <stdio.h>\n#include <unistd.h>\nvoid f(int s) { _exit(7); }\n"
             "int main(void) { signal(SIGUSR1, f); puts(\"ready\"); fflush(stdout); for (;;) pause(); }",
    }[language]  # fmt: skip
    with program(service, language, code) as talking:
        talking.read("ready\n")
        talking.say("signal", signal="SIGUSR1")
        assert talking.until("result")["run"]["code"] == 7
    assert talking.messages[-2] == {"type": "exit", "stage": "run", "code": 7, "signal": None}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_signals_end_what_does_not_catch_them(service: Service, name: str) -> None:
    with program(service, "bash", "echo ready; sleep 60 & sleep 60") as talking:
        talking.read("ready\n")
        talking.say("signal", signal=name)
        result = talking.until("result")
    assert (result["run"]["status"], result["run"]["signal"]) == ("signaled", name)


def test_orphans_are_reaped_while_signals_are_waited_for(service: Service) -> None:
    code = "for i in {1..600}; do (true &); done; echo ready; read; grep -l 'State:.Z' /proc/[0-9]*/status | wc -l"
    with program(service, "bash", code, run_timeout=60_000) as talking:
        talking.read("ready\n")
        talking.say("stdin", data="\n")
        assert talking.until("result")["run"]["stdout"] == "ready\n0\n"


def test_limits_hold(service: Service) -> None:
    with program(service, "python", "input()", run_timeout=300) as talking:
        assert talking.until("result")["run"]["status"] == "timeout"
    with program(service, "python", "while True: print('x' * 1000)") as talking:
        result = talking.until("result")
    assert result["run"]["status"] == "output_limit"
    assert sum(len(message.get("data", "")) for message in talking.messages) == len(result["run"]["stdout"])


def test_slow_reader_holds_up_the_program(service: Service) -> None:
    """What is not read here stops it, and all the same nothing is lost."""
    code = "import sys\nfor n in range(200): sys.stdout.write('x' * 5000)\nsys.stderr.write('written')"
    with program(service, "python", code, run_timeout=20_000) as talking:
        assert talking.until("stage")
        first = talking.next()
        assert set(first["data"]) == {"x"}
        result = talking.until("result")
    told = "".join(m["data"] for m in talking.messages if m["type"] == "stdout")
    assert told == result["run"]["stdout"] == "x" * 1_000_000


def test_input_that_is_not_read_is_not_taken_for_ever(service: Service) -> None:
    with program(service, "python", "import sys; print('ready', flush=True); sys.stdin.buffer.read(10)") as talking:
        talking.read("ready\n")
        talking.say("stdin", data="y" * 1_000_000)
        assert talking.until("result")["run"]["status"] == "ok"


def test_signal_does_not_wait_behind_input(service: Service) -> None:
    with program(service, "python", "print(1, flush=True)\nwhile True: pass", run_timeout=30_000) as talking:
        talking.read("1\n")
        talking.socket.send(bytes(500_000))
        talking.say("signal", signal="SIGTERM")
        assert talking.until("result")["run"]["signal"] == "SIGTERM"


def test_message_of_no_bytes(service: Service) -> None:
    with program(service, "python", ECHO) as talking:
        talking.socket.send(b"")
        talking.socket.send(b"x\n")
        assert talking.read("\n") == "X\n"


def test_character_that_the_limit_cuts(service: Service) -> None:
    """Of 1 MiB: it is left out of what is told, as it is of the result."""
    with program(service, "python", "print('x' + 'ü' * 1_000_000)") as talking:
        result = talking.until("result")
    told = "".join(message["data"] for message in talking.messages if message["type"] == "stdout")
    assert told == result["run"]["stdout"] == "x" + "ü" * 524_287


def test_who_leaves_ends_the_program(service: Service) -> None:
    with program(service, "python", "print(1, flush=True)\nwhile True: pass", run_timeout=60_000) as talking:
        talking.read("1\n")
    service.wait_idle()
    wait_settled(service)


def test_who_leaves_a_stream_of_events_ends_the_program(service: Service) -> None:
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Accept": "text/event-stream"}
    body = {"language": "python", "code": "print(1, flush=True)\nwhile True: pass", "run_timeout": 60_000}
    with httpx.stream("POST", f"{service.url}/v1/execute", json=body, headers=headers, trust_env=False) as response:
        assert next(response.iter_lines()) == "event: stage"
    service.wait_idle()
    wait_settled(service)


def test_key_in_the_first_message(service: Service) -> None:
    with talk(service, key=None) as talking:
        talking.say("execute", language="python", code="print(1)", key=service.keys["execute"])
        assert talking.until("result")["run"]["stdout"] == "1\n"


@pytest.mark.parametrize(
    ("raw", "close", "code"),
    [
        ('{"type": "execute", "language": "python", "code": "1"}', 4401, "unauthorized"),
        ('{"type": "execute", "language": "python", "code": "1", "key": "rt_live_x"}', 4401, "unauthorized"),
        ("{", 4400, "invalid_request"),
        ("[]", 4400, "invalid_request"),
        ('{"type": "stdin", "data": "x"}', 4400, "invalid_request"),
        (b"bytes", 4400, "invalid_request"),
    ],
)
def test_first_message_that_is_wrong(service: Service, raw: str | bytes, close: int, code: str) -> None:
    with talk(service, key=None) as talking:
        talking.socket.send(raw)
        (message,) = talking.all()
    assert (message["type"], message["error"]["code"], talking.close) == ("error", code, (close, code))


@pytest.mark.parametrize(
    ("fields", "message", "code"),
    [
        ({"language": "cobol"}, None, "unknown_language"),
        ({"terminal": {"rows": 0}}, None, "invalid_request"),
        ({"terminal": {}, "interactive": False}, None, "invalid_request"),
        ({}, {"type": "execute"}, "invalid_request"),
        ({}, {"type": "signal", "signal": "SIGNOTHING"}, "invalid_request"),
        ({}, {"type": "resize", "rows": 10, "columns": 10}, "invalid_request"),
        ({}, {"type": "stdin", "data": "%", "encoding": "base64"}, "invalid_request"),
        ({"interactive": False}, {"type": "eof"}, "invalid_request"),
    ],
)
def test_what_is_wrong_ends_it(service: Service, fields: dict[str, Any], message: Any, code: str) -> None:
    with talk(service) as talking:
        talking.say("execute", **{"language": "python", "code": "input()", **fields})
        if message:
            talking.say(**{"kind": message.pop("type"), **message})
        last = talking.all()[-1]
    assert (last["type"], last["error"]["code"], talking.close) == ("error", code, (4400, code))
    service.wait_idle()


def test_no_input_after_its_end(service: Service) -> None:
    with program(service, "python", "import time; time.sleep(30)", run_timeout=60_000) as talking:
        talking.say("eof")
        talking.say("eof")
        assert "end" in talking.all()[-1]["error"]["message"]
    assert get(f"{service.url}/healthz").status_code == 200
    assert service.run("python", "print(1)")["stdout"] == "1\n"


@pytest.mark.parametrize(("key", "path", "status"), [
    ("none", "/v1/execute/stream", 401), ("admin", "/v1/execute/stream", 403), ("execute", "/v1/other", 404),
])  # fmt: skip
def test_socket_that_is_refused(service: Service, key: str, path: str, status: int) -> None:
    service.keys.setdefault("none", "rt_live_none")
    with pytest.raises(InvalidStatus) as error, talk(service, path, key):
        pass
    assert error.value.response.status_code == status
    assert json.loads(error.value.response.body or b"")["error"]["code"]


def test_many_talk_at_once(service: Service) -> None:
    sessions = [talk(service) for _ in range(6)]
    talks = [session.__enter__() for session in sessions]
    try:
        for index, talking in enumerate(talks):
            talking.say("execute", language="python", code=ECHO)
            talking.say("stdin", data=f"session {index}\n")
        for index, talking in enumerate(talks):
            assert talking.read("\n") == f"SESSION {index}\n"
    finally:
        for session in sessions:
            session.__exit__(None, None, None)
