"""Three complete hosts behind HAProxy as it is delivered: killed, drained and added under load, nothing is lost or run twice.

Their programs sleep, so that what a host can do is its places, and three hosts can do it on one machine.
"""

import itertools
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import trio

from tests.balancer import Balancer, balancing
from tests.conftest import state_folder
from tests.integration.test_handover import command
from tests.networks import bridged
from tests.running import eventually, program_pids
from tests.service import Service, free_port

pytestmark = [pytest.mark.service, pytest.mark.alone]

PLACES = 2
CLIENTS = 12  # twice as many as there are places
SLEEP_S = 0.5
_PORT, _AGENT_PORT = 8080, 8081


@dataclass
class Farm:
    hosts: list[Service]
    balancer: Balancer

    def gets_work(self, host: Service) -> bool:
        """As the balancer has it; one of whom only some checks failed still does."""
        return self.balancer.status(f"host{self.hosts.index(host) + 1}").startswith("UP")

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.hosts[0].keys['execute']}"}
        url = self.balancer.url
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=60, verify=False, trust_env=False)

    async def drain(self, host: Service) -> None:
        """Until nothing runs there, and nothing more can come."""
        assert (await trio.to_thread.run_sync(command, host, "drain")).returncode == 0
        await eventually(lambda: not self.gets_work(host), "the balancer does not notice")
        await trio.to_thread.run_sync(host.wait_idle)

    async def take_back(self, host: Service) -> None:
        assert (await trio.to_thread.run_sync(command, host, "drain", "--end")).returncode == 0
        await eventually(lambda: self.gets_work(host), "the balancer does not notice")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with ExitStack() as stack:
        bridge = stack.enter_context(bridged(3))
        hosts = [_host(n, *each) for n, each in enumerate(bridge.addresses.items(), 1)]
        for host in hosts:
            stack.enter_context(host.running())
            host.copy_keys(hosts[0])
        bind, metrics_bind = (f"{bridge.address}:{free_port()}" for _ in range(2))
        addresses = [f"{host.address}:{host.port}" for host in hosts]
        folder = tmp_path_factory.mktemp("haproxy")
        yield Farm(hosts, stack.enter_context(balancing(folder, bind, metrics_bind, addresses, _AGENT_PORT)))


