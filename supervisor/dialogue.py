"""What goes to and fro between a program that is watched and its client, while it runs.

Neither side is ever ahead of the other by more than a window: a client that
reads slowly stops the program's output, a program that does not read its
stdin stops the client's input. The clocks of the stage go on meanwhile.
"""

from collections.abc import Awaitable, Callable

import trio

from protocol.frames import FrameError
from protocol.messages import (
    MAX_UNTAKEN_BYTES,
    Began,
    Ended,
    Execute,
    Input,
    News,
    Output,
    Remark,
    Resize,
    SendSignal,
    StageResult,
    Taken,
    TerminalSize,
)
from supervisor.validation import Installed

Tell = Callable[[News], Awaitable[None]]
# As the kernel, which keeps one of each; who sends more does not wait for them to arrive.
_MAX_SIGNALS = 64
# Or a program that writes bytes one by one would be told of in bytes for ever.
_LEAST_PIECE_BYTES = 4096
# Whoever takes nothing of what is over for so long finds it in the result: its place is needed.
TAKE_TIMEOUT_S = 10


class Dialogue:
    """Of one execution; ``hear`` is given what its client says, and raises FrameError for what that may not say."""

    def __init__(self, request: Execute, tell: Tell) -> None:
        self.id = request.id
        self.is_interactive = request.is_interactive
        self._tell = tell
        self._room = MAX_UNTAKEN_BYTES
        self._input = bytearray(request.stdin if request.is_interactive else b"")
        self._untaken_bytes = 0  # of the input, but for what came with the request
        self._is_input_over = not request.is_interactive
        self._changes = trio.lowlevel.ParkingLot()  # where a change is waited for
        self._stage = self._begun = Began(id=self.id, stage="", language="", version="")
        self._signals: list[int] = []  # that are still to be sent
        self._size = request.terminal

    def hear(self, remark: Remark) -> None:
        match remark:
            case Taken(size=size):
                self._room += size
                if self._room > MAX_UNTAKEN_BYTES:
                    raise FrameError(f"more output of {self.id} was taken than there was")
            case Input(data=data, is_last=is_last) if self.is_interactive:
                self._add_input(data, is_last)
            case SendSignal(signal=number) if self.is_interactive:
                if len(self._signals) < _MAX_SIGNALS:
                    self._signals.append(number)
            case Resize(size=size) if self._size:
                self._size = size
            case _:
                raise FrameError(f"{self.id} has no input, or no terminal")
        self._changes.unpark_all()

    def enter(self, stage: str, installed: Installed) -> None:
        """This stage is what is told of from now on."""
        version = installed.runtime.version
        self._stage = Began(id=self.id, stage=stage, language=installed.manifest.language, version=version)

    async def begin(self) -> None:
        """Tell that the stage runs, once."""
        if self._begun != self._stage:
            self._begun = self._stage
            await self._tell(self._stage)

    async def tell_output(self, stream: str, data: bytes | bytearray) -> int:
        """Tell as much of it as there is room for, when there is some; cancelled, it has told nothing."""
        await self.begin()
        while self._room < min(len(data), _LEAST_PIECE_BYTES):
            await self._changes.park()
        told = bytes(data[: self._room])
        self._room -= len(told)
        await self._tell(Output(id=self.id, stream=stream, data=told))
        return len(told)

    async def end(self, result: StageResult) -> None:
        """Tell that the stage is over."""
        await self.begin()
        cut = [name for name in ("stdout", "stderr") if getattr(result, f"{name}_truncated")]
        ended = Ended(
            id=self.id, stage=self._stage.stage, exit_code=result.exit_code, signal=result.signal, cut_off=cut
        )
        await self._tell(ended)

    async def retell(self, result: StageResult) -> None:
        """Tell all of a stage that was over before."""
        with trio.move_on_after(TAKE_TIMEOUT_S):
            for stream, content in (("stdout", result.stdout), ("stderr", result.stderr)):
                while content:
                    content = content[await self.tell_output(stream, content) :]
        await self.end(result)

    async def next_input(self) -> bytes:
        """What has come for stdin since; nothing at its end."""
        while not self._input and not self._is_input_over:
            await self._changes.park()
        data = bytes(self._input)
        self._input.clear()
        return data

    async def take_input(self) -> None:
        """Let the client go on: what it has sent so far was written, or is not wanted."""
        size = self._untaken_bytes - len(self._input)
        if size > 0:
            self._untaken_bytes -= size
            await self._tell(Taken(id=self.id, size=size))

    async def next_signal(self) -> int:
        """A signal that the program is to be sent."""
        while not self._signals:
            await self._changes.park()
        return self._signals.pop(0)

    async def next_size(self, last: TerminalSize) -> TerminalSize:
        """The size of the terminal, once it is another one."""
        while not self._size or self._size == last:
            await self._changes.park()
        return self._size

    def _add_input(self, data: bytes, is_last: bool) -> None:
        if self._is_input_over:
            raise FrameError(f"the input of {self.id} was over")
        self._untaken_bytes += len(data)
        if self._untaken_bytes > MAX_UNTAKEN_BYTES:
            raise FrameError(f"more than {MAX_UNTAKEN_BYTES} bytes of input of {self.id} are under way")
        self._input += data
        self._is_input_over = is_last
