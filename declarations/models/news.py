"""Whether anything public changed: one mark that becomes another with every transaction that changed something.

Pages that are kept ready are thrown away when the mark is another one. Triggers change it, below the ORM, so that no
verb, no admin page and no SQL at a terminal can forget to: a sentence that was taken back is on no page after the
commit that took it back (M4). The mark is drawn at random, or is the number of the transaction: it keeps no time and
counts no acts (M3).

On PostgreSQL the mark is changed at the very end of a transaction, by a deferred trigger: whoever changes it holds no
lock that somebody else waits for. A table by itself, like the marker of a restore: in no backup, emptied by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .guards import standing_triggers

TABLE = "forum_news"

# Tables no public page reads, or reads for figures alone, which stand still for a day (`counting.daily`). Every other
# table of the road is watched, one that comes tomorrow too.
UNWATCHED = frozenset(
    f"declarations_{name}"
    for name in (
        *("testimonykey", "sealedtext", "recording", "recordingchunk", "conflict", "conflictchunk", "draft", "urgent"),
        *("sealedname", "nameopening", "share", "latecopy", "upkeep", "turnedaway", "cardbatch"),
        *("receiptcard", "paperform", "spokenscreen", "spokenscreenchunk", "historyentry", "formerholding", "review"),
        *("participant", "membership", "support"),
    )
)
# Tables of which only some columns are read in public; their new rows change no page.
COLUMNS = {
    "declarations_testimony": ("state", "may_quote", "may_summarise"),
    "declarations_user": ("is_active",),
}


def mark(connection: BaseDatabaseWrapper = connection) -> str | None:
    """Return the mark; None where pages must not be kept: inside a transaction, or without a mark."""
    if connection.in_atomic_block:
        return None  # what is read here may never be committed
    # Asked for with every page, so by the driver's own cursor: a quarter of the time that Django's takes. The answer
    # shows that the connection is alive; Django would ask that first, with a question of its own.
    try:
        row = _asked(connection)
    except (OperationalError, InterfaceError):  # lost since the last request, as after a restart of the server
        connection.close()
        try:
            row = _asked(connection)
        except (DatabaseError, InterfaceError):
            return None
    except DatabaseError:
        return None
    connection.health_check_done = True  # type: ignore[attr-defined]
    return str(row[0]) if row else None


def _asked(connection: BaseDatabaseWrapper) -> Any:
    connection.ensure_connection()
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"SELECT mark FROM {TABLE}")
        return cursor.fetchone()


def watched() -> list[str]:
    """Names of the tables whose changes are news, the rows that join two lists included."""
    models = apps.get_app_config("declarations").get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} - UNWATCHED)


def names(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that must stand on this database."""
    return {name for table in watched() for name, _statement in _triggers(connection, table)}


def missing_news(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers, or of the mark's own table, that are not there or are switched off."""
    lost = names(connection) - standing_triggers(connection)
    return lost if TABLE in connection.introspection.table_names() else {TABLE, *lost}


def install_news(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Put the mark and every trigger in place whose table exists; the receiver of `post_migrate`."""
    connection = connections[using]
    standing, present = standing_triggers(connection), set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (mark text NOT NULL)")
        cursor.execute(f"INSERT INTO {TABLE} SELECT 'new' WHERE NOT EXISTS (SELECT 1 FROM {TABLE})")
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for table in watched():
            for name, statement in _triggers(connection, table):
                if table in present and name not in standing:
                    cursor.execute(statement)


# Once a transaction: the number of the transaction is the mark.
FUNCTION = f"""CREATE OR REPLACE FUNCTION declarations_is_news() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
UPDATE {TABLE} SET mark = txid_current()::text WHERE mark <> txid_current()::text; RETURN NULL; END $$"""


def _triggers(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    """Yield the triggers of a table, each with the statement that makes it."""
    columns = COLUMNS.get(table, ())
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    acts = (
        {"delete": "DELETE", "update": update}
        if columns
        else {"insert": "INSERT", "delete": "DELETE", "update": update}
    )
    if connection.vendor == "postgresql":
        yield (
            f"{table}_is_news",
            f"CREATE CONSTRAINT TRIGGER {table}_is_news AFTER {' OR '.join(acts.values())} ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION declarations_is_news()",
        )
        return
    for act, words in acts.items():
        yield (
            f"{table}_is_news_{act}",
            f"CREATE TRIGGER {table}_is_news_{act} AFTER {words} ON {table} "
            f"BEGIN UPDATE {TABLE} SET mark = hex(randomblob(16)); END",
        )
