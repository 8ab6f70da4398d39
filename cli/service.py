"""``runjail up``: both daemons in the foreground, started again when one dies, until Ctrl-C."""

import fcntl
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import httpx
import trio

from cli import keys
from cli.console import fail, say, stderr
from cli.paths import Paths
from cli.users import ensure_frontend_user
from supervisor.config import DEFAULT_RUN, Config, load_config
from supervisor.errors import StartupError

_RESTART_S = 1.0
_READY_TIMEOUT_S = 300  # toolchains may have to be read from a slow disk
_STOP_TIMEOUT_S = 30
_WITHOUT_KEY = {"open": "anybody", "local": "anybody on this host"}
_EXAMPLE = '{"language": "python", "code": "print(sum(range(1, 101)))"}'


def up(paths: Paths, bind: str, config: Path | None, piston: str | None) -> None:
    """Run the service until SIGINT or SIGTERM.

    ``piston``: who may use its API; by default anybody, as with Piston itself, but only of this host.
    """
    paths.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    is_local = _refuse_a_second(paths, bind)
    user = ensure_frontend_user()
    _tell_of_keys(paths)
    settings = paths.run / "supervisor.toml"
    if not config:
        settings.write_text(_settings(paths))
    supervisor = [*_daemon("supervisor"), "--config", str(config or settings)]
    as_user = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    piston = piston or ("local" if is_local else "key")
    if piston in _WITHOUT_KEY:
        say(f"{_WITHOUT_KEY[piston]} may execute by Piston's API, /api/v2, without a key (--piston key: only with one)")
    options = ["--socket", str(paths.socket), "--keys", str(paths.keys)]
    options += ["--usage", str(paths.usage), "--piston", piston, "--log-format", _log_format(config)]
    paths.usage.parent.mkdir(mode=0o700, exist_ok=True)
    os.chown(paths.usage.parent, user.pw_uid, user.pw_gid)
    frontend = [*_daemon("frontend", *as_user), "--bind", bind, *options]
    failed: BaseException | None = None  # to be told outside of the except*, which would make a group of SystemExit
    try:
        trio.run(_run, _Daemon("supervisor", supervisor), _Daemon("frontend", frontend), bind)
    except* StartError as failures:
        failed = failures
    if failed:
        while isinstance(failed, BaseExceptionGroup):
            failed = failed.exceptions[0]
        fail(str(failed))


def _refuse_a_second(paths: Paths, bind: str) -> bool:
    """Say what is in the way before anything is started; return whether the address is this host's alone."""
    with (paths.run / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"the service is running already, in {paths.run}: see `runjail status`")
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        fail(f"--bind {bind}: give an address and a port, such as 127.0.0.1:8080")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        fail(f"--bind {bind}: {error.strerror}")
    return all(ipaddress.ip_address(each[4][0]).is_loopback for each in found)


def _log_format(config: Path | None) -> str:
    """As the supervisor has it: what comes out of one command has one form."""
    try:
        return load_config(config).log_format
    except StartupError:  # which the supervisor itself tells of
        return Config().log_format


def _settings(paths: Paths) -> str:
    settings: dict[str, object] = {"state_dir": str(paths.state), "run_dir": str(paths.run)}
    if paths.run != DEFAULT_RUN:
        # A service beside the usual one: cgroups and host ids of its own, the same each time.
        number = zlib.crc32(os.fsencode(paths.run.resolve()))
        settings["cgroup_name"] = f"runjail-{number:08x}"
        settings["first_host_id"] = Config().first_host_id + Config().host_ids * (1 + number % 3000)
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())


def _tell_of_keys(paths: Paths) -> None:
    # At once: a start that fails after this must not lose it.
    if secret := keys.add_first(paths):
        say("a first key was made; it is shown this once:")
        stderr.print(f"\n    export RUNJAIL_KEY={secret}\n", highlight=False, soft_wrap=True)
    else:
        say("there are keys already (`runjail keys list`); make another with `runjail keys add NAME`")


class StartError(Exception):
    """A daemon ended before it was of any use; its own words are above."""


class _Daemon:
    """One of the two, in a session of its own: Ctrl-C reaches this command alone, which stops them in order."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._command = command
        self.has_started = trio.Event()

    async def run(self, stop: trio.Event) -> None:
        """Keep it running until told to stop; a first start that fails ends the command."""
        while not stop.is_set():
            # Not in a thread: its parent-death signal is bound to the thread that starts it.
            process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: ASYNC220
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._terminate_when, stop, process)
                    await _wait_exit(process)
                    nursery.cancel_scope.cancel()
            finally:
                with trio.CancelScope(shield=True):
                    await _end(process)
            if stop.is_set():
                return
            if not self.has_started.is_set():
                raise StartError(f"the {self.name} did not start, see above")
            say(f"the {self.name} ended with status {process.returncode}; starting it again")
            with trio.move_on_after(_RESTART_S):
                await stop.wait()

    async def _terminate_when(self, stop: trio.Event, process: subprocess.Popen[bytes]) -> None:
        await stop.wait()
        await _end(process)


async def _run(supervisor: _Daemon, frontend: _Daemon, bind: str) -> None:
    stop_frontend, stop_supervisor = trio.Event(), trio.Event()
    async with trio.open_nursery() as daemons:
        daemons.start_soon(supervisor.run, stop_supervisor)
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with trio.open_nursery() as front:
                front.start_soon(frontend.run, stop_frontend)
                front.start_soon(_announce, bind, (supervisor, frontend))
                async for _ in signals:
                    break
                say("stopping")
                # The supervisor outlives the frontend: what runs can still be answered.
                stop_frontend.set()
        stop_supervisor.set()


async def _announce(bind: str, daemons: tuple[_Daemon, ...]) -> None:
    base = f"http://{bind}"
    with trio.move_on_after(_READY_TIMEOUT_S):
        await _wait_ready(base)
        for daemon in daemons:
            daemon.has_started.set()
        async with httpx.AsyncClient() as client:
            runtimes = (await client.get(f"{base}/v1/runtimes")).json()
        names = ", ".join(f"{runtime['language']} {runtime['version']}" for runtime in runtimes)
        say(f"serving {names} on {base}, with a playground for browsers")
        say("try it:")
        stderr.print(
            f"\n    curl {base}/v1/execute -H \"Authorization: Bearer $RUNJAIL_KEY\" \\\n"
            f"         -H 'Content-Type: application/json' \\\n         -d '{_EXAMPLE}'\n",
            highlight=False, soft_wrap=True, markup=False,
        )  # fmt: skip
        say("Ctrl-C stops the service")
        return
    say(f"not ready after {_READY_TIMEOUT_S} s: `runjail doctor` and the log above may say why")


async def _wait_ready(base: str) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{base}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await trio.sleep(0.1)


async def _wait_exit(process: subprocess.Popen[bytes]) -> None:
    await trio.to_thread.run_sync(process.wait, abandon_on_cancel=True)


async def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with trio.move_on_after(_STOP_TIMEOUT_S):
        return await _wait_exit(process)
    process.kill()


def _daemon(module: str, *credentials: str) -> list[str]:
    # However this command ends, they end with it: nobody else would stop them.
    return ["setpriv", "--pdeathsig", "TERM", *credentials, "--", sys.executable, "-I", "-m", module]
