"""What a build says of itself while it goes on."""

from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a layer is; ``percent`` is of the phase, None when it can't be known."""

    phase: str
    detail: str = ""
    percent: float | None = None
