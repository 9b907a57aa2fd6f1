"""Look at the whole installation, and say in words what to do."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from declarations import tombstones
from declarations.management.doctor import Level, examine
from declarations.models import Testimony

MARKS = {Level.FINE: "  ", Level.WARNING: "? ", Level.ERROR: "! "}


class Command(BaseCommand):
    help = "Look at keys, triggers, backups, tombstones, disk, clock, versions. Exits with 1 on an error."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one list, for a machine")
        parser.add_argument("--bury", action="store_true", help="write tombstones that are missing")

    def handle(self, *args: Any, bury: bool, **options: Any) -> None:
        if bury:
            self.stdout.write(f"{bury_missing()} tombstones written.")
        found = examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=1))
        else:
            for one in found:
                self.stdout.write(f"{MARKS[one.level]}{one.subject}: {one.words}")
                if one.to_do:
                    self.stdout.write(f"    → {one.to_do}")
        if any(one.level == Level.ERROR for one in found):
            sys.exit(1)


def bury_missing() -> int:
    """Write the tombstones that a database which outlived its folder still knows of."""
    yard, kind = tombstones.read(), tombstones.Kind.WITHDRAWN
    gone = Testimony.objects.filter(state=Testimony.State.WITHDRAWN).values_list("pk", flat=True)
    missing = [tombstones.Stone.of(kind, pk) for pk in gone if yard.day_of(kind, pk) is None]
    tombstones.bury(*missing)
    return len(missing)
