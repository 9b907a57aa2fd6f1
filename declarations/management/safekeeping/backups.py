"""A backup is a folder with a content file, a key file and a manifest; it is there whole or not at all."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from declarations import sealing, tombstones
from declarations.tombstones import sync_folder

from . import rows, tables

CONTENT, KEYS, MANIFEST = "content.jsonl.gz", "keys.jsonl.gz", "manifest.json"
NAME = "forum-%Y%m%dT%H%M%SZ"
KEYS_STAY = timedelta(days=7)  # M4: a withdrawn testimony's key is in no backup older than this
SNAPSHOT = "snapshot"


class Damaged(Exception):
    """A backup is not what was written, or cannot be used here; `args[0]` says what to do."""


@dataclass(frozen=True)
class Backup:
    path: Path
    made_at: datetime

    @property
    def has_keys(self) -> bool:
        return (self.path / KEYS).exists()


def make(home: Path) -> Backup:
    """Write a backup of this moment below `home`; the folder appears once everything in it is on the disk."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = timezone.now()
    target = home / now.strftime(NAME)
    partial = home / f".{target.name}.partial"
    partial.mkdir(mode=0o700)
    try:
        # Counted before: a tombstone that is written meanwhile is one more than the backup knows, never one less.
        stones = len(tombstones.read())
        with _one_moment(partial) as using:
            counted = {
                CONTENT: rows.dump(partial / CONTENT, tables.content(), using),
                KEYS: rows.dump(partial / KEYS, tables.named(tables.KEYS), using),
            }
            applied = sorted(map(list, MigrationRecorder(connections[using]).applied_migrations()))
        files = {name: {"sha256": rows.digest(partial / name), "rows": count} for name, count in counted.items()}
        facts = {
            "format": 1,
            "made_at": now.isoformat(),
            "migrations": applied,
            "tombstones": stones,
            "files": files,
        }
        _write(partial / MANIFEST, {**facts, "check": check(facts)})
        sync_folder(partial)
        partial.rename(target)
        sync_folder(home)
    except BaseException:
        _throw_away(partial)
        raise
    return Backup(target, now)


def check(facts: dict[str, Any]) -> str:
    """What tells that a manifest was written with this pepper, and is as it was written."""
    return sealing.keyed_hash(settings.PEPPER, "backup", json.dumps(facts, sort_keys=True)).hex()


def _write(path: Path, value: Any) -> None:
    with rows._new_file(path) as file:
        file.write(json.dumps(value, indent=1).encode())


def _throw_away(folder: Path) -> None:
    for path in folder.glob("*"):
        rows.destroy(path)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _one_moment(partial: Path) -> Iterator[str]:
    """Yield the alias of a database that does not change: on PostgreSQL a transaction that sees one moment.

    On SQLite a copy, made by its own online backup and destroyed afterwards: a long reading transaction would keep the
    log from being emptied when somebody takes their words back.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection.alias
        return
    copy = partial / "copy.sqlite3"
    copy.touch(mode=0o600)
    try:
        connection.ensure_connection()
        target = sqlite3.connect(copy)
        connection.connection.backup(target)
        target.close()
        connections.databases[SNAPSHOT] = {**connection.settings_dict, "NAME": str(copy)}
        yield SNAPSHOT
    finally:
        if SNAPSHOT in connections.databases:
            connections[SNAPSHOT].close()
            del connections[SNAPSHOT]
            del connections.databases[SNAPSHOT]
        for end in ("", "-wal", "-shm", "-journal"):
            rows.destroy(Path(f"{copy}{end}"))


# Those that are there


def found(home: Path) -> list[Backup]:
    """The backups below a folder, the newest last; what is no backup is passed over."""
    backups = []
    for path in sorted(home.glob("forum-*")) if home.is_dir() else []:
        try:
            made_at = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        backups.append(Backup(path, made_at))
    return backups


def throw_old_keys_away(home: Path, now: datetime | None = None) -> int:
    """Destroy key files older than seven days, and what a backup that was killed left behind; returns how many."""
    now, done = now or timezone.now(), 0
    for backup in found(home):
        if backup.has_keys and now - backup.made_at > KEYS_STAY:
            rows.destroy(backup.path / KEYS)
            sync_folder(backup.path)
            done += 1
    for left in home.glob(".forum-*.partial") if home.is_dir() else []:
        if now.timestamp() - left.stat().st_mtime > timedelta(days=1).total_seconds():
            _throw_away(left)
            done += 1
    return done


def verified(path: Path, *, with_keys: bool, any_pepper: bool = False) -> dict[str, Any]:
    """Return the manifest once every file is what it says; raises Damaged."""
    try:
        facts: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        said = facts.pop("check")
    except (OSError, ValueError, KeyError) as error:
        raise Damaged(f"{path} holds no readable {MANIFEST}.") from error
    if said != check(facts) and not any_pepper:
        raise Damaged(
            "The manifest was changed, or PEPPER is not the one this backup was made with: with another, no receipt and"
            " no card works. Put the old PEPPER back, or pass --other-pepper."
        )
    for name in (CONTENT, KEYS) if with_keys else (CONTENT,):
        if not (path / name).exists():
            raise Damaged(
                f"{name} is not there. Key files are thrown away after seven days: --without-keys brings the rest back;"
                " testimonies and quotes stay closed for ever."
            )
        if rows.digest(path / name) != facts["files"][name]["sha256"]:
            raise Damaged(f"{name} is not what was written. Take another backup.")
    return facts
