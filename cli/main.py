"""The command line. Each command is a few lines here, and a module of its own behind it."""

import os
import sys
from pathlib import Path

import click

from cli import (
    building,
    doctoring,
    draining,
    installing,
    packaging,
    service,
    settings,
    status,
    testing,
    watching,
)
from cli.attacks import command as attacking
from cli.console import need_root, say
from cli.key_commands import keys_group
from cli.paths import DEFAULT_PATHS, Paths
from cli.run_command import run_command
from frontend.config import PistonAccess
from protocol.settings import DEFAULT_FILE, existing_file

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT)
@click.option("--state", type=click.Path(path_type=Path), envvar="RUNJAIL_STATE", default=DEFAULT_PATHS.state,
              show_default=True, help="Folder of layers and keys.")  # fmt: skip
@click.option("--run-dir", type=click.Path(path_type=Path), envvar="RUNJAIL_RUN", default=DEFAULT_PATHS.run,
              show_default=True, help="Folder of the running service's socket.")  # fmt: skip
# Its environment is named after a digest of its code: where the word is the same, the code is.
@click.version_option(
    Path(sys.prefix).resolve().name.removeprefix("runjail-"), prog_name="runjail", message="%(prog)s %(version)s"
)
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
    need_root()
    building.build(paths, [])
    service.up(paths, bind, config or existing_file(), piston)


@main.command()
@click.argument("runtimes", nargs=-1)
@click.option(
    "--refresh", "refreshes", is_flag=True, help="Make everything anew, with the distribution's newest packages."
)
@click.pass_obj
def build(paths: Paths, runtimes: tuple[str, ...], refreshes: bool) -> None:
    """Build the root file systems of these RUNTIMES, or of all."""
    need_root()
    if refreshes and runtimes:
        raise click.UsageError("--refresh is of all runtimes: they stand on the same base")
    building.build(paths, list(runtimes), refreshes=refreshes)


@main.command()
@click.argument("runtimes", nargs=-1, required=True)
@click.pass_obj
def remove(paths: Paths, runtimes: tuple[str, ...]) -> None:
    """Remove these RUNTIMES, which `build` was asked for by name, such as python@3.14."""
    need_root()
    building.remove(paths, list(runtimes))


@main.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="Print what the supervisor says, as JSON.")
@click.option("--watch", "is_watched", is_flag=True, help="Show it again and again, with rates, until Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=1.0, show_default=True,
              help="With --watch: seconds between two looks.")  # fmt: skip
@click.pass_obj
def status_command(paths: Paths, as_json: bool, is_watched: bool, interval: float) -> None:
    """Show what the running service is doing."""
    need_root()
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
    need_root()
    sys.exit(draining.end(paths) if is_end else draining.drain(paths, timeout))


@main.command()
@click.pass_obj
def install(paths: Paths) -> None:
    """Install this version as a service of systemd, or upgrade to it; what runs is waited for, for drain_s."""
    need_root()
    installing.install(paths)


@main.command()
@click.option("--purge", is_flag=True, help="Remove settings, keys and languages as well.")
@click.pass_obj
def uninstall(paths: Paths, purge: bool) -> None:
    """Stop the service of systemd and remove it."""
    need_root()
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
@click.pass_obj
def config_check(paths: Paths, file: Path) -> None:
    """Look for mistakes in FILE, which is /etc/runjail/runjail.toml if not said."""
    # Which languages are there is for root to see.
    settings.check(file, paths.store if os.geteuid() == 0 else None)
    say(f"{file} is right")


@config_group.command(name="example")
def config_example() -> None:
    """Print a file with every setting, what it means, and its default."""
    click.echo(settings.example())


@main.command()
@click.option("--attack", is_flag=True, help="Make attacks in jails of the service, and outside, and say which held.")
@click.option("--bind", help="Address and port that it is to serve on. Default: the file's, else 127.0.0.1:8080.")
@click.pass_obj
def doctor(paths: Paths, attack: bool, bind: str | None) -> None:
    """Check what the service needs of this host, and say what to do about what is missing.

    With --attack: 0 when every attack held, 1 when one did not, 2 when it could not be found out.
    """
    need_root()
    sys.exit(attacking.attack(paths) if attack else doctoring.doctor(paths, bind, existing_file()))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def test(paths: Paths, pytest_args: tuple[str, ...]) -> None:
    """Run the project's checks and tests; PYTEST_ARGS go to pytest."""
    need_root()
    building.build(paths, [])
    sys.exit(testing.test(paths, list(pytest_args)))


main.add_command(keys_group)
main.add_command(run_command)
