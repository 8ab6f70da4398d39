"""The supervisor's settings, read once from an optional TOML file."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from protocol.logs import LogFormat
from runtimes.store import DEFAULT_STATE
from supervisor.errors import StartupError

DEFAULT_RUN = Path("/run/runjail")
SOCKET_NAME = "supervisor.sock"

Count = Annotated[int, Meta(ge=1)]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """One supervisor. Two on a host need names and host id ranges of their own."""

    state_dir: str = str(DEFAULT_STATE)
    run_dir: str = str(DEFAULT_RUN)
    cgroup_name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")] = "runjail"
    frontend_user: str = "runjail"
    # Above what systemd hands out to containers (UIDS-GIDS.md), below 2^31, where old tools end.
    first_host_id: Annotated[int, Meta(ge=100_000, lt=2**31 - 65_536)] = 1_900_000_000
    host_ids: Count = 65_536
    max_running: Count = 4 * (os.cpu_count() or 1)
    max_queued: Annotated[int, Meta(ge=0)] = 256
    max_wait_s: Annotated[float, Meta(gt=0)] = 30.0
    max_in_flight_bytes: Count = 512 * 1024 * 1024  # of the requests waiting and running
    log_format: LogFormat = "text"  # of its lines: key=value, or "json"
    self_test: bool = True  # run every runtime's first self-test before being ready
    warm: bool = True  # start interpreters before the request comes, where a manifest says so; false: none
    warm_jails: Annotated[int, Meta(ge=0, le=1000)] | None = None  # of each runtime; None: as they are asked for
    # How many compilers of Java and C# may stay for the next request of the same key (residents.py); 0: none does.
    resident_compilers: Annotated[int, Meta(ge=0, le=1000)] = 0
    # Of what compilers made, for the next request of the same key that brings the same sources; 0: none is kept.
    compile_cache_bytes: Annotated[int, Meta(ge=0)] = 256 * 1024 * 1024
    # For the jails that wait, above the floors of the manifests.
    warm_memory_bytes: Count = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 8

    @property
    def socket_path(self) -> Path:
        return Path(self.run_dir) / SOCKET_NAME


def load_config(path: Path | None) -> Config:
    """Read a file; raise StartupError naming what is wrong in it."""
    if path is None:
        return Config()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Config)
    except (OSError, msgspec.MsgspecError) as error:
        raise StartupError(f"{path}: {error}") from error
