"""Whether others are to be asked instead of this host: until it is said that they are not, or the host is booted."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class DrainMark:
    """Kept in a file for our successors; not every run folder is emptied by a boot."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_on = path.exists() and path.read_text() == _BOOT_ID.read_text()

    def set(self, is_on: bool) -> None:
        """Now, and as far as it can be written down, for successors."""
        if is_on != self.is_on:
            log.info("draining" if is_on else "draining no more")
        self.is_on = is_on
        try:
            if is_on:
                self._path.write_text(_BOOT_ID.read_text())
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            log.error("who is started next will not know whether this host is drained: %s", error)
