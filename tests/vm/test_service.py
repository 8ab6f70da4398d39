"""The service of systemd, from its installation over a reboot to its end."""

import pytest

from tests.vm.guest import Guest
from tests.vm.guest_suite import run_suite

pytestmark = [pytest.mark.service, pytest.mark.timeout(1900)]

_TIMEOUT_S = 900
_RUNTIMES = ("bash", "python")


def test_from_install_to_uninstall(guest: Guest) -> None:
    for part in ("service", "after_reboot"):
        report = run_suite(guest, _RUNTIMES, [f"tests/vm/in_guest/test_{part}.py"], _TIMEOUT_S)
        assert report.failed == {}, report.output
        assert report.passed, report.output
