"""A thousand jails that wait: built, told of, used and cleared away like a dozen."""

import pytest

from tests.host import leaves, open_fds
from tests.running import wait_settled
from tests.service import Service

pytestmark = [pytest.mark.service, pytest.mark.alone]

EACH = 84  # of twelve runtimes
PATIENCE_S = 240


@pytest.mark.parametrize("own_service", [{"warm": False, "warm_jails": EACH}], indirect=True)
def test_a_thousand_jails_wait(own_service: Service) -> None:
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
