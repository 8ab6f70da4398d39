"""Keys: made, stored as hashes, found, revoked, and gone when their file is."""

import os
from pathlib import Path

import msgspec
import pytest

from frontend.keys import PREFIX, Key, KeyStore, Scope, make_key, read_keys, write_keys

EXECUTE = frozenset({Scope.EXECUTE})


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "fchown", lambda fd, uid, gid: None)  # needs no root then
    return tmp_path / "keys.json"


def save(path: Path, *keys: Key) -> None:
    write_keys(path, keys, os.getgid())


def test_secret_has_256_random_bits_and_is_not_stored(path: Path) -> None:
    secret, key = make_key("a", EXECUTE)
    assert secret.startswith(PREFIX)
    assert len(secret) - len(PREFIX) == 43  # 32 bytes in unpadded base64
    assert secret != make_key("a", EXECUTE)[0]
    save(path, key)
    assert secret.removeprefix(PREFIX) not in path.read_text()


def test_file_is_for_root_and_the_frontend_only(path: Path) -> None:
    save(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_changes_are_picked_up(path: Path) -> None:
    secret, key = make_key("a", EXECUTE)
    save(path)
    store = KeyStore(path)
    assert store.find(secret) is None
    save(path, key)
    assert store.find(secret) == key
    save(path)
    assert store.find(secret) is None


@pytest.mark.parametrize("wrong", ["", PREFIX, "rt_live_x", "\udcff", "x" * 100_000])
def test_wrong_secrets(path: Path, wrong: str) -> None:
    secret, key = make_key("a", EXECUTE)
    save(path, key)
    store = KeyStore(path)
    assert store.find(wrong) is None
    assert store.find(secret[:-1]) is None
    assert store.find(secret + "x") is None
    assert store.find(secret.removeprefix(PREFIX)) is None


@pytest.mark.parametrize("broken", ["", "{", '{"keys": [{}]}', '{"keys": [], "more": 1}'])
def test_broken_file_opens_to_nobody(path: Path, broken: str) -> None:
    secret, key = make_key("a", EXECUTE)
    save(path, key)
    store = KeyStore(path)
    assert store.find(secret)
    path.write_text(broken)
    assert store.find(secret) is None
    assert not store.is_readable()
    save(path, key)
    assert store.find(secret)
    path.unlink()
    assert store.find(secret) is None


@pytest.mark.parametrize("name", ["", "-x", "a/b", "a b", "x" * 65, "a\n"])
def test_bad_name_is_refused_and_breaks_nothing(path: Path, name: str) -> None:
    secret, key = make_key("good", EXECUTE)
    save(path, key)
    with pytest.raises(msgspec.ValidationError):
        save(path, key, make_key(name, EXECUTE)[1])
    assert KeyStore(path).find(secret)


def test_file_comes_back_as_written(path: Path) -> None:
    keys = tuple(make_key(name, frozenset(Scope))[1] for name in "ab")
    save(path, *keys)
    assert read_keys(path) == keys
