"""``runjail up``: both daemons in the foreground, started again when one dies, until Ctrl-C."""

import fcntl
import ipaddress
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import httpx
import msgspec
import trio

from cli import keys
from cli.addresses import check_address, try_to_listen
from cli.console import fail, say, stderr
from cli.paths import Paths
from cli.users import ensure_frontend_user
from frontend.config import Config as FrontendConfig
from frontend.config import PistonAccess
from protocol.settings import SettingsError, as_toml, convert_table, given
from supervisor.config import DEFAULT_RUN, SOCKET_NAME
from supervisor.config import Config as SupervisorConfig

_RESTART_S = 1.0
_READY_TIMEOUT_S = 300  # toolchains may have to be read from a slow disk
_STOP_TIMEOUT_S = 30
_WITHOUT_KEY = {"open": "anybody", "local": "anybody on this host"}
_EXAMPLE = '{"language": "python", "code": "print(sum(range(1, 101)))"}'


def up(paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None) -> None:
    """Run the service until SIGINT or SIGTERM.

    ``piston``: who may use its API; by default anybody, as with Piston itself, but only of this host.
    """
    paths.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    if bind:
        _check_address(bind)
    supervisor, frontend = settings(paths, bind, config, piston)
    is_local = _refuse_a_second(paths, frontend.bind)
    if not piston and "piston" not in given(config, "frontend"):
        frontend = msgspec.structs.replace(frontend, piston="local" if is_local else "key")
    user = ensure_frontend_user()
    tell_of_keys(paths)
    if frontend.piston in _WITHOUT_KEY:
        whose = _WITHOUT_KEY[frontend.piston]
        say(f"{whose} may execute by Piston's API, /api/v2, without a key (--piston key: only with one)")
    file = paths.run / "runjail.toml"
    file.write_text(as_toml(supervisor=supervisor, frontend=frontend))
    file.chmod(0o644)
    as_user = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    usage = Path(frontend.usage).parent
    usage.mkdir(mode=0o700, exist_ok=True)
    os.chown(usage, user.pw_uid, user.pw_gid)
    options = ["--config", str(file)]
    daemons = (
        _Daemon("supervisor", [*daemon("supervisor"), *options]),
        _Daemon("frontend", [*daemon("frontend", *as_user), *options]),
    )
    failed: BaseException | None = None  # to be told outside of the except*, which would make a group of SystemExit
    try:
        trio.run(_run, *daemons, frontend.bind)
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
    _check_address(bind)
    try:
        found = try_to_listen(bind)
    except OSError as error:
        fail(f"--bind {bind}: {error.strerror}")
    return all(ipaddress.ip_address(each[4][0]).is_loopback for each in found)


def _check_address(bind: str) -> None:
    try:
        check_address(bind)
    except ValueError:
        fail(f"--bind {bind}: give an address and a port, such as 127.0.0.1:8080")


def settings(
    paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None
) -> tuple[SupervisorConfig, FrontendConfig]:
    """What the file says, and where it says nothing, what follows from the folders that were named."""
    supervisor: dict[str, object] = {"state_dir": str(paths.state), "run_dir": str(paths.run)}
    if paths.run != DEFAULT_RUN:
        # A service beside the usual one: cgroups and host ids of its own, the same each time.
        number, usual = zlib.crc32(os.fsencode(paths.run.resolve())), SupervisorConfig()
        supervisor["cgroup_name"] = f"runjail-{number:08x}"
        supervisor["first_host_id"] = usual.first_host_id + usual.host_ids * (1 + number % 3000)
    supervisor |= given(config, "supervisor")
    frontend: dict[str, object] = {"keys": str(paths.keys), "usage": str(paths.usage), **given(config, "frontend")}
    frontend["socket"] = f"{supervisor['run_dir']}/{SOCKET_NAME}"
    frontend |= {name: said for name, said in {"bind": bind, "piston": piston}.items() if said}
    try:
        return (
            convert_table(supervisor, "supervisor", SupervisorConfig, config),
            convert_table(frontend, "frontend", FrontendConfig, config),
        )
    except SettingsError as error:
        fail(str(error))


def tell_of_keys(paths: Paths) -> None:
    """Make a first key where there is none, and show it."""
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
    if await becomes_ready(bind):
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


async def becomes_ready(bind: str) -> bool:
    """Wait until the service at this address is ready; False when it takes too long."""
    with trio.move_on_after(_READY_TIMEOUT_S):
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    if (await client.get(f"http://{bind}/readyz")).status_code == 200:
                        return True
                except httpx.TransportError:
                    pass
                await trio.sleep(0.1)
    return False


async def _wait_exit(process: subprocess.Popen[bytes]) -> None:
    await trio.to_thread.run_sync(process.wait, abandon_on_cancel=True)


async def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with trio.move_on_after(_STOP_TIMEOUT_S):
        return await _wait_exit(process)
    process.kill()


def daemon(module: str, *credentials: str) -> list[str]:
    """The command that starts one of ours, to be given to the main thread's Popen."""
    # However this command ends, they end with it: nobody else would stop them.
    return ["setpriv", "--pdeathsig", "TERM", *credentials, "--", sys.executable, "-I", "-m", module]
