"""``runjail run``, as it is typed."""

import sys
from pathlib import Path

import click

from cli import cases, running
from cli.console import OWN_FAILURE, fail


def _whole_url(_: click.Context, __: click.Parameter, url: str) -> str:
    return (url if "://" in url else f"http://{url}").rstrip("/")


# Options end with FILE: what follows is the program's.
@click.command(name="run", context_settings={"allow_interspersed_args": False})
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.option("--language", help="Default: by the file's name.")
@click.option("--version", "selector", default="*", show_default=True, help="Version selector, such as ^3.12.")
@click.option("--file", "others", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="A file, or all files of a folder, to put beside it; may be repeated.")  # fmt: skip
@click.option("--output", "outputs", multiple=True,
              help="Bring back files that match this, such as *.png; may be repeated.")  # fmt: skip
@click.option("--output-dir", type=click.Path(file_okay=False, path_type=Path), default=".", show_default=True,
              help="Where they are put.")  # fmt: skip
@click.option("-t", "--tty", "in_terminal", is_flag=True, help="Run it in a terminal, which is this one.")
@click.option("--timeout", type=float, help="Wall time for the program, in seconds.")
@click.option(
    "--cases",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Run it once for each *.in in this folder, against the *.out beside it.",
)
@click.option("--stop-on-failure", is_flag=True, help="With --cases: begin no more once one has not passed.")
@click.option("--url", envvar="RUNJAIL_URL", default="http://127.0.0.1:8080", show_default=True, callback=_whole_url)
@click.option("--key", envvar="RUNJAIL_KEY", help="API key; better given as $RUNJAIL_KEY.")
def run_command(
    file: Path, args: tuple[str, ...], language: str | None, selector: str, others: tuple[Path, ...],
    timeout: float | None, outputs: tuple[str, ...], output_dir: Path, in_terminal: bool,
    folder: Path | None, stop_on_failure: bool, url: str, key: str | None,
) -> None:  # fmt: skip
    """Execute FILE through the service: stdin and signals go in, output comes out as it is written, and the exit code.

    Exits with the program's code, 128 and its number when a signal ended it, 124 when its time was
    up, and 125 when it could not be executed at all. With --cases: 0 when all have passed, 1 when not.
    """
    if not key:
        fail("no key: set RUNJAIL_KEY, or make one with `runjail keys add NAME`", OWN_FAILURE)
    if in_terminal and not sys.stdin.isatty():
        fail("--tty: stdin is no terminal", OWN_FAILURE)
    body = running.request_body(file, list(others), list(args), language, selector, timeout, list(outputs))
    if folder:
        sys.exit(cases.run(url, key, body, folder, stop=stop_on_failure))
    sys.exit(running.run(url, key, body, in_terminal=in_terminal, folder=output_dir))
