"""The project's own tests once more, on a host with cgroup v2 and systemd."""

import pytest

from tests.vm.guest import Guest
from tests.vm.guest_suite import run_suite
from tests.vm.selection import PARTS

pytestmark = [pytest.mark.service, pytest.mark.timeout(1500)]

_TIMEOUT_S = 840  # on a machine that is busy with other things, too


@pytest.mark.parametrize("name", PARTS)
def test_suite_passes(guest: Guest, name: str) -> None:
    report = run_suite(guest, PARTS[name].runtimes, PARTS[name].tests, _TIMEOUT_S)
    assert report.failed == {}, report.output
    assert report.passed, report.output
