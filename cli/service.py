"""``runjail up``: both daemons in the foreground, started again when one dies, until Ctrl-C."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import trio

from cli import keys
from cli.console import fail, say, stderr
from cli.paths import Paths
from cli.users import ensure_frontend_user

_RESTART_S = 1.0
_READY_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30
_EXAMPLE = '{"language": "python", "code": "print(sum(range(1, 101)))"}'


def up(paths: Paths, bind: str, config: Path | None) -> None:
    """Run the service until SIGINT or SIGTERM."""
    user = ensure_frontend_user()
    secret = keys.add_first(paths)
    settings = paths.run / "supervisor.toml"
    paths.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not config:
        settings.write_text(f'state_dir = "{paths.state}"\nrun_dir = "{paths.run}"\n')
    supervisor = [*_daemon("supervisor"), "--config", str(config or settings)]
    as_user = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    files = ["--socket", str(paths.socket), "--keys", str(paths.keys)]
    frontend = [*_daemon("frontend", *as_user), "--bind", bind, *files]
    failed: BaseException | None = None  # to be told outside of the except*, which would make a group of SystemExit
    try:
        trio.run(_run, _Daemon("supervisor", supervisor), _Daemon("frontend", frontend), bind, secret)
    except* StartError as failures:
        failed = failures
    if failed:
        while isinstance(failed, BaseExceptionGroup):
            failed = failed.exceptions[0]
        fail(str(failed))


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
            process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: ASYNC220  # its parent-death signal is bound to this thread
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._terminate_when, stop, process)
                await _wait_exit(process)
                nursery.cancel_scope.cancel()
            if stop.is_set():
                return
            if not self.has_started.is_set():
                raise StartError(f"the {self.name} did not start, see above")
            say(f"the {self.name} ended with status {process.returncode}; starting it again")
            with trio.move_on_after(_RESTART_S):
                await stop.wait()

    async def _terminate_when(self, stop: trio.Event, process: subprocess.Popen[bytes]) -> None:
        await stop.wait()
        process.terminate()
        await trio.sleep(_STOP_TIMEOUT_S)
        process.kill()


async def _run(supervisor: _Daemon, frontend: _Daemon, bind: str, secret: str | None) -> None:
    stop_frontend, stop_supervisor = trio.Event(), trio.Event()
    async with trio.open_nursery() as daemons:
        daemons.start_soon(supervisor.run, stop_supervisor)
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with trio.open_nursery() as front:
                front.start_soon(frontend.run, stop_frontend)
                front.start_soon(_announce, bind, secret, (supervisor, frontend))
                async for _ in signals:
                    break
                say("stopping")
                # The supervisor outlives the frontend: what runs can still be answered.
                stop_frontend.set()
        stop_supervisor.set()


async def _announce(bind: str, secret: str | None, daemons: tuple[_Daemon, ...]) -> None:
    base = f"http://{bind}"
    with trio.move_on_after(_READY_TIMEOUT_S):
        await _wait_ready(base)
        for daemon in daemons:
            daemon.has_started.set()
        async with httpx.AsyncClient() as client:
            runtimes = (await client.get(f"{base}/v1/runtimes")).json()
        names = ", ".join(f"{runtime['language']} {runtime['version']}" for runtime in runtimes)
        say(f"serving {names} on {base}")
        if secret:
            say("a first key was made; it is shown this once:")
            stderr.print(f"\n    export RUNJAIL_KEY={secret}\n", highlight=False, soft_wrap=True)
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


def _daemon(module: str, *credentials: str) -> list[str]:
    # However this command ends, they end with it: nobody else would stop them.
    return ["setpriv", "--pdeathsig", "TERM", *credentials, "--", sys.executable, "-I", "-m", module]
