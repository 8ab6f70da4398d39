"""What compilers made of sources, kept for the next request that brings the same ones.

An entry is found by everything that goes into it: whose it is, the runtime and
its layers, the command, and every byte of every file. It is made by the compile
stage alone, before any code of the program has run, and never read here. What
is used least goes first when there is no room.
"""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import trio

from protocol.messages import StageResult
from protocol.pool import CacheDescription
from supervisor.box import Box
from supervisor.validation import Plan

_MAX_SHARE = 8  # one entry takes at most this part of all


@dataclass(frozen=True, slots=True)
class Compiled:
    """A successful compile stage: what it said, and the box it left."""

    result: StageResult
    box: Box

    @property
    def size_bytes(self) -> int:
        return len(self.box.content) + len(self.result.stdout) + len(self.result.stderr)


class Ticket:
    """What one request has of the cache: ``compiled``, or the duty to say what came of its own compilation.

    Neither, where nothing is kept. ``max_bytes`` is the room for what lands.
    """

    def __init__(
        self,
        compiled: Compiled | None = None,
        land: Callable[[Compiled | None], None] | None = None,
        max_bytes: int = 0,
    ) -> None:
        self.compiled = compiled
        self.max_bytes = max_bytes
        self._land = land

    @property
    def is_to_land(self) -> bool:
        return self._land is not None

    def land(self, compiled: Compiled | None) -> None:
        """Once; all who wait go on, with this or, without it, on their own."""
        if self._land:
            self._land(compiled)
            self._land = None


class CompileCache:
    """Compiled programs, up to a number of bytes; with none, nothing is kept."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._entries: OrderedDict[bytes, Compiled] = OrderedDict()
        self._flights: dict[bytes, trio.Event] = {}  # of the compilations under way, set when they land
        self._bytes = 0
        self._hits = 0
        self._misses = 0

    @property
    def _max_entry_bytes(self) -> int:
        return self._budget // _MAX_SHARE

    def reconfigure(self, budget_bytes: int) -> None:
        """Keep so many bytes from now on."""
        self._budget = budget_bytes
        self._shrink()

    def describe(self) -> CacheDescription:
        return CacheDescription(
            entries=len(self._entries),
            bytes=self._bytes,
            max_bytes=self._budget,
            hits=self._hits,
            misses=self._misses,
        )

    @asynccontextmanager
    async def ticket(self, owner: str, plan: Plan) -> AsyncIterator[Ticket]:
        """For one request; waits while another compiles the same for the same owner."""
        digest = self._digest(owner, plan)
        ticket = await self._board(digest) if digest else Ticket()
        try:
            yield ticket
        finally:
            ticket.land(None)

    async def _board(self, digest: bytes) -> Ticket:
        # Not by its truth, which trio's events refuse to have.
        if (flight := self._flights.get(digest)) is not None:
            await flight.wait()
        if compiled := self._entries.get(digest):
            self._entries.move_to_end(digest)
            self._hits += 1
            return Ticket(compiled)
        self._misses += 1
        if digest in self._flights or flight is not None:
            return Ticket()  # what was waited for came to nothing: no reason to wait for the next one
        self._flights[digest] = trio.Event()
        return Ticket(land=partial(self._land, digest), max_bytes=self._max_entry_bytes)

    def _land(self, digest: bytes, compiled: Compiled | None) -> None:
        if compiled and compiled.size_bytes <= self._max_entry_bytes:
            self._entries[digest] = compiled
            self._bytes += compiled.size_bytes
            self._shrink()
        self._flights.pop(digest).set()

    def _shrink(self) -> None:
        while self._bytes > self._budget:
            self._bytes -= self._entries.popitem(last=False)[1].size_bytes

    def _digest(self, owner: str, plan: Plan) -> bytes | None:
        """What the plan's compiled program is found by; None where none is kept."""
        if not (self._budget and owner and plan.compile):
            return None
        command = plan.compile.command
        parts: list[bytes] = [owner.encode(), plan.installed.name.encode()]
        parts += [layer.encode() for layer in plan.installed.runtime.layers]
        parts += [word.encode() for word in command.argv]
        parts += [f"{name}={value}".encode() for name, value in sorted(command.environment.items())]
        parts += [part for name, content in plan.files for part in (name.encode(), content)]
        digest = hashlib.sha256()
        for part in parts:  # each with its length, so that none can pass for another
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.digest()
