"""HTTP on one address: Hypercorn's connections, each of which fails alone.

Hypercorn's own loop lets an error in one connection end the server, and a
client can cause some (a wrong HTTP2-Settings header, for one).
"""

import logging
import socket
from contextlib import suppress
from functools import partial

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.lifespan import Lifespan
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState, LifespanState
from quart_trio import QuartTrio

from frontend.bounds import bound_web_sockets, connection
from frontend.config import host_and_port
from frontend.connections import Connections, refuse
from frontend.manners import PatientStream, well_mannered
from frontend.signals import Signals
from protocol.systemd import forget_socket, keep_socket, notify, passed_sockets

log = logging.getLogger(__name__)

# For what is under way to notice that nobody wants it any more.
_LEFT_S = 1
_SOCKET = "http"  # its name, where systemd keeps it
_CLOSED_S = 5
_SO_DETACH_FILTER = 27  # socket(7); Python has no name for it


async def serve(app: QuartTrio, config: Config, open_connections: Connections, signals: Signals) -> None:
    """Serve until ``signals`` say otherwise; OSError if it can't bind."""
    websockets = frozenset(rule.rule for rule in app.url_map.iter_rules() if rule.websocket)
    wrapped = ASGIWrapper(well_mannered(app, websockets))
    state: LifespanState = {}
    lifespan = Lifespan(wrapped, config, state)
    context = WorkerContext(None)
    bound_web_sockets()

    async def converse(stream: trio.SocketStream) -> None:
        patient = PatientStream(stream)
        connection.set(patient)
        try:
            with open_connections.holding(patient) as is_room:
                if not is_room:
                    return await refuse(stream)
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_end_when_left, patient, nursery.cancel_scope)
                    await TCPServer(wrapped, config, context, ConnectionState(state.copy()), patient)  # type: ignore[arg-type]  # it takes streams without TLS as well
                    nursery.cancel_scope.cancel()
        except* Exception as errors:
            # The boundary of one connection: whatever its client sent, the others go on.
            log.warning("a connection was ended: %r", first_of(errors))

    async with trio.open_nursery() as lifespan_nursery:
        await lifespan_nursery.start(lifespan.handle_lifespan)
        await lifespan.wait_for_startup()
        async with trio.open_nursery() as connections:
            async with trio.open_nursery() as accepting:
                listeners = [await _listen(config)]
                accepting.start_soon(partial(trio.serve_listeners, converse, listeners, handler_nursery=connections))
                log.info("serving on %s", ", ".join(config.bind))
                notify("READY=1")
                await signals.stopped.wait()
                accepting.cancel_scope.cancel()
            await context.terminated.set()
            # Not by cancelling alone: Hypercorn does not let itself be cancelled while it sends.
            await open_connections.end(signals.given_up)
            connections.cancel_scope.cancel()
        await lifespan.wait_for_shutdown()
        lifespan_nursery.cancel_scope.cancel()


async def _end_when_left(stream: PatientStream, scope: trio.CancelScope) -> None:
    """Hypercorn keeps a connection whose client has left until its time is up."""
    await stream.is_left.wait()
    await trio.sleep(_LEFT_S)
    scope.cancel()


async def _listen(config: Config) -> trio.SocketListener:
    """At the address, with the very socket that a predecessor had there, if it has left it with systemd."""
    sock = passed_sockets().get(_SOCKET)
    if sock and not _serves_at(sock, config.bind[0]):
        sock.close()
        forget_socket(_SOCKET)
        sock = None
        # It takes systemd a moment to close its own.
        for _ in range(_CLOSED_S * 10):
            with suppress(OSError):
                sock = _bind(config)
                break
            await trio.sleep(0.1)
    if sock:
        sock.setblocking(False)
        sock.listen(config.backlog)
    else:
        sock = _bind(config)
    return trio.SocketListener(trio.socket.from_stdlib_socket(sock))


def _bind(config: Config) -> socket.socket:
    (sock,) = config.create_sockets().insecure_sockets
    sock.setblocking(False)
    sock.listen(config.backlog)
    # Only now: systemd drops a socket that does not listen, as one that was hung up (FDPOLL=, sd_notify(3)).
    keep_socket(_SOCKET, sock)
    return sock


def _serves_at(sock: socket.socket, bind: str) -> bool:
    """Whether it can be gone on with, as far as that can be seen: a predecessor that was taken over left it."""
    try:
        if sock.type != socket.SOCK_STREAM or not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
        _detach_filter(sock)
        found = socket.getaddrinfo(*host_and_port(bind), type=socket.SOCK_STREAM)
        return sock.getsockname()[:2] in [address[:2] for *_, address in found]
    except OSError:
        return False


def _detach_filter(sock: socket.socket) -> None:
    """Who has one may drop whatever comes."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
    except FileNotFoundError:
        return  # as usual


def first_of(error: BaseException) -> BaseException:
    """The first cause in a group of groups: one thing to say is worth more than all of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
