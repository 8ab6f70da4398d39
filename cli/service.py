"""``runjail up``: what the two daemons are started with, and what is told when they serve."""

import fcntl
import ipaddress
import os
import pwd
import signal
import sys
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
import trio

from cli import daemons, keys
from cli.addresses import try_to_listen
from cli.console import fail, say, show
from cli.paths import Paths
from cli.users import ensure_frontend_user
from frontend.bodies import ReadinessBody, RuntimeBody
from frontend.config import Config as FrontendConfig
from frontend.config import PistonAccess, is_address
from protocol.pool import DRAINED
from protocol.settings import SettingsError, as_toml, convert_table, given
from supervisor.config import DEFAULT_RUN, SOCKET_NAME
from supervisor.config import Config as SupervisorConfig

_READY_TIMEOUT_S = 300  # toolchains may have to be read from a slow disk
_CLEARING_S = 20  # what a daemon may take to end once nothing runs any more
_WITHOUT_KEY = {"open": "anybody", "local": "anybody on this host"}
_EXAMPLE = '{"language": "python", "code": "print(sum(range(1, 101)))"}'

Body = TypeVar("Body")


def up(paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None) -> None:
    """Run the service until SIGINT or SIGTERM.

    ``piston``: who may use its API; by default anybody, as with Piston itself, but only of this host.
    """
    paths.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    if bind:
        _check_address(bind)
    supervisor, frontend = settings(paths, bind, config, piston)
    usual: PistonAccess = "local" if _refuse_a_second(paths, frontend.bind) else "key"
    frontend = _with_piston(frontend, config, piston, usual)
    user = ensure_frontend_user()
    tell_of_keys(paths)
    if frontend.piston in _WITHOUT_KEY:
        whose = _WITHOUT_KEY[frontend.piston]
        say(f"{whose} may execute by Piston's API, /api/v2, without a key (--piston key: only with one)")
    usage = Path(frontend.usage).parent
    usage.mkdir(mode=0o700, exist_ok=True)
    os.chown(usage, user.pw_uid, user.pw_gid)
    both = _Both(paths, user)
    both.configure(supervisor, frontend)

    def reload() -> None:
        try:
            supervisor, frontend = _read_settings(paths, bind, config, piston)
            both.configure(supervisor, _with_piston(frontend, config, piston, usual))
        except (SettingsError, OSError) as error:
            return say(f"the settings stay as they were: {error}")
        both.reload()

    failed: BaseException | None = None  # to be told outside of the except*, which would make a group of SystemExit
    try:
        trio.run(daemons.run, both.supervisor, both.frontend, reload, partial(_announce, frontend.bind, both))
    except* daemons.StartError as failures:
        failed = failures
    if failed:
        while isinstance(failed, BaseExceptionGroup):
            failed = failed.exceptions[0]
        fail(str(failed))


class _Both:
    """The two daemons, and the file of settings that is made for them."""

    def __init__(self, paths: Paths, user: pwd.struct_passwd) -> None:
        self._file = paths.run / "runjail.toml"
        as_user = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
        options = ["--config", str(self._file)]
        self.supervisor = daemons.Daemon("supervisor", [*daemon("supervisor"), *options])
        self.frontend = daemons.Daemon("frontend", [*daemon("frontend", *as_user), *options])

    def configure(self, supervisor: SupervisorConfig, frontend: FrontendConfig) -> None:
        """Write down what they are to read when they start, or are told to reload."""
        partial = self._file.with_suffix(".partial")
        partial.write_text(as_toml(supervisor=supervisor, frontend=frontend))
        partial.chmod(0o644)
        partial.rename(self._file)
        self.supervisor.patience_s = supervisor.drain_s + _CLEARING_S
        self.frontend.patience_s = frontend.lame_duck_s + frontend.drain_s + _CLEARING_S

    def reload(self) -> None:
        """Have them read it again; before they serve, it would end them."""
        if not self.supervisor.has_started:
            return say("the service is not ready yet: what is in the file now may not be taken over")
        self.supervisor.signal(signal.SIGHUP)
        self.frontend.signal(signal.SIGHUP)


