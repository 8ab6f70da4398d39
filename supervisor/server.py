"""The unix socket: who may speak, what they may ask, and one task for each thing asked.

A peer is known by its uid, from the kernel. Whatever it sends that the protocol
does not have ends its connection, and with it every execution it asked for.
"""

import logging

import msgspec
import trio

from protocol.figures import DescribeFigures
from protocol.frames import FrameError
from protocol.messages import (
    Drain,
    ErrorCode,
    Execute,
    ListRuntimes,
    Question,
    Refused,
    RuntimeDescription,
    RuntimeList,
    StageRequest,
)
from protocol.pool import DRAINED, DescribePool, PoolDescription
from protocol.stream import REQUESTS, MessageStream
from runtimes.manifest import Stage
from runtimes.store import Store
from supervisor.admission import Admission
from supervisor.compile_cache import CompileCache
from supervisor.connection import Connection, Send, peer_uid
from supervisor.dialogue import Dialogue
from supervisor.drain_mark import DrainMark
from supervisor.errors import Refusal
from supervisor.execution import execute
from supervisor.figures import Figures
from supervisor.pool import Pool
from supervisor.record import Record, recorded
from supervisor.validation import Installed, plan_execution

log = logging.getLogger(__name__)

# Of each uid: no frontend shuts the operator out. It has one; each may hold a frame that is not whole yet.
_MAX_CONNECTIONS = 8


class Server:
    """Answers requests from the pool it is given."""

    def __init__(
        self,
        store: Store,
        available: dict[str, Installed],
        pool: Pool,
        admission: Admission,
        cache: CompileCache,
        figures: Figures,
        peers: set[int],
        drained: DrainMark,
    ) -> None:
        self._store = store
        self._available = available
        self._pool = pool
        self._admission = admission
        self._cache = cache
        self._figures = figures
        self._peers = peers
        self._connections: set[Connection] = set()
        self._has_fewer = trio.Event()  # connections
        self._drained = drained
        self.is_checked = False  # the self-tests were run

    async def serve_connection(self, stream: trio.SocketStream) -> None:
        """Serve one peer until it leaves or misbehaves."""
        uid = peer_uid(stream)
        count = sum(connection.uid == uid for connection in self._connections)
        if uid not in self._peers or count >= _MAX_CONNECTIONS:
            log.warning("a connection from uid %d was refused, it has %d", uid, count)
            return await trio.aclose_forcefully(stream)
        connection = Connection(uid, MessageStream(stream, REQUESTS), self._answer)
        self._connections.add(connection)
        try:
            await connection.run()
        except* (FrameError, msgspec.MsgspecError) as errors:
            log.warning("uid %d broke the protocol: %s", uid, errors.exceptions[0])
        except* (trio.BrokenResourceError, trio.ClosedResourceError):
            log.info("uid %d is gone", uid)
        except* Exception:
            # The boundary of one connection: a bug in it must not end the others.
            log.exception("the connection of uid %d failed", uid)
        finally:
            self._connections.remove(connection)
            self._has_fewer.set()
            self._has_fewer = trio.Event()

    async def leave(self) -> None:
        """Hand over to a successor: return when all that was asked is answered, and every peer has gone to it."""
        async with trio.open_nursery() as nursery:
            for connection in self._connections:
                nursery.start_soon(connection.leave)
        while self._connections:
            await self._has_fewer.wait()

    async def _answer(self, peer: Connection, request: Question, dialogue: Dialogue | None) -> None:
        send = peer.send
        try:
            match request:
                case Execute():
                    with recorded(request, self._figures) as record:
                        await self._execute(request, send, dialogue, record)
                case ListRuntimes():
                    await self._list_runtimes(request, send)
                case DescribePool():
                    await self._describe_pool(request, send)
                case DescribeFigures():
                    await send(self._figures.describe(request.id))
                case Drain():
                    await self._drain(request, peer)
        except Refusal as refusal:
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

    async def _execute(self, request: Execute, send: Send, dialogue: Dialogue | None, record: Record) -> None:
        plan = plan_execution(request, self._available)
        record.plan(plan.installed)
        # Its place is held until the answer is taken: no more of them than there are places lie about.
        async with self._admission.place(plan.size_bytes, request.owner):
            record.begin()
            finished = await execute(request, plan, self._pool, self._cache, self._admission, dialogue)
            finished = msgspec.structs.replace(finished, queue_ms=record.queue_ms)
            record.finish(finished)
            await send(finished)

    async def _list_runtimes(self, request: ListRuntimes, send: Send) -> None:
        described = [
            RuntimeDescription(
                language=installed.manifest.language,
                version=installed.runtime.version,
                aliases=list(installed.manifest.aliases),
                compiled=installed.manifest.compile is not None,
                compile_ceilings=_ceilings(installed.manifest.compile),
                run_ceilings=_ceilings(installed.manifest.run),
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
            *([DRAINED] if self._drained.is_on else []),
        ]

    async def _drain(self, request: Drain, peer: Connection) -> None:
        """Work goes on being done, for whoever still asks; who looks at our readiness asks others."""
        if peer.uid != 0:
            raise Refusal(ErrorCode.FORBIDDEN, "only root may have this host drained")
        self._drained.set(request.is_on)
        await self._describe_pool(request, peer.send)

    async def _describe_pool(self, request: DescribePool | Drain, send: Send) -> None:
        await send(
            PoolDescription(
                id=request.id,
                problems=self._problems(),
                is_draining=self._drained.is_on,
                pools=self._pool.describe(),
                admission=self._admission.describe(),
                compile_cache=self._cache.describe(),
                faults=list(self._pool.faults),
            )
        )


def _ceilings(stage: Stage | None) -> StageRequest:
    if not stage:
        return StageRequest()
    return StageRequest(stage.limits.wall_time_ms, stage.limits.cpu_time_ms, stage.limits.memory_bytes)
