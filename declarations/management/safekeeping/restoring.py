"""A backup is brought back in one transaction that ends knowing what was taken back since (M4, M14).

Nobody is served in between: a marker stands in the database from before the first row until the last check, the server
and /healthz refuse while it does, and on SQLite the restored file takes its place only at the very end.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from declarations import tombstones
from declarations.models import Forum, User
from declarations.models.guards import forget_deleted, guards_lifted, missing_guards
from declarations.models.upkeep import is_restoring, mark_restoring, unmark_restoring
from declarations.workflow.moves import broken_link
from declarations.workflow.replaying import replay

from . import rows, tables
from .backups import CONTENT, KEYS, Damaged, verified


def restore(
    path: Path,
    *,
    overwrite: bool = False,
    with_keys: bool = True,
    without_tombstones: bool = False,
    other_pepper: bool = False,
    say: Callable[[str], Any] = print,
) -> Counter[str]:
    """Bring a backup back into the site's database; returns what its tombstones took back again. Raises Damaged."""
    facts = verified(path, with_keys=with_keys, any_pepper=other_pepper)
    yard = _known(facts, without_tombstones)
    names = (CONTENT, KEYS) if with_keys else (CONTENT,)
    _refuse_to_overwrite(overwrite)
    with _database():
        mark_restoring(connection)
        call_command("migrate", verbosity=0)
        _refuse_other_release(facts)
        with transaction.atomic():
            with guards_lifted():
                _empty()
                done = sum(rows.load(path / name, connection.alias) for name in names)
                _go_on_counting()
            say(f"{done} rows are back.")
            again = replay(yard)
        forget_deleted()
        _check()
        unmark_restoring(connection)
    return again


def _known(facts: dict[str, Any], without: bool) -> tombstones.Yard:
    """The tombstones; refused where there are fewer than when the backup was made."""
    try:
        yard = tombstones.read()
    except OSError as error:
        raise Damaged(f"The tombstones in {tombstones.folder()} cannot be read: {error.strerror}.") from error
    if (len(yard) < facts["tombstones"] or yard.damaged) and not without:
        raise Damaged(
            f"{len(yard)} tombstones are in {tombstones.folder()}, {yard.damaged} lines cannot be read, and "
            f"{facts['tombstones']} stood there when this backup was made. Bring the folder back from its copy:"
            " without it, what people took back would come back to life. Only if every copy is lost:"
            " --without-tombstones, and tell the forums."
        )
    return yard


def _refuse_to_overwrite(overwrite: bool) -> None:
    """Refuse a database that holds something, unless told, and one that is in use."""
    present = set(connection.introspection.table_names())
    holds = User._meta.db_table in present and (User.objects.exists() or Forum.objects.exists())
    if holds and not is_restoring(connection) and not overwrite:
        raise Damaged("The database holds a forum or an account. --overwrite replaces everything in it.")
    if connection.vendor == "postgresql" and _is_in_use():
        raise Damaged("Somebody is connected to this database. Stop the server, then restore.")


def _is_in_use() -> bool:
    """Whether others are connected; one that was just stopped is given a moment to be gone."""
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if not cursor.fetchone()[0]:
                return False
        sleep(0.5)
    return True


@contextmanager
def _database() -> Iterator[None]:
    """On SQLite a new file, which takes the place of the old one only when everything is done."""
    if connection.vendor != "sqlite":
        yield
        return
    final = Path(connection.settings_dict["NAME"])
    fresh = final.with_name(f"{final.name}.restoring")
    _refuse_file_in_use(final)
    connection.close()
    for end in ("", "-wal", "-shm"):
        rows.destroy(Path(f"{fresh}{end}"))
    connection.settings_dict["NAME"] = str(fresh)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.chmod(fresh, 0o600)
        # What the old file held, keys and all, is destroyed: its log first, so that nobody reads the two together.
        for end in ("-wal", "-shm"):
            rows.destroy(Path(f"{final}{end}"))
        old = final.with_name(f"{final.name}.before")
        if final.exists():
            final.rename(old)
        fresh.rename(final)
        tombstones.sync_folder(final.parent)
        rows.destroy(old)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(final)
        for end in ("", "-wal", "-shm"):
            rows.destroy(Path(f"{fresh}{end}"))


def _refuse_file_in_use(path: Path) -> None:
    """A server that still runs would go on writing to the file that is about to be replaced."""
    if not path.exists():
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
            cursor.execute("PRAGMA journal_mode = DELETE")
            if cursor.fetchone()[0] != "delete":
                raise DatabaseError
    except DatabaseError as error:
        raise Damaged("Another process has this database open. Stop the server, then restore.") from error


def _refuse_other_release(facts: dict[str, Any]) -> None:
    here = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
    if here != facts["migrations"]:
        raise Damaged(
            "This backup was made by a release with other migrations. Restore it with that release, then migrate."
        )


def _empty() -> None:
    """Take out every row, also those that `migrate` wrote; the guards are lifted and the transaction is one."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables.every()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
        else:
            for name in names:
                cursor.execute(f"DELETE FROM {name}")


def _go_on_counting() -> None:
    """Let counters go on after the rows that came back."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(
            no_style(), list(apps.get_models(include_auto_created=True))
        ):
            cursor.execute(statement)


def _check() -> None:
    """Look that what was restored is whole: no loose end, the guards in place, each history chained."""
    connection.check_constraints()
    if missing := missing_guards(connection):
        raise Damaged(f"Triggers are missing: {', '.join(sorted(missing))}.")
    for forum in Forum.objects.all():
        if entry := broken_link(forum):
            raise Damaged(f"The history of {forum.slug} does not hold at entry {entry.number}.")
