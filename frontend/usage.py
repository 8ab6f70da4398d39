"""What each key has used, by day: counted in memory, and written down every second, so that it outlives a restart."""

import logging
import sqlite3
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trio
from msgspec import Struct

log = logging.getLogger(__name__)

_WRITE_S = 1.0
_KEPT_DAYS = 90
_SCHEMA = """
CREATE TABLE IF NOT EXISTS usage (
    key TEXT, day TEXT, executions INTEGER, refused INTEGER, cpu_ms REAL, PRIMARY KEY (key, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rate (key TEXT PRIMARY KEY, full_at REAL) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO usage VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    executions = executions + excluded.executions,
    refused = refused + excluded.refused,
    cpu_ms = cpu_ms + excluded.cpu_ms
"""
_KEEP_RATE = "INSERT INTO rate VALUES (?, ?) ON CONFLICT DO UPDATE SET full_at = max(full_at, excluded.full_at)"


class DayUsage(Struct):
    """Of one key on one day of UTC."""

    executions: int = 0
    refused: int = 0  # for its quota
    cpu_ms: float = 0.0

    def add(self, other: "DayUsage") -> None:
        self.executions += other.executions
        self.refused += other.refused
        self.cpu_ms += other.cpu_ms


class Usage:
    """Of all keys. ``run`` must be running; several frontends may share one file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; sqlite3.Error when that can't be done."""
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)
        self._database.execute("DELETE FROM usage WHERE day < ?", (_day(-_KEPT_DAYS),))
        # When a key's bucket of requests is full again, in seconds since 1970.
        self.full_at: dict[str, float] = dict(self._database.execute("SELECT key, full_at FROM rate"))
        # By key and day: what is in the file, what is on its way there, and what is not.
        self._written: dict[tuple[str, str], DayUsage] = {}
        self._in_writing: dict[tuple[str, str], DayUsage] = {}
        self._unwritten: dict[tuple[str, str], DayUsage] = {}
        self._read_today()

    def add(self, key: str, more: DayUsage) -> None:
        self._unwritten.setdefault((key, _day()), DayUsage()).add(more)

    def today(self, key: str) -> DayUsage:
        total = DayUsage()
        for part in (self._written, self._in_writing, self._unwritten):
            total.add(part.get((key, _day()), DayUsage()))
        return total

    def days(self, key: str) -> dict[str, DayUsage]:
        """Of the last 90 days those on which there was any, today last."""
        rows = self._database.execute(
            "SELECT day, executions, refused, cpu_ms FROM usage WHERE key = ? AND day BETWEEN ? AND ? ORDER BY day",
            (key, _day(-_KEPT_DAYS), _day(-1)),
        )
        before = {day: DayUsage(*counts) for day, *counts in rows}
        return before | {_day(): self.today(key)}

    async def run(self) -> None:
        """Write down what was counted, again and again, and once more when cancelled."""
        try:
            while True:
                await trio.sleep(_WRITE_S)
                now = time.time()
                self.full_at = {key: full_at for key, full_at in self.full_at.items() if full_at > now}
                self._in_writing, self._unwritten = self._unwritten, {}
                self._wrote(await trio.to_thread.run_sync(self._write, list(self.full_at.items())))
        finally:  # the thread has come to its end, if one was writing
            self._in_writing, self._unwritten = self._unwritten, {}
            self._write(list(self.full_at.items()))
            self._database.close()

    def _write(self, rates: list[tuple[str, float]]) -> bool:
        """In a thread; whether it could be done."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for (key, day), more in self._in_writing.items():
                self._database.execute(_ADD, (key, day, more.executions, more.refused, more.cpu_ms))
            self._database.executemany(_KEEP_RATE, rates)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            log.error("usage can't be written down: %s", error)
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            return False
        return True

    def _wrote(self, is_done: bool) -> None:
        in_writing, self._in_writing = self._in_writing, {}
        if is_done:
            for place, more in in_writing.items():
                self._written.setdefault(place, DayUsage()).add(more)
            with suppress(sqlite3.Error):  # then what others have written is read the next time
                self._read_today()
            return
        for place, more in in_writing.items():  # later, then
            self._unwritten.setdefault(place, DayUsage()).add(more)

    def _read_today(self) -> None:
        """What others have written, too."""
        rows = self._database.execute("SELECT * FROM usage WHERE day = ?", (_day(),))
        self._written = {(key, day): DayUsage(*counts) for key, day, *counts in rows}


def seconds_left_today() -> int:
    now = datetime.now(UTC)
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((tomorrow - now).total_seconds()) + 1


def _day(later: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(days=later)).date().isoformat()
