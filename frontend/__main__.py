"""``python -I -m frontend``: serve HTTP on one address. Refuses to run as root."""

import argparse
import gc
import logging
import os
import signal
import sqlite3
import sys
from pathlib import Path

import trio
from hypercorn.config import Config

from frontend.app import create_app
from frontend.client import SupervisorClient
from frontend.connections import Connections, raise_descriptor_limit
from frontend.executor import Executor
from frontend.http_metrics import HttpMetrics
from frontend.keys import KeyStore
from frontend.schemas import MAX_BODY_BYTES
from frontend.serving import first_of, serve
from frontend.usage import Usage
from protocol.logs import set_up_logging

log = logging.getLogger("frontend")

# Executions that are going on when the service stops may end within this time, or are answered 503.
_PATIENCE_S = 3
# No execution takes as long, with all that it waits for: who has said nothing for this long is gone.
_SILENCE_S = 300
_PING_S = 20  # so that no proxy ends a WebSocket whose program says nothing
_GRACE_S = _PATIENCE_S + 2  # until connections are closed on whoever is left


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    client = SupervisorClient(options.socket)
    usage = Usage(options.usage)
    connections = Connections(min(options.max_connections, raise_descriptor_limit()))
    http_metrics = HttpMetrics(connections)
    app = create_app(Executor(client, usage), KeyStore(options.keys), http_metrics, piston=options.piston)
    gc.freeze()  # modules and all: no collection has to go through them while a client waits
    stopped = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.run)
        nursery.start_soon(usage.run)
        nursery.start_soon(_wait_for_signal, stopped, client)
        await serve(app, _hypercorn_config(options.bind), stopped, connections)
        nursery.cancel_scope.cancel()


async def _wait_for_signal(stopped: trio.Event, client: SupervisorClient) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            break
    stopped.set()
    await trio.sleep(_PATIENCE_S)
    # Whoever still waits is told so, while there is time left to tell.
    client.give_up()


def _hypercorn_config(bind: str) -> Config:
    config = Config()
    config.bind = [bind]
    config.include_server_header = False
    config.graceful_timeout = _GRACE_S
    config.keep_alive_timeout = 75  # longer than the load balancers' usual 60
    config.read_timeout = _SILENCE_S
    config.websocket_max_message_size = MAX_BODY_BYTES
    config.max_app_queue_size = 2  # of messages that nobody has taken yet, each of which may be as large
    config.websocket_ping_interval = _PING_S
    config.accesslog = None  # the supervisor logs executions; a line for each request adds nothing
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="frontend", description=__doc__)
    parser.add_argument("--bind", default="127.0.0.1:8080", help="address and port")
    parser.add_argument("--socket", type=Path, default=Path("/run/runjail/supervisor.sock"))
    parser.add_argument("--keys", type=Path, default=Path("/var/lib/runjail/keys.json"))
    parser.add_argument("--usage", type=Path, default=Path("/var/lib/runjail/usage/usage.sqlite"))
    parser.add_argument(
        "--piston", choices=("open", "local", "key", "off"), default="key", help="who may use Piston's API"
    )
    parser.add_argument(
        "--max-connections", type=int, default=2000, help="at once; when there are more, who waits longest makes room"
    )
    parser.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="of the log's lines: key=value, or JSON"
    )
    options = parser.parse_args()
    set_up_logging("frontend", options.log_format)
    if os.getuid() == 0:
        sys.exit("frontend: refusing to run as root: its place is behind the supervisor's socket, with no rights")
    try:
        trio.run(run, options)
    except sqlite3.Error as error:
        sys.exit(f"frontend: {options.usage}: {error}")
    except OSError as error:
        sys.exit(f"frontend: can't serve on {options.bind}: {error}")
    except BaseExceptionGroup as group:
        # One thing to say is worth more than the trace of where it was found.
        if group.subgroup(OSError) is None:
            raise
        sys.exit(f"frontend: can't serve on {options.bind}: {first_of(group)}")


if __name__ == "__main__":
    main()
