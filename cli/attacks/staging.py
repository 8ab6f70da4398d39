"""What the doctor puts on the host for the attacks: a secret to be read, ears to be reached, a neighbour to be hit."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Where programs may leave something: of a jail these are its own, of the host everybody's.
PLACES = ("/tmp", "/var/tmp", "/dev/shm")
_NEIGHBOUR = "import sys; kept = b'x' * (64 << 20); print('ready', flush=True); sys.stdin.read()"


@dataclass
class Stage:
    """All of it; anybody on the host may read the secret, and connect."""

    folder: Path  # where programs run outside
    secret: Path
    mark: str
    neighbour: "subprocess.Popen[bytes]"
    ears: list[socket.socket]
    port: int
    abstract_name: str
    places: tuple[Path, ...] = field(default=())

    def heard(self) -> str:
        """Who came since the last time."""
        return "something" if sum(_hears(ear) for ear in self.ears) else "nothing"

    def left(self) -> str:
        """Where a program's mark is found on the host."""
        found = [str(place) for place in self.places if (place / self.mark).exists()]
        return f"in {', '.join(found)}" if found else "nothing"

    def clean(self) -> None:
        for place in self.places:
            if (place / self.mark).exists():  # else it may be a file system that nothing can be removed from
                (place / self.mark).unlink()


@contextmanager
def staged(state: Path) -> Iterator[Stage]:
    """Put it all there, and take all of it away again."""
    with ExitStack() as stack:
        mark = f"runjail-mark-{secrets.token_hex(8)}"
        folder = Path(tempfile.mkdtemp(prefix="runjail-doctor-"))
        stack.callback(shutil.rmtree, folder)
        folder.chmod(0o755)
        (folder / "work").mkdir()
        secret = folder / f"secret-{secrets.token_hex(8)}"
        secret.write_text(f"runjail-secret-{secrets.token_hex(16)}")
        secret.chmod(0o644)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(tcp.getsockname())
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{mark}")
        abstract.listen()
        places = (folder / "work", *map(Path, PLACES), *_roots(state))
        stage = Stage(
            folder=folder / "work",
            secret=secret,
            mark=mark,
            neighbour=stack.enter_context(_neighbour(secret)),
            ears=[tcp, udp, abstract],
            port=tcp.getsockname()[1],
            abstract_name=mark,
            places=places,
        )
        for ear in stage.ears:
            ear.setblocking(False)
        stack.callback(stage.clean)
        yield stage


def _roots(state: Path) -> list[Path]:
    """In the layers, the places where a jail's files would come to lie if they went through."""
    layers = (state / "layers").glob("*")
    return [layer / place for layer in layers for place in ("box", "tmp", "var/tmp", "dev/shm")]


@contextmanager
def _neighbour(secret: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Somebody else's process, with the secret in its environment and open, and memory to be shortest of."""
    environment = {**os.environ, "RUNJAIL_DOCTOR": secret.read_text()}
    with (
        secret.open() as opened,
        subprocess.Popen(
            [sys.executable, "-I", "-c", _NEIGHBOUR],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, pass_fds=(opened.fileno(),),
        ) as neighbour,
    ):  # fmt: skip
        assert neighbour.stdout
        neighbour.stdout.readline()
        yield neighbour
        neighbour.kill()


def _hears(ear: socket.socket) -> bool:
    came = False
    try:
        while True:
            if ear.type == socket.SOCK_DGRAM:
                ear.recv(100)
            else:
                ear.accept()[0].close()
            came = True
    except BlockingIOError:
        return came
