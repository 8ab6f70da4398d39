"""The frontend's settings: the table ``[frontend]`` of the settings file."""

import re
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from frontend.judge0_languages import IDS
from protocol.logs import LogFormat
from protocol.settings import load_table, reload_table

PistonAccess = Literal["open", "local", "key", "off"]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """One frontend. Several may serve one supervisor, each on an address of its own."""

    bind: Annotated[
        str,
        Meta(
            description="Address and port to serve HTTP on, as in 0.0.0.0:8080 or [::]:8080. TLS is a proxy's affair.",
        ),
    ] = "127.0.0.1:8080"
    agent_bind: Annotated[
        str | None,
        Meta(
            description="Address and port to answer HAProxy's agent checks on, without a key: one that only load"
            " balancers reach. Not set: they are not answered."
        ),
    ] = None
    socket: Annotated[str, Meta(description="Where the supervisor is asked.")] = "/run/runjail/supervisor.sock"
    keys: Annotated[str, Meta(description="File of the keys, which `runjail keys` writes.")] = (
        "/var/lib/runjail/keys.json"
    )
    usage: Annotated[str, Meta(description="File of what keys have used.")] = "/var/lib/runjail/usage/usage.sqlite"
    piston: Annotated[
        PistonAccess,
        Meta(
            description="Who may use Piston's API: open (anybody), local (anybody on this host, by its loopback"
            " address), key (with a key), off (nobody)."
        ),
    ] = "key"
    max_connections: Annotated[
        int, Meta(ge=1, description="Connections at once; when there are more, who waits longest makes room.")
    ] = 2000
    judge0_keep_s: Annotated[
        float, Meta(gt=0, le=86_400, description="Seconds that the results of Judge0's submissions can be fetched.")
    ] = 600.0
    judge0_languages: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")], str],
        Meta(
            description="Languages that Judge0's language_id stands for, beside or instead of the usual ones, as in"
            ' { "109" = "python" }.'
        ),
    ] = {}
    log_format: Annotated[LogFormat, Meta(description="Of its log's lines: text (key=value) or json.")] = "text"
    drain_s: Annotated[
        float, Meta(ge=0, le=3600, description="Seconds that executions under way may still take when it is stopped.")
    ] = 30.0
    lame_duck_s: Annotated[
        float,
        Meta(
            ge=0, le=3600,
            description="Seconds from when it is told to stop, and /readyz answers 503, to when it takes no more"
            " connections: the time that load balancers need to notice.",
        ),
    ] = 0.0  # fmt: skip

    def __post_init__(self) -> None:
        """Msgspec tells a ValueError as a mistake in the table."""
        for name, address in (("bind", self.bind), ("agent_bind", self.agent_bind)):
            if address is not None and not is_address(address):
                raise ValueError(f"{name}: {address} is no address with a port")

    @property
    def judge0_ids(self) -> dict[int, str]:
        return IDS | {int(id_): language for id_, language in self.judge0_languages.items()}

    @property
    def socket_path(self) -> Path:
        return Path(self.socket)


def is_address(bind: str) -> bool:
    """Whether it is one with a port that others can know."""
    # The two words would be taken for something else: a socket's path, and a descriptor.
    match = re.fullmatch(r"(?!unix:|fd:)\S+:(?P<port>[0-9]{1,5})", bind)
    return match is not None and 0 < int(match["port"]) < 65_536


def host_and_port(bind: str) -> tuple[str, int]:
    """The two parts of an address to listen at, such as [::1]:8080, as the settings have it."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


# What a running frontend can't take over.
FIXED = ("bind", "agent_bind", "socket", "keys", "usage", "piston", "judge0_keep_s", "judge0_languages", "log_format")


def load_config(path: Path | None) -> Config:
    """The table of this file; SettingsError tells what is wrong in it."""
    return load_table(path, "frontend", Config)


def reload_config(path: Path | None, old: Config) -> tuple[Config, list[str]]:
    """The settings as they are now, with those that need a restart as they were, and the names of these."""
    return reload_table(path, "frontend", old, FIXED)
