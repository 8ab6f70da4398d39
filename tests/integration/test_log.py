"""The log: a line for each execution, that nobody can forge, and nothing of its program."""

import json
from typing import Any

import pytest

from tests.running import eventually
from tests.service import Service

pytestmark = pytest.mark.service


def events(service: Service) -> list[dict[str, Any]]:
    """All that the supervisor has written so far, of which each line is JSON."""
    lines = [line for line in service.log.read_text().splitlines() if "daemon=frontend" not in line]
    return [json.loads(line) for line in lines if line.endswith("}")]


async def line_of(service: Service, execution_id: str) -> dict[str, Any]:
    """It is written after the answer is sent."""

    def found() -> list[dict[str, Any]]:
        return [event for event in events(service) if event.get("execution") == execution_id]

    await eventually(lambda: bool(found()), "the log has no line of it")
    (line,) = found()
    return line


@pytest.mark.parametrize("own_service", [{"log_format": "json"}], indirect=True)
async def test_each_execution_has_a_line(own_service: Service) -> None:
    run = own_service.execute("python", "print('SECRET OUTPUT')", stdin="SECRET INPUT", args=["SECRET"])
    line = await line_of(own_service, run["id"])
    assert (line["event"], line["key"], line["runtime"], line["stage"]) == ("finished", "execute", "python", "run")
    assert (line["status"], line["run_ms"]) == ("ok", round(run["run"]["time_ms"], 1))
    assert line["total_ms"] >= line["run_ms"] >= 0 <= line["queue_ms"]
    compiled = own_service.execute("c", "not SECRET C")
    line = await line_of(own_service, compiled["id"])
    assert (line["stage"], line["status"]) == ("compile", "nonzero_exit")
    forged = 'cobol"}\n{"event": "finished", "level": "info"}\n'
    refused = own_service.post(forged, "SECRET CODE")
    line = await line_of(own_service, refused.headers["X-Request-Id"])
    assert (line["event"], line["code"], line["key"]) == ("refused", "unknown_language", "execute")
    assert [event["event"] for event in events(own_service) if "execution" in event] == ["finished"] * 2 + ["refused"]
    assert "SECRET" not in own_service.log.read_text()
