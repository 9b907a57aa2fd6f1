"""Where rows lie on the disk must not tell who testified first (M3); what differs between the databases stands here.

SQLite keeps these tables in the order of their random keys (forum/sqlite/schema.py), but a large value lies on pages of
its own, taken one after the other as rows come. PostgreSQL appends rows, numbers the transaction that wrote each, and
numbers large values in turn. `forget_arrival` writes the tables anew, in the order of the keys (docs/adr/0011).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.timezone import localdate

from .names import SealedName
from .testimonies import (
    Conflict,
    ConflictChunk,
    Excerpt,
    Quote,
    Recording,
    RecordingChunk,
    SealedText,
    Testimony,
    TestimonyKey,
)

# Tables that participants' acts fill, and the path from each to the day of its testimony.
GIVEN: dict[type[models.Model], str] = {
    Testimony: "given_on",
    TestimonyKey: "testimony__given_on",
    SealedText: "testimony__given_on",
    Recording: "testimony__given_on",
    RecordingChunk: "recording__testimony__given_on",
    Conflict: "given_on",
    ConflictChunk: "conflict__given_on",
    Excerpt: "testimony__given_on",
    SealedName: "testimony__given_on",
}
# Words that were public until they were taken back: PostgreSQL keeps their bytes until the table is written anew (M4).
TAKEN_BACK: tuple[type[models.Model], ...] = (Quote,)
LARGEST = 512 << 20  # bytes written anew each hour while everybody waits; beyond, only when it is asked for
PATIENCE = 5  # seconds to wait for a table that is in use, and for whoever still sees what was taken back
# Who may see what was deleted before a transaction: in this database by what they read, or because they began to write
# before; elsewhere on the server those who began to write, of whom everybody who comes anew has to think. A standby
# that reports back is of no database.
STILL_SEEING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND (
        age(backend_xid) > age(%s::xid8::xid) OR
        age(backend_xmin) > age(%s::xid8::xid) AND coalesce(datname, current_database()) = current_database())
"""
SAMPLED = """
    SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE (relname, attname) IN %s AND relkind = 'r' AND attstattarget IS DISTINCT FROM 0
"""


def size(using: str = DEFAULT_DB_ALIAS) -> int:
    """Bytes that would be written anew."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute(
                "SELECT sum(pg_total_relation_size(quote_ident(t)::regclass)) FROM unnest(%s) AS t", [tables()]
            )
        return int(cursor.fetchone()[0] or 0)


def tables() -> list[str]:
    return [model._meta.db_table for model in GIVEN]


def sample_nothing_sealed(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Keep PostgreSQL from copying sealed values, and words taken back, into its statistics, where they outlive a row.

    SQLite keeps statistics of indexes alone, when it is asked, and nobody asks.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(SAMPLED, [tuple(never_sampled())])
            for table, column in cursor.fetchall():
                name = connection.ops.quote_name
                cursor.execute(f"ALTER TABLE {name(table)} ALTER COLUMN {name(column)} SET STATISTICS 0")


def never_sampled() -> list[tuple[str, str]]:
    """Return (table, column) of what is sealed, and of words that people take back."""
    return [
        (model._meta.db_table, field.column)
        for model in apps.get_app_config("declarations").get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField) or (model in TAKEN_BACK and isinstance(field, models.TextField))
    ]


def forget_arrival(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Write the tables anew in the order of their random keys; outside any transaction.

    Return whether nothing of before is left: PostgreSQL copies a deleted row as long as anybody may still see it.
    """
    connection = connections[using]
    if connection.vendor == "sqlite":
        _vacuum(connection)
        return True
    return _cluster(connection, localdate() - timedelta(days=1))


def _vacuum(connection: BaseDatabaseWrapper) -> None:
    """Copy every page through memory (`temp_store`), and empty the log that carried the copy."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _cluster(connection: BaseDatabaseWrapper, since: date) -> bool:
    """Sort the rows, write those of today and yesterday once more in one transaction, and sort again.

    The second writing gives all of them one transaction number, and numbers their large values in the order of the
    keys; the rows of earlier days had theirs.
    """
    using = connection.alias
    _sort(connection)
    with transaction.atomic(using):
        for model, path in GIVEN.items():
            _write_again(model, model._base_manager.using(using).filter(**{f"{path}__gte": since}))
    nobody_sees = _wait_for_others(connection)
    _sort(connection, [*GIVEN, *TAKEN_BACK])
    return nobody_sees


def _wait_for_others(connection: BaseDatabaseWrapper) -> bool:
    """Wait until no transaction sees what was deleted before now; return whether it came to that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        [now] = cursor.fetchone()
        until = time.monotonic() + PATIENCE
        while True:
            cursor.execute(STILL_SEEING, [now, now])
            [seeing] = cursor.fetchone()
            if not seeing or time.monotonic() > until:
                return not seeing
            time.sleep(0.05)


def _sort(connection: BaseDatabaseWrapper, tables: Iterable[type[models.Model]] = GIVEN) -> None:
    for model in tables:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                "SELECT indexrelid::regclass FROM pg_index WHERE indisprimary AND indrelid = %s::regclass", [table]
            )
            [index] = cursor.fetchone()
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])
            cursor.execute(f"CLUSTER {table} USING {index}")


def _write_again(model: type[models.Model], rows: models.QuerySet[Any]) -> None:
    """Give each row a new version, and each large value a new number."""
    empty = models.Value(b"", output_field=models.BinaryField())
    sealed = [field.name for field in model._meta.local_fields if isinstance(field, models.BinaryField)]
    key = model._meta.pk
    assert key is not None
    changes: dict[str, Any] = {
        name: models.Func(name, empty, function="", arg_joiner=" || ", output_field=models.BinaryField())
        for name in sealed
    }
    # `update` forbids nothing here: the key is set to itself where there is no sealed value.
    model._base_manager.using(rows.db).filter(pk__in=rows.values("pk")).update(
        **(changes or {key.name: models.F(key.attname)})
    )
