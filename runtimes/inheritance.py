"""Files that say only what is different in them: manifests and recipes of a second version."""

from importlib.resources.abc import Traversable
from typing import Any

import msgspec

Tables = dict[str, Any]
# What reading a file that is wrong raises: it is no TOML, there is no such file or table, it extends itself.
UNREADABLE = (msgspec.MsgspecError, OSError, KeyError, TypeError, AttributeError, RecursionError)


def read_file(entry: Traversable, folder: Traversable) -> Tables:
    """All that a TOML file says, by itself or by the one that it extends.

    With ``extends = "<other name>"`` it has all that the other file of the folder
    has, but for what stands in itself and for what its ``without`` names, such as
    ``run.warm``. Raises one of UNREADABLE.
    """
    said: Tables = msgspec.toml.decode(entry.read_bytes())
    if not (name := said.pop("extends", None)):
        return said
    whole = read_file(folder.joinpath(f"{name}.toml"), folder)
    for path in said.pop("without", []):
        *tables, last = path.split(".")
        table = whole
        for part in tables:
            table = table[part]
        del table[last]
    return _merged(whole, said)


def _merged(whole: Tables, change: Tables) -> Tables:
    """Tables with all that either has."""
    tables = [
        name
        for name in whole.keys() & change.keys()
        if isinstance(whole[name], dict) and isinstance(change[name], dict)
    ]
    return whole | change | {name: _merged(whole[name], change[name]) for name in tables}
