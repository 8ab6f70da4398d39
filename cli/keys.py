"""``runjail keys``: the one writer of the key file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.table import Table

from cli.console import fail, say, stdout
from cli.paths import Paths
from cli.users import ensure_frontend_user
from frontend.keys import Key, Scope, make_key, read_keys, write_keys


def add(paths: Paths, name: str, scopes: frozenset[Scope]) -> str:
    """Add a key and return its secret, which is not stored."""
    with _editing(paths) as keys:
        if any(key.name == name for key in keys):
            fail(f"there is a key called {name} already")
        secret, key = make_key(name, scopes)
        _save(paths, (*keys, key))
    return secret


def add_first(paths: Paths) -> str | None:
    """Add a key when there is none at all; return its secret, or None."""
    return None if _load(paths) else add(paths, "first", frozenset({Scope.EXECUTE}))


def revoke(paths: Paths, name: str) -> None:
    with _editing(paths) as keys:
        kept = tuple(key for key in keys if key.name != name)
        if len(kept) == len(keys):
            fail(f"there is no key called {name}")
        _save(paths, kept)
    say(f"revoked {name}")


def show(paths: Paths) -> None:
    table = Table("name", "scopes", "created")
    for key in _load(paths):
        table.add_row(key.name, ", ".join(sorted(key.scopes)), key.created)
    stdout.print(table)


@contextmanager
def _editing(paths: Paths) -> Iterator[tuple[Key, ...]]:
    paths.store.prepare()
    with (paths.state / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _load(paths)


def _load(paths: Paths) -> tuple[Key, ...]:
    try:
        return read_keys(paths.keys)
    except FileNotFoundError:
        return ()
    except msgspec.MsgspecError as error:
        fail(f"{paths.keys} is broken: {error}")


def _save(paths: Paths, keys: tuple[Key, ...]) -> None:
    try:
        write_keys(paths.keys, keys, ensure_frontend_user().pw_gid)
    except msgspec.ValidationError:
        fail("a key needs a name of letters, digits, '.', '_' and '-', 64 at the most")
