"""HTTP on one address: Hypercorn's connections, each of which fails alone.

Hypercorn's own loop lets an error in one connection end the server, and a
client can cause some (a wrong HTTP2-Settings header, for one).
"""

import logging
from functools import partial

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.lifespan import Lifespan
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, ConnectionState, LifespanState

log = logging.getLogger(__name__)


async def serve(app: ASGIFramework, config: Config, stopped: trio.Event) -> None:
    """Serve until ``stopped``, then give open connections ``config.graceful_timeout``; OSError if it can't bind."""
    wrapped = ASGIWrapper(app)
    state: LifespanState = {}
    lifespan = Lifespan(wrapped, config, state)
    context = WorkerContext(None)

    async def converse(stream: trio.SocketStream) -> None:
        try:
            await TCPServer(wrapped, config, context, ConnectionState(state.copy()), stream)  # type: ignore[arg-type]  # it takes streams without TLS as well
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
            connections.cancel_scope.deadline = trio.current_time() + config.graceful_timeout
        await lifespan.wait_for_shutdown()
        lifespan_nursery.cancel_scope.cancel()


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
