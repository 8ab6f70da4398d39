"""Whose key a request brings, and whether it may do what is asked."""

from quart import request

from frontend.errors import ApiError
from frontend.keys import Key, KeyStore, Scope


def bearer(authorization: str) -> str:
    """The secret in an Authorization header, or nothing."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def require(keys: KeyStore, *scopes: Scope) -> Key:
    """The key of the request; ApiError when it has none, or that has none of the scopes."""
    return find_key(keys, bearer(request.headers.get("Authorization", "")), *scopes)


def find_key(keys: KeyStore, secret: str, *scopes: Scope) -> Key:
    """The key with this secret; ApiError when there is none, or it has none of the scopes, if any are given."""
    if not secret:
        raise ApiError("unauthorized", "a key is needed: `Authorization: Bearer rt_live_…`")
    key = keys.find(secret)
    if not key:
        raise ApiError("unauthorized", "the key is not known, or was revoked")
    if key.is_expired:
        raise ApiError("unauthorized", "the key has expired")
    if scopes and not key.scopes.intersection(scopes):
        wanted = " or ".join(repr(scope.value) for scope in scopes)
        raise ApiError("forbidden", f"the key {key.name!r} lacks the scope {wanted}")
    return key
