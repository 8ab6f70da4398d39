"""What the attacks are made on: something that runs a program, and can be looked at from the host meanwhile."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import trio

PROGRAMS = Path(__file__).parent / "programs"
# What the programs are written in, the first the most of them.
SUFFIXES = {"python": ".py", "bash": ".sh"}
HELPER = "attempting"  # lies beside each of them
READY = b"ready\n"  # what a program says that then waits for the end of its stdin

_LOOK_AGAIN_S = 0.02

Look = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended, by the words of ``protocol.messages.Status`` or, of the host, STILL_RUNNING."""

    status: str
    stdout: bytes
    stderr: bytes = b""
    wall_time_ms: float = 0.0

    def outcomes(self) -> dict[str, str]:
        """What became of each attempt, of lines such as ``mount: EPERM``."""
        lines = self.stdout.decode(errors="replace").splitlines()
        return {name: outcome for name, colon, outcome in (line.partition(": ") for line in lines) if colon}


@dataclass(frozen=True, slots=True)
class Order:
    """A program of PROGRAMS, whatever it is written in, with limits of which None is the ground's own."""

    program: str
    arguments: tuple[str, ...] = ()
    wall_time_ms: float | None = None
    cpu_time_ms: float | None = None
    memory_bytes: int | None = None
    while_it_waits: Look | None = None
    when_ended: Look | None = None


NOT_TRIED = Ended("not tried", b"")


class Ground(ABC):
    """Where programs run, one at a time, each with a mark among its arguments by which it is found on the host."""

    patience_s: float  # how long something may take to be gone

    def __init__(self, language: str, mark: str) -> None:
        self.language = language
        self.mark = mark

    async def run(self, order: Order) -> Ended:
        """Run a program to its end; NOT_TRIED if there is none in this language, AttackError when it can't be run."""
        return await self._run(order) if self.path(order.program).exists() else NOT_TRIED

    @abstractmethod
    async def _run(self, order: Order) -> Ended: ...

    def path(self, program: str) -> Path:
        return PROGRAMS / f"{program}{SUFFIXES[self.language]}"

    @abstractmethod
    def processes(self) -> int:
        """How many there are of the program that runs, or ran last."""

    @abstractmethod
    def kept_bytes(self) -> int:
        """Memory held by files in memory, where the program that runs, or ran last, has its own."""

    @abstractmethod
    def has_cgroup(self) -> bool:
        """Whether the program that ran last still has cgroups of its own."""

    async def comes_true(self, condition: Callable[[], bool]) -> bool:
        """Wait for it as long as the ground's patience lasts: what the kernel does last has no event."""
        with trio.move_on_after(self.patience_s):
            while not condition():  # noqa: ASYNC110  # it is the kernel's
                await trio.sleep(_LOOK_AGAIN_S)
            return True
        return condition()


class AttackError(Exception):
    """The attacks can't be made at all; the message is for the operator."""
