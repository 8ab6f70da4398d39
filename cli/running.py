"""``runjail run FILE``: a local program, executed by the service as if it were here."""

import base64
import os
import signal
import sys
from pathlib import Path
from typing import Any, TextIO

import httpx

from cli.console import fail, say
from runtimes.manifest import load_manifests, standard

# Of the HTTP call: what the service itself may wait and run is bounded by its own limits.
_TIMEOUT_S = 600
# Exit statuses that are not the program's, as timeout(1) and env(1) have them.
TIMED_OUT = 124
OWN_FAILURE = 125
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
) -> dict[str, Any]:
    """The request for a file, its neighbours, and this command's stdin."""
    body: dict[str, Any] = {
        "language": language or _guess_language(file),
        "version": selector,
        "files": [_file_body(path) for path in (file, *others)],
        "args": args,
        "output_encoding": "base64",
    }
    if not sys.stdin.isatty():
        body |= {"stdin": base64.b64encode(sys.stdin.buffer.read()).decode(), "stdin_encoding": "base64"}
    if timeout_s is not None:
        body["run_timeout"] = timeout_s * 1000
    return body


def run(url: str, key: str, body: dict[str, Any]) -> int:
    """Execute; write the program's output, return its exit code as a shell would give it."""
    url = url if "://" in url else f"http://{url}"
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
    answer = response.json()
    if "compile" in answer:
        # Some compilers complain on stdout; the program's own output is to be alone there.
        _write(answer["compile"], stdout=sys.stderr)
    _write(answer["run"], stdout=sys.stdout)
    stage = answer["compile"] if answer["run"]["status"] == "skipped" else answer["run"]
    if stage["status"] not in ("ok", "nonzero_exit"):
        say(stage["message"])
    return _exit_status(stage)


def _guess_language(file: Path) -> str:
    suffixes = {
        Path(manifest.source_name).suffix: manifest.language for manifest in standard(load_manifests()).values()
    }
    language = (suffixes | _SUFFIXES).get(file.suffix) or suffixes.get(file.suffix.lower())
    return language or fail(f"can't tell the language of {file.name}: give it with --language", OWN_FAILURE)


def _file_body(path: Path) -> dict[str, str]:
    return {"name": path.name, "content": base64.b64encode(path.read_bytes()).decode(), "encoding": "base64"}


def _write(stage: dict[str, Any], stdout: TextIO) -> None:
    for name, stream in (("stdout", stdout), ("stderr", sys.stderr)):
        stream.buffer.write(base64.b64decode(stage[name]))
        stream.flush()
        if stage[f"{name}_truncated"]:
            say(f"{name} was cut off")


def _exit_status(stage: dict[str, Any]) -> int:
    if stage["code"] is not None:
        return int(stage["code"])
    if stage["status"] in ("timeout", "cpu_timeout"):
        return TIMED_OUT
    name = stage["signal"] or "SIGKILL"
    number = signal.SIGRTMIN + int(name.partition("+")[2]) if "+" in name else signal.Signals[name]
    return 128 + number


def _error_message(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200] or os.strerror(0)
