"""HAProxy as deploy/haproxy has it, but for addresses."""

import csv
import io
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "deploy" / "haproxy" / "haproxy.cfg"
_START_TIMEOUT_S = 10
_STOP_TIMEOUT_S = 10


@dataclass
class Balancer:
    """One HAProxy that runs."""

    url: str
    metrics_url: str
    control: Path  # its socket

    def ask(self, command: str) -> str:
        """What it answers to a command of its management guide."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(self.control))
            sock.sendall(f"{command}\n".encode())
            return sock.makefile().read()

    def servers(self) -> dict[str, dict[str, str]]:
        """Its columns of statistics, by server."""
        rows = csv.DictReader(io.StringIO(self.ask("show stat hosts 4 -1").removeprefix("# ")))
        return {row["svname"]: row for row in rows}

    def status(self, server: str) -> str:
        return self.servers()[server]["status"]


@contextmanager
def balancing(
    folder: Path, bind: str, metrics_bind: str, servers: Sequence[str], agent_port: int, tls_bind: str | None = None
) -> Iterator[Balancer]:
    """Run it for these servers, which get the names host1, host2 and so on; all of it listens when this returns.

    ``tls_bind``: it listens there as well, with the certificate and key that are in ``folder / "certs"``.
    """
    config, control = folder / "haproxy.cfg", folder / "admin.sock"
    config.write_text(_configured(control, bind, metrics_bind, servers, agent_port))
    if tls_bind:
        _switch_on_tls(config, tls_bind)
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    balancer = Balancer(f"http://{bind}", f"http://{metrics_bind}", control)
    try:
        _wait_until_it_runs(process, balancer, folder / "haproxy.log")
        yield balancer
    finally:
        process.kill()
        process.wait(_STOP_TIMEOUT_S)


def _configured(control: Path, bind: str, metrics_bind: str, servers: Sequence[str], agent_port: int) -> str:
    text = FILE.read_text()
    changes = {
        r"    bind :80": f"    bind {bind}",
        r"    bind 127\.0\.0\.1:8404": f"    bind {metrics_bind}",
        r"    stats socket \S+": f"    stats socket {control}",
        r"    log /dev/log local0": "    log stdout format raw local0",
        r"agent-port 8081": f"agent-port {agent_port}",
        r"(?m)(?:^    server host.*\n)+": "".join(
            f"    server host{n} {address}\n" for n, address in enumerate(servers, 1)
        ),
    }
    for pattern, replacement in changes.items():
        text, count = re.subn(pattern, replacement, text)
        assert count == 1, f"{pattern} stands {count} times in {FILE}"
    return text


def _switch_on_tls(config: Path, bind: str) -> None:
    """By the line that is there for it, commented out."""
    line = r"    # bind :443 ssl crt /etc/haproxy/certs/ (alpn \S+) .*"
    text, count = re.subn(line, rf"    bind {bind} ssl crt {config.parent}/certs/ \1", config.read_text())
    assert count == 1, f"{line} stands {count} times in {FILE}"
    config.write_text(text)


def _wait_until_it_runs(process: subprocess.Popen[bytes], balancer: Balancer, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            balancer.servers()
            return
        time.sleep(0.02)
    raise AssertionError(f"HAProxy does not run:\n{log.read_text()}")
