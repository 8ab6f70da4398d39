"""What a client says on ``/v1/execute/stream``, and what it means to the supervisor."""

import base64
import binascii
import signal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from frontend.errors import ApiError
from frontend.schemas import ExecuteBody, decode
from protocol.messages import MAX_TERMINAL_SIDE, ErrorCode, Input, Remark, Resize, SendSignal, TerminalSize

Side = Annotated[int, Meta(ge=1, le=MAX_TERMINAL_SIDE)]
SIGNALS = dict(signal.Signals.__members__)  # with those that have two names


class TerminalBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The size of a terminal, in characters."""

    rows: Side = 24
    columns: Side = 80


class StartBody(ExecuteBody, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="execute"):
    """The first thing that is said: a request as of ``POST /v1/execute``, and how it is to be talked to."""

    key: str | None = None  # for who can't send headers
    interactive: bool | None = None  # whether more is said after this; it is, if nothing is said about it
    terminal: TerminalBody | None = None

    @property
    def is_interactive(self) -> bool:
        return self.interactive is not False

    def terminal_size(self) -> TerminalSize | None:
        return TerminalSize(self.terminal.rows, self.terminal.columns) if self.terminal else None


class StdinBody(Struct, frozen=True, forbid_unknown_fields=True, tag="stdin"):
    """More for the program's stdin."""

    data: str
    encoding: Literal["utf8", "base64"] | None = None


class EndBody(Struct, frozen=True, forbid_unknown_fields=True, tag="eof"):
    """The end of its stdin; in a terminal, what Ctrl-D does."""


class SignalBody(Struct, frozen=True, forbid_unknown_fields=True, tag="signal"):
    """A signal for the program and what it has started in its process group."""

    signal: str


class ResizeBody(TerminalBody, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="resize"):
    """The terminal has another size now."""


_starts = msgspec.json.Decoder(StartBody)
_remarks = msgspec.json.Decoder(StdinBody | EndBody | SignalBody | ResizeBody)


def read_start(raw: str | bytes) -> StartBody:
    """The first message; ApiError for anything else."""
    if isinstance(raw, bytes):
        raise ApiError(ErrorCode.INVALID_REQUEST, "the first message is text: what is to be executed")
    return decode(_starts, raw)


def read_remark(raw: str | bytes) -> Remark:
    """A later message, bytes being stdin as they are; ApiError for what is none."""
    if isinstance(raw, bytes):
        return Input(id=0, data=raw)
    match decode(_remarks, raw):
        case StdinBody(data=data, encoding=encoding):
            return Input(id=0, data=_bytes_of(data) if encoding == "base64" else data.encode())
        case SignalBody(signal=name):
            return SendSignal(id=0, signal=signal_number(name))
        case ResizeBody(rows=rows, columns=columns):
            return Resize(id=0, size=TerminalSize(rows, columns))
        case _:
            return Input(id=0, is_last=True)


def signal_number(name: str) -> int:
    """Of a signal by its name; ApiError when there is none."""
    if name not in SIGNALS:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"there is no signal {name!r}; one is SIGINT", ["signal"])
    return SIGNALS[name]


def _bytes_of(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"data is not valid base64: {error}", ["data"]) from error
