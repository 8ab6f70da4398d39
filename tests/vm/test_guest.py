"""The guest itself: what the tests that use one rely on."""

from pathlib import Path

import pytest

from tests.vm.guest import Guest, GuestError

pytestmark = pytest.mark.privileged


def test_script_runs_as_root_under_systemd(guest: Guest, tmp_path: Path) -> None:
    (tmp_path / "given").write_text("from the host\n")
    script = 'cat given; id -u; cat /proc/1/comm; echo "for the host" >$FILES/back; echo to stderr >&2; exit 3'
    ended = guest.run(script, {"given": tmp_path / "given"})
    assert (ended.status, ended.output) == (3, "from the host\n0\nsystemd\nto stderr\n")
    assert (ended.files / "back").read_text() == "for the host\n"
    assert ended.system == "running"


def test_host_is_as_v2_hosts_are(guest: Guest) -> None:
    """Every controller on v2 and none on v1, systemd's delegation, and no network."""
    script = "cat /sys/fs/cgroup/cgroup.controllers; grep -c ' cgroup ' /proc/self/mounts; cat /proc/self/cgroup; ls /sys/class/net"
    controllers, v1_mounts, cgroup, *network = guest.run(script).output.splitlines()
    assert {"cpu", "memory", "pids"} <= set(controllers.split())
    assert (v1_mounts, cgroup) == ("0", "0::/system.slice/guest-job.service")
    assert network == ["lo"]


def test_disk_is_kept_over_a_reboot(guest: Guest) -> None:
    """What a unit that was enabled does at the next boot is seen there."""
    unit = "[Service]\\nType=oneshot\\nExecStart=touch /run/was-started\\n[Install]\\nWantedBy=multi-user.target\\n"
    enable = f"printf '{unit}' >/etc/systemd/system/seen.service; systemctl enable -q seen; test ! -e /run/was-started"
    assert guest.run(enable).status == 0
    assert guest.run("test -e /run/was-started").status == 0


def test_script_without_end_is_told(guest: Guest) -> None:
    with pytest.raises(GuestError, match=r"did not end within 1 s\n--- the end of its console"):
        guest.run("sleep infinity", timeout_s=1)
