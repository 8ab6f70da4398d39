"""The command line. Each command is a few lines here, and a module of its own behind it."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import click

from cli import (
    building,
    cases,
    doctoring,
    draining,
    installing,
    keys,
    packaging,
    running,
    service,
    settings,
    status,
    testing,
    watching,
)
from cli.attacks import command as attacking
from cli.console import OWN_FAILURE, fail
from cli.paths import DEFAULT_PATHS, Paths
from frontend.config import PistonAccess
from frontend.keys import Scope
from protocol.settings import DEFAULT_FILE, existing_file

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT)
@click.option("--state", type=click.Path(path_type=Path), envvar="RUNJAIL_STATE", default=DEFAULT_PATHS.state,
              show_default=True, help="Folder of layers and keys.")  # fmt: skip
@click.option("--run-dir", type=click.Path(path_type=Path), envvar="RUNJAIL_RUN", default=DEFAULT_PATHS.run,
              show_default=True, help="Folder of the running service's socket.")  # fmt: skip
@click.pass_context
def main(context: click.Context, state: Path, run_dir: Path) -> None:
    """Runjail runs other people's code, each execution in a throw-away jail."""
    context.obj = Paths(state=state, run=run_dir)


@main.command()
@click.option("--bind", help="Address and port to serve on. Default: the file's, else 127.0.0.1:8080.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of settings, if not /etc/runjail/runjail.toml.",
)
@click.option("--piston", type=click.Choice(["open", "local", "key", "off"]),
              help="Who may use Piston's API. Default: local on a loopback address, else key.")  # fmt: skip
@click.pass_obj
def up(paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None) -> None:
    """Build what is missing, start the service, and stop it with Ctrl-C."""
    _need_root()
    building.build(paths, [])
    service.up(paths, bind, config or existing_file(), piston)


@main.command()
@click.argument("runtimes", nargs=-1)
@click.pass_obj
def build(paths: Paths, runtimes: tuple[str, ...]) -> None:
    """Build the root file systems of these RUNTIMES, or of all."""
    _need_root()
    building.build(paths, list(runtimes))


@main.command()
@click.argument("runtimes", nargs=-1, required=True)
@click.pass_obj
def remove(paths: Paths, runtimes: tuple[str, ...]) -> None:
    """Remove these RUNTIMES, which `build` was asked for by name, such as python@3.14."""
    _need_root()
    building.remove(paths, list(runtimes))


@main.group(name="keys")
def keys_group() -> None:
    """Add, list and revoke API keys."""
    _need_root()


_AMOUNT = click.FloatRange(0, 1e9, min_open=True)
_QUOTA = [
    click.option("--rate", type=click.IntRange(1), help="Requests per minute."),
    click.option("--concurrency", type=click.IntRange(1), help="Executions at once."),
    click.option("--cpu-per-day", type=_AMOUNT, help="CPU time a day of UTC, in seconds."),
    click.option("--language", "languages", multiple=True, help="Only these languages; may be repeated."),
    click.option("--run-timeout", type=_AMOUNT, help="The most it may ask for, in ms."),
    click.option("--compile-timeout", type=_AMOUNT, help="As --run-timeout."),
    click.option("--run-cpu-time", type=_AMOUNT, help="As --run-timeout."),
    click.option("--compile-cpu-time", type=_AMOUNT, help="As --run-timeout."),
    click.option("--run-memory", type=click.IntRange(1), help="The most it may ask for, in bytes."),
    click.option("--compile-memory", type=click.IntRange(1), help="As --run-memory."),
    click.option("--expires", type=click.DateTime(), help="In UTC; from then on it is no key any more."),
]


def _with_quota(command: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda decorated, option: option(decorated), reversed(_QUOTA), command)


@keys_group.command(name="add")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice([scope.value for scope in Scope]), multiple=True,
              default=["execute"], show_default=True, help="What it may be used for; may be repeated.")  # fmt: skip
@_with_quota
@click.pass_obj
def keys_add(paths: Paths, /, name: str, scopes: tuple[str, ...], expires: datetime | None, **quota: Any) -> None:
    """Make a key called NAME and print it, this once. What is not said of its quota is unlimited."""
    allowed = frozenset(Scope(scope) for scope in scopes)
    click.echo(keys.add(paths, name, allowed, keys.make_quota(quota), expires and expires.replace(tzinfo=UTC)))


