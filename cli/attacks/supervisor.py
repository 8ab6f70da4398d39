"""The supervisor whose jails are attacked: the one that runs, or one of the doctor's own for as long as it takes."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio
from msgspec import structs

from cli.attacks.ground import AttackError
from cli.paths import Paths
from cli.service import daemon, settings
from protocol.settings import as_toml

_START_TIMEOUT_S = 30
_STOP_TIMEOUT_S = 30
_LOOK_AGAIN_S = 0.02


@asynccontextmanager
async def supervisor(paths: Paths) -> AsyncIterator[tuple[Path, str]]:
    """Its socket, and what it is; AttackError when there is none and none can be started."""
    if await _answers(paths.socket):
        yield paths.socket, f"the running service, {paths.run}"
        return
    if not list(paths.store.runtimes.glob("*.json")):
        raise AttackError(f"no language is built under {paths.state}: run `runjail build python` first")
    run = Path(tempfile.mkdtemp(prefix="runjail-doctor-", dir="/run"))
    try:
        own = Paths(state=paths.state, run=run)
        async with _own(own):
            yield own.socket, "a supervisor of its own, as none runs"
    finally:
        shutil.rmtree(run)


async def _answers(socket: Path) -> bool:
    try:
        connection = await trio.open_unix_socket(str(socket))
    except OSError:
        return False
    await connection.aclose()
    return True


@asynccontextmanager
async def _own(paths: Paths) -> AsyncIterator[None]:
    """Start one that builds a jail when it is asked for, and none in advance."""
    config, log = paths.run / "runjail.toml", paths.run / "log"
    usual, _ = settings(paths, None, None, None)
    own = structs.replace(usual, frontend_user="root", self_test=False, warm=False, warm_jails=0)
    config.write_text(as_toml(supervisor=own))
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: ASYNC220  # as in cli/daemons.py: its end is bound to the thread that starts it
            [*daemon("supervisor"), "--config", str(config)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        with trio.move_on_after(_START_TIMEOUT_S):
            while process.poll() is None and not await _answers(paths.socket):  # noqa: ASYNC110
                await trio.sleep(_LOOK_AGAIN_S)
        if process.poll() is not None or not await _answers(paths.socket):
            raise AttackError(f"no supervisor could be started:\n{_words(log)}")
        yield
    finally:
        with trio.CancelScope(shield=True):
            await _stop(process, log)


async def _stop(process: "subprocess.Popen[bytes]", log: Path) -> None:
    process.terminate()
    with trio.move_on_after(_STOP_TIMEOUT_S) as scope:
        await trio.to_thread.run_sync(process.wait, abandon_on_cancel=True)
    if scope.cancelled_caught:
        process.kill()
        raise AttackError(f"the doctor's own supervisor did not stop:\n{_words(log)}")


def _words(log: Path) -> str:
    return log.read_text(errors="replace").strip()
