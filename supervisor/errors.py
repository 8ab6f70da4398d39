"""Failures that are not a program's outcome."""

from protocol.messages import ErrorCode


class Refusal(Exception):
    """A request that is not carried out: the client's doing, or the host is full."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        path: list[str | int] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path or []
        self.retry_after_s = retry_after_s


class JailLostError(Exception):
    """A jail ended before its program began: the host's fault or ours. Safe to try again."""


class CutShortError(Exception):
    """A jail was lost when programs of the same execution had begun. Not safe to try again."""


class StartupError(Exception):
    """The supervisor can't start: the message says what the operator has to do."""
