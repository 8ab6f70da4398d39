"""API keys: ``rt_live_`` and 256 random bits, of which only a hash is ever stored.

The file is written by the operator's command and read by the frontend, which
picks up a change with the next request. A key of 256 random bits needs no slow
hash: there is nothing to guess.
"""

import hashlib
import hmac
import logging
import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from protocol.messages import MAX_MEMORY_BYTES, MAX_STAGE_MS

log = logging.getLogger(__name__)

PREFIX = "rt_live_"
_RANDOM_BYTES = 32


class Scope(StrEnum):
    """What a key may be used for."""

    EXECUTE = "execute"
    ADMIN = "admin"
    METRICS = "metrics"


Count = Annotated[int, Meta(ge=1)]
Amount = Annotated[float, Meta(gt=0, le=1e9)]


class Ceilings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The most that a request may ask for, for one stage; times in ms."""

    timeout: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    cpu_time: Annotated[float, Meta(gt=0, le=MAX_STAGE_MS)] | None = None
    memory_limit: Annotated[int, Meta(ge=1, le=MAX_MEMORY_BYTES)] | None = None  # bytes


class Quota(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a key may use; None: as much as there is."""

    requests_per_minute: Count | None = None
    concurrency: Count | None = None
    cpu_seconds_per_day: Amount | None = None  # of UTC
    languages: tuple[str, ...] | None = None  # by their own names
    compile: Ceilings = Ceilings()
    run: Ceilings = Ceilings()


class Key(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One key, as stored."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    scopes: frozenset[Scope]
    created: str
    expires: datetime | None = None
    quota: Quota = Quota()

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires <= datetime.now(UTC)


class KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[Key, ...] = ()


def make_key(name: str, scopes: frozenset[Scope]) -> tuple[str, Key]:
    """A new key: the secret, to be shown once, and what is stored of it."""
    secret = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return secret, Key(name=name, sha256=_digest(secret), scopes=scopes, created=created)


class KeyStore:
    """The keys of one file, as it is now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, ...] = ()
        self._keys: tuple[Key, ...] = ()

    def find(self, secret: str) -> Key | None:
        """The key with this secret. Takes as long for a wrong one as for a right one."""
        digest = _digest(secret)
        found = None
        for key in self._current():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def is_readable(self) -> bool:
        self._current()
        return bool(self._version)

    def _current(self) -> tuple[Key, ...]:
        try:
            status = self._path.stat()
            # The file is replaced, never changed in place, so that its inode tells.
            version = (status.st_ino, status.st_mtime_ns, status.st_size)
            if version != self._version:
                self._keys = read_keys(self._path)
                self._version = version
        except (OSError, msgspec.MsgspecError) as error:
            # Fail closed: without a readable file nobody has a key.
            if self._version or not self._keys:
                log.error("no keys: %s: %s", self._path, error)
            self._keys, self._version = (), ()
        return self._keys


def read_keys(path: Path) -> tuple[Key, ...]:
    return msgspec.json.decode(path.read_bytes(), type=KeyFile).keys


def write_keys(path: Path, keys: tuple[Key, ...], group_id: int) -> None:
    """Replace the file as a whole; readable by the frontend's group, writable by root alone.

    Raise msgspec.ValidationError rather than write what could not be read again.
    """
    content = msgspec.json.format(msgspec.json.encode(KeyFile(keys=keys))) + b"\n"
    msgspec.json.decode(content, type=KeyFile)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(fd, "wb") as file:
        file.write(content)
        os.fchown(fd, 0, group_id)
        os.fchmod(fd, 0o640)
        file.flush()
        os.fsync(fd)
    partial.rename(path)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
