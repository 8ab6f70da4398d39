"""Compilers that stay for the next request of their key, instead of ending with their jail.

An operator's choice (``resident_compilers``): to get javac or Roslyn warm takes seconds of
CPU time, and here it is paid once for many requests. What is given up for it is that no
request meets anything that another one has left: a compiler keeps what it has in its
memory, for requests of one key. Programs run in jails of their own all the same.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import trio

from jail.spec import JailError
from supervisor.errors import JailLostError
from supervisor.jails import Jail
from supervisor.shelf import Shelf

log = logging.getLogger(__name__)

# A compiler is not made to run forever: what it keeps is bounded by this, and by its stage's memory limit.
_MAX_USES = 100
# What nobody has asked for in this time is memory that others could have.
_IDLE_S = 120
_RENEW_S = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Idle:
    """A compiler that waits for its key's next request."""

    owner: str
    shelf: Shelf  # that its jail came from
    scope: trio.CancelScope  # of the waiting


class Residents:
    """The compilers that stay, at most so many: those that were asked for least recently go first."""

    def __init__(self, limit: int, nursery: trio.Nursery, clear_away: Callable[[Jail], None]) -> None:
        self._limit = limit
        self._nursery = nursery
        self._clear_away = clear_away
        self._idle: OrderedDict[Jail, _Idle] = OrderedDict()

    def count(self, shelf: Shelf) -> int:
        """How many wait that came from this shelf."""
        return sum(idle.shelf is shelf for idle in self._idle.values())

    def may_stay(self, owner: str, jail: Jail) -> bool:
        """Whether the compiler in this jail is to be asked to stay. Our own requests have no owner."""
        return self._limit > 0 and owner != "" and jail.uses < _MAX_USES

    def take(self, owner: str, shelf: Shelf) -> Jail | None:
        """The one of this key and kind that was used last; it is the caller's."""
        for jail, idle in reversed(self._idle.items()):
            if idle.owner == owner and idle.shelf is shelf and not jail.dead.is_set():
                del self._idle[jail]
                idle.scope.cancel()
                return jail
        return None

    def keep(self, owner: str, jail: Jail, shelf: Shelf) -> None:
        """Have it wait for the key's next request; the jail is ours from here on."""
        self._nursery.start_soon(self._keep, owner, jail, shelf, name=f"keep {jail.name}")

    def drain(self) -> None:
        """Let all of them go, and keep no more."""
        self._limit = 0
        for idle in self._idle.values():
            idle.scope.cancel()

    async def _keep(self, owner: str, jail: Jail, shelf: Shelf) -> None:
        if not await _renew(jail) or not self._limit:
            return self._clear_away(jail)
        with trio.CancelScope(deadline=trio.current_time() + _IDLE_S) as scope:
            self._idle[jail] = _Idle(owner, shelf, scope)
            if len(self._idle) > self._limit:
                eldest, idle = self._idle.popitem(last=False)
                idle.scope.cancel()
                self._clear_away(eldest)
            await jail.dead.wait()
        if self._idle.pop(jail, None):  # else it was taken
            self._clear_away(jail)


async def _renew(jail: Jail) -> bool:
    try:
        with trio.fail_after(_RENEW_S):
            await jail.renew()
        return jail.has_room()
    except (JailError, JailLostError, trio.TooSlowError) as error:
        log.warning("the compiler in jail %s can't stay: %r", jail.name, error)
    except Exception:
        # The boundary of one renewal: a bug in it must not end the service.
        log.exception("the compiler in jail %s can't stay", jail.name)
    return False
