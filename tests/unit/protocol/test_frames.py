"""Framing, however the bytes arrive."""

import pytest

from protocol.frames import HEADER_BYTES, MAX_FRAME_BYTES, FrameDecoder, FrameError, encode_frame

PAYLOADS = [b"", b"a", b"x" * 70_000]


@pytest.mark.parametrize("step", [1, 2, 3, 4096, 1 << 20])
def test_payloads_come_back_however_they_are_cut(step: int) -> None:
    stream = b"".join(map(encode_frame, PAYLOADS))
    decoder = FrameDecoder()
    received = [payload for at in range(0, len(stream), step) for payload in decoder.feed(stream[at : at + step])]
    assert received == PAYLOADS
    assert decoder.is_between_frames


def test_too_long_a_frame_is_refused_before_its_bytes_come() -> None:
    header = (MAX_FRAME_BYTES + 1).to_bytes(HEADER_BYTES, "big")
    with pytest.raises(FrameError):
        list(FrameDecoder().feed(header))


def test_too_long_a_payload_is_not_sent() -> None:
    with pytest.raises(FrameError):
        encode_frame(bytes(MAX_FRAME_BYTES + 1))


def test_half_a_frame_is_noticed() -> None:
    decoder = FrameDecoder()
    assert list(decoder.feed(encode_frame(b"abc")[:-1])) == []
    assert not decoder.is_between_frames
