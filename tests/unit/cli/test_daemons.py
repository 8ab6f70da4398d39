"""The daemons of ``runjail up``, and one that does not hear everything."""

import sys
from pathlib import Path

import trio

from cli.daemons import Daemon

_DEAF = """
import signal, sys
heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
open(sys.argv[1], "w").close()
while len(heard) < 5:
    signal.pause()
open(sys.argv[2], "w").close()
"""


async def test_each_further_signal_is_passed_on(tmp_path: Path) -> None:
    started, ended = tmp_path / "started", tmp_path / "ended"
    daemon = Daemon("deaf", [sys.executable, "-c", _DEAF, str(started), str(ended)])
    daemon.patience_s = 60
    async with trio.open_nursery() as nursery:
        nursery.start_soon(daemon.run)
        while not started.exists():
            await trio.sleep(0.01)
        daemon.has_started = True
        nursery.start_soon(daemon.stop)
        while not ended.exists():
            daemon.hasten()
            await trio.sleep(0.01)