@keys_group.command(name="change")
@click.argument("name")
@click.option("--anew", is_flag=True, help="What is not said is unlimited, and not as it was.")
@_with_quota
@click.pass_obj
def keys_change(paths: Paths, /, name: str, anew: bool, expires: datetime | None, **quota: Any) -> None:
    """Change the quota of the key called NAME, with immediate effect."""
    keys.change(paths, name, keys.make_quota(quota), expires and expires.replace(tzinfo=UTC), is_anew=anew)


@keys_group.command(name="list")
@click.pass_obj
def keys_list(paths: Paths) -> None:
    """List the keys. Their secrets are not known any more."""
    keys.show(paths)


@keys_group.command(name="revoke")
@click.argument("name")
@click.pass_obj
def keys_revoke(paths: Paths, name: str) -> None:
    """Revoke the key called NAME, with immediate effect."""
    keys.revoke(paths, name)


@main.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="Print what the supervisor says, as JSON.")
@click.option("--watch", "is_watched", is_flag=True, help="Show it again and again, with rates, until Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=1.0, show_default=True,
              help="With --watch: seconds between two looks.")  # fmt: skip
@click.pass_obj
def status_command(paths: Paths, as_json: bool, is_watched: bool, interval: float) -> None:
    """Show what the running service is doing."""
    _need_root()
    if as_json and is_watched:
        raise click.UsageError("--json and --watch do not go together")
    if is_watched:
        sys.exit(watching.watch(paths, interval))
    sys.exit(status.show(paths, as_json))


@main.command()
@click.option("--end", "is_end", is_flag=True, help="Be ready again.")
@click.option("--timeout", type=click.FloatRange(0), default=300.0, show_default=True,
              help="Seconds to wait for what runs.")  # fmt: skip
@click.pass_obj
def drain(paths: Paths, is_end: bool, timeout: float) -> None:
    """Have load balancers send work elsewhere (/readyz fails), and wait until nothing runs here.

    Exits with 1 when something still runs after the time. What is asked meanwhile is still carried out.
    """
    _need_root()
    sys.exit(draining.end(paths) if is_end else draining.drain(paths, timeout))


@main.command()
@click.pass_obj
def install(paths: Paths) -> None:
    """Install this version as a service of systemd, or upgrade to it; nothing that runs is lost."""
    _need_root()
    installing.install(paths)


@main.command()
@click.option("--purge", is_flag=True, help="Remove settings, keys and languages as well.")
@click.pass_obj
def uninstall(paths: Paths, purge: bool) -> None:
    """Stop the service of systemd and remove it."""
    _need_root()
    installing.uninstall(paths, purge=purge)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.pass_obj
def package(paths: Paths, folder: Path) -> None:
    """Make a Debian package of this version in FOLDER."""
    packaging.package(folder)


@main.group(name="config")
def config_group() -> None:
    """Check the settings, and show what there is."""


@config_group.command(name="check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=DEFAULT_FILE)
def config_check(file: Path) -> None:
    """Look for mistakes in FILE, which is /etc/runjail/runjail.toml if not said."""
    settings.check(file)


@config_group.command(name="example")
def config_example() -> None:
    """Print a file with every setting, what it means, and its default."""
    click.echo(settings.example())


def _whole_url(_: click.Context, __: click.Parameter, url: str) -> str:
    return (url if "://" in url else f"http://{url}").rstrip("/")


# Options end with FILE: what follows is the program's.
@main.command(name="run", context_settings={"allow_interspersed_args": False})
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


@main.command()
@click.option("--attack", is_flag=True, help="Make attacks in jails of the service, and outside, and say which held.")
@click.option("--bind", help="Address and port that it is to serve on. Default: the file's, else 127.0.0.1:8080.")
@click.pass_obj
def doctor(paths: Paths, attack: bool, bind: str | None) -> None:
    """Check what the service needs of this host, and say what to do about what is missing.

    With --attack: 0 when every attack held, 1 when one did not, 2 when it could not be found out.
    """
    _need_root()
    sys.exit(attacking.attack(paths) if attack else doctoring.doctor(paths, bind, existing_file()))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def test(paths: Paths, pytest_args: tuple[str, ...]) -> None:
    """Run the project's checks and tests; PYTEST_ARGS go to pytest."""
    _need_root()
    building.build(paths, [])
    sys.exit(testing.test(paths, list(pytest_args)))


def _need_root() -> None:
    if os.geteuid() != 0:
        fail("needs root: run it with sudo")
