"""Frames without I/O: a length in front of each message, checked before anything is allocated."""

from collections.abc import Iterator

HEADER_BYTES = 4
# An execution with the largest files and stdin, and a result with the largest outputs, fit.
MAX_FRAME_BYTES = 24 * 1024 * 1024


class FrameError(Exception):
    """The peer broke the framing: its fault, and the end of its connection."""


def encode_frame(payload: bytes) -> bytes:
    if len(payload) > MAX_FRAME_BYTES:
        raise FrameError(f"a message of {len(payload)} bytes does not fit a frame")
    return len(payload).to_bytes(HEADER_BYTES, "big") + payload


class FrameDecoder:
    """Cuts a stream of bytes into payloads, however it arrives."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray) -> Iterator[bytes]:
        """Take bytes; give every payload that is now whole."""
        self._buffer += data
        while len(self._buffer) >= HEADER_BYTES:
            length = int.from_bytes(self._buffer[:HEADER_BYTES], "big")
            if length > MAX_FRAME_BYTES:
                raise FrameError(f"a frame of {length} bytes is longer than {MAX_FRAME_BYTES}")
            end = HEADER_BYTES + length
            if len(self._buffer) < end:
                return
            payload = bytes(memoryview(self._buffer)[HEADER_BYTES:end])
            del self._buffer[:end]
            yield payload

    @property
    def is_between_frames(self) -> bool:
        return not self._buffer
