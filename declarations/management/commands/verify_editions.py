"""Prove every published edition again: its words, files, manifest, signature, and the edition before it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from declarations.models import Declaration, Edition
from declarations.workflow.manifests import verify_all


class Command(BaseCommand):
    help = "Count every file of every edition again, and prove manifest, signature and chain. Exits with 1 on a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("forum", nargs="?", help="the address of one forum; all, where none is named")

    def handle(self, *args: Any, forum: str | None, **options: Any) -> None:
        rows = Declaration.objects.select_related("forum").order_by("forum__slug")
        rows = rows.filter(forum__slug=forum) if forum else rows
        if forum and not rows:
            raise CommandError(f"There is no forum {forum} with a declaration.")
        is_whole = True
        with override("en"):
            for declaration in rows:
                faults = list(verify_all(declaration))
                is_whole = is_whole and not faults
                count = Edition.objects.filter(declaration=declaration).count()
                self.stdout.write(f"{declaration.forum.slug}: editions {count}, faults {len(faults)}")
                for number, fault in faults:
                    where = f"edition {number}" if number else "the chain"
                    self.stdout.write(self.style.ERROR(f"    {where}: {fault}"))
        if not is_whole:
            sys.exit(1)
