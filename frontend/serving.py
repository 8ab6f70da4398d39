"""HTTP on one address: Hypercorn's connections, each of which fails alone.

Hypercorn's own loop lets an error in one connection end the server, and a
client can cause some (a wrong HTTP2-Settings header, for one).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.lifespan import Lifespan
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, ConnectionState, LifespanState

from frontend.manners import PatientStream, well_mannered

log = logging.getLogger(__name__)

# For what is under way to notice that nobody wants it any more.
_LEFT_S = 1


async def serve(app: ASGIFramework, config: Config, stopped: trio.Event) -> None:
    """Serve until ``stopped``, then give open connections ``config.graceful_timeout``; OSError if it can't bind."""
    wrapped = ASGIWrapper(well_mannered(app))
    state: LifespanState = {}
    lifespan = Lifespan(wrapped, config, state)
    context = WorkerContext(None)

    open_streams = _OpenStreams()

    async def converse(stream: trio.SocketStream) -> None:
        patient = PatientStream(stream)
        try:
            with open_streams.holding(stream):
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
                listeners = _listen(config)
                accepting.start_soon(partial(trio.serve_listeners, converse, listeners, handler_nursery=connections))
                log.info("serving on %s", ", ".join(config.bind))
                await stopped.wait()
                accepting.cancel_scope.cancel()
            await context.terminated.set()
            # Not by cancelling alone: Hypercorn does not let itself be cancelled while it sends.
            await open_streams.end(config.graceful_timeout)
            connections.cancel_scope.cancel()
        await lifespan.wait_for_shutdown()
        lifespan_nursery.cancel_scope.cancel()


async def _end_when_left(stream: PatientStream, scope: trio.CancelScope) -> None:
    """Hypercorn keeps a connection whose client has left until its time is up."""
    await stream.is_left.wait()
    await trio.sleep(_LEFT_S)
    scope.cancel()


class _OpenStreams:
    """The connections there are."""

    def __init__(self) -> None:
        self._streams: set[trio.SocketStream] = set()
        self._one_is_gone = trio.Event()

    @contextmanager
    def holding(self, stream: trio.SocketStream) -> Iterator[None]:
        self._streams.add(stream)
        try:
            yield
        finally:
            self._streams.discard(stream)
            self._one_is_gone.set()
            self._one_is_gone = trio.Event()

    async def end(self, patience_s: float) -> None:
        """Wait for them to end, then close those that have not."""
        with trio.move_on_after(patience_s):
            while self._streams:
                await self._one_is_gone.wait()
        for stream in list(self._streams):
            await trio.aclose_forcefully(stream)


def _listen(config: Config) -> list[trio.SocketListener]:
    sockets = config.create_sockets().insecure_sockets
    for sock in sockets:
        sock.listen(config.backlog)
    return [trio.SocketListener(trio.socket.from_stdlib_socket(sock)) for sock in sockets]


def first_of(error: BaseException) -> BaseException:
    """The first cause in a group of groups: one thing to say is worth more than all of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
