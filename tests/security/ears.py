"""Who listens on the host, where no program may be heard."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Ear:
    """TCP and UDP, IPv4 and IPv6, on one port of the host."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.udp.bind(("::", self.port))
        self.tcp.setblocking(False)
        self.udp.setblocking(False)

    def heard(self) -> int:
        """How many came since the last time."""
        return sum(self._take(sock) for sock in (self.tcp, self.udp))

    def _take(self, sock: socket.socket) -> int:
        number = 0
        try:
            while True:
                if sock is self.tcp:
                    sock.accept()[0].close()
                else:
                    sock.recv(100)
                number += 1
        except BlockingIOError:
            return number

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


def own_addresses() -> list[str]:
    """The host's own, as it would use them for the rest of the world; and its loopback."""
    found = ["127.0.0.1", "::1"]
    for family, somewhere in ((socket.AF_INET, "203.0.113.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            try:
                sock.connect((somewhere, 9))
            except OSError:
                continue  # it has none
            found.append(sock.getsockname()[0])
    return found


@contextmanager
def web_server() -> Iterator[str]:
    """A server that answers everything by 200; its address."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Always) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Always(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not a word."""
