"""The project's own tests once more, on a host with cgroup v2 and systemd."""

import pytest

from tests.vm.guest import Guest
from tests.vm.guest_suite import run_suite
from tests.vm.selection import PARTS

pytestmark = [pytest.mark.service, pytest.mark.timeout(1500)]

_TIMEOUT_S = 1300  # on a machine that is busy with other things, too


def test_leaves_are_what_they_should_be_on_an_older_kernel(old_guest: Guest) -> None:
    assert old_guest.run("uname -r").output.startswith("6.1")
    report = run_suite(old_guest, (), ["tests/vm/in_guest/test_leaf.py"], _TIMEOUT_S)
    assert report.failed == {}, report.output
    assert report.passed, report.output


@pytest.mark.parametrize("name", PARTS)
def test_suite_passes(guest: Guest, name: str) -> None:
    report = run_suite(guest, PARTS[name].runtimes, PARTS[name].tests, _TIMEOUT_S)
    assert report.failed == {}, report.output
    assert report.passed, report.output
