"""``python -I -m supervisor [--config FILE]``: start, serve, clean up. The only place that exits."""

import argparse
import fcntl
import gc
import grp
import logging
import os
import pwd
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from jail.find_cgroups import find_cgroups
from jail.spec import JailError
from protocol.logs import set_up_logging
from runtimes.manifest import load_manifests
from runtimes.store import Store
from supervisor.admission import Admission
from supervisor.compile_cache import CompileCache
from supervisor.config import Config, load_config
from supervisor.errors import StartupError
from supervisor.figures import Figures
from supervisor.jailer import Jailer
from supervisor.kernel_memory import KernelMemoryGuard
from supervisor.launcher import HostIds, Launcher
from supervisor.pool import Pool
from supervisor.selftest import run_self_tests
from supervisor.server import Server
from supervisor.validation import Installed

log = logging.getLogger("supervisor")

_JAILER_RESTART_S = (0.1, 5.0)  # first wait, longest wait


async def supervise(config: Config) -> None:
    """Serve until SIGTERM or SIGINT, then leave nothing behind."""
    store = Store(Path(config.state_dir))
    available = _installed(store)
    peers = {0, _frontend_uid(config)}
    cgroups = find_cgroups(config.cgroup_name)
    if left := cgroups.prepare():
        log.warning("%d jails of a predecessor were still there, and cleared away", len(left))
    # Until the end: a second signal must not cut the cleaning up short.
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as background:
            jailer = Jailer()
            launcher = Launcher(cgroups, HostIds(config.first_host_id, config.host_ids), jailer, background)
            figures = Figures(available, jailer, left_behind=len(left))
            pool = Pool(launcher, available.values(), background, config, figures)
            cache = CompileCache(config.compile_cache_bytes)
            server = Server(store, available, pool, Admission(config), cache, figures, peers)
            async with trio.open_nursery() as serving:
                await serving.start(_keep_jailer, jailer, store, Path(config.run_dir), pool)
                serving.start_soon(pool.keep_filled)
                serving.start_soon(KernelMemoryGuard(pool, cgroups).run)
                serving.start_soon(_check, config, server, available, pool)
                async with _listening(config) as listener:
                    serving.start_soon(trio.serve_listeners, server.serve_connection, [listener])
                    log.info("serving %d runtimes on %s", len(available), config.socket_path)
                    async for received in signals:
                        log.info("%s: stopping", signal.Signals(received).name)
                        break
                # Executions end with their connections, and retire their jails in the background.
                pool.drain()
                serving.cancel_scope.cancel()
            # Leaving the nursery waits for the last jail to be cleared away.
        try:
            cgroups.remove()
        except OSError as error:
            log.error("not all of %s could be removed: %s", config.cgroup_name, error)


async def _check(config: Config, server: Server, available: dict[str, Installed], pool: Pool) -> None:
    if config.self_test:
        await run_self_tests(available.values(), pool)
    server.is_checked = True


async def _keep_jailer(
    jailer: Jailer,
    store: Store,
    run_dir: Path,
    pool: Pool,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Run a jailer; when it dies, report it and run another. The first one must come up."""
    async with jailer.running(store, run_dir / "jailer"):
        task_status.started()
        await jailer.wait_dead()
    delay, longest = _JAILER_RESTART_S
    while True:
        pool.report_fault("the jailer died; starting another")
        try:
            async with jailer.running(store, run_dir / "jailer"):
                delay = _JAILER_RESTART_S[0]
                await jailer.wait_dead()
        except JailError as error:
            pool.report_fault(f"the jailer does not start: {error}")
            delay = min(delay * 2, longest)
        await trio.sleep(delay)


@asynccontextmanager
async def _listening(config: Config) -> AsyncIterator[trio.SocketListener]:
    path = config.socket_path
    path.unlink(missing_ok=True)  # a predecessor's; the lock says it is dead
    with trio.socket.socket(trio.socket.AF_UNIX, trio.socket.SOCK_STREAM) as sock:
        await sock.bind(str(path))
        os.chown(path, 0, _frontend_gid(config))
        os.chmod(path, 0o660)
        sock.listen(128)
        try:
            yield trio.SocketListener(sock)
        finally:
            path.unlink(missing_ok=True)


def _installed(store: Store) -> dict[str, Installed]:
    manifests = load_manifests()
    installed = store.installed(manifests)
    if not installed:
        raise StartupError(f"no runtime is installed under {store.root}: run `runjail build` first")
    return {name: Installed(name, manifests[name], runtime) for name, runtime in installed.items()}


def _frontend_uid(config: Config) -> int:
    try:
        return pwd.getpwnam(config.frontend_user).pw_uid
    except KeyError:
        raise StartupError(f"there is no user {config.frontend_user!r} for the frontend") from None


def _frontend_gid(config: Config) -> int:
    return grp.getgrgid(pwd.getpwnam(config.frontend_user).pw_gid).gr_gid


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
    parser.add_argument("--config", type=Path, help="TOML file of settings")
    path = parser.parse_args().config
    set_up_logging("supervisor", "text")
    os.umask(0o077)
    try:
        run(path)
    except (StartupError, JailError, OSError) as error:
        log.error("can't start: %s", error)
        sys.exit(1)
    except BaseExceptionGroup as group:
        if group.split((StartupError, JailError, OSError))[1]:
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
    trio.run(supervise, config)
    _clean_run_dir(Path(config.run_dir))
    unlock()


if __name__ == "__main__":
    main()
