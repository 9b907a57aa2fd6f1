"""Backups, tombstones, the hourly work, and what should be gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from declarations import tombstones
from declarations.management.safekeeping import backups
from declarations.models import Testimony, Upkeep
from declarations.workflow import replaying, retention

from . import Check, Finding, error, fine, warning

OLD, TOO_OLD = timedelta(hours=26), timedelta(days=3)
LATE = timedelta(hours=3)


def newest_backup() -> Iterator[Finding]:
    found = backups.found(Path(settings.BACKUPS_DIR))
    if not found:
        yield error("backups", f"There is none in {settings.BACKUPS_DIR}.", "Run `manage.py backup`, each night.")
        return
    age = timezone.now() - found[-1].made_at
    words = f"The newest is {age.days * 24 + age.seconds // 3600} hours old."
    if age > TOO_OLD:
        yield error("backups", words, "Look why the nightly `manage.py backup` does not run.")
    elif age > OLD:
        yield warning("backups", words, "Look whether last night's `manage.py backup` ran.")
    else:
        yield fine("backups", words)
    for backup in found:
        if any(path.stat().st_mode & 0o077 for path in (backup.path, *backup.path.iterdir())):
            yield error("backups", f"Others here can read {backup.path.name}.", f"chmod -R go= {backup.path}")


def oldest_keys() -> Iterator[Finding]:
    with_keys = [row for row in backups.found(Path(settings.BACKUPS_DIR)) if row.has_keys]
    if not with_keys:
        return
    age = timezone.now() - with_keys[0].made_at
    if age > backups.KEYS_STAY:
        yield error(
            "key files",
            f"The oldest is {age.days} days old: it holds keys of testimonies that were taken back since (M4).",
            "Run `manage.py retain`, and throw away its copies on other machines.",
        )
    else:
        yield fine("key files", f"The oldest is {age.days} days old.")


def tombstone_files() -> Iterator[Finding]:
    folder = tombstones.folder()
    yard = tombstones.read()
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        yield error("tombstones", f"{folder} cannot be written: no words can be taken back.", f"chown {folder}")
    if yard.damaged:
        yield error(
            "tombstones",
            f"{yard.damaged} lines in {folder} cannot be read: cut off, changed, or written with another PEPPER.",
            "Compare with the copy on the other machine; see docs/operating.md.",
        )
    waiting = sum(len(found) for _kind, found in replaying.pending(yard))
    if waiting:
        yield error(
            "tombstones",
            f"The database still has {waiting} things that were taken back.",
            "Run `manage.py retain` now. If the database was restored by other means, stop the server first.",
        )
    unknown = sum(
        1
        for pk in Testimony.objects.filter(state=Testimony.State.WITHDRAWN).values_list("pk", flat=True)
        if yard.day_of(tombstones.Kind.WITHDRAWN, pk) is None
    )
    if unknown:
        yield error(
            "tombstones",
            f"{unknown} withdrawn testimonies have no tombstone: a restored backup would bring them back to life.",
            "Bring the folder back from its copy. If there is none, run `manage.py doctor --bury`.",
        )
    if not (yard.damaged or waiting or unknown):
        yield fine("tombstones", f"{len(yard)} can be read, and the database knows them all.")


def hourly_work() -> Iterator[Finding]:
    row = Upkeep.objects.filter(name="retain").first()
    if row is None or timezone.now() - row.done_at > LATE:
        yield warning("retain", "It did not finish in the last three hours.", "Run it each hour: docs/operating.md.")
    else:
        yield fine("retain", f"It finished at {row.done_at:%Y-%m-%d %H:%M} UTC.")


def what_should_be_gone() -> Iterator[Finding]:
    still = {name: count for name, count in retention.left().items() if count}
    if still:
        words = ", ".join(f"{count} {name}" for name, count in still.items())
        yield error("retention", f"Should be gone and are not: {words}.", "Run `manage.py retain`.")


CHECKS: tuple[Check, ...] = (newest_backup, oldest_keys, tombstone_files, hourly_work, what_should_be_gone)
