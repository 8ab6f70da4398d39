"""The files of a jail, on their way in, and out of one jail into another.

Init writes and reads them, unprivileged and inside: no path of a request is ever
opened out here.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from jail.files import write_all
from jail.spec import step
from supervisor.jails import Jail
from supervisor.outputs import read_stream

MAX_BOX_BYTES = 32 * 1024 * 1024
_MAX_HEADER_BYTES = 4 * 1024 * 1024  # names of as many files as a jail holds
_FILE_MODE = 0o644
_Header = list[tuple[str, int, int]]  # name, size, mode


@dataclass(frozen=True, slots=True)
class Box:
    """All files of a working directory, as jail/packing.py writes them: a header, then their contents."""

    content: bytes
    header_bytes: int

    def files(self) -> list[tuple[str, bytes]]:
        """Names and contents; ValueError or msgspec.MsgspecError when a jail has written something else."""
        files = []
        offset = self.header_bytes
        for name, size, _ in msgspec.json.decode(self.content[: self.header_bytes], type=_Header):
            if not 0 <= size <= len(self.content) - offset:
                raise ValueError("the box ends before its files do")
            files.append((name, self.content[offset : offset + size]))
            offset += size
        return files


async def send_files(jail: Jail, files: list[tuple[str, bytes]]) -> None:
    """Have these written into the jail; JailError when they don't fit."""
    header = json.dumps([(name, len(content), _FILE_MODE) for name, content in files]).encode()
    await _send(jail, len(header), [header, *(content for _, content in files)])


async def send_box(jail: Jail, box: Box) -> None:
    """The same with what was packed elsewhere, whose modes it keeps."""
    await _send(jail, box.header_bytes, [box.content])


async def pack_box(jail: Jail, limit: int) -> Box | None:
    """All files of the jail's working directory; None when there is something else, or more than so many bytes."""
    content = await read_stream(jail, {"order": "pack", "limit": limit}, limit + _MAX_HEADER_BYTES)
    packed = await jail.receive()
    return Box(content, int(packed["header_bytes"])) if packed and packed["header_bytes"] else None


async def _send(jail: Jail, header_bytes: int, contents: Iterable[bytes]) -> None:
    with step("copy the files"):
        memfd = os.memfd_create("files", os.MFD_CLOEXEC)
    try:
        for content in contents:
            write_all(memfd, content)
        await jail.send({"order": "files", "header_bytes": header_bytes}, [memfd])
    finally:
        os.close(memfd)
