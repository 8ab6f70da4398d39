"""The settings file: what is in it, and what is wrong in it."""

import tomllib
from pathlib import Path

import pytest

import frontend.config
import supervisor.config
from protocol.settings import SettingsError, as_toml, load_table


def test_each_reads_its_own_table(tmp_path: Path) -> None:
    file = tmp_path / "runjail.toml"
    file.write_text('[supervisor]\nmax_running = 3\n\n[frontend]\nbind = "0.0.0.0:80"\n')
    assert supervisor.config.load_config(file) == supervisor.config.Config(max_running=3)
    assert frontend.config.load_config(file) == frontend.config.Config(bind="0.0.0.0:80")


def test_without_a_file_all_is_as_usual() -> None:
    assert supervisor.config.load_config(None) == supervisor.config.Config()
    assert frontend.config.load_config(None) == frontend.config.Config()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("max_running = 3", "max_running: it stands in no table"),
        ("[superviser]", "superviser: it stands in no table"),
        (
            "[supervisor]\nmax_runing = 3",
            "[supervisor]: Object contains unknown field `max_runing`; did you mean max_running?",
        ),
        ("[supervisor]\nmax_running = 0", "[supervisor] max_running: Expected `int` >= 1"),
        ("[supervisor]\nmax_running = '3'", "[supervisor] max_running: Expected `int`, got `str`"),
        ("[supervisor]\ncgroup_name = 'supervisor'", "[supervisor] cgroup_name: Expected `str` matching regex"),
        ("[supervisor]\nfirst_host_id = 2147483000", "[supervisor]: host_ids: the last one would be above 2147483647"),
        ("[supervisor]\nruntimes = []", "[supervisor] runtimes: Expected `array` of length >= 1"),
        ("[supervisor]\nmax_running =", "Invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "runjail.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        supervisor.config.load_config(file)
    assert str(error.value).startswith(f"{file}: {reason}")


@pytest.mark.parametrize("name", ["bind", "agent_bind"])
@pytest.mark.parametrize(
    "address", ["127.0.0.1:99999", "127.0.0.1:0", ":80", "unix:8080", "fd:3", "localhost", "a b:80"]
)
def test_address_is_one(tmp_path: Path, name: str, address: str) -> None:
    file = tmp_path / "runjail.toml"
    file.write_text(f"[frontend]\n{name} = '{address}'")
    with pytest.raises(SettingsError) as error:
        frontend.config.load_config(file)
    assert str(error.value) == f"{file}: [frontend]: {name}: {address} is no address with a port"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: No such file"):
        load_table(tmp_path / "none.toml", "frontend", frontend.config.Config)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "runjail.toml"
    ours = (
        supervisor.config.Config(max_wait_s=2.5, warm=False),
        frontend.config.Config(piston="open", judge0_languages={"9": "a b"}),
    )
    file.write_text(as_toml(supervisor=ours[0], frontend=ours[1]))
    assert (supervisor.config.load_config(file), frontend.config.load_config(file)) == ours
    assert set(tomllib.loads(file.read_text())) == {"supervisor", "frontend"}


def test_what_needs_a_restart_is_told_and_left(tmp_path: Path) -> None:
    file = tmp_path / "runjail.toml"
    file.write_text('[supervisor]\nmax_running = 3\ncgroup_name = "other"\n')
    new, waiting = supervisor.config.reload_config(file, supervisor.config.Config())
    assert (new.max_running, new.cgroup_name, waiting) == (3, "runjail", ["cgroup_name"])


@pytest.mark.parametrize("module", [supervisor.config, frontend.config])
def test_fixed_settings_are_settings(module: type[object]) -> None:
    assert set(module.FIXED) < set(module.Config.__struct_fields__)  # type: ignore[attr-defined]  # either module's
