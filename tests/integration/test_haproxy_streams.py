"""What lasts, through HAProxy and its TLS: events as they come, a WebSocket, and a client that leaves."""

import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trio
from websockets.sync.client import connect

from tests.balancer import balancing
from tests.running import eventually, program_pids
from tests.service import Service, free_port
from tests.talk import Talk

pytestmark = pytest.mark.service


@pytest.fixture
def certificates(tmp_path: Path) -> ssl.SSLContext:
    """Makes one, where the balancer looks for it, and trusts it."""
    folder = tmp_path / "certs"
    folder.mkdir()
    made = folder / "it.pem"
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run(
        ["openssl", "req", *options, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made, "-out", tmp_path / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    with made.open("a") as file:
        file.write((tmp_path / "cert").read_text())
    return ssl.create_default_context(cafile=str(made))


@pytest.fixture
def address(service: Service, certificates: ssl.SSLContext, tmp_path: Path) -> Iterator[str]:
    """Of TLS; behind it is the one service."""
    binds = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    servers = [f"127.0.0.1:{service.port}"]
    # Nobody answers the agent check, which is not asked for more than that then.
    with balancing(tmp_path, binds[0], binds[1], servers, free_port(), tls_bind=binds[2]):
        yield binds[2]


def test_events_come_as_they_are(service: Service, address: str, certificates: ssl.SSLContext) -> None:
    """And when their client leaves, its program ends."""
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Accept": "text/event-stream"}
    body = {"language": "bash", "code": "echo early; sleep 1000", "run_timeout": 60_000}
    with (
        httpx.Client(verify=certificates, trust_env=False, timeout=30) as client,
        client.stream("POST", f"https://{address}/v1/execute", json=body, headers=headers) as response,
    ):
        assert response.headers["content-type"] == "text/event-stream"
        lines = response.iter_lines()  # which closes the connection when it goes
        while "early" not in next(lines):
            pass
        while not program_pids(service):
            time.sleep(0.02)
    service.wait_idle()


async def test_client_that_leaves_before_the_answer_ends_its_program(
    service: Service, address: str, certificates: ssl.SSLContext
) -> None:
    headers = {"Authorization": f"Bearer {service.keys['execute']}"}
    body = {"language": "bash", "code": "sleep 1000", "run_timeout": 15_000}
    for _ in range(5):  # HAProxy 2.6 does not notice each time; what it did not goes on to its limit
        async with httpx.AsyncClient(verify=certificates, trust_env=False, timeout=30) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post(f"https://{address}/v1/execute", json=body, headers=headers, timeout=1)
        with trio.move_on_after(5):
            while program_pids(service):
                await trio.sleep(0.02)
            return
        await eventually(lambda: not program_pids(service), "the program outlives its limit")
    pytest.fail("no client that left ended its program")


def test_socket_is_both_ways(service: Service, address: str, certificates: ssl.SSLContext) -> None:
    headers = {"Authorization": f"Bearer {service.keys['execute']}"}
    url = f"wss://{address}/v1/execute/stream"
    with connect(url, ssl=certificates, additional_headers=headers, proxy=None) as socket:
        talking = Talk(socket)
        talking.say("execute", language="python", code="print(input()[::-1], flush=True); print(input())")
        talking.until("stage")
        talking.say("stdin", data="abc\n")
        assert "cba" in talking.read("cba\n")
        talking.say("stdin", data="over\n")
        result = talking.all()[-1]
    assert (result["type"], result["run"]["stdout"]) == ("result", "cba\nover\n"), json.dumps(result)
