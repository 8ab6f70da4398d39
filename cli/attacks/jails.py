"""The jails of a supervisor as the ground of attacks, asked for over its socket as the frontend does."""

import secrets
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import msgspec
import trio

from cli.asking import NO_ANSWER, answers
from cli.attacks.ground import HELPER, READY, SUFFIXES, AttackError, Ended, Ground, Order
from cli.attacks.traces import Seen, now, processes, processes_of
from jail.find_cgroups import hierarchies
from protocol.frames import FrameError
from protocol.messages import (
    Event,
    Execute,
    Finished,
    Input,
    ListRuntimes,
    Output,
    Refused,
    RuntimeList,
    SourceFile,
    StageRequest,
)
from protocol.stream import EVENTS, MessageStream

_PATIENCE_S = 5.0
_TIMEOUT_S = 60
_ID = 1
_OWNER = "doctor"


class Jails(Ground):
    """Runs programs in jails, and looks for these from the host."""

    patience_s = _PATIENCE_S

    def __init__(self, language: str, mark: str, socket: Path) -> None:
        super().__init__(language, mark)
        self._socket = socket
        self._seen: Seen | None = None  # the first process of a program that waited
        self._ended_at = 0

    async def _run(self, order: Order) -> Ended:
        self._seen, self._ended_at = None, 0
        with _answering(self._socket), trio.fail_after(_TIMEOUT_S):
            async with await trio.open_unix_socket(str(self._socket)) as connection:
                stream = MessageStream(connection, EVENTS)
                await stream.send(self._request(order))
                ended = await self._follow(stream, order)
        self._ended_at = now()
        if order.when_ended:
            await order.when_ended()
        return ended

    async def _follow(self, stream: MessageStream[Event], order: Order) -> Ended:
        said = b""
        async with aclosing(stream.messages()) as events:
            async for event in events:
                match event:
                    case Output(data=data):
                        said += data
                        if order.while_it_waits and not self._seen and READY in said:
                            self._seen = self._find()
                            await order.while_it_waits()
                            await stream.send(Input(id=_ID, is_last=True))
                    case Finished(run=result) if result:
                        return Ended(result.status, result.stdout or said, result.stderr, result.wall_time_ms)
                    case Refused(message=message):
                        raise AttackError(f"the supervisor refused an attack: {message}")
                    case _:
                        pass
        raise AttackError("the supervisor closed the connection")

    def _find(self) -> Seen:
        found = processes(self.mark)
        if not found:
            raise AttackError("a program that runs in a jail is not seen on the host: is the doctor in a container?")
        return min(found, key=lambda seen: seen.pid)

    def processes(self) -> int:
        """By its name and, whatever it calls itself, by the jail's user."""
        found = {seen.pid for seen in processes(self.mark)}
        if self._seen:
            found |= {seen.pid for seen in processes_of(self._seen.uid, self._ended_at or now())}
        return len(found)

    def kept_bytes(self) -> int:
        """Of all jails together: that of one whose cgroup is removed is charged to theirs."""
        for folder in self._cgroups():
            stat = folder.parent / "memory.stat"
            if stat.exists():
                figures = dict(line.split() for line in stat.read_text().splitlines())
                return int(figures.get("total_shmem", figures["shmem"]))  # v1, v2
        raise AttackError("the memory cgroup of a jail is not seen on the host")

    def has_cgroup(self) -> bool:
        return any(folder.exists() for folder in self._cgroups())

    def _cgroups(self) -> list[Path]:
        assert self._seen, "no program has waited"
        return self._seen.leaves(hierarchies(Path("/proc/self/mountinfo").read_text()))

    def _request(self, order: Order) -> Execute:
        paths = self.path(order.program), self.path(HELPER)
        return Execute(
            id=_ID,
            execution_id=secrets.token_hex(16),
            owner=_OWNER,
            language=self.language,
            version="*",
            files=[SourceFile(name=path.name, content=path.read_bytes()) for path in paths],
            args=list(order.arguments),
            run=StageRequest(order.wall_time_ms, order.cpu_time_ms, order.memory_bytes),
            is_watched=order.while_it_waits is not None,
            is_interactive=order.while_it_waits is not None,
        )


async def choose_language(socket: Path) -> str:
    """The one of those served in which most attacks can be made; AttackError if there is none."""
    with _answering(socket):
        served = await _served(socket)
    for language in SUFFIXES:
        if language in served:
            return language
    raise AttackError("the attacks are written in python and, some, in bash: run `runjail build python` first")


async def _served(socket: Path) -> set[str]:
    (listed,) = await answers(socket, ListRuntimes(id=_ID), timeout_s=_TIMEOUT_S)
    assert isinstance(listed, RuntimeList)
    return {runtime.language for runtime in listed.runtimes}


@contextmanager
def _answering(socket: Path) -> Iterator[None]:
    """Make an AttackError of all that tells of a supervisor that is gone, slow, or of another version."""
    try:
        yield
    except (*NO_ANSWER, FrameError, msgspec.MsgspecError) as error:
        raise AttackError(f"the supervisor at {socket} did not answer as it should: {error!r}") from error
