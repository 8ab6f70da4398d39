"""One submission of Judge0's from its request to its result, and how it is told."""

import base64
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from frontend.isolate import in_order, signal_number, status_and_message
from frontend.judge0_bodies import Request
from frontend.judge0_languages import STATUSES, language_of
from protocol.messages import Execute, Finished, StageResult, Status

IN_QUEUE, PROCESSING, ACCEPTED, WRONG_ANSWER, TIME_LIMIT, COMPILATION_ERROR = range(1, 7)
_FILE_SIZE, _NONZERO, _OTHER, _INTERNAL = 8, 11, 12, 13
_OF_SIGNALS = {11: 7, 25: _FILE_SIZE, 8: 9, 6: 10}
_OF_LIMITS = {"TO": TIME_LIMIT, "OL": _FILE_SIZE, "EL": _FILE_SIZE}

DEFAULT_FIELDS = ("stdout", "time", "memory", "stderr", "token", "compile_output", "message", "status")
_TEXTS = ("source_code", "stdin", "expected_output", "stdout", "stderr", "compile_output", "message")
_RESULTS = ("stdout", "stderr", "compile_output", "message", "exit_code", "exit_signal", "time", "wall_time", "memory")
_LINE = 60  # characters, as Ruby's encode64 has it


class NotTextError(Exception):
    """It has bytes that no JSON string can hold, and base64 was not asked for."""


@dataclass(slots=True)
class Submission:
    """Where it is, and what came of it."""

    request: Request
    owner: str
    token: str = field(default_factory=lambda: str(uuid.UUID(bytes=secrets.token_bytes(16), version=4)))
    status_id: int = IN_QUEUE
    results: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(_RESULTS))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    runs: list[StageResult] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        """What it keeps in memory, more or less."""
        request = self.request
        texts = [request.source_code, request.stdin, request.expected_output, *self.results.values()]
        return sum(len(text) for text in texts if isinstance(text, bytes)) + sum(
            len(file.content) + len(file.name or "") for file in request.additional_files
        )

    @property
    def execution_id(self) -> str:
        """For logs."""
        return self.token.replace("-", "")

    def order(self) -> Execute:
        """What is asked for, each time that it is run."""
        return self.request.order(self.execution_id, self.owner)

    def begin(self, status_id: int) -> None:
        """It is run, for the first time or once more."""
        self.status_id, self.runs = status_id, []

    def add_run(self, finished: Finished) -> bool:
        """Take what came of a run; whether it was the last one."""
        if finished.compile:
            self.results["compile_output"] = _compile_output(finished.compile)
        if not finished.run:
            return self._end(COMPILATION_ERROR)
        self.runs.append(finished.run)
        status_id = self._take_run(finished.run)
        goes_on = status_id == ACCEPTED and len(self.runs) < self.request.given["number_of_runs"]
        return not goes_on and self._end(status_id)

    def fail(self, message: str) -> None:
        """It could not be carried out."""
        self.results["message"] = message.encode()
        self._end(_INTERNAL)

    def _end(self, status_id: int) -> bool:
        self.finished_at, self.status_id = datetime.now(UTC), status_id
        return True

    def _take_run(self, run: StageResult) -> int:
        code, message = status_and_message(run)
        number = signal_number(run.signal) if run.signal else None
        self.results |= {
            "stdout": run.stdout or None,
            "stderr": run.stderr or None,
            "message": message.encode() if message else None,
            "exit_code": run.exit_code or 0,
            "exit_signal": number,
            "time": _mean([ran.cpu_time_ms for ran in self.runs]),
            "wall_time": _mean([ran.wall_time_ms for ran in self.runs]),
            "memory": sum(ran.memory_peak_bytes for ran in self.runs) // len(self.runs) // 1024,
        }
        return self._status_of(code, number, run)

    def _status_of(self, code: str | None, number: int | None, run: StageResult) -> int:
        if code is None:
            expected = self.request.expected_output
            return ACCEPTED if expected is None or _stripped(run.stdout) == _stripped(expected) else WRONG_ANSWER
        if code in _OF_LIMITS:
            return _OF_LIMITS[code]
        if run.status is Status.OUT_OF_MEMORY or number is not None:
            return _OF_SIGNALS.get(number or 0, _OTHER)
        return _NONZERO

    def told(self, fields: tuple[str, ...], *, as_base64: bool) -> dict[str, Any]:
        """These fields of it; NotTextError when they can't be told as text."""
        return {name: self._told(name, as_base64=as_base64) for name in fields}

    def _told(self, name: str, *, as_base64: bool) -> Any:
        value = self._value(name)
        if name not in _TEXTS or value is None:
            return value
        if as_base64:
            letters = base64.b64encode(value).decode()
            return "".join(letters[i : i + _LINE] + "\n" for i in range(0, len(letters), _LINE))
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise NotTextError(name) from None

    def _value(self, name: str) -> Any:
        match name:
            case "source_code" | "stdin" | "expected_output":
                return getattr(self.request, name)
            case "status":
                return {"id": self.status_id, "description": STATUSES[self.status_id]}
            case "created_at" | "finished_at":
                instant: datetime | None = getattr(self, name)
                return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z" if instant else None
            case "language":
                return language_of(self.request.given["language_id"], self.request.language)
            case "token" | "status_id":
                return getattr(self, name)
            case "additional_files":
                return None  # they are not told again
            case _:
                return self.results[name] if name in self.results else _as_told(self.request.given[name])


ALL_FIELDS = (
    "source_code", "language_id", "stdin", "expected_output", "stdout", "status_id", "created_at", "finished_at",
    "time", "memory", "stderr", "token", "number_of_runs", "cpu_time_limit", "cpu_extra_time", "wall_time_limit",
    "memory_limit", "stack_limit", "max_processes_and_or_threads", "enable_per_process_and_thread_time_limit",
    "enable_per_process_and_thread_memory_limit", "max_file_size", "compile_output", "exit_code", "exit_signal",
    "message", "wall_time", "compiler_options", "command_line_arguments", "redirect_stderr_to_stdout", "callback_url",
    "additional_files", "enable_network", "status", "language",
)  # fmt: skip


def _as_told(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def _compile_output(compiled: StageResult) -> bytes | None:
    said = in_order(compiled)
    if compiled.status in (Status.TIMEOUT, Status.CPU_TIMEOUT):
        said = b"Compilation time limit exceeded."
    elif compiled.status not in (Status.OK, Status.NONZERO_EXIT):
        said += f"\n{compiled.message}\n".encode()
    return said or None


def _mean(times_ms: list[float]) -> str:
    return f"{sum(times_ms) / len(times_ms) / 1000:.3f}"


def _stripped(text: bytes) -> bytes:
    return b"\n".join(line.rstrip() for line in text.split(b"\n")).rstrip()
