"""The emergency lock at the terminal: for a forum, or for the whole site."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations.models import Forum
from declarations.workflow import locks


class Command(BaseCommand):
    help = "Forget every unwrapped key and every session at once; with --close-forms, close every form too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forum", help="only this forum; without it, the whole site")
        parser.add_argument("--reason", required=True, help="in a few words, for the history; no names")
        parser.add_argument("--close-forms", action="store_true", help="nobody can send anything until they are opened")
        parser.add_argument("--open-forms", action="store_true", help="open the forms of --forum again, lock nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["forum"]:
            if options["open_forms"]:
                raise CommandError("Say which forum: --forum.")
            ended = locks.lock_site(reason=options["reason"], close_forms=options["close_forms"])
            self.stdout.write(f"Everything is locked: {ended} other sessions ended too.")
        else:
            forum = Forum.objects.filter(slug=options["forum"]).first()
            if forum is None:
                raise CommandError(f"There is no forum {options['forum']}.")
            if options["open_forms"]:
                locks.open_forms(forum, by=locks.terminal(forum))
                self.stdout.write("The forms are open again, in their hours.")
                return
            by = locks.terminal(forum)
            locks.lock(forum, by=by, reason=options["reason"], close_forms=options["close_forms"])
            self.stdout.write("Everybody who works in this forum is signed out, and no key is open any more.")
        self.stdout.write(
            "To come back: sign in on a safe device, open what you need with your passphrase. "
            "Set new passwords where somebody may know one; rotate keys where somebody may know a passphrase."
        )
