"""
Django's SQLite backend with the forum's pragmas and one process-wide lock around every write.

Threads that wait for SQLite's own lock sleep and poll: with 32 of them some wait for seconds, then fail with "database
is locked". Threads that wait for this lock are woken in turn. A second process (a management command beside the server)
still meets SQLite's own lock and its timeout.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import OperationalError
from typing import Any

from django.db.backends.sqlite3 import base

from .schema import DatabaseSchemaEditor

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # what was acknowledged survives a power cut
    "secure_delete = ON",  # what is deleted is overwritten
    "temp_store = MEMORY",  # sorting must not leave a copy in a temporary file
)
BUSY_SECONDS = 20

WRITE_LOCK = threading.RLock()

# A common table expression may lead to a write; a checkpoint must not compete with one.
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|ANALYZE|VACUUM|PRAGMA\s+wal_checkpoint"
    r"|WITH\b.*\b(INSERT|UPDATE|DELETE|REPLACE)\b)",
    re.IGNORECASE | re.DOTALL,
)


def take_write_lock() -> None:
    """Wait for the turn to write, or fail as SQLite would; the same thread may take it again."""
    if not WRITE_LOCK.acquire(timeout=BUSY_SECONDS):
        raise OperationalError("database is locked")


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that takes the lock for a write outside any transaction."""

    rows: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        with self._turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each set of parameters."""
        with self._turn(query):
            return super().executemany(query, param_list)

    @contextmanager
    def _turn(self, query: str) -> Iterator[None]:
        self.rows = None
        if self.connection.in_transaction or not WRITES.match(query):
            yield
            return
        take_write_lock()
        try:
            yield
            if self.description:
                # A write with RETURNING is committed when its last row is fetched: fetch now, while the lock is ours.
                self.rows = iter(super().fetchall())
        finally:
            WRITE_LOCK.release()

    def __next__(self) -> Any:
        """Return the next row."""
        return super().__next__() if self.rows is None else next(self.rows)

    def fetchone(self) -> Any:
        """Return the next row or None."""
        return super().fetchone() if self.rows is None else next(self.rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows, at most `size` of them."""
        size = self.arraysize if size is None else size
        if self.rows is None:
            return super().fetchmany(size)
        return [row for _, row in zip(range(size), self.rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """Return all the rows that are left."""
        return super().fetchall() if self.rows is None else list(self.rows)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the process's write lock from BEGIN to COMMIT, ROLLBACK or its own end."""

    SchemaEditorClass = DatabaseSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without the lock."""
        super().__init__(*args, **kwargs)
        self.holds_write_lock = False

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters; a transaction that reads first and writes later would fail in DEFERRED mode."""
        params = {"timeout": BUSY_SECONDS, **super().get_connection_params()}
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file with the forum's pragmas."""
        connection = super().get_new_connection(conn_params)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor that knows the lock."""
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        with self.wrap_database_errors:
            take_write_lock()
        self.holds_write_lock = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # missing from the stubs
        finally:
            self._release_after_transaction()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # missing from the stubs
        finally:
            self._release_after_transaction()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # missing from the stubs
        finally:
            self._release_after_transaction()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # missing from the stubs
        finally:
            self._release()

    def _release_after_transaction(self) -> None:
        # A COMMIT that failed leaves its transaction open: the lock is kept for the ROLLBACK that follows.
        if self.connection is None or not self.connection.in_transaction:
            self._release()

    def _release(self) -> None:
        if self.holds_write_lock:
            self.holds_write_lock = False
            WRITE_LOCK.release()
