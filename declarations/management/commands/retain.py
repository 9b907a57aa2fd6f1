"""The hourly work: whatever has outlived its time goes, and then it is looked whether it is gone."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from declarations import tombstones
from declarations.management.safekeeping import backups
from declarations.models import row_order
from declarations.models.guards import forget_deleted
from declarations.models.upkeep import Upkeep, is_restoring
from declarations.workflow import replaying, retention

RETAIN, ROW_ORDER = "retain", "row order"
# In this order: first what people wished, then what time takes.
WORK: tuple[tuple[str, Callable[[], int]], ...] = (
    ("taken back again", lambda: replaying.replay().total()),
    ("testimonies erased at the end of their time", retention.erase_words),
    ("names erased at the end of their time", retention.erase_names),
    ("voices nobody may keep", retention.forget_voices),
    ("openings of names that nobody answered", retention.forget_openings),
    ("conflicts older than thirty days", retention.forget_conflicts),
    ("sessions that ran out", retention.forget_sessions),
    ("links that ran out or were taken back", retention.forget_links),
    ("days of tombstones put in no order", tombstones.forget_order),
    ("key files of backups older than seven days", lambda: backups.throw_old_keys_away(Path(settings.BACKUPS_DIR))),
)


class Command(BaseCommand):
    help = "Erase what has outlived its time. Safe at any moment, as often as you like; run it each hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rewrite", action="store_true", help="forget the order of rows however large the tables")

    def handle(self, *args: Any, rewrite: bool, **options: Any) -> None:
        try:
            if is_restoring(connection):
                raise CommandError("A restore is not finished. Run it again first.")
            for name, work in WORK:
                if count := work():
                    self.stdout.write(f"{count} {name}")
            forget_deleted()
            self._forget_arrival(rewrite)
        except (OSError, DatabaseError, tombstones.CannotBury) as error:
            # What was done is done; the next run takes the rest.
            raise CommandError(f"Stopped before the end: {type(error).__name__}. Run it again.") from error
        still = {name: count for name, count in retention.left().items() if count}
        for name, count in still.items():
            self.stderr.write(f"{count} {name} should be gone and are not.")
        if still:
            sys.exit(1)
        done(RETAIN)
        self.stdout.write("Nothing is left that should be gone.")

    def _forget_arrival(self, rewrite: bool) -> None:
        if not rewrite and row_order.size() > row_order.LARGEST:
            self.stdout.write("The tables are large: run `retain --rewrite` at night, so that rows lose their order.")
            return
        if row_order.forget_arrival():
            done(ROW_ORDER)
        else:
            self.stdout.write("Somebody has the database open since before: the next run clears its files.")


def done(name: str) -> None:
    Upkeep.objects.update_or_create(name=name, defaults={"done_at": timezone.now()})
