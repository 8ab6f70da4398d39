"""Networks with an address each, on a bridge with this machine: other hosts, for all that TCP can tell."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Bridge:
    """What hangs on it."""

    address: str  # of this machine
    addresses: dict[str, str]  # of the others, by their namespace


@contextmanager
def bridged(count: int) -> Iterator[Bridge]:
    """So many namespaces, with the pid in all their names; gone with all they had at the end."""
    name = f"rj{os.getpid()}"
    # RFC 2544 has it for tests of networks: nobody's real one is there.
    prefix = f"198.18.{os.getpid() % 256}"
    addresses = {f"{name}-{n}": f"{prefix}.{10 + n}" for n in range(1, count + 1)}
    try:
        _ip("link", "add", name, "type", "bridge")
        _ip("address", "add", f"{prefix}.1/24", "dev", name)
        _ip("link", "set", name, "up")
        for namespace, address in addresses.items():
            _connect(name, namespace, address)
        yield Bridge(f"{prefix}.1", addresses)
    finally:
        for namespace in addresses:
            # A pair goes with either end; the one in the namespace may outlive its name.
            subprocess.run(["ip", "link", "delete", namespace], stderr=subprocess.DEVNULL)
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "delete", name], stderr=subprocess.DEVNULL)


def _connect(bridge: str, namespace: str, address: str) -> None:
    _ip("netns", "add", namespace)
    _ip("link", "add", namespace, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    _ip("link", "set", namespace, "master", bridge, "up")
    _ip("-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
    _ip("-n", namespace, "link", "set", "eth0", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
