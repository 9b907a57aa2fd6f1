"""Triggers, migrations, the database's own settings, and a restore that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from declarations.models import Upkeep, row_order
from declarations.models.guards import missing_guards
from declarations.models.news import missing_news
from declarations.models.upkeep import is_restoring

from . import Check, Finding, error, fine, warning

WAL_LIMIT = 64 << 20
MIGRATE = "Run: python manage.py migrate"


def answers() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        [version] = cursor.fetchone()
    yield fine("database", f"{connection.display_name} {version} answers.")


def restore() -> Iterator[Finding]:
    if is_restoring(connection):
        yield error("restore", "A restore was cut off; nobody is served.", "Run `manage.py restore` again.")


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield error("migrations", f"{len(waiting)} migrations are waiting.", MIGRATE)
    else:
        yield fine("migrations", "All are applied.")


def triggers() -> Iterator[Finding]:
    if missing := missing_guards(connection):
        yield error("triggers", f"Missing: {', '.join(sorted(missing))}. Editions could be changed.", MIGRATE)
    elif missing := missing_news(connection):
        yield error("triggers", f"Missing: {', '.join(sorted(missing))}. Pages would change late.", MIGRATE)
    else:
        yield fine("triggers", "Editions and history cannot be changed.")


def own_settings() -> Iterator[Finding]:
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[Finding]:
    for pragma, wanted, why in (
        ("secure_delete", 1, "what is deleted stays readable in the file"),
        ("journal_mode", "wal", "readers and writers wait for one another"),
        ("synchronous", 2, "a power failure loses what was acknowledged"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            [value] = cursor.fetchone()
        if value == wanted:
            yield fine(pragma, "As it must be.")
        else:
            yield error(pragma, f"It is {value!r}: {why}.", "DATABASE_URL must lead to the forum's own SQLite backend.")
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > WAL_LIMIT:
        yield warning(
            "write-ahead log",
            f"It holds {size >> 20} MB, and may hold what was taken back.",
            "Look which process keeps a transaction open, then run `manage.py retain`.",
        )
    else:
        yield fine("write-ahead log", f"{size >> 10} KB.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%%WITHOUT ROWID%%'")
        counted = {row[0] for row in cursor.fetchall()} & set(row_order.tables())
    if counted:
        yield error("row order", f"{', '.join(sorted(counted))} tell who came first (M3).", MIGRATE)


def _postgresql() -> Iterator[Finding]:
    for name, wanted, why in (
        ("fsync", "on", "a power failure loses what was acknowledged"),
        ("synchronous_commit", "on", "a power failure loses what was acknowledged"),
        ("track_commit_timestamp", "off", "it writes down the second of each testimony (M3)"),
        ("log_statement", "none", "it writes what people send into a log"),
        ("log_min_duration_statement", "-1", "it writes what people send into a log"),
        ("log_min_error_statement", "panic", "a statement that fails is written into a log, with what people sent"),
        ("log_error_verbosity", "terse", "the row that a statement failed on is written into a log"),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [name])
            [value] = cursor.fetchone()
        if value == wanted:
            yield fine(name, "As it must be.")
        else:
            yield error(name, f"It is “{value}”: {why}.", f"Set {name} = {wanted} in postgresql.conf.")


def rewritten() -> Iterator[Finding]:
    from django.utils import timezone

    row = Upkeep.objects.filter(name="row order").first()
    if row is None or (timezone.now() - row.done_at).days >= 2:
        yield warning(
            "row order",
            "Rows were not put into another order for two days: on the disk they tell who came first (M3).",
            "Run `manage.py retain`, or at night `manage.py retain --rewrite` where the tables are large.",
        )


CHECKS: tuple[Check, ...] = (answers, restore, migrations, triggers, own_settings, rewritten)
