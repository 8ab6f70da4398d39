"""``runjail run FILE``: a local program, executed by the service as if it were here."""

import base64
import os
import sys
from pathlib import Path
from typing import Any

import httpx

from cli.console import OWN_FAILURE, fail, say
from cli.files import keep, sent, sent_beside
from cli.talking import talk
from frontend.isolate import signal_number
from runtimes.manifest import load_manifests, standard

# Of the HTTP call: what the service itself may wait and run is bounded by its own limits.
_TIMEOUT_S = 600
# Exit statuses that are not the program's, as timeout(1) and env(1) have them.
TIMED_OUT = 124
# What programs are called, beside their runtimes' own source names.
_SUFFIXES = {".mjs": "javascript", ".cjs": "javascript", ".mts": "typescript", ".cts": "typescript",
             ".cc": "c++", ".cxx": "c++", ".C": "c++", ".bash": "bash"}  # fmt: skip


def request_body(
    file: Path,
    others: list[Path],
    args: list[str],
    language: str | None,
    selector: str,
    timeout_s: float | None,
    outputs: list[str],
) -> dict[str, Any]:
    """The request for a file and what is beside it."""
    body: dict[str, Any] = {
        "language": language or _guess_language(file),
        "version": selector,
        "files": [sent(file), *(body for path in others for body in sent_beside(path, but=file))],
        "args": args,
        "output_encoding": "base64",
    }
    if outputs:
        body["outputs"] = outputs
    if timeout_s is not None:
        body["run_timeout"] = timeout_s * 1000
    return body


def execute(url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """The service's answer; ends the command when there is none."""
    try:
        response = httpx.post(
            f"{url}/v1/execute",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_TIMEOUT_S,
            # Loading certificates for a connection that uses none takes longer than most programs.
            verify=not url.startswith("http:"),
        )
    except httpx.TransportError as error:
        fail(f"{url}: {error}", OWN_FAILURE)
    if response.status_code != 200:
        fail(f"{response.status_code}: {_error_message(response)}", OWN_FAILURE)
    answer: dict[str, Any] = response.json()
    return answer


def run(url: str, key: str, body: dict[str, Any], *, in_terminal: bool, folder: Path) -> int:
    """Execute, with output as it is written; return the program's exit code as a shell would give it."""
    answer = talk(url, key, body, _write, in_terminal=in_terminal)
    try:
        keep(answer, folder)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", OWN_FAILURE)
    stage = answer["compile"] if answer["run"]["status"] == "skipped" else answer["run"]
    if stage["status"] not in ("ok", "nonzero_exit"):
        say(stage["message"])
    for name in ("stdout", "stderr"):
        if stage[f"{name}_truncated"]:
            say(f"{name} was cut off")
    return _exit_status(stage)


def write_compiler_output(answer: dict[str, Any]) -> None:
    for stream in ("stdout", "stderr"):
        if "compile" in answer:
            _write("compile", stream, answer["compile"][stream])


def _write(stage: str, stream: str, content: str) -> None:
    # Some compilers complain on stdout; the program's own output is to be alone there.
    to = sys.stdout if (stage, stream) == ("run", "stdout") else sys.stderr
    to.buffer.write(base64.b64decode(content))
    to.flush()


def _guess_language(file: Path) -> str:
    suffixes = {
        Path(manifest.source_name).suffix: manifest.language for manifest in standard(load_manifests()).values()
    }
    language = (suffixes | _SUFFIXES).get(file.suffix) or suffixes.get(file.suffix.lower())
    return language or fail(f"can't tell the language of {file.name}: give it with --language", OWN_FAILURE)


def _exit_status(stage: dict[str, Any]) -> int:
    if stage["code"] is not None:
        return int(stage["code"])
    if stage["status"] in ("timeout", "cpu_timeout"):
        return TIMED_OUT
    return 128 + signal_number(stage["signal"] or "SIGKILL")


def _error_message(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200] or os.strerror(0)
