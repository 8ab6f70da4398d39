"""A thousand jails that wait: built, told of, used and cleared away like a dozen."""

import time
from collections.abc import Iterator

import pytest

from supervisor.kernel_memory import unreclaimable_bytes
from tests.host import leaves, open_fds
from tests.running import wait_settled
from tests.service import Service

pytestmark = [pytest.mark.service, pytest.mark.alone]

EACH = 84  # of twelve runtimes
PATIENCE_S = 240
SLACK_BYTES = 64 << 20


@pytest.fixture
def freed() -> Iterator[None]:
    """The kernel is done with them when the next test begins: their networks are freed seconds after the service's end.

    Until then it looks to any other service as if somebody was filling the host.
    """
    before, deadline = unreclaimable_bytes(), time.monotonic() + PATIENCE_S
    yield
    while unreclaimable_bytes() > before + SLACK_BYTES:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("own_service", [{"warm": False, "warm_jails": EACH, "runtimes": None}], indirect=True)
def test_a_thousand_jails_wait(freed: None, own_service: Service) -> None:
    wait_settled(own_service, PATIENCE_S)
    pools = own_service.pool()["pools"]
    assert sum(pool["warm"] for pool in pools) == EACH * len(pools) >= 1000
    assert len(leaves(own_service.cgroup_name)) == EACH * len(pools)
    assert own_service.supervisor
    # Its init's pidfd, its control socket and, on cgroup v1, what tells of a shortage of memory; on v2 its counters.
    assert open_fds(own_service.supervisor.pid) < 5 * EACH * len(pools)
    for language, code in (
        ("python", "print(1)"),
        ("bash", "echo 1"),
        ("ruby", "puts 1"),
        ("javascript", "console.log(1)"),
    ):
        assert own_service.run(language, code)["stdout"] == "1\n"
    wait_settled(own_service, PATIENCE_S)
