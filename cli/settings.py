"""``runjail config``: the settings file checked, and a commented one with all there is."""

import textwrap
from pathlib import Path

import msgspec

from cli.console import fail
from frontend.config import FIXED as FRONTEND_FIXED
from frontend.config import Config as FrontendConfig
from protocol.settings import SettingsError, given, load_table, toml_value
from runtimes.manifest import load_manifests
from runtimes.store import Store
from supervisor.config import FIXED as SUPERVISOR_FIXED
from supervisor.config import Config as SupervisorConfig

_DAEMONS: dict[str, type[msgspec.Struct]] = {"supervisor": SupervisorConfig, "frontend": FrontendConfig}
_FIXED = {"supervisor": SUPERVISOR_FIXED, "frontend": FRONTEND_FIXED}
_HEAD = """\
# Runjail's settings. What is commented out is as it is by default, on this host.
# What has a * is only read at the start; all else is taken over on reload.
#
#   runjail config check                                   look for mistakes
#   systemctl reload runjail-supervisor runjail-frontend   take the changes over; nothing that runs is lost
"""


def check(file: Path, store: Store | None = None) -> None:
    """Say what is wrong in a file, and fail; with a store, whether its supervisor can serve what it is to serve."""
    try:
        load_table(file, "frontend", FrontendConfig)
        supervisor = load_table(file, "supervisor", SupervisorConfig)
        if store and "state_dir" in given(file, "supervisor"):
            store = Store(Path(supervisor.state_dir))
        manifests = load_manifests()
        installed = store.installed(manifests) if store else manifests
        for name in supervisor.runtimes or []:
            where = f"{file}: [supervisor] runtimes"
            if name not in manifests:
                raise SettingsError(f"{where}: there is no runtime {name}; there are {', '.join(manifests)}")
            if name not in installed:
                raise SettingsError(f"{where}: {name} is not installed, `runjail build {name}` makes it")
    except SettingsError as error:
        fail(str(error))


def example() -> str:
    """A file of all settings, each with what it means and its default, commented out."""
    parts = [_HEAD]
    for name, settings in _DAEMONS.items():
        parts.append(f"[{name}]\n")
        parts += [_lines(field, _FIXED[name]) for field in msgspec.structs.fields(settings)]
    return "\n".join(parts)


def _lines(field: msgspec.structs.FieldInfo, fixed: tuple[str, ...]) -> str:
    described = msgspec.inspect.type_info(field.type)
    assert isinstance(described, msgspec.inspect.Metadata)
    assert described.extra_json_schema
    mark = "* " if field.name in fixed else ""
    words = textwrap.wrap(mark + described.extra_json_schema["description"], 98)
    default = "" if _default(field) is None else toml_value(_default(field))
    return "".join(f"# {line}\n" for line in words) + f"#{field.name} = {default}\n"


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
