"""Bring a backup back, with what was taken back since."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations.management.safekeeping.backups import Damaged
from declarations.management.safekeeping.restoring import restore


class Command(BaseCommand):
    help = "Bring a backup back into the site's database. Stop the server first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="of one backup")
        parser.add_argument("--overwrite", action="store_true", help="replace everything the database holds")
        parser.add_argument("--without-keys", action="store_true", help="testimonies and quotes stay closed for ever")
        parser.add_argument("--without-tombstones", action="store_true", help="although what was taken back is unknown")
        parser.add_argument("--other-pepper", action="store_true", help="although no receipt and no card will work")

    def handle(self, *args: Any, folder: str, **options: Any) -> None:
        try:
            again = restore(
                Path(folder),
                overwrite=options["overwrite"],
                with_keys=not options["without_keys"],
                without_tombstones=options["without_tombstones"],
                other_pepper=options["other_pepper"],
                say=self.stdout.write,
            )
        except Damaged as problem:
            raise CommandError(str(problem.args[0])) from problem
        for kind, count in sorted(again.items()):
            self.stdout.write(f"taken back again: {count} {str(kind).replace('_', ' ')}")
        self.stdout.write("The database is restored and may be served.")