def _host(n: int, namespace: str, address: str) -> Service:
    own_ids = 1_500_000_000 + free_port() % 4096 * 65_536  # not of the port, which all of them have
    return Service(
        f"host{n}", state_folder(), _PORT, address=address, namespace=namespace,
        settings={"max_running": PLACES, "warm_jails": 0, "first_host_id": own_ids},
        frontend_settings={"agent_bind": f"{address}:{_AGENT_PORT}"},
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    tag: int
    status: int
    stdout: str | None
    execution: str | None


@dataclass
class Load:
    """Clients that never pause, with a program of its own for each request."""

    farm: Farm
    answers: list[Answer] = field(default_factory=list)
    is_over: bool = False
    _tags: Iterator[int] = field(default_factory=itertools.count)

    async def client(self) -> None:
        async with self.farm.client() as client:
            while not self.is_over:
                self.answers.append(await self._ask(client, next(self._tags)))

    async def _ask(self, client: httpx.AsyncClient, tag: int) -> Answer:
        # The second number, microseconds at the most, is how it is known on its host.
        body = {"language": "bash", "code": f"sleep {SLEEP_S} 0.{tag:012}; echo {tag}"}
        response = await client.post("/v1/execute", json=body)
        stdout = response.json()["run"]["stdout"] if response.status_code == 200 else None
        return Answer(tag, response.status_code, stdout, response.headers.get("X-Request-Id"))

    def failed(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status != 200]

    async def more(self, count: int) -> float:
        """Wait for so many answers; how many came in a second."""
        began_at, wanted = time.monotonic(), len(self.answers) + count
        await eventually(lambda: len(self.answers) >= wanted, f"no {count} answers came", 60)
        return count / (time.monotonic() - began_at)


@asynccontextmanager
async def loaded(farm: Farm) -> AsyncIterator[Load]:
    load = Load(farm)
    async with trio.open_nursery() as nursery:
        for _ in range(CLIENTS):
            nursery.start_soon(load.client)
        yield load
        load.is_over = True


def executions(host: Service) -> list[str]:
    """What was carried out, by its log."""
    return re.findall(r" execution=(\w+) ", host.log.read_text())


def running_tags(host: Service) -> set[int]:
    """Whose programs sleep there at this moment."""
    told = (Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in program_pids(host))
    return {int(words[2].removeprefix(b"0.")) for words in told if len(words) > 2}


async def kill(host: Service) -> set[int]:
    """Both daemons at once; whose programs were running, of which no answer can have come any more."""
    assert host.frontend
    assert host.supervisor
    await eventually(lambda: bool(program_pids(host)), "nothing runs there")
    for daemon in (host.frontend, host.supervisor):
        daemon.send_signal(signal.SIGSTOP)
    interrupted = running_tags(host)
    for daemon in (host.frontend, host.supervisor):
        daemon.kill()
        daemon.wait()
    return interrupted


async def test_throughput_follows_the_number_of_hosts(farm: Farm) -> None:
    _, second, third = farm.hosts
    for host in (second, third):
        await farm.drain(host)
    async with loaded(farm) as load:
        await load.more(PLACES)
        rates = [await load.more(6 * PLACES)]
        for host in (second, third):
            before = len(executions(host))
            await farm.take_back(host)
            await eventually(lambda: len(executions(host)) >= before + PLACES, "it gets nothing")  # noqa: B023
            rates.append(await load.more(6 * PLACES * (len(rates) + 1)))
    assert not load.failed()
    one, two, three = rates
    most = PLACES / SLEEP_S
    # A host can do no more than its places; less, as far as this machine is busy with other things.
    assert most * 0.6 < one < most * 1.3
    assert 1.5 < two / one < 2.6
    assert 2.1 < three / one < 3.9


async def test_killed_drained_and_added_under_load(farm: Farm) -> None:
    """Every client gets its own result, or hears that it was interrupted, and nothing runs twice."""
    _, second, third = farm.hosts
    before = {id_ for host in farm.hosts for id_ in executions(host)}
    async with loaded(farm) as load:
        await load.more(CLIENTS)
        assert not load.failed()
        interrupted = await kill(third)
        try:
            await eventually(lambda: not farm.gets_work(third), "the balancer does not notice")
            await load.more(CLIENTS)
            lost = load.failed()

            await farm.drain(second)
            done = executions(second)
            await load.more(CLIENTS)
            assert executions(second) == done
        finally:
            third.start_supervisor()
            third.start_frontend()
        await trio.to_thread.run_sync(third.wait_ready)
        await farm.take_back(second)
        counts = [len(executions(host)) for host in farm.hosts]
        await eventually(
            lambda: all(len(executions(host)) > count for host, count in zip(farm.hosts, counts, strict=True)),
            "a host that was added gets nothing",
        )
    assert interrupted
    check_every_answer(load, interrupted, lost)
    check_every_execution(farm, load, before)


def check_every_answer(load: Load, interrupted: set[int], lost: list[Answer]) -> None:
    """Right, or of who was at the host that died: those whose programs ran there all, and nobody later."""
    assert sorted(answer.tag for answer in load.answers) == list(range(len(load.answers)))
    assert [answer for answer in load.answers if answer.status == 200 and answer.stdout != f"{answer.tag}\n"] == []
    assert load.failed() == lost
    assert interrupted <= {answer.tag for answer in lost}
    assert {answer.status for answer in lost} <= {500, 502}
    assert len(lost) <= CLIENTS


def check_every_execution(farm: Farm, load: Load, before: set[str]) -> None:
    """Carried out once each, on one host; what has no answer was done when its host died, before it was told."""
    carried_out = [Counter(id_ for id_ in executions(host) if id_ not in before) for host in farm.hosts]
    assert set(sum(carried_out, Counter()).values()) == {1}
    answered = {answer.execution for answer in load.answers if answer.status == 200}
    assert answered <= set(sum(carried_out, Counter()))
    unanswered = [set(each) - answered for each in carried_out]
    assert unanswered[:2] == [set(), set()]
    assert len(unanswered[2]) <= len(load.failed())
