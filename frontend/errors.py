"""Every error of the HTTP contract: one exception, one JSON form, one table of statuses."""

from quart import Response, jsonify

from protocol.messages import ErrorCode, Refused

_STATUS: dict[str, int] = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNKNOWN_LANGUAGE: 400,
    ErrorCode.UNKNOWN_VERSION: 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    ErrorCode.TOO_LARGE: 413,
    "unsupported_media_type": 415,
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

    def as_response(self) -> Response:
        error: dict[str, object] = {"code": str(self.code), "message": self.message}
        if self.path:
            error["path"] = self.path
        response = jsonify({"error": error})
        response.status_code = _STATUS[self.code]
        if self.code == "unauthorized":
            response.headers["WWW-Authenticate"] = "Bearer"
        if response.status_code == 503:
            response.headers["Retry-After"] = str(self.retry_after_s or 1)
        return response
