"""HAProxy as deploy/haproxy has it, but for addresses."""

import csv
import io
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

FILE = Path(__file__).parents[1] / "deploy" / "haproxy" / "haproxy.cfg"
_START_TIMEOUT_S = 10
_STOP_TIMEOUT_S = 10
_ANSWER_TIMEOUT_S = 2


@dataclass
class Balancer:
    """One HAProxy that runs."""

    url: str
    metrics_url: str
    control: Path  # its socket
    master: Path  # its master's
    config: Path
    configured: Callable[[Sequence[str]], str]  # what is in it, with these servers

    def reload(self, servers: Sequence[str]) -> None:
        """Have these from now on, as by `systemctl reload haproxy`."""
        self.config.write_text(self.configured(servers))
        _ask(self.master, "reload")

    def ask(self, command: str) -> str:
        """What it answers to a command of its management guide."""
        return _ask(self.control, command)

    def servers(self) -> dict[str, dict[str, str]]:
        """Its columns of statistics, by server."""
        rows = csv.DictReader(io.StringIO(self.ask("show stat hosts 4 -1").removeprefix("# ")))
        return {row["svname"]: row for row in rows}

    def status(self, server: str) -> str:
        return self.servers()[server]["status"]


def _ask(path: Path, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(_ANSWER_TIMEOUT_S)
        sock.connect(str(path))
        sock.sendall(f"{command}\n".encode())
        sock.shutdown(socket.SHUT_WR)  # or the master waits for more
        return sock.makefile().read()


@contextmanager
def balancing(
    folder: Path, bind: str, metrics_bind: str, servers: Sequence[str], agent_port: int, tls_bind: str | None = None
) -> Iterator[Balancer]:
    """Run it for these servers, which get the names host1, host2 and so on; all of it listens when this returns.

    ``tls_bind``: it listens there as well, with the certificate and key that are in ``folder / "certs"``.
    """
    config, control, master = (folder / name for name in ("haproxy.cfg", "admin.sock", "master.sock"))
    configured = partial(_configured, control, bind, metrics_bind, agent_port)
    config.write_text(configured(servers))
    if tls_bind:
        _switch_on_tls(config, tls_bind)
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-W", "-S", str(master), "-db", "-f", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    balancer = Balancer(f"http://{bind}", f"http://{metrics_bind}", control, master, config, configured)
    try:
        _wait_until_it_runs(process, balancer, folder / "haproxy.log")
        yield balancer
    finally:
        process.terminate()  # the master, and with it every worker
        process.wait(_STOP_TIMEOUT_S)


def _configured(control: Path, bind: str, metrics_bind: str, agent_port: int, servers: Sequence[str]) -> str:
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
            _ask(balancer.master, "show proc")  # which comes later than its worker, and does not reload before
            return
        time.sleep(0.02)
    raise AssertionError(f"HAProxy does not run:\n{log.read_text()}")
