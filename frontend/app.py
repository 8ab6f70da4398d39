"""The application: routes, and what holds for all of them."""

import logging
import time
import uuid

from quart import Response, g, request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from frontend.assets import make_page
from frontend.config import Config
from frontend.docs import make_docs
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.http_metrics import HttpMetrics
from frontend.judge0 import make_judge0
from frontend.keys import KeyStore
from frontend.metrics import make_metrics
from frontend.piston import PREFIXES, make_piston
from frontend.routes import make_routes
from frontend.schemas import MAX_BODY_BYTES
from frontend.web_socket import make_socket
from protocol.messages import ErrorCode

log = logging.getLogger(__name__)


_BODY_TIMEOUT_S = 30


def create_app(executor: Executor, keys: KeyStore, http_metrics: HttpMetrics, config: Config) -> QuartTrio:
    """Make the application; everything it needs is given, nothing is global."""
    app = QuartTrio("frontend", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES, BODY_TIMEOUT=_BODY_TIMEOUT_S)
    app.url_map.merge_slashes = False  # or `//` would be redirected to, by whatever name the client calls us
    app.register_blueprint(make_routes(executor, keys))
    app.register_blueprint(make_socket(executor, keys))
    app.register_blueprint(make_judge0(executor, keys, config))
    app.register_blueprint(make_metrics(executor.client, keys, http_metrics))
    app.register_blueprint(make_docs())
    app.register_blueprint(make_page("playground", "/", "/playground"))
    app.register_blueprint(make_page("dashboard", "/admin", "/admin"))
    if config.piston != "off":
        for prefix in PREFIXES:
            name = prefix.strip("/").replace("/", "_")
            app.register_blueprint(make_piston(executor, keys, name, config.piston), url_prefix=prefix)
    app.before_request(_name_request)
    app.before_websocket(_name_websocket)
    app.after_request(_set_headers)
    app.after_request(http_metrics.note)
    app.register_error_handler(ApiError, _answer_api_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_bug)
    return app


async def _name_request() -> None:
    g.execution_id = uuid.uuid4().hex
    g.came_at = time.monotonic()
    g.server_timing = ""
    if "Content-Length" in request.headers and "Transfer-Encoding" in request.headers:
        # A proxy might take the one for the body's length, and we the other.
        raise ApiError(ErrorCode.INVALID_REQUEST, "both Content-Length and Transfer-Encoding are given")


async def _name_websocket() -> None:
    g.execution_id = uuid.uuid4().hex


async def _set_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.execution_id
    total = f"total;dur={(time.monotonic() - g.came_at) * 1000:.1f}"
    response.headers["Server-Timing"] = f"{g.server_timing}{total}"
    response.headers.update(g.get("rate_limit", {}))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def _answer_api_error(error: ApiError) -> Response:
    return error.as_response()


async def _answer_http_error(error: HTTPException) -> Response:
    api_error = ApiError.from_http(error.code or 500, _describe(error))
    response = api_error.as_response()
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


async def _answer_bug(error: Exception) -> Response:
    log.error("request %s failed", g.execution_id, exc_info=error)
    return ApiError(ErrorCode.INTERNAL, f"internal error; the log has more under id {g.execution_id}").as_response()


def _describe(error: HTTPException) -> str:
    match error.code:
        case 404:
            return f"there is nothing at {request.path}"
        case 405:
            return f"{request.method} is not possible at {request.path}"
        case 413:
            return f"the body has more than {MAX_BODY_BYTES} bytes"
        case _:
            return error.description or error.name
