"""
Counts that all processes share on PostgreSQL, as a cache of Django: `add` and `incr` are one statement each.

On SQLite there is one process, and its memory does. Here there are two, and what each counted alone would be twice what
was meant. The table is unlogged: it stands in no write-ahead log and in no archive, and a crash empties it. A row is a
name that says nothing of anybody, a count, and when it ends.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

TABLE = "forum_counts"


class SharedCounts(BaseCache):
    """Whole numbers under names, each until its time is over."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        """Tell several such caches in one table apart by their location."""
        super().__init__(params)
        self.location = location

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store a count where there is none; sweep away what is over."""
        self._run(f"DELETE FROM {TABLE} WHERE ends_at <= clock_timestamp()", [])
        return bool(self._run(f"{INSERT} DO NOTHING", [self._name(key, version), value, self._seconds(timeout)]))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a count, or the default where there is none."""
        found = self._row(f"SELECT count FROM {TABLE} WHERE {ALIVE}", [self._name(key, version)])
        return default if found is None else found

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store a count, whatever stood there."""
        words = f"{INSERT} (name) DO UPDATE SET count = EXCLUDED.count, ends_at = EXCLUDED.ends_at"
        self._run(words, [self._name(key, version), value, self._seconds(timeout)])

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a count and return it; ValueError where there is none."""
        words = f"UPDATE {TABLE} SET count = count + %s WHERE {ALIVE} RETURNING count"
        found = self._row(words, [delta, self._name(key, version)])
        if found is None:
            raise ValueError(f"There is no count {key!r}.")
        return int(found)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a count last from now on."""
        words = f"UPDATE {TABLE} SET ends_at = {LATER} WHERE {ALIVE}"
        return bool(self._run(words, [self._seconds(timeout), self._name(key, version)]))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a count."""
        return bool(self._run(f"DELETE FROM {TABLE} WHERE name = %s", [self._name(key, version)]))

    def clear(self) -> None:
        """Forget every count of this location."""
        self._run(f"DELETE FROM {TABLE} WHERE starts_with(name, %s)", [f"{self.location}/"])

    def _name(self, key: str, version: int | None) -> str:
        return f"{self.location}/{self.make_and_validate_key(key, version=version)}"

    def _seconds(self, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return 86_400.0 if seconds is None else float(seconds)  # nothing is counted for ever

    def _run(self, words: str, values: list[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(words, values)
            return int(cursor.rowcount)

    def _row(self, words: str, values: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(words, values)
            row = cursor.fetchone()
        return row[0] if row else None


LATER = "clock_timestamp() + make_interval(secs => %s)"
ALIVE = "name = %s AND ends_at > clock_timestamp()"
INSERT = f"INSERT INTO {TABLE} (name, count, ends_at) VALUES (%s, %s, {LATER}) ON CONFLICT"


def make_table(**kwargs: Any) -> None:
    """Make the table where it is missing; called after every `migrate`, like the guards of the editions."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE UNLOGGED TABLE IF NOT EXISTS {TABLE} "
                "(name text PRIMARY KEY, count integer NOT NULL, ends_at timestamptz NOT NULL)"
            )
