"""``python -I -m supervisor [--config FILE]``: start, serve, clean up. The only place that exits."""

import argparse
import fcntl
import gc
import logging
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import trio

from jail.spec import JailError
from protocol.logs import set_up_logging
from protocol.settings import DEFAULT_FILE, SettingsError, existing_file
from supervisor.config import load_config
from supervisor.errors import StartupError
from supervisor.service import supervise

log = logging.getLogger("supervisor")

_FAILURES = (SettingsError, StartupError, JailError, OSError)


def _lock(run_dir: Path) -> Callable[[], None]:
    """Be the only supervisor of this folder: what is left in it and in the cgroups is then a dead one's."""
    run_dir.mkdir(parents=True, exist_ok=True)
    run_dir.chmod(0o755)  # whatever the umask, or who made it: the frontend must reach the socket
    file = (run_dir / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartupError(f"another supervisor is running in {run_dir}") from None
    return file.close


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


def _raise_open_files() -> None:
    """Some ten descriptors a jail: take what the hard limit gives."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _clean_run_dir(run_dir: Path) -> None:
    (run_dir / "jailer").rmdir()


def main() -> None:
    """Parse the command line, run, and turn what went wrong at the start into one line."""
    parser = argparse.ArgumentParser(prog="supervisor", description=__doc__)
    parser.add_argument("--config", type=Path, help=f"file of settings, if not {DEFAULT_FILE}")
    path = parser.parse_args().config or existing_file()
    set_up_logging("supervisor", "text")
    os.umask(0o077)
    try:
        run(path)
    except _FAILURES as error:
        log.error("can't start: %s", error)
        sys.exit(1)
    except BaseExceptionGroup as group:
        if group.split(_FAILURES)[1]:
            raise
        for cause in _leaves(group):
            log.error("can't start: %s", cause)
        sys.exit(1)


def run(config_path: Path | None) -> None:
    """Supervise until told to stop, alone in its folder."""
    config = load_config(config_path)
    set_up_logging("supervisor", config.log_format)
    _raise_open_files()
    unlock = _lock(Path(config.run_dir))
    gc.freeze()  # modules and all: no collection has to go through them while a client waits
    trio.run(supervise, config, config_path)
    _clean_run_dir(Path(config.run_dir))
    unlock()


if __name__ == "__main__":
    main()
