"""What the operator's signals do: SIGHUP has the settings read again, SIGTERM and SIGINT end the service.

It ends in steps: others are to be asked (``/readyz``), no more connections are
taken, what is under way has its time, and then is answered 500. A second
signal takes the steps that are left at once.
"""

import logging
import signal
from pathlib import Path

import trio

from frontend.client import SupervisorClient
from frontend.config import Config, reload_config
from frontend.connections import Connections
from protocol.settings import SettingsError
from protocol.systemd import notify_stopping

log = logging.getLogger("frontend")

_STOPPING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """``obey`` must be running; ``stopped`` and ``given_up`` are set on the way to the end."""

    def __init__(
        self, config: Config, path: Path | None, client: SupervisorClient, connections: Connections, most: int
    ) -> None:
        self._config = config
        self._path = path  # of the settings
        self._client = client
        self._connections = connections
        self._most = most  # connections that there are descriptors for
        self.stopped = trio.Event()  # no more connections
        self.given_up = trio.Event()  # nothing is waited for any more

    async def obey(self) -> None:
        """Do what they say; runs until cancelled."""
        is_stopping = False
        with trio.open_signal_receiver(*_STOPPING, signal.SIGHUP) as signals:
            async with trio.open_nursery() as nursery:
                async for received in signals:
                    log.info("%s", signal.Signals(received).name)
                    if received not in _STOPPING:
                        self._reload()
                    elif is_stopping:
                        self._give_up()
                    else:
                        is_stopping = True
                        nursery.start_soon(self._stop)

    async def _stop(self) -> None:
        notify_stopping(self._config.lame_duck_s + self._config.drain_s)
        self._client.is_stopping = True
        with trio.move_on_after(self._config.lame_duck_s):
            await self.given_up.wait()
        self.stopped.set()
        with trio.move_on_after(self._config.drain_s):
            await self.given_up.wait()
        self._give_up()

    def _give_up(self) -> None:
        # Whoever still waits is told so, while there is time left to tell.
        self._client.give_up()
        self.given_up.set()

    def _reload(self) -> None:
        try:
            self._config, waiting = reload_config(self._path, self._config)
        except SettingsError as error:
            return log.error("the settings stay as they were: %s", error)
        self._connections.limit = min(self._config.max_connections, self._most)
        log.info("the settings were read again")
        for name in waiting:
            log.warning("%s stays as it was until the frontend is started again", name)
