"""Whether others are to be asked instead of this host: until it is said that they are not, or the host is booted."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class DrainMark:
    """Kept in a file for our successors; not every run folder is emptied by a boot."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failure = ""  # that was told
        self.is_on = self._is_written()

    def set(self, is_on: bool) -> None:
        """Now, and as far as it can be written down, for successors."""
        if is_on != self.is_on:
            log.info("draining" if is_on else "draining no more")
        self.is_on = is_on
        failure = self._write()
        if failure and failure != self._failure:
            log.error("who is started next will not know whether this host is drained: %s", failure)
        self._failure = failure

    def _is_written(self) -> bool:
        return self._path.exists() and self._path.read_text() == _BOOT_ID.read_text()

    def _write(self) -> str:
        """What stood in its way."""
        partial = self._path.with_name(f"{self._path.name}.partial")
        try:
            if not self.is_on:
                self._path.unlink(missing_ok=True)
            elif not self._is_written():
                partial.write_text(_BOOT_ID.read_text())
                partial.rename(self._path)
        except OSError as error:
            return str(error)
        return ""
