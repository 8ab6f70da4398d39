"""Bringing a program's files back: init reads them, unprivileged and inside; here bytes are counted and passed on."""

import errno
import os
from contextlib import closing

import trio

from jail.control import Message
from jail.spec import JailError, step
from protocol.messages import MAX_OUTPUT_FILE_BYTES, MAX_OUTPUT_FILES, MAX_OUTPUT_FILES_BYTES
from supervisor.errors import JailLostError
from supervisor.jails import Jail
from supervisor.pipes import OutputCollector

_CAPS = {"files": MAX_OUTPUT_FILES, "file_bytes": MAX_OUTPUT_FILE_BYTES, "total_bytes": MAX_OUTPUT_FILES_BYTES}
# Names and reasons come on top of the contents: lines of at most 27 kB, two for each file.
_MAX_BYTES = MAX_OUTPUT_FILES_BYTES + 4 * 1024 * 1024
_TIMEOUT_S = 10


async def collect_outputs(jail: Jail, patterns: list[str]) -> bytes | None:
    """What init writes for these globs (jail/files.py); None when the jail is gone, or takes too long."""
    try:
        return await read_stream(jail, {"order": "collect", "patterns": patterns, "caps": _CAPS}, _MAX_BYTES)
    except (JailError, JailLostError):
        return None


async def read_stream(jail: Jail, order: Message, limit: int) -> bytes:
    """What init writes into a pipe for this order, at most so many bytes; JailError or JailLostError without it."""
    with step("open the pipes"):
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
    with trio.move_on_after(_TIMEOUT_S) as scope, closing(OutputCollector(read_end, limit, scope.cancel)) as collector:
        try:
            await jail.send(order, [write_end])
        finally:
            os.close(write_end)
        await collector.run()
        return collector.content
    raise JailError(f"read what is to {order['order']}", errno.ETIMEDOUT)