def _with_piston(
    frontend: FrontendConfig, config: Path | None, said: PistonAccess | None, usual: PistonAccess
) -> FrontendConfig:
    """Its API is for those whom an option or the file names, or else for the usual ones."""
    if said or "piston" in given(config, "frontend"):
        return frontend
    return msgspec.structs.replace(frontend, piston=usual)


def _refuse_a_second(paths: Paths, bind: str) -> bool:
    """Say what is in the way before anything is started; return whether the address is this host's alone."""
    if is_running(paths):
        fail(f"the service is running already, in {paths.run}: see `runjail status`")
    _check_address(bind)
    try:
        found = try_to_listen(bind)
    except OSError as error:
        fail(f"--bind {bind}: {error.strerror}")
    return all(ipaddress.ip_address(each[4][0]).is_loopback for each in found)


def is_running(paths: Paths) -> bool:
    """Whether a supervisor has this folder, whoever started it."""
    try:
        with (paths.run / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _check_address(bind: str) -> None:
    if not is_address(bind):
        fail(f"--bind {bind}: give an address and a port, such as 127.0.0.1:8080")


def settings(
    paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None
) -> tuple[SupervisorConfig, FrontendConfig]:
    """What the file says, and where it says nothing, what follows from the folders that were named."""
    try:
        return _read_settings(paths, bind, config, piston)
    except SettingsError as error:
        fail(str(error))


def _read_settings(
    paths: Paths, bind: str | None, config: Path | None, piston: PistonAccess | None
) -> tuple[SupervisorConfig, FrontendConfig]:
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
    return (
        convert_table(supervisor, "supervisor", SupervisorConfig, config),
        convert_table(frontend, "frontend", FrontendConfig, config),
    )


def tell_of_keys(paths: Paths) -> None:
    """Make a first key where there is none, and show it."""
    # At once: a start that fails after this must not lose it.
    if secret := keys.add_first(paths):
        say("a first key was made; it is shown this once:")
        show(f"export RUNJAIL_KEY={secret}")
    else:
        say("there are keys already (`runjail keys list`); make another with `runjail keys add NAME`")


async def _announce(bind: str, both: _Both) -> None:
    base = f"http://{bind}"
    if await becomes_ready(bind):
        both.supervisor.has_started = both.frontend.has_started = True
        async with httpx.AsyncClient() as client:
            runtimes = await _answer(client, f"{base}/v1/runtimes", list[RuntimeBody]) or []
        names = ", ".join(f"{runtime.language} {runtime.version}" for runtime in runtimes)
        say(f"serving {names or 'what is installed'} on {base}, with a playground for browsers")
        say("try it:")
        show(
            f'curl {base}/v1/execute -H "Authorization: Bearer $RUNJAIL_KEY" \\',
            "     -H 'Content-Type: application/json' \\",
            f"     -d '{_EXAMPLE}'",
        )
        say("Ctrl-C stops the service")
        return
    say(f"not ready after {_READY_TIMEOUT_S} s: `runjail doctor` and the log above may say why")


async def becomes_ready(bind: str) -> bool:
    """Wait until the service at this address is ready, but for being drained; False when it takes too long."""
    with trio.move_on_after(_READY_TIMEOUT_S):
        async with httpx.AsyncClient() as client:
            while True:
                ready = await _answer(client, f"http://{bind}/readyz", ReadinessBody)
                if ready and ready.reasons in ([], [DRAINED]):
                    if ready.reasons:
                        say(DRAINED)
                    return True
                await trio.sleep(0.1)
    return False


async def _answer(client: httpx.AsyncClient, url: str, kind: type[Body]) -> Body | None:
    """None for any other answer than this, such as an error's when all connections are taken."""
    with suppress(httpx.HTTPError, msgspec.MsgspecError, ValueError):
        return msgspec.json.decode((await client.get(url)).content, type=kind)
    return None


def daemon(module: str, *credentials: str) -> list[str]:
    """The command that starts one of ours, to be given to the main thread's Popen."""
    # However this command ends, they end with it: nobody else would stop them.
    return ["setpriv", "--pdeathsig", "TERM", *credentials, "--", sys.executable, "-I", "-m", module]
