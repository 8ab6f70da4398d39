"""The supervisor's settings: the table ``[supervisor]`` of the settings file."""

import os
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from protocol.logs import LogFormat
from protocol.settings import load_table, reload_table
from runtimes.store import DEFAULT_STATE

DEFAULT_RUN = Path("/run/runjail")
SOCKET_NAME = "supervisor.sock"
_END_OF_IDS = 2**31  # where old tools end


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """One supervisor. Two on a host need names and host id ranges of their own."""

    state_dir: Annotated[str, Meta(description="Folder of the languages' layers.")] = str(DEFAULT_STATE)
    run_dir: Annotated[str, Meta(description="Folder of the socket that the frontend asks at.")] = str(DEFAULT_RUN)
    cgroup_name: Annotated[
        str,
        Meta(
            pattern=r"^(?!supervisor\Z)[A-Za-z0-9_-]{1,64}\Z",
            description="Name of the cgroup that holds all jails; not supervisor, which holds its own processes.",
        ),
    ] = "runjail"
    frontend_user: Annotated[
        str, Meta(description="The user that the frontend runs as; nobody else but root is answered.")
    ] = "runjail"
    first_host_id: Annotated[
        int,
        Meta(
            ge=100_000, lt=_END_OF_IDS,
            description="First of the host's user ids that jails get. The default is above what systemd gives to"
            " containers (UIDS-GIDS.md) and below 2^31, where old tools end.",
        ),
    ] = 1_900_000_000  # fmt: skip
    host_ids: Annotated[int, Meta(ge=1, description="How many there are: of jails at once, at the most.")] = 65_536
    max_running: Annotated[
        int, Meta(ge=1, description="Executions at once; more of them wait. Default: four for each processor.")
    ] = 4 * (os.cpu_count() or 1)
    max_queued: Annotated[
        int, Meta(ge=0, description="Executions that wait; more of them are answered 503, at once.")
    ] = 256
    max_wait_s: Annotated[float, Meta(gt=0, description="Seconds that one waits; then it is answered 503.")] = 30.0
    max_in_flight_bytes: Annotated[
        int, Meta(ge=1, description="Bytes of all requests that wait or run; more are answered 503.")
    ] = 512 * 1024 * 1024
    drain_s: Annotated[
        float, Meta(ge=0, le=3600, description="Seconds that executions under way may still take when it is stopped.")
    ] = 30.0
    log_format: Annotated[LogFormat, Meta(description="Of its log's lines: text (key=value) or json.")] = "text"
    self_test: Annotated[bool, Meta(description="Run every language's self-test before being ready.")] = True
    runtimes: Annotated[
        Annotated[list[str], Meta(min_length=1)] | None,
        Meta(description='Names of those that are served, as in ["python", "bash"]; not set: all that are installed.'),
    ] = None
    warm: Annotated[
        bool, Meta(description="Start interpreters and compilers before the request comes; false: only build jails.")
    ] = True
    warm_jails: Annotated[
        Annotated[int, Meta(ge=0, le=1000)] | None,
        Meta(description="Jails that wait, of each kind; not set: as many as are asked for."),
    ] = None
    warm_memory_bytes: Annotated[
        int,
        Meta(
            ge=1,
            description="Bytes of memory for all jails that wait. One of each kind does however little this is,"
            " some 460 MB for all languages; not used with warm_jails. Default: an eighth of the host's.",
        ),
    ] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 8
    resident_compilers: Annotated[
        int,
        Meta(
            ge=0, le=1000,
            description="Compilers of Java and C# that stay for the next request of the same key; 0: none, each"
            " request has a compiler of its own.",
        ),
    ] = 0  # fmt: skip
    compile_cache_bytes: Annotated[
        int,
        Meta(
            ge=0,
            description="Bytes of compiled programs that are kept for the next request of the same key with the"
            " same sources; 0: none.",
        ),
    ] = 256 * 1024 * 1024

    def __post_init__(self) -> None:
        """Msgspec tells a ValueError as a mistake in the table."""
        if self.first_host_id + self.host_ids > _END_OF_IDS:
            raise ValueError(f"host_ids: the last one would be above {_END_OF_IDS - 1}")

    @property
    def socket_path(self) -> Path:
        return Path(self.run_dir) / SOCKET_NAME


# What a running supervisor can't take over: it is made of these.
FIXED = (
    "state_dir", "run_dir", "cgroup_name", "frontend_user", "first_host_id", "host_ids", "self_test", "runtimes",
    "warm", "resident_compilers", "log_format",
)  # fmt: skip


def load_config(path: Path | None) -> Config:
    """The table of this file; SettingsError tells what is wrong in it."""
    return load_table(path, "supervisor", Config)


def reload_config(path: Path | None, old: Config) -> tuple[Config, list[str]]:
    """The settings as they are now, with those that need a restart as they were, and the names of these."""
    return reload_table(path, "supervisor", old, FIXED)
