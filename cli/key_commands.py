"""``runjail keys …``, as it is typed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import click

from cli import keys
from cli.console import need_root
from cli.paths import Paths
from frontend.keys import Scope


@click.group(name="keys")
def keys_group() -> None:
    """Add, list and revoke API keys."""
    need_root()


_AMOUNT = click.FloatRange(0, 1e9, min_open=True)
_QUOTA = [
    click.option("--rate", type=click.IntRange(1), help="Requests per minute."),
    click.option("--concurrency", type=click.IntRange(1), help="Executions at once."),
    click.option("--cpu-per-day", type=_AMOUNT, help="CPU time a day of UTC, in seconds."),
    click.option("--language", "languages", multiple=True, help="Only these languages; may be repeated."),
    click.option("--run-timeout", type=_AMOUNT, help="The most it may ask for, in ms."),
    click.option("--compile-timeout", type=_AMOUNT, help="As --run-timeout."),
    click.option("--run-cpu-time", type=_AMOUNT, help="As --run-timeout."),
    click.option("--compile-cpu-time", type=_AMOUNT, help="As --run-timeout."),
    click.option("--run-memory", type=click.IntRange(1), help="The most it may ask for, in bytes."),
    click.option("--compile-memory", type=click.IntRange(1), help="As --run-memory."),
    click.option("--expires", type=click.DateTime(), help="In UTC; from then on it is no key any more."),
]


def _with_quota(command: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda decorated, option: option(decorated), reversed(_QUOTA), command)


@keys_group.command(name="add")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice([scope.value for scope in Scope]), multiple=True,
              default=["execute"], show_default=True, help="What it may be used for; may be repeated.")  # fmt: skip
@_with_quota
@click.pass_obj
def keys_add(paths: Paths, /, name: str, scopes: tuple[str, ...], expires: datetime | None, **quota: Any) -> None:
    """Make a key called NAME and print it, this once. What is not said of its quota is unlimited."""
    allowed = frozenset(Scope(scope) for scope in scopes)
    click.echo(keys.add(paths, name, allowed, keys.make_quota(quota), expires and expires.replace(tzinfo=UTC)))


@keys_group.command(name="change")
@click.argument("name")
@click.option("--anew", is_flag=True, help="What is not said is unlimited, and not as it was.")
@_with_quota
@click.pass_obj
def keys_change(paths: Paths, /, name: str, anew: bool, expires: datetime | None, **quota: Any) -> None:
    """Change the quota of the key called NAME, with immediate effect."""
    keys.change(paths, name, keys.make_quota(quota), expires and expires.replace(tzinfo=UTC), is_anew=anew)


@keys_group.command(name="list")
@click.pass_obj
def keys_list(paths: Paths) -> None:
    """List the keys. Their secrets are not known any more."""
    keys.show(paths)


@keys_group.command(name="revoke")
@click.argument("name")
@click.pass_obj
def keys_revoke(paths: Paths, name: str) -> None:
    """Revoke the key called NAME, with immediate effect."""
    keys.revoke(paths, name)
