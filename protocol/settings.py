"""The settings file, ``/etc/runjail/runjail.toml``: a table for each of the two daemons, which reads its own."""

import difflib
import json
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

DEFAULT_FILE = Path("/etc/runjail/runjail.toml")
TABLES = ("supervisor", "frontend")

Settings = TypeVar("Settings", bound=msgspec.Struct)
Table = dict[str, object]


class SettingsError(Exception):
    """What is wrong in the file: its name, the key, the reason."""


def existing_file() -> Path | None:
    """The usual file, where there is one."""
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def load_table(path: Path | None, name: str, settings: type[Settings]) -> Settings:
    """One table of the file; all defaults without a file. SettingsError tells what is wrong in it."""
    return convert_table(given(path, name), name, settings, path)


def reload_table(path: Path | None, name: str, old: Settings, fixed: tuple[str, ...]) -> tuple[Settings, list[str]]:
    """The table as it is now, but for ``fixed`` settings, which stay as they were; the names of those that differ."""
    new = load_table(path, name, type(old))
    waiting = [key for key in fixed if getattr(new, key) != getattr(old, key)]
    return msgspec.structs.replace(new, **{key: getattr(old, key) for key in fixed}), waiting


def given(path: Path | None, name: str) -> Table:
    """What the file says in this table, as it stands there; nothing without a file."""
    if path is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(f"{path}: {reason}") from None
    for each, table in tables.items():
        if each not in TABLES or not isinstance(table, dict):
            raise SettingsError(f"{path}: {each}: it stands in no table; there are [supervisor] and [frontend]")
    return dict(tables.get(name, {}))


def convert_table(table: Table, name: str, settings: type[Settings], path: Path | None) -> Settings:
    """What is in the table, checked; SettingsError names the file, the key and the reason."""
    try:
        return msgspec.convert(table, settings)
    except msgspec.ValidationError as error:
        reason, _, key = str(error).partition(" - at `$")
        where = f"[{name}]" + (f" {key.strip('.`')}" if key else "")
        file = f"{path}: " if path else ""
        raise SettingsError(f"{file}{where}: {reason}{_guess(table, settings)}") from None


def as_toml(**tables: msgspec.Struct) -> str:
    """A file that says all of this."""
    lines: list[str] = []
    for name, settings in tables.items():
        said = msgspec.to_builtins(settings)
        lines.append(f"[{name}]")
        lines += [f"{key} = {toml_value(value)}" for key, value in said.items() if value is not None]
    return "\n".join([*lines, ""])


def toml_value(value: object) -> str:
    """Strings, numbers and booleans are written in TOML as in JSON, and so are keys of a table within a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_value(each)}" for key, each in value.items()) + "}"
    return json.dumps(value)


def _guess(table: Table, settings: type[msgspec.Struct]) -> str:
    """What may have been meant by a key that there is not."""
    known = settings.__struct_fields__
    wrong = [key for key in table if key not in known]
    close = difflib.get_close_matches(wrong[0], known, n=1) if wrong else []
    return f"; did you mean {close[0]}?" if close else ""
