"""The unix socket: who may speak, what they may ask, and one task for each thing asked.

A peer is known by its uid, from the kernel. Whatever it sends that the protocol
does not have ends its connection, and with it every execution it asked for.
"""

import logging
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

import msgspec
import trio

from protocol.frames import FrameError
from protocol.messages import (
    Cancel,
    DescribePool,
    ErrorCode,
    Event,
    Execute,
    ListRuntimes,
    PoolDescription,
    Refused,
    Request,
    RuntimeDescription,
    RuntimeList,
)
from protocol.stream import REQUESTS, MessageStream
from runtimes.store import Store
from supervisor.admission import Admission
from supervisor.compile_cache import CompileCache
from supervisor.errors import Refusal
from supervisor.execution import execute, log_outcome
from supervisor.pool import Pool
from supervisor.validation import Installed, plan_execution

log = logging.getLogger(__name__)

Send = Callable[[Event], Awaitable[None]]

# A frontend has one; each may hold a frame that is not whole yet.
_MAX_CONNECTIONS = 8
# Requests of one connection; more are left unread until there is room.
_MAX_IN_FLIGHT = 512


class Server:
    """Answers requests from the pool it is given."""

    def __init__(
        self,
        store: Store,
        available: dict[str, Installed],
        pool: Pool,
        admission: Admission,
        cache: CompileCache,
        peers: set[int],
    ) -> None:
        self._store = store
        self._available = available
        self._pool = pool
        self._admission = admission
        self._cache = cache
        self._peers = peers
        self._connections = 0
        self.is_checked = False  # the self-tests were run
        self._answers: dict[type[Request], Callable[..., Awaitable[None]]] = {
            Execute: self._execute,
            ListRuntimes: self._list_runtimes,
            DescribePool: self._describe_pool,
        }

    async def serve_connection(self, stream: trio.SocketStream) -> None:
        """Serve one peer until it leaves or misbehaves."""
        uid = peer_uid(stream)
        if uid not in self._peers or self._connections >= _MAX_CONNECTIONS:
            log.warning("a connection from uid %d was refused, there are %d", uid, self._connections)
            return await trio.aclose_forcefully(stream)
        self._connections += 1
        try:
            await _Connection(MessageStream(stream, REQUESTS), self._answer).run()
        except* (FrameError, msgspec.MsgspecError) as errors:
            log.warning("uid %d broke the protocol: %s", uid, errors.exceptions[0])
        except* (trio.BrokenResourceError, trio.ClosedResourceError):
            log.info("uid %d is gone", uid)
        except* Exception:
            # The boundary of one connection: a bug in it must not end the others.
            log.exception("the connection of uid %d failed", uid)
        finally:
            self._connections -= 1

    async def _answer(self, request: Request, send: Send) -> None:
        try:
            await self._answers[type(request)](request, send)
        except Refusal as refusal:
            log.info("refused %s: %s", refusal.code, refusal.message)
            await send(
                Refused(
                    id=request.id,
                    code=refusal.code,
                    message=refusal.message,
                    path=refusal.path,
                    retry_after_s=refusal.retry_after_s,
                )
            )
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # the peer is gone, and does not want to know
        except Exception:
            # The boundary of one request: a bug in it must not end the others.
            log.exception("request %d failed", request.id)
            await send(Refused(id=request.id, code=ErrorCode.INTERNAL, message="the execution failed on our side"))

    async def _execute(self, request: Execute, send: Send) -> None:
        plan = plan_execution(request, self._available)
        # Its place is held until the answer is taken: no more of them than there are places lie about.
        async with self._admission.place(plan.size_bytes):
            finished = await execute(request, plan, self._pool, self._cache)
            try:
                await send(finished)
            finally:  # and only then: for the answer somebody waits
                log_outcome(request, plan, finished)

    async def _list_runtimes(self, request: ListRuntimes, send: Send) -> None:
        described = [
            RuntimeDescription(
                language=installed.manifest.language,
                version=installed.runtime.version,
                aliases=list(installed.manifest.aliases),
                compiled=installed.manifest.compile is not None,
            )
            for installed in self._available.values()
        ]
        await send(RuntimeList(id=request.id, runtimes=sorted(described, key=lambda r: (r.language, r.version))))

    def _problems(self) -> list[str]:
        missing = [name for name, i in self._available.items() if not self._store.has_layers(i.runtime)]
        return [
            *self._pool.problems(),
            *(f"{name}: a layer is missing, `runjail build {name}` makes it again" for name in missing),
            *([] if self.is_checked else ["the self-tests are still running"]),
        ]

    async def _describe_pool(self, request: DescribePool, send: Send) -> None:
        await send(
            PoolDescription(
                id=request.id,
                problems=self._problems(),
                pools=self._pool.describe(),
                admission=self._admission.describe(),
                compile_cache=self._cache.describe(),
                faults=list(self._pool.faults),
            )
        )


class _Connection:
    """The requests of one peer that are under way."""

    def __init__(self, stream: MessageStream[Request], answer: Callable[[Request, Send], Awaitable[None]]) -> None:
        self._stream = stream
        self._answer = answer
        self._scopes: dict[int, trio.CancelScope] = {}
        self._room = trio.Semaphore(_MAX_IN_FLIGHT)

    async def run(self) -> None:
        async with trio.open_nursery() as nursery:
            try:
                async with aclosing(self._stream.messages()) as messages:
                    async for request in messages:
                        await self._dispatch(request, nursery)
            finally:
                # The peer is gone, and who asked for these with it; an answer it did not take is dropped.
                nursery.cancel_scope.cancel()
                await self._stream.aclose()

    async def _dispatch(self, request: Request, nursery: trio.Nursery) -> None:
        scope = self._scopes.get(request.id)
        if isinstance(request, Cancel):
            if scope:
                scope.cancel()
            return
        if scope:
            raise FrameError(f"request id {request.id} is in use")
        await self._room.acquire()
        self._scopes[request.id] = trio.CancelScope()
        nursery.start_soon(self._handle, request)

    async def _handle(self, request: Request) -> None:
        try:
            with self._scopes[request.id], suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self._answer(request, self._stream.send)
        finally:
            del self._scopes[request.id]
            self._room.release()


def peer_uid(stream: trio.SocketStream) -> int:
    """The uid that connected, by SO_PEERCRED (unix(7))."""
    ucred = struct.Struct("3i")  # pid, uid, gid
    _, uid, _ = ucred.unpack(stream.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, ucred.size))
    return int(uid)
