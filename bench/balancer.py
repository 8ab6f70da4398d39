"""What HAProxy takes of a processor, as deploy/haproxy has it: for each request, and for the checks of each host.

Its CPU time, not what it gets through: hosts are stand-ins of this process, which
is the slower one. Needs haproxy, and root for its chroot.
"""

import argparse
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import trio

from bench.hello import machine
from bench.report import Report
from supervisor.process_usage import process_usage
from tests.balancer import Balancer, balancing
from tests.fake_hosts import AGENT_PORT, PORT, Host, served
from tests.service import free_port

_HOSTS = (3, 90)
_REQUESTS = 4000
_CLIENTS = 16
_CHECKED_S = 20
_BODY = b'{"language": "python", "code": "%b"}' % (b"x" * 800)
_HEAD = b"POST /v1/execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    report = Report(parser.parse_args().json, machine())
    print(machine())
    report.begin("HAProxy's CPU time", ("hosts", "ms / request", "ms / s and host for checks"))
    for hosts in _HOSTS:
        report.add(hosts, *trio.run(measure, hosts))
    report.end()


async def measure(hosts: int) -> tuple[float, float]:
    """Milliseconds for a request, and for the checks of one host in a second."""
    async with AsyncExitStack() as stack:
        addresses = [f"127.0.88.{n}" for n in range(1, hosts + 1)]
        for address in addresses:
            await stack.enter_async_context(served(Host(address)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bind, metrics_bind = (f"127.0.88.100:{free_port()}" for _ in range(2))
        servers = [f"{address}:{PORT}" for address in addresses]
        balancer = stack.enter_context(balancing(folder, bind, metrics_bind, servers, AGENT_PORT))
        before, since = cpu_s(balancer), time.monotonic()
        await trio.sleep(_CHECKED_S)
        checks = (cpu_s(balancer) - before) / (time.monotonic() - since)
        before, since = cpu_s(balancer), time.monotonic()
        await ask(bind)
        spent = cpu_s(balancer) - before - checks * (time.monotonic() - since)
    return round(1000 * spent / _REQUESTS, 3), round(1000 * checks / hosts, 3)


async def ask(bind: str) -> None:
    """Some clients at once, a connection for each request."""
    host, _, port = bind.rpartition(":")

    async def client() -> None:
        for _ in range(_REQUESTS // _CLIENTS):
            async with await trio.open_tcp_stream(host, int(port)) as stream:
                await stream.send_all(_HEAD % len(_BODY) + _BODY)
                answered = b"".join([part async for part in stream])
                assert answered.startswith(b"HTTP/1.1 200"), answered

    async with trio.open_nursery() as nursery:
        for _ in range(_CLIENTS):
            nursery.start_soon(client)


def cpu_s(balancer: Balancer) -> float:
    """Of its worker, user and system."""
    pid = int(balancer.ask("show info").partition("\nPid: ")[2].split()[0])
    usage = process_usage("haproxy", pid)
    assert usage
    return usage.cpu_s


if __name__ == "__main__":
    main()
