"""The socket that frontends connect to: systemd's, where it holds one for us, else our own."""

import os
import pwd
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import trio

from protocol.systemd import passed_sockets
from supervisor.config import Config
from supervisor.errors import StartupError

_BACKLOG = 128


def frontend_user(config: Config) -> pwd.struct_passwd:
    """Whom it is for; StartupError if there is no such user."""
    try:
        return pwd.getpwnam(config.frontend_user)
    except KeyError:
        raise StartupError(f"there is no user {config.frontend_user!r} for the frontend") from None


@contextmanager
def listening(config: Config) -> Iterator[trio.SocketListener]:
    """While it is open, connections come. One of systemd's goes on without us: who connects waits for our successor."""
    for given in passed_sockets().values():  # one, by runjail-supervisor.socket
        with given:
            yield trio.SocketListener(trio.socket.from_stdlib_socket(given))
        return
    path = config.socket_path
    path.unlink(missing_ok=True)  # a predecessor's; the lock says it is dead
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.bind(str(path))
        os.chown(path, 0, frontend_user(config).pw_gid)
        os.chmod(path, 0o660)
        sock.listen(_BACKLOG)
        try:
            yield trio.SocketListener(trio.socket.from_stdlib_socket(sock))
        finally:
            path.unlink(missing_ok=True)
