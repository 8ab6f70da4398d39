"""What the routes of all APIs need, to read a request and to answer it."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import msgspec
from quart import Blueprint, Response, request

from frontend.errors import ApiError
from protocol.messages import ErrorCode

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 1000
_Answer = Callable[..., Awaitable[Response]]


def json_response(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, content_type=JSON)


def slashed(routes: Blueprint) -> Callable[[str, str], Callable[[_Answer], None]]:
    """A decorator for routes whose path may end with a slash, as some clients end every path."""

    def route(path: str, method: str) -> Callable[[_Answer], None]:
        def add(answer: _Answer) -> None:
            for spelling in (path, f"{path}/"):
                routes.add_url_rule(spelling, f"{method}{path}".replace("/", "_"), answer, methods=[method])

        return add

    return route


async def read_body(max_bytes: int) -> bytes:
    """The whole body, which Quart keeps no longer; ApiError when it is longer."""
    raw = await request.get_data(cache=False, as_text=False)
    assert isinstance(raw, bytes)
    if len(raw) > max_bytes:
        raise ApiError(ErrorCode.TOO_LARGE, f"the body has more than {max_bytes} bytes")
    return raw


def read_form(raw: bytes, *, keeps_blank: bool = False) -> dict[str, list[str]]:
    """The fields of a form, and the values of each; ApiError when there are too many."""
    try:
        return parse_qs(raw.decode(errors="replace"), keep_blank_values=keeps_blank, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise ApiError(ErrorCode.TOO_LARGE, f"the form has more than {_MAX_FIELDS} fields") from error
