"""Where an installation has its files."""

from dataclasses import dataclass
from pathlib import Path

from runtimes.store import DEFAULT_STATE, Store
from supervisor.config import DEFAULT_RUN, SOCKET_NAME

FRONTEND_USER = "runjail"


@dataclass(frozen=True, slots=True)
class Paths:
    state: Path
    run: Path

    @property
    def store(self) -> Store:
        return Store(self.state)

    @property
    def keys(self) -> Path:
        return self.state / "keys.json"

    @property
    def usage(self) -> Path:
        """What keys have used; in a folder of the frontend's own."""
        return self.state / "usage" / "usage.sqlite"

    @property
    def socket(self) -> Path:
        return self.run / SOCKET_NAME


# Those of a service of systemd, and of `runjail up` when nothing else is said.
DEFAULT_PATHS = Paths(state=DEFAULT_STATE, run=DEFAULT_RUN)
