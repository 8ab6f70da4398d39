"""Every error of the HTTP contract: one exception, one JSON form, one table of statuses."""

import re

import msgspec
from msgspec import UNSET
from quart import Response, jsonify

from frontend.bodies import ErrorBody, ErrorDetail
from protocol.messages import ErrorCode, Refused

_MAX_TOLD = 300  # characters of what a decoder says

_STATUS: dict[str, int] = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNKNOWN_LANGUAGE: 400,
    ErrorCode.UNKNOWN_VERSION: 400,
    "unauthorized": 401,
    ErrorCode.FORBIDDEN: 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    ErrorCode.TOO_LARGE: 413,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "concurrency_limited": 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.BUSY: 503,
    ErrorCode.UNAVAILABLE: 503,
}
# For errors that the framework raises itself, by their HTTP status.
_CODES = {401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 408: "request_timeout",
          413: ErrorCode.TOO_LARGE, 415: "unsupported_media_type"}  # fmt: skip


class ApiError(Exception):
    """A request that was not carried out, as its client is told."""

    def __init__(
        self, code: str, message: str, path: list[str | int] | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path or []
        self.retry_after_s = retry_after_s

    @classmethod
    def from_refusal(cls, refused: Refused) -> "ApiError":
        return cls(refused.code, refused.message, refused.path, refused.retry_after_s)

    @classmethod
    def from_http(cls, status: int, description: str) -> "ApiError":
        """An error found by the framework, such as an unknown route."""
        fallback = ErrorCode.INTERNAL if status >= 500 else ErrorCode.INVALID_REQUEST
        return cls(_CODES.get(status, fallback), description)

    @property
    def status(self) -> int:
        """Of HTTP."""
        return _STATUS[self.code]

    def as_body(self) -> ErrorBody:
        return ErrorBody(ErrorDetail(str(self.code), self.message, self.path or UNSET))

    def as_response(self) -> Response:
        response = jsonify(msgspec.to_builtins(self.as_body()))
        response.status_code = self.status
        if self.code == "unauthorized":
            response.headers["WWW-Authenticate"] = "Bearer"
        if response.status_code in (429, 503):
            response.headers["Retry-After"] = str(self.retry_after_s or 1)
        return response


def located(error: msgspec.ValidationError) -> tuple[str, list[str | int]]:
    """Split msgspec's ``Expected `str`, got `int` - at `$.files[0].name` `` into what and where."""
    what, _, where = str(error).partition(" - at `$")
    if len(what) > _MAX_TOLD:  # it quotes names as long as the client makes them
        what = f"{what[:_MAX_TOLD]}…"
    what = (
        what.removeprefix("Object contains ").replace("Expected", "expected").replace("Object missing", "there is no")
    )
    path: list[str | int] = [
        int(index) if index else name for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
    ]
    if unknown := re.search(r"unknown field `(.+)`$", what):
        path.append(unknown[1])
    return (f"{spell(path)}: {what}" if path else what), path


def spell(path: list[str | int]) -> str:
    """A field as people write it: ``files[0].name``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
