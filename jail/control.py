"""Messages between supervisor, jailer and init: JSON, one per SEQPACKET datagram, fds beside it.

The kernel keeps the boundaries; nothing here has to be framed or resumed.
"""

from __future__ import annotations

import json
import os
import socket
from array import array
from collections.abc import Sequence
from typing import Any

# A command with its arguments and environment, every byte of them escaped; files travel by memfd.
MAX_MESSAGE_BYTES = 256 * 1024
MAX_FDS = 8
ANCILLARY_BYTES = socket.CMSG_SPACE(MAX_FDS * 4)

Message = dict[str, Any]

# Jailer and init receive one message at a time, most of them small: nothing of this size is allocated anew for each.
_received = bytearray(MAX_MESSAGE_BYTES)


def encode(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def decode(raw: bytes) -> Message:
    message = json.loads(raw)
    if not isinstance(message, dict):
        raise ValueError("a control message is not an object")
    return message


def send(channel: socket.socket, message: Message, fds: Sequence[int] = ()) -> None:
    """Send one message; blocks while the other end is full."""
    channel.sendmsg([encode(message)], ancillary(fds))


def ancillary(fds: Sequence[int]) -> list[tuple[int, int, array[int]]]:
    """What sendmsg takes to pass descriptors along."""
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", fds))] if fds else []


def receive(channel: socket.socket) -> tuple[Message, list[int]] | None:
    """Receive one message with its fds, which are close-on-exec; None when the other end is gone."""
    # Not socket.recv_fds: it ignores its flags, and the descriptors would reach the program.
    size, received, flags, _ = channel.recvmsg_into([_received], ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC)
    return unpack(bytes(memoryview(_received)[:size]), received, flags)


def unpack(raw: bytes, received: list[tuple[int, int, bytes]], flags: int) -> tuple[Message, list[int]] | None:
    """Read what recvmsg returned; for callers that wait for a socket in their own way."""
    fds = array("i")
    for level, kind, content in received:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        for fd in fds:
            os.close(fd)
        raise ValueError("a control message was cut off")
    return (decode(raw), list(fds)) if raw else None
