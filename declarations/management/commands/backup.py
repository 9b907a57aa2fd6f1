"""Write a backup: content and keys apart."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from declarations.management.safekeeping import backups
from declarations.models.upkeep import is_restoring


class Command(BaseCommand):
    help = "Write a backup of this moment: content, keys apart, and a manifest. Key files older than seven days go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.BACKUPS_DIR), help="below which it is written")

    def handle(self, *args: Any, folder: str, **options: Any) -> None:
        from django.db import DatabaseError, connection

        try:
            if is_restoring(connection):
                raise CommandError("A restore is not finished. Run it again before anything is backed up.")
            made = backups.make(Path(folder))
            gone = backups.throw_old_keys_away(Path(folder))
        except (OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made: {type(error).__name__}: {error}") from error
        self.stdout.write(f"{made.path}\nKey files thrown away: {gone}")
