"""Networks with an address each, on a bridge with this machine: other hosts, for all that TCP can tell."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Bridge:
    """What hangs on it."""

    address: str  # of this machine
    addresses: dict[str, str]  # of the others, by the file of their namespace


@contextmanager
def bridged(count: int) -> Iterator[Bridge]:
    """So many namespaces; gone with all they had at the end."""
    name = f"rj{os.getpid()}"
    # RFC 2544 has it for tests of networks: nobody's real one is there.
    prefix = f"198.18.{os.getpid() % 256}"
    with ExitStack() as stack:
        _ip("link", "add", name, "type", "bridge")
        stack.callback(_ip, "link", "delete", name)
        _ip("address", "add", f"{prefix}.1/24", "dev", name)
        _ip("link", "set", name, "up")
        addresses = {}
        for n in range(1, count + 1):
            address = f"{prefix}.{10 + n}"
            holder = stack.enter_context(_namespace())
            _connect(name, f"{name}-{n}", holder, address)
            # A pair goes with either end; the one in the namespace may outlive its holder.
            stack.callback(_ip, "link", "delete", f"{name}-{n}")
            addresses[f"/proc/{holder}/ns/net"] = address
        yield Bridge(f"{prefix}.1", addresses)


@contextmanager
def _namespace() -> Iterator[int]:
    """The process that keeps it; not a file of `ip netns`, which is a mount that others' tests would find."""
    command = ["unshare", "--net", "sh", "-c", "echo; exec cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline()
        yield holder.pid
        holder.stdin.close()


def _connect(bridge: str, link: str, holder: int, address: str) -> None:
    _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(holder))
    _ip("link", "set", link, "master", bridge, "up")
    inside = ("nsenter", f"--net=/proc/{holder}/ns/net")
    _ip("address", "add", f"{address}/24", "dev", "eth0", by=inside)
    _ip("link", "set", "eth0", "up", by=inside)


def _ip(*words: str, by: tuple[str, ...] = ()) -> None:
    subprocess.run([*by, "ip", *words], check=True)
