"""``runjail run --cases FOLDER``: a program against files of inputs, and of what it should answer."""

import base64
from pathlib import Path
from typing import Any

import click

from cli.console import OWN_FAILURE, fail, say
from cli.files import encoded
from cli.running import execute, write_compiler_output

_SHOWN = 400  # characters of what went wrong


def read_cases(folder: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """Names and cases: each ``NAME.in`` is one's stdin, and ``NAME.out`` beside it what is expected."""
    inputs = sorted(folder.glob("*.in"))
    if not inputs:
        fail(f"there is no *.in in {folder}", OWN_FAILURE)
    cases = []
    for path in inputs:
        case = {"stdin": encoded(path.read_bytes())}
        if (expected := path.with_suffix(".out")).exists():
            case["expected_stdout"] = encoded(expected.read_bytes())
        cases.append(case)
    return [path.stem for path in inputs], cases


def run(url: str, key: str, body: dict[str, Any], folder: Path, *, stop: bool) -> int:
    """Execute; print a line for each case, and return 0 when all have passed, 1 when not."""
    if body.pop("args"):
        fail("a program that is run with --cases has no arguments", OWN_FAILURE)
    names, cases = read_cases(folder)
    body |= {"cases": cases, "stdin_encoding": "base64", "stop_on_failure": stop}
    answer = execute(url, key, body)
    write_compiler_output(answer)
    if answer["run"]["status"] == "skipped":
        say(answer["compile"]["message"])
    width = max(map(len, names))
    for name, case in zip(names, answer["cases"], strict=True):
        click.echo(
            f"{name:{width}}  {case['verdict']:12}  {case['time_ms']:8.1f} ms  {case['memory_kb']:8} kB{_why(case)}"
        )
    passed = sum(case["verdict"] == "passed" for case in answer["cases"])
    click.echo(f"{passed} of {len(cases)} passed")
    return 0 if passed == len(cases) else 1


def _why(case: dict[str, Any]) -> str:
    """What a case that failed has to say for itself."""
    if case["verdict"] != "failed":
        return ""
    last = base64.b64decode(case["stderr"]).decode(errors="replace").strip().rpartition("\n")[2]
    return f"  {case['message']}" + (f": {last[:_SHOWN]}" if last else "")
