"""The balancer's configuration: what is sent to another host, and above all what is not. The hosts are a few lines."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trio

from tests.balancer import FILE, Balancer, balancing
from tests.fake_hosts import AGENT_PORT, PORT, Host, served
from tests.running import eventually
from tests.service import free_port

# Of buffers: with one byte more in the body than is left of it, a request is not sent again.
_BUFFER_BYTES = 65_536


@dataclass
class Farm:
    balancer: Balancer
    hosts: list[Host]

    async def post(
        self, content: bytes = b"{}", path: str = "/v1/execute", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.balancer.url, verify=False, trust_env=False, timeout=30) as client:
            return await client.post(path, content=content, headers=headers)

    async def get(self, url: str) -> httpx.Response:
        async with httpx.AsyncClient(verify=False, trust_env=False, timeout=30) as client:
            return await client.get(url)

    async def settled(self, *statuses: str) -> None:
        """Until the balancer thinks this of the hosts."""

        def think() -> bool:
            return tuple(self.balancer.status(f"host{n}") for n, _ in enumerate(self.hosts, 1)) == statuses

        await eventually(think, f"the hosts are not {statuses}: {self.balancer.servers()}")


@pytest.fixture
async def farm(tmp_path: Path) -> AsyncIterator[Farm]:
    async with AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(served(Host(f"127.0.77.{n}"))) for n in (1, 2)]
        bind, metrics_bind = (f"127.0.77.100:{free_port()}" for _ in range(2))
        addresses = [f"{host.address}:{PORT}" for host in hosts]
        balancer = stack.enter_context(balancing(tmp_path, bind, metrics_bind, addresses, AGENT_PORT))
        yield Farm(balancer, hosts)


def test_the_file_is_right_as_it_is() -> None:
    done = subprocess.run(["haproxy", "-c", "-f", str(FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


async def test_what_a_busy_host_has_not_begun_another_gets(farm: Farm) -> None:
    first, second = farm.hosts
    first.status = 503
    for n in range(4):
        answer = await farm.post(b'{"n": %d}' % n)
        assert (answer.status_code, answer.json()["host"]) == (200, second.address)
    assert second.bodies == [b'{"n": %d}' % n for n in range(4)]
    assert first.bodies


async def test_where_all_are_busy_the_client_is_told_after_two_more_tries(farm: Farm) -> None:
    for host in farm.hosts:
        host.status = 503
    assert (await farm.post()).status_code == 503
    assert sum(len(host.bodies) for host in farm.hosts) == 3


@pytest.mark.parametrize("status", [500, None])
async def test_what_may_have_been_begun_is_never_sent_again(farm: Farm, status: int | None) -> None:
    for host in farm.hosts:
        host.status = status
    answer = await farm.post()
    assert answer.status_code == (status or 502)
    if status is None:
        assert answer.json()["error"]["code"] == "internal"
    assert sum(len(host.bodies) for host in farm.hosts) == 1


async def test_client_that_has_asked_before_is_told_as_well(farm: Farm) -> None:
    """HAProxy's own way is to close a connection that is kept, whereupon many clients ask again: curl does."""
    async with httpx.AsyncClient(base_url=farm.balancer.url, verify=False, trust_env=False, timeout=30) as client:
        assert (await client.post("/v1/execute", content=b"{}")).status_code == 200
        for host in farm.hosts:
            host.status = None
            host.bodies.clear()
        assert (await client.post("/v1/execute", content=b"{}")).status_code == 502
    assert sum(len(host.bodies) for host in farm.hosts) == 1


async def test_what_is_larger_than_a_buffer_is_not_sent_again(farm: Farm) -> None:
    for host in farm.hosts:
        host.status = 503
    assert (await farm.post(b"x" * _BUFFER_BYTES)).status_code == 503
    assert sum(len(host.bodies) for host in farm.hosts) == 1
    for host in farm.hosts:
        host.bodies.clear()
    assert (await farm.post(b"x" * 60_000)).status_code == 503
    assert sum(len(host.bodies) for host in farm.hosts) == 3


async def test_agent_s_words_are_obeyed_and_taken_back(farm: Farm) -> None:
    first, second = farm.hosts
    await farm.settled("UP", "UP")
    first.line = "drain\n"
    await farm.settled("DRAIN (agent)", "UP")
    for _ in range(4):
        assert (await farm.post()).json()["host"] == second.address
    first.line = "down #it is broken\n"
    second.line = "up ready 10%\n"
    await farm.settled("DOWN (agent)", "UP")
    first.line = "up ready 50%\n"
    await farm.settled("UP", "UP")
    weights = [farm.balancer.servers()[name]["weight"] for name in ("host1", "host2")]
    assert weights == ["50", "10"]


async def test_submissions_of_one_key_are_at_one_host(farm: Farm) -> None:
    answers = [await farm.post(path="/submissions", headers={"X-Auth-Token": "rt_live_x"}) for _ in range(6)]
    assert len({answer.json()["host"] for answer in answers}) == 1


@pytest.mark.parametrize("path", ["/v1/admin/pool", "/admin", "/metrics", "/%6detrics", "/v1/%61dmin/pool"])
async def test_what_tells_of_one_host_is_not_to_be_had(farm: Farm, path: str) -> None:
    assert (await farm.get(f"{farm.balancer.url}{path}")).status_code == 404


async def test_host_is_added_while_requests_are_under_way(farm: Farm) -> None:
    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await farm.post(b"before"))

    for host in farm.hosts:
        host.is_done = trio.Event()
    async with served(Host("127.0.77.3")) as third:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            await eventually(lambda: any(host.bodies for host in farm.hosts), "no host was asked")
            farm.hosts.append(third)
            farm.balancer.reload([f"{host.address}:{PORT}" for host in farm.hosts])
            await eventually(lambda: len(farm.balancer.servers()) == len(farm.hosts), "it is not added")
            await farm.settled("UP", "UP", "UP")
            for host in farm.hosts:
                if host.is_done is not None:
                    host.is_done.set()
        assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, 200)]
        for _ in farm.hosts:
            assert (await farm.post(b"after")).status_code == 200
        assert third.bodies
    assert sum(host.bodies.count(b"before") for host in farm.hosts) == 1


async def test_prometheus_is_told(farm: Farm) -> None:
    metrics = (await farm.get(f"{farm.balancer.metrics_url}/metrics")).text
    assert 'haproxy_server_weight{proxy="hosts",server="host1"}' in metrics
