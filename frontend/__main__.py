"""``python -I -m frontend [--config FILE]``: serve HTTP on one address. Refuses to run as root."""

import argparse
import gc
import logging
import os
import sqlite3
import sys
from functools import partial
from pathlib import Path

import trio
from hypercorn.config import Config as ServerConfig

from frontend.agent import Agent, open_agent, say
from frontend.app import create_app
from frontend.client import SupervisorClient
from frontend.config import Config, load_config
from frontend.connections import Connections, raise_descriptor_limit
from frontend.executor import Executor
from frontend.http_metrics import HttpMetrics
from frontend.keys import KeyStore
from frontend.schemas import MAX_BODY_BYTES
from frontend.serving import first_of, serve
from frontend.signals import Signals
from frontend.usage import Usage
from protocol.logs import set_up_logging
from protocol.settings import DEFAULT_FILE, SettingsError, existing_file
from protocol.systemd import feed_watchdog

log = logging.getLogger("frontend")

# No execution takes as long, with all that it waits for: who has said nothing for this long is gone.
_SILENCE_S = 300
_PING_S = 20  # so that no proxy ends a WebSocket whose program says nothing


async def run(config: Config, path: Path | None) -> None:
    """Serve until SIGTERM or SIGINT; on SIGHUP, take over what is in the file now."""
    client = SupervisorClient(config.socket_path)
    usage = Usage(Path(config.usage))
    most = raise_descriptor_limit()
    connections = Connections(min(config.max_connections, most))
    keys = KeyStore(Path(config.keys))
    app = create_app(Executor(client, usage), keys, HttpMetrics(connections), config)
    agent = await open_agent(config.agent_bind) if config.agent_bind else []
    gc.freeze()  # modules and all: no collection has to go through them while a client waits
    signals = Signals(config, path, client, connections, most)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.run)
        nursery.start_soon(usage.run)
        nursery.start_soon(signals.obey)
        nursery.start_soon(feed_watchdog)
        if agent:
            # To the very end: it is what has the balancers ask others.
            nursery.start_soon(trio.serve_listeners, Agent(partial(say, client, keys)).check, agent)
        await serve(app, _server_config(config), connections, signals)
        nursery.cancel_scope.cancel()


def _server_config(config: Config) -> ServerConfig:
    server = ServerConfig()
    server.bind = [config.bind]
    server.include_server_header = False
    server.backlog = 1024  # of who waits while a frontend is started again
    server.keep_alive_timeout = 75  # longer than the load balancers' usual 60
    server.read_timeout = _SILENCE_S
    server.websocket_max_message_size = MAX_BODY_BYTES
    server.max_app_queue_size = 2  # of messages that nobody has taken yet, each of which may be as large
    server.websocket_ping_interval = _PING_S
    server.accesslog = None  # the supervisor logs executions; a line for each request adds nothing
    server.errorlog = logging.getLogger("hypercorn.error")
    return server


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="frontend", description=__doc__)
    parser.add_argument("--config", type=Path, help=f"file of settings, if not {DEFAULT_FILE}")
    path = parser.parse_args().config or existing_file()
    if os.getuid() == 0:
        sys.exit("frontend: refusing to run as root: its place is behind the supervisor's socket, with no rights")
    try:
        config = load_config(path)
    except SettingsError as error:
        sys.exit(f"frontend: {error}")
    set_up_logging("frontend", config.log_format)
    try:
        trio.run(run, config, path)
    except SettingsError as error:
        sys.exit(f"frontend: {error}")
    except sqlite3.Error as error:
        sys.exit(f"frontend: {config.usage}: {error}")
    except OSError as error:
        sys.exit(f"frontend: can't serve on {config.bind}: {error}")
    except BaseExceptionGroup as group:
        # One thing to say is worth more than the trace of where it was found.
        if group.subgroup(OSError) is None:
            raise
        sys.exit(f"frontend: can't serve on {config.bind}: {first_of(group)}")


if __name__ == "__main__":
    main()
