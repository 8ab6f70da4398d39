"""``runjail install`` and ``uninstall``: a service of systemd, and everything that it is made of."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import trio

from cli import building, service, settings
from cli.console import fail, say
from cli.paths import DEFAULT_PATHS, FRONTEND_USER, Paths
from frontend.config import load_config
from protocol.settings import DEFAULT_FILE

HOME = Path("/opt/runjail")
COMMAND = Path("/usr/local/bin/runjail")
SLICE, SOCKET = "runjail.slice", "runjail-supervisor.socket"
SUPERVISOR, FRONTEND = "runjail-supervisor.service", "runjail-frontend.service"
_UNITS = Path("/etc/systemd/system")
PACKAGED_UNITS = Path("/usr/lib/systemd/system")  # where a Debian package has them
# What is in systemd/, and where it goes.
FILES = {
    **{name: _UNITS / name for name in (SLICE, SOCKET, SUPERVISOR, FRONTEND)},
    "runjail.sysusers": Path("/etc/sysusers.d/runjail.conf"),
    "runjail.tmpfiles": Path("/etc/tmpfiles.d/runjail.conf"),
}
LAUNCHER = f'#!/bin/sh\nexec {HOME}/current/bin/python -I -m cli "$@"\n'


def install(paths: Paths) -> None:
    """Put the service in place and start it; where it runs already, this version takes over."""
    _check_host(paths, "install")
    if "RUNJAIL_SOURCE" not in os.environ:
        fail("run it from a checkout of the version to be installed: sudo ./runjail install")
    source, application = Path(os.environ["RUNJAIL_SOURCE"]), Path(sys.prefix)
    if DEFAULT_FILE.exists():
        settings.check(DEFAULT_FILE)  # before the version that runs is given up
    building.build(paths, [], keeps_old=True)
    if DEFAULT_FILE.exists():
        settings.check(DEFAULT_FILE, paths.store)
    _put_files(source)
    _systemctl("daemon-reload")
    _run("systemd-sysusers", str(FILES["runjail.sysusers"]))
    _run("systemd-tmpfiles", "--create", str(FILES["runjail.tmpfiles"]))
    service.tell_of_keys(paths)
    _switch_to(application)
    _systemctl("enable", "--quiet", SOCKET, SUPERVISOR, FRONTEND)
    # The frontend first: with a supervisor of another version it waits for this one, which is next.
    for unit in (SOCKET, FRONTEND, SUPERVISOR):
        _systemctl("start" if unit == SOCKET else "restart", unit)
    bind = load_config(DEFAULT_FILE).bind
    if not trio.run(service.becomes_ready, bind):
        fail("it is not ready: `runjail status`, `journalctl -u 'runjail-*'` and `runjail doctor` may say why")
    # Only now: until it was ready, the version before ran from these, or could have been gone back to.
    _remove_others(application)
    building.remove_unused(paths)
    say(f"the service is ready on http://{bind}; settings are in {DEFAULT_FILE}, the command is `runjail`")


def uninstall(paths: Paths, *, purge: bool) -> None:
    """Stop the service and take away all of it; ``purge``: settings, keys and languages as well."""
    _check_host(paths, "uninstall")
    present = [unit for unit in (FRONTEND, SUPERVISOR, SOCKET) if FILES[unit].exists()]
    if present:
        _systemctl("disable", "--quiet", "--now", *present)
        _systemctl("stop", SLICE)
    for path in (*FILES.values(), COMMAND):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # which Debian does not have by itself; it stays when others have put something there
        FILES["runjail.sysusers"].parent.rmdir()
    _systemctl("daemon-reload")
    shutil.rmtree(paths.run, ignore_errors=True)
    if purge:
        shutil.rmtree(DEFAULT_FILE.parent, ignore_errors=True)
        subprocess.run(["userdel", FRONTEND_USER], capture_output=True)
        say("the service, its settings, its keys and its languages are gone")
    else:
        left = f"{DEFAULT_FILE.parent} and {paths.state} are left, `uninstall --purge` removes them too"
        say(f"the service is gone; {left}")
    # Last, for this runs from one of them: nothing more can be imported then.
    for folder in (*((paths.state,) if purge else ()), HOME):
        shutil.rmtree(folder, ignore_errors=True)


def _put_files(source: Path) -> None:
    for name, target in FILES.items():
        write(target, (source / "systemd" / name).read_text())
    if not DEFAULT_FILE.exists():
        write(DEFAULT_FILE, settings.example())
    put_documents(source, HOME)
    write(HOME / "bin" / "runjail", LAUNCHER, 0o755)
    COMMAND.unlink(missing_ok=True)
    COMMAND.symlink_to(HOME / "bin" / "runjail")


def put_documents(source: Path, home: Path) -> None:
    """What the units name as their documentation, and what others are to be configured with."""
    for name in ("README.md", "SECURITY.md", "CHANGELOG.md"):
        shutil.copy(source / name, home / name)
    for name in ("docs", "deploy"):
        shutil.copytree(source / name, home / name, dirs_exist_ok=True)


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """With the folders that it needs."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _switch_to(application: Path) -> None:
    """From one moment to the next: whatever is started sees the one or the other."""
    partial = HOME / "current.partial"
    partial.unlink(missing_ok=True)
    partial.symlink_to(application)
    partial.rename(HOME / "current")


def libraries_pth(application: Path) -> Path:
    """Where an environment names that of its libraries."""
    (pth,) = application.glob("lib/python3*/site-packages/libraries.pth")
    return pth


def packages_of(application: Path) -> Path:
    """The folder of the libraries' packages, in their own environment."""
    return Path(libraries_pth(application).read_text().strip())


def _remove_others(application: Path) -> None:
    """Of versions before this one; nothing of theirs runs any more."""
    kept = {application, packages_of(application).parents[2]}
    for folder in application.parent.iterdir():
        if folder not in kept:
            shutil.rmtree(folder)


def _check_host(paths: Paths, command: str) -> None:
    """Refuse where it would do harm, or something else than is meant, with what to do instead."""
    if not Path("/run/systemd/system").is_dir():  # sd_booted(3)
        fail("this host does not run systemd: start the service with `runjail up`, under whatever supervises it")
    if (PACKAGED_UNITS / SUPERVISOR).exists():
        fail(
            "the service is there as a Debian package: apt upgrades (to what `./runjail package` makes) and removes it"
        )
    if paths != DEFAULT_PATHS:
        fail(
            f"--state and --run-dir are not for {command}: the units name {DEFAULT_PATHS.state} and {DEFAULT_PATHS.run}"
        )
    unit = subprocess.run(["systemctl", "show", "-P", "MainPID", SUPERVISOR], capture_output=True, text=True)
    if unit.stdout.strip() in ("", "0") and service.is_running(paths):
        fail("the service runs, but not as one of systemd: stop `runjail up` first")


def _systemctl(*words: str) -> None:
    _run("systemctl", *words)


def _run(*command: str) -> None:
    if subprocess.run(command).returncode:
        fail(f"`{' '.join(command)}` failed, see above")
