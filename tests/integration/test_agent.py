"""HAProxy's agent check, answered by a real service in all its states."""

import socket

import pytest

from tests.integration.test_handover import command
from tests.running import eventually
from tests.service import Service, free_port

pytestmark = pytest.mark.service


def told(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as check:
        return check.makefile(encoding="ascii").read()


async def test_each_state_of_a_host_is_told(own_service: Service) -> None:
    port = free_port()
    with own_service.another_frontend(agent_bind=f"127.0.0.1:{port}", lame_duck_s=60) as host:
        assert host.frontend
        assert told(port) == "up ready 100%\n"
        assert command(own_service, "drain").returncode == 0
        assert told(port) == "drain\n"
        assert command(own_service, "drain", "--end").returncode == 0
        assert told(port) == "up ready 100%\n"
        assert own_service.supervisor
        own_service.supervisor.kill()
        own_service.supervisor.wait()
        await eventually(lambda: told(port).startswith("down #"), "a host without supervisor is not down")
        own_service.start_supervisor()
        await eventually(lambda: told(port) == "up ready 100%\n", "it is not up again")
        host.frontend.terminate()
        await eventually(lambda: told(port) == "drain\n", "it stops, and does not say so")
