"""Pages for people, and the files they are made of: all from this package, and nothing from elsewhere."""

import gzip
import hashlib
from importlib.resources import files
from pathlib import PurePath

from quart import Blueprint, Response, abort, request

# Nothing from elsewhere and nothing inline; WebSockets to this host are 'self' as well.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = "index.html"
# What the host makes of a name may be something else.
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


class _Asset:
    """A file as it is sent."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content = content
        self.packed = gzip.compress(content, mtime=0)
        self.etag = hashlib.sha256(content).hexdigest()[:32]
        self.content_type = f"{_TYPES[PurePath(name).suffix]}; charset=utf-8"

    def response(self) -> Response:
        is_packed = request.accept_encodings["gzip"] > 0
        response = Response(self.packed if is_packed else self.content, content_type=self.content_type)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        # Asked for each time, but not sent each time: another version may be serving by then.
        response.headers |= {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "Content-Security-Policy": _POLICY}
        response.headers["Referrer-Policy"] = "no-referrer"
        response.set_etag(self.etag, weak=True)  # packed and not, it is the same
        return response


def make_page(folder: str, path: str, prefix: str) -> Blueprint:
    """The blueprint of a page: a folder of this package, its page at one path, its files below another; read once."""
    routes = Blueprint(folder, __name__)
    entries = files("frontend").joinpath(folder).iterdir()
    assets = {entry.name: _Asset(entry.name, entry.read_bytes()) for entry in entries if entry.is_file()}

    @routes.get(path)
    async def page() -> Response:
        return await assets[_PAGE].response().make_conditional(request)

    @routes.get(f"{prefix}/<name>")
    async def asset(name: str) -> Response:
        if name not in assets:
            abort(404)
        return await assets[name].response().make_conditional(request)

    return routes
