"""The supervisor at work: from its settings to the last jail cleared away."""

import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import trio

from jail.find_cgroups import find_cgroups
from jail.spec import JailError
from protocol.settings import SettingsError
from protocol.systemd import feed_watchdog, notify, notify_stopping
from runtimes.manifest import load_manifests
from runtimes.store import Store
from supervisor.admission import Admission
from supervisor.compile_cache import CompileCache
from supervisor.config import Config, reload_config
from supervisor.drain_mark import DrainMark
from supervisor.errors import StartupError
from supervisor.figures import Figures
from supervisor.jailer import Jailer
from supervisor.janitor import Janitor
from supervisor.kernel_memory import KernelMemoryGuard
from supervisor.launcher import HostIds, Launcher
from supervisor.listening import frontend_user, listening
from supervisor.pool import Pool
from supervisor.selftest import run_self_tests
from supervisor.server import Server
from supervisor.validation import Installed

log = logging.getLogger("supervisor")

_JAILER_RESTART_S = (0.1, 5.0)  # first wait, longest wait
_STOPPING = (signal.SIGTERM, signal.SIGINT)


async def supervise(config: Config, path: Path | None) -> None:
    """Serve until SIGTERM or SIGINT, then leave nothing behind. On SIGHUP, take over what is in the file now."""
    service = Service(config, path)
    # Until the end: a second signal must not cut the cleaning up short.
    with trio.open_signal_receiver(*_STOPPING, signal.SIGHUP) as signals:
        async with trio.open_nursery() as background:
            await service.run(signals, background)
            # Leaving the nursery waits for the last jail to be cleared away.
        service.remove_cgroups()


class Service:
    """Everything that a supervisor is made of."""

    def __init__(self, config: Config, path: Path | None) -> None:
        self._config = config
        self._path = path  # of the settings
        self._store = Store(Path(config.state_dir))
        self._available = _installed(self._store, config.runtimes)
        for each in self._available.values():
            self._store.hold(each.runtime)
        self._peers = {0, frontend_user(config).pw_uid}
        self._cgroups = find_cgroups(config.cgroup_name)
        self._left = self._cgroups.prepare()
        if self._left:
            log.warning("%d jails of a predecessor were still there, and cleared away", len(self._left))
        self._jailer = Jailer()
        self._admission = Admission(config)
        self._cache = CompileCache(config.compile_cache_bytes)

    async def run(self, signals: AsyncIterator[int], background: trio.Nursery) -> None:
        """Serve until told to stop. What ends afterwards, does so in the background."""
        config, available = self._config, self._available
        launcher = Launcher(self._cgroups, HostIds(config.first_host_id, config.host_ids), self._jailer, background)
        figures = Figures(available, self._jailer, left_behind=len(self._left))
        self._pool = pool = Pool(launcher, available.values(), background, config, figures)
        drained = DrainMark(Path(config.run_dir) / "draining")
        self._server = Server(self._store, available, pool, self._admission, self._cache, figures, self._peers, drained)
        async with trio.open_nursery() as serving:
            await serving.start(self._keep_jailer)
            serving.start_soon(pool.keep_filled)
            serving.start_soon(KernelMemoryGuard(pool, self._cgroups).run)
            serving.start_soon(Janitor(self._cgroups, launcher, partial(pool.report_leak, "janitor")).run)
            serving.start_soon(self._check)
            serving.start_soon(feed_watchdog)
            async with self._accepting(serving):
                log.info("serving %d runtimes on %s", len(available), config.socket_path)
                notify("READY=1", f"STATUS=serving {len(available)} runtimes")
                await self._obey(signals)
            await self._hand_over(signals)
            # Executions end with their connections, and retire their jails in the background.
            pool.drain()
            serving.cancel_scope.cancel()

    def remove_cgroups(self) -> None:
        """When no jail is left."""
        try:
            self._cgroups.remove()
        except OSError as error:
            log.error("not all of %s could be removed: %s", self._config.cgroup_name, error)

    @asynccontextmanager
    async def _accepting(self, serving: trio.Nursery) -> AsyncIterator[None]:
        """Take connections; those that there are at the end go on."""
        with listening(self._config) as listener:
            async with trio.open_nursery() as accepting:
                accept = partial(trio.serve_listeners, handler_nursery=serving)
                accepting.start_soon(accept, self._server.serve_connection, [listener])
                yield
                accepting.cancel_scope.cancel()

    async def _obey(self, signals: AsyncIterator[int]) -> None:
        """Return when told to stop."""
        async for received in signals:
            log.info("%s", signal.Signals(received).name)
            if received in _STOPPING:
                return
            self._reload()

    def _reload(self) -> None:
        try:
            self._config, waiting = reload_config(self._path, self._config)
        except SettingsError as error:
            return log.error("the settings stay as they were: %s", error)
        self._admission.reconfigure(self._config)
        self._cache.reconfigure(self._config.compile_cache_bytes)
        self._pool.reconfigure(self._config)
        log.info("the settings were read again")
        for name in waiting:
            log.warning("%s stays as it was until the supervisor is started again", name)

    async def _hand_over(self, signals: AsyncIterator[int]) -> None:
        """Let executions under way end, for a time, and until told once more to stop."""
        running = self._admission.describe().running
        log.info("stopping, with %d executions under way", running)
        notify(f"STATUS=waiting for {running} executions")
        notify_stopping(self._config.drain_s)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._cut_short, signals, nursery.cancel_scope)
            with trio.move_on_after(self._config.drain_s):
                await self._server.leave()
            nursery.cancel_scope.cancel()

    async def _cut_short(self, signals: AsyncIterator[int], scope: trio.CancelScope) -> None:
        async for received in signals:
            if received in _STOPPING:
                log.info("%s again: stopping at once", signal.Signals(received).name)
                return scope.cancel()

    async def _check(self) -> None:
        if self._config.self_test:
            await run_self_tests(self._available.values(), self._pool)
        self._server.is_checked = True

    async def _keep_jailer(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run a jailer; when it dies, report it and run another. The first one must come up."""
        own_root = Path(self._config.run_dir) / "jailer"
        async with self._jailer.running(self._store, own_root):
            task_status.started()
            await self._jailer.wait_dead()
        delay, longest = _JAILER_RESTART_S
        while True:
            self._pool.report_fault("the jailer died; starting another")
            try:
                async with self._jailer.running(self._store, own_root):
                    delay = _JAILER_RESTART_S[0]
                    await self._jailer.wait_dead()
            except JailError as error:
                self._pool.report_fault(f"the jailer does not start: {error}")
                delay = min(delay * 2, longest)
            await trio.sleep(delay)


def _installed(store: Store, chosen: list[str] | None) -> dict[str, Installed]:
    manifests = load_manifests()
    installed = store.installed(manifests)
    if not installed:
        raise StartupError(f"no runtime is installed under {store.root}: run `runjail build` first")
    if missing := [name for name in chosen or [] if name not in installed]:
        raise StartupError(f"runtimes: {', '.join(missing)}: not installed; there are {', '.join(sorted(installed))}")
    served = installed if chosen is None else {name: installed[name] for name in chosen}
    return {name: Installed(name, manifests[name], runtime) for name, runtime in served.items()}
