"""Whose key a request brings, and whether it may do what is asked."""

from frontend.errors import ApiError
from frontend.keys import Key, KeyStore, Scope


def bearer(authorization: str) -> str:
    """The secret in an Authorization header, or nothing."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def find_key(keys: KeyStore, secret: str, scope: Scope | None) -> Key:
    """The key with this secret; ApiError when there is none, or it lacks the scope."""
    if not secret:
        raise ApiError("unauthorized", "a key is needed: `Authorization: Bearer rt_live_…`")
    key = keys.find(secret)
    if not key:
        raise ApiError("unauthorized", "the key is not known, or was revoked")
    if key.is_expired:
        raise ApiError("unauthorized", "the key has expired")
    if scope and scope not in key.scopes:
        raise ApiError("forbidden", f"the key {key.name!r} lacks the scope {scope.value!r}")
    return key
