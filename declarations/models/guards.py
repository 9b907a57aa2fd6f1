"""Triggers that keep published rows from being changed below the ORM, on both databases.

`post_migrate` installs them, /healthz and the start of the server look for them: a rebuilt SQLite table loses its
triggers silently. On SQLite `REPLACE INTO` deletes without firing a delete trigger, so an insert that meets an existing
row is refused too; on PostgreSQL `TRUNCATE` needs a trigger of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Table → the sets of columns that make a row unique; an insert that meets one of them is a replacement.
GUARDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "declarations_edition": (("id",), ("digest",), ("declaration_id", "number")),
    "declarations_editionfile": (("id",), ("edition_id", "language", "extension")),
    "declarations_version": (("id",), ("declaration_id", "number")),
    "declarations_adoption": (("id",), ("version_id",)),
    "declarations_historyentry": (("id",), ("forum_id", "number")),
}
ACTS = {"sqlite": ("update", "delete", "replace"), "postgresql": ("row", "truncate")}


def names(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that must stand on this database."""
    return {f"{table}_no_{act}" for table in GUARDED for act in ACTS[connection.vendor]}


def missing_guards(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that are not there, or are switched off."""
    return names(connection) - standing_triggers(connection)


def standing_triggers(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of all triggers of a database that act."""
    question = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        return {row[0] for row in cursor.fetchall()}


def install_guards(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Put every trigger in place whose table exists; the receiver of `post_migrate`."""
    connection = connections[using]
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in GUARDED.keys() & present:
            for statement in statements(table):
                cursor.execute(statement)


def remove_guards(connection: BaseDatabaseWrapper) -> None:
    on = " ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table in GUARDED:
            for act in ACTS[connection.vendor]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on.format(table=table)}")


@contextmanager
def guards_lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Lift the triggers for the erasure of a rehearsal; inside a transaction nobody else ever sees them gone."""
    connection = connections[using]
    remove_guards(connection)
    try:
        yield
    finally:
        # After an error the transaction is rolled back and the triggers with it; asking a broken one would hide why.
        if not connection.needs_rollback:
            install_guards(using)


def forget_deleted(using: str = DEFAULT_DB_ALIAS) -> None:
    """Clear SQLite's write-ahead log of what was deleted; outside any transaction.

    Deleted pages are zeroed in the file (`secure_delete`), but the log keeps older pages until it is emptied.
    PostgreSQL keeps them until VACUUM and in its archives; docs/operating.md says so.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
    for act in ("update", "delete"):
        yield f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act} BEFORE {act.upper()} ON {table} {refuse}"
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in GUARDED[table]
    )
    yield (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
    )


def _postgresql(table: str) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION declarations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION declarations_refuse_change()"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION declarations_refuse_change()"
    )
