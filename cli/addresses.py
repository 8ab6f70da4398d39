"""Whether an address is one, and free to be listened at."""

import socket
from typing import Any

from frontend.config import host_and_port


def try_to_listen(bind: str) -> list[Any]:
    """Take it for a moment; all that it stands for, by getaddrinfo(3). OSError when that can't be."""
    found = socket.getaddrinfo(*host_and_port(bind), type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
    return found
