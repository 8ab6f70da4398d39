"""``runjail keys``: the one writer of the key file."""

import fcntl
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from rich.table import Table

from cli.console import fail, say, stdout
from cli.paths import Paths
from cli.users import ensure_frontend_user
from frontend.keys import Ceilings, Key, Quota, Scope, make_key, read_keys, write_keys
from runtimes.manifest import load_manifests

_UNLIMITED = Quota()


def add(
    paths: Paths, name: str, scopes: frozenset[Scope], quota: Quota = _UNLIMITED, expires: datetime | None = None
) -> str:
    """Add a key and return its secret, which is not stored."""
    with _editing(paths) as keys:
        if any(key.name == name for key in keys):
            fail(f"there is a key called {name} already")
        secret, key = make_key(name, scopes)
        _save(paths, (*keys, msgspec.structs.replace(key, quota=quota, expires=expires)))
    return secret


def change(paths: Paths, name: str, quota: Quota, expires: datetime | None, *, is_anew: bool) -> None:
    """Change what is said of a key's quota and expiry; anew: and let go of the rest."""
    with _editing(paths) as keys:
        if all(key.name != name for key in keys):
            fail(f"there is no key called {name}")
        _save(paths, tuple(_changed(key, quota, expires, is_anew) if key.name == name else key for key in keys))
    say(f"changed {name}")


def _changed(key: Key, quota: Quota, expires: datetime | None, is_anew: bool) -> Key:
    if not is_anew:
        before = msgspec.to_builtins(key.quota)
        said = msgspec.to_builtins(quota)
        stages = {stage: {**before.get(stage, {}), **said.get(stage, {})} for stage in ("compile", "run")}
        quota, expires = msgspec.convert(before | said | stages, Quota), expires or key.expires
    return msgspec.structs.replace(key, quota=quota, expires=expires)


def make_quota(options: dict[str, Any]) -> Quota:
    """From a command's options, by their names."""
    if any(isinstance(value, float) and math.isnan(value) for value in options.values()):
        fail("nan is no amount of anything")
    ceilings = {
        stage: Ceilings(options[f"{stage}_timeout"], options[f"{stage}_cpu_time"], options[f"{stage}_memory"])
        for stage in ("compile", "run")
    }
    languages = tuple(sorted({_language(name) for name in options["languages"]})) or None
    rate, at_once, cpu_s = options["rate"], options["concurrency"], options["cpu_per_day"]
    return Quota(rate, at_once, cpu_s, languages, ceilings["compile"], ceilings["run"])


def _language(name: str) -> str:
    for manifest in load_manifests().values():
        if name.lower() in (manifest.language, *manifest.aliases):
            return manifest.language
    fail(f"there is no language {name}")


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
    table = Table("name", "scopes", "created", "expires", "quota")
    for key in _load(paths):
        parts = msgspec.to_builtins(key.quota).items()
        quota = "\n".join(f"{name}: {msgspec.json.encode(value).decode()}" for name, value in parts)
        expires = f"{key.expires:%Y-%m-%d %H:%M} UTC" if key.expires else "-"
        table.add_row(key.name, ", ".join(sorted(key.scopes)), key.created, expires, quota or "-")
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
    except msgspec.ValidationError as error:
        if "name" not in str(error):
            fail(f"that is no quota: {error}")
        fail("a key needs a name of letters, digits, '.', '_' and '-', 64 at the most")
