"""The host that ``test_service.py`` left, started anew: the service is there, and goes without a trace."""

import sys

from tests.vm.installed import FRONTEND, SUPERVISOR, execute, look, noted, run, show


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
    after, before = look(), noted()["before"]
    for name in ("users", "groups", "units", "cgroups"):
        assert after[name] == before[name]
    assert set(after["files"]) - set(before["files"]) == set()
    # But for the languages, which were there before, as they are on no new host.
    gone = set(before["files"]) - set(after["files"])
    assert {path for path in gone if not path.startswith("/var/lib/runjail")} == set()
