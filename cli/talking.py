"""What ``runjail run`` and a program say to each other: output as it is written, input as it is typed."""

import json
import os
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from cli.console import OWN_FAILURE, fail

# What is passed on to the program, if it is not in a terminal, where the same is typed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_READ_BYTES = 64 * 1024
_TURN_S = 0.0005

Write = Callable[[str, str, str], None]  # stage, stream, what was written in base64


def talk(url: str, key: str, body: dict[str, Any], write: Write, *, in_terminal: bool) -> dict[str, Any]:
    """The result, once all that is written before it was; ends the command when there is none."""
    address = f"{url.replace('http', 'ws', 1)}/v1/execute/stream"
    try:
        with connect(
            address,
            additional_headers={"Authorization": f"Bearer {key}"},
            max_size=None,
            proxy=None,
            ping_interval=None,  # the service's are enough, and a reader of ours may be slow
        ) as socket:
            start = {"type": "execute", **body, "output_encoding": "base64"}
            if in_terminal:
                start["terminal"] = _size()
            socket.send(json.dumps(start))
            with _forwarding(socket, in_terminal=in_terminal), _raw_terminal(in_terminal):
                return _listen(socket, write)
    except InvalidURI as error:
        fail(f"{url} is no address of a service: {error}", OWN_FAILURE)
    except InvalidHandshake as error:
        fail(_why_not(error), OWN_FAILURE)
    except BrokenPipeError:  # by who reads what we write: that is to be told as a shell has it
        os._exit(128 + signal.SIGPIPE)
    except (OSError, ConnectionClosed) as error:
        fail(f"{url}: {error}", OWN_FAILURE)


def _listen(socket: ClientConnection, write: Write) -> dict[str, Any]:
    stage = ""
    while True:
        message: dict[str, Any] = json.loads(socket.recv())
        match message["type"]:
            case "stage":
                stage = message["stage"]
            case "stdout" | "stderr" as stream:
                write(stage, stream, message["data"])
            case "result":
                return message
            case "error":
                fail(message["error"]["message"], OWN_FAILURE)
            case _:
                pass


@contextmanager
def _forwarding(socket: ClientConnection, *, in_terminal: bool) -> Iterator[None]:
    """Send what is typed and the signals that come, each from a thread, as long as the program runs."""
    said: SimpleQueue[dict[str, Any]] = SimpleQueue()  # which a signal handler may fill

    def hear(number: int, _: object) -> None:
        if not in_terminal and number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)  # whoever asks twice does not want to wait
        name = signal.Signals(number).name
        said.put({"type": "resize", **_size()} if in_terminal else {"type": "signal", "signal": name})

    before = {number: signal.signal(number, hear) for number in ((signal.SIGWINCH,) if in_terminal else _SIGNALS)}
    threading.Thread(target=_send_messages, args=(socket, said), daemon=True).start()
    threading.Thread(target=_send_stdin, args=(socket,), daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send_messages(socket: ClientConnection, said: SimpleQueue[dict[str, Any]]) -> None:
    with suppress(ConnectionClosed):
        while True:
            socket.send(json.dumps(said.get()))


def _send_stdin(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while data := os.read(sys.stdin.fileno(), _READ_BYTES):
            socket.send(data)
            # Or the thread that reads might never get the lock that sending takes: Python's locks are not fair.
            time.sleep(_TURN_S)
        socket.send(json.dumps({"type": "eof"}))


@contextmanager
def _raw_terminal(is_wanted: bool) -> Iterator[None]:
    """Every key goes to the program's terminal, Ctrl-C and all, and what is shown is what comes from there."""
    if not is_wanted:
        yield
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _size() -> dict[str, int]:
    columns, rows = os.get_terminal_size(sys.stdin.fileno())
    return {"rows": max(rows, 1), "columns": max(columns, 1)}


def _why_not(error: InvalidHandshake) -> str:
    response = getattr(error, "response", None)
    try:
        return f"{response.status_code}: {json.loads(response.body)['error']['message']}"  # type: ignore[union-attr]  # if it is none
    except (AttributeError, ValueError, KeyError, TypeError):
        return str(error)
