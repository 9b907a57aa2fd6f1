"""Build the demonstration forum through the real verbs, as far along the road as is asked."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import override

from declarations.management.demonstration import (
    declarations,
    followup,
    forums,
    participants,
    recommendations,
    testimonies,
)
from declarations.management.demonstration.seed import SLUG, Demonstration
from declarations.models import Forum

STAGES = {
    "forums": forums.build,
    "participants": participants.build,
    "groups": participants.build_groups,
    "testimonies": testimonies.build,
    "findings": testimonies.build_findings,
    "recommendations": recommendations.build,
    "declarations": declarations.build,
    "amendments": declarations.build_amendments,
    "editions": declarations.build_editions,
    "followup": followup.build,
}


class Command(BaseCommand):
    help = "Build the demonstration forum: invented people and words, carried along the whole road."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", choices=STAGES, default="followup", help="the last stage to build")
        parser.add_argument("--scale", type=int, default=1, help="so many times the participants and testimonies")
        parser.add_argument("--seed", type=int, default=1, help="of the draws; keys and codes are random each time")
        parser.add_argument("--if-missing", action="store_true", help="do nothing where the forum is there")

    def handle(self, *args: Any, until: str, scale: int, seed: int, if_missing: bool, **options: Any) -> None:
        table = Path(settings.DEMO_TABLE)
        if Forum.objects.filter(slug=SLUG).exists():
            if not if_missing:
                raise CommandError(f"The forum “{SLUG}” is there already. Use another database to build it again.")
            self.stdout.write(f"The demonstration forum is there. Who signs in with what: {table}")
            return
        demo = Demonstration(random=random.Random(seed), scale=scale, say=self.stdout.write)
        # Whole or not at all: a run that is stopped halfway leaves nothing behind.
        with transaction.atomic(), override("en"):
            for name, build in STAGES.items():
                began = monotonic()
                self.stdout.write(name)
                build(demo)
                self.stdout.write(f"  {monotonic() - began:.1f} s")
                if name == until:
                    break
        with override("en"):
            text = written(demo)
        table.parent.mkdir(parents=True, exist_ok=True)
        table.touch(mode=0o600)
        table.write_text(text, encoding="utf-8")
        self.stdout.write(text)
        self.stdout.write(f"This table is kept in {table}")


def written(demo: Demonstration) -> str:
    """Return the table of who comes in by what, one row a seat."""
    rows = [
        ("seat", "account, card or receipt", "password, code or link", "passphrase"),
        *((str(row.role), row.who, link(row.opens_with), row.passphrase) for row in demo.table),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    address = f"{settings.SITE_URL}/fr/{SLUG}/   {settings.SITE_URL}/admin/"
    return "\n".join([address, "", *(line.rstrip() for line in lines), ""])


def link(text: str) -> str:
    return settings.SITE_URL + text if text.startswith("/") else text
