"""The host that ``test_service.py`` left, started anew: the service is there, and goes without a trace."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.vm.installed import (
    FRONTEND,
    SUPERVISOR,
    execute,
    in_the_background,
    look,
    noted,
    run,
    running,
    show,
    until,
)

# Without an fsync for each of thousands of files, which the guest's disk does one by one.
DPKG = ("dpkg", "--force-unsafe-io")


def test_it_came_up_with_the_host() -> None:
    for unit in (SUPERVISOR, FRONTEND):
        assert show(unit, "ActiveState") == "active"
    assert execute(noted()["key"], "echo up").json()["run"]["stdout"] == "up\n"


def test_uninstalled_it_leaves_settings_keys_and_languages() -> None:
    run("runjail", "uninstall")
    after = look()
    assert "/etc/runjail/runjail.toml" in after["files"]
    assert "/var/lib/runjail/keys.json" in after["files"]
    assert [unit for unit in after["units"] if "runjail" in unit] == []


def test_purged_it_leaves_the_host_as_it_was() -> None:
    libraries = "/var/lib/runjail/python"  # which these tests are run with
    run("mount", "--bind", libraries, libraries)
    run("mount", "-o", "remount,bind,ro", libraries)
    run(sys.executable, "-I", "-m", "cli", "uninstall", "--purge")
    assert_as_it_was()


def test_package_is_a_service_and_goes(tmp_path: Path) -> None:
    """As the README says, on a host that has never seen it."""
    environment = {**os.environ, "RUNJAIL_SOURCE": str(Path(__file__).parents[3])}
    subprocess.run([sys.executable, "-I", "-m", "cli", "package", str(tmp_path)], env=environment, check=True)
    (package,) = tmp_path.glob("*.deb")
    run("systemctl", "mask", FRONTEND)  # which is not to be enabled then
    run(*DPKG, "-i", str(package))
    run("systemctl", "unmask", FRONTEND)
    run("systemctl", "enable", "--quiet", FRONTEND)
    assert show(FRONTEND, "ActiveState") == "inactive"
    assert "#max_running" in Path("/etc/runjail/runjail.toml").read_text()
    assert Path("/opt/runjail/deploy/prometheus/runjail.rules.yml").exists()
    run("runjail", "build", "bash")
    settings = Path("/etc/runjail/runjail.toml")
    settings.write_text(settings.read_text().replace("#drain_s = 30.0\n", "drain_s = 60.0\n"))  # the guest is slow
    run("systemctl", "start", FRONTEND)
    secret = run("runjail", "keys", "add", "guest")
    assert execute(secret, "echo packed").json()["run"]["stdout"] == "packed\n"
    # Installing from a checkout as well would have two sets of units.
    refused = subprocess.run([sys.executable, "-I", "-m", "cli", "install"], capture_output=True, text=True)
    assert (refused.returncode, "as a Debian package" in refused.stderr) == (1, True), refused.stderr
    run(*DPKG, "--unpack", str(package))  # an upgrade, as apt does it
    before = show(SUPERVISOR, "MainPID")
    with running(secret, 25) as first, in_the_background(lambda: run("dpkg", "--configure", "runjail")):
        until(lambda: show(FRONTEND, "ActiveState") == "deactivating", "it does not stop")
        assert first == []
        assert execute(secret, "echo between").json()["run"]["stdout"] == "between\n"
    assert first[0].json()["run"]["stdout"] == "through\n"
    assert show(SUPERVISOR, "MainPID") not in (before, "0")
    # The end of another: what was stopped or masked is left alone.
    run("systemctl", "stop", FRONTEND)
    run("systemctl", "mask", SUPERVISOR)
    before = show(SUPERVISOR, "MainPID")
    run("/var/lib/dpkg/info/runjail.postinst", "configure", "0.1")
    assert (show(FRONTEND, "ActiveState"), show(SUPERVISOR, "MainPID")) == ("inactive", before)
    run("systemctl", "unmask", SUPERVISOR)
    run("dpkg", "-r", "runjail")
    after, before = look(), noted()["before"]
    for name in ("units", "cgroups"):
        assert after[name] == before[name]
    left = set(after["files"]) - set(before["files"])
    assert {path for path in left if not path.startswith(("/etc/runjail", "/var/lib/runjail"))} == set()
    assert {"/etc/runjail/runjail.toml", "/var/lib/runjail/keys.json"} <= left
    run(*DPKG, "-i", str(package))  # once more, with what was left
    assert [show(unit, "ActiveState") for unit in (SUPERVISOR, FRONTEND)] == ["active", "active"]
    run("dpkg", "-r", "runjail")
    with libraries_elsewhere():
        run("dpkg", "-P", "runjail")
    Path("/opt").mkdir(
        exist_ok=True
    )  # an empty folder that no package has, as it has been made by base-files, dpkg removes
    assert_as_it_was()


@contextmanager
def libraries_elsewhere() -> Iterator[None]:
    """What these tests are run with would go as well, and the disk with the languages stay."""
    state, elsewhere = Path("/var/lib/runjail"), Path("/var/tmp/python")
    for mounted in ("python", "layers"):
        run("umount", str(state / mounted))
    (state / "python").rename(elsewhere)
    try:
        yield
    finally:
        state.mkdir(mode=0o711, exist_ok=True)
        elsewhere.rename(state / "python")


def assert_as_it_was() -> None:
    after, before = look(), noted()["before"]
    for name in ("users", "groups", "units", "cgroups"):
        assert after[name] == before[name]
    assert set(after["files"]) - set(before["files"]) == set()
    # But for the languages, which were there before, as they are on no new host.
    gone = set(before["files"]) - set(after["files"])
    assert {path for path in gone if not path.startswith("/var/lib/runjail")} == set()
