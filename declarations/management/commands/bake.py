"""`manage.py bake DIR`: the public site as files that any web server, any host and any stick can carry."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations.management.baking.asking import Failed
from declarations.management.baking.tree import NotOurs
from declarations.management.baking.whole import Restless, bake
from declarations.models import Forum


class Command(BaseCommand):
    help = "Write the public pages of the forums, in every language, with packed forms beside them, into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that does not exist, is empty, or was baked before")
        parser.add_argument("--forum", metavar="SLUG", help="this forum alone")
        parser.add_argument(
            "--with-quotes",
            action="store_true",
            help="with people's own sentences: bake again whenever one is taken back, and never put it on a stick",
        )

    def handle(self, *args: Any, folder: Path, forum: str | None, with_quotes: bool, **options: Any) -> None:
        forums = Forum.objects.public().order_by("-starts_on", "slug")
        chosen = list(forums.filter(slug=forum) if forum else forums)
        if not chosen:
            raise CommandError(f"There is no public forum {forum or ''}".strip() + ".")
        try:
            tree = bake(folder.absolute(), chosen, is_whole_site=forum is None, with_quotes=with_quotes)
        except (Failed, NotOurs, Restless, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tree.written} files written, {tree.unchanged} as before, in {folder}.")
        if with_quotes:
            self.stdout.write("With quotes: bake again as soon as one is taken back.")
