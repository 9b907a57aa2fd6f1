"""The keys of a forum at the terminal, with the verbs of their page; what opens is typed, never given as argument."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations import sealing
from declarations.models import Forum, ForumKey, KeyHolding, PersonKey, Seat, User
from declarations.permissions import may
from declarations.workflow import keys, people
from declarations.workflow.moves import Refused

Purpose = ForumKey.Purpose
# What each verb asks of the seat it is done from.
NEEDS = {
    "make": "declarations.manage_keys",
    "rotate": "declarations.manage_keys",
    "remove": "declarations.manage_keys",
    "recover": "declarations.manage_keys",
    "retire": "declarations.manage_keys",
    "add": "declarations.hold_key",
    "reseal": "declarations.hold_key",
    "test": "declarations.hold_key",
}


class Command(BaseCommand):
    help = "List, make, rotate, give, take back, recover and test the keys of a forum."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["list", *NEEDS])
        parser.add_argument("forum", help="the address of the forum: /fr/<forum>/")
        parser.add_argument("--as", dest="username", help="the account that acts; every verb but list needs it")
        parser.add_argument("--key", choices=Purpose.values, help="which key")
        parser.add_argument("--key-version", type=int, help="which version; the current one where it is not said")
        parser.add_argument("--person", help="user name of whoever gets the key, or loses it")

    def handle(self, *args: Any, **options: Any) -> None:
        forum = Forum.objects.filter(slug=options["forum"]).first()
        if forum is None:
            raise CommandError(f"There is no forum {options['forum']}.")
        if options["verb"] == "list":
            self.show(forum)
            return
        by = self.seat(forum, options["username"], NEEDS[options["verb"]])
        try:
            getattr(self, options["verb"])(forum, by, options)
        except Refused as refusal:
            raise CommandError(str(refusal.args[0])) from None
        except people.NoKey:
            raise CommandError("This account holds no such key.") from None
        except sealing.WrongPassphrase:
            raise CommandError("This is not the passphrase.") from None

    # The verbs

    def show(self, forum: Forum) -> None:
        """Print each key, who holds it and since when nobody opened it, and what is sealed to earlier versions."""
        for key in ForumKey.objects.filter(forum=forum).order_by("purpose", "version"):
            tested = f"code tested {key.recovery_tested_on}" if key.recovery_tested_on else "code NEVER tested"
            state = f"retired {key.retired_on}" if key.retired_on else "in use"
            self.stdout.write(f"{key.purpose} {key.version}: made {key.created_on}, {state}, {tested}")
            holdings = list(KeyHolding.objects.filter(key=key).select_related("person__user"))
            for row in holdings:
                opened = row.person.unlocked_on or "never"
                self.stdout.write(f"    {row.person.user.get_username()}, last opened {opened}")
            if not key.retired_on and len(holdings) < people.LEAST[Purpose(key.purpose)]:
                self.stdout.write(self.style.WARNING("    TOO FEW people hold it"))
        for purpose in Purpose.values:
            if ForumKey.objects.filter(forum=forum, purpose=purpose, retired_on=None).exists():
                self.stdout.write(f"{purpose}: {keys.behind(forum, purpose)} sealed to an earlier version")

    def make(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        made = set(forum.keys.filter(retired_on=None).values_list("purpose", flat=True))
        wanted: dict[str, list[PersonKey]] = {}
        for purpose, role in people.HOLDERS.items():
            seats = Seat.objects.open().filter(forum=forum, role=role, user__is_active=True)
            wanted[purpose] = list(PersonKey.objects.filter(user__in=seats.values("user")).order_by("user__username"))
        wanted |= people.halves_among(forum, wanted[Purpose.FIRST_HALF])
        holders = {purpose: persons for purpose, persons in wanted.items() if persons and purpose not in made}
        codes = people.make_forum_keys(forum, by=by, holders=holders)
        if not codes:
            raise CommandError("No key was made: all are there, or nobody has the seat and a key of their own.")
        self.say_codes(codes)

    def rotate(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        purpose = self.purpose(options)
        self.say_codes({purpose: keys.rotate(forum, purpose, by=by)})

    def add(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        key, person = self.key(forum, options), self.person(options)
        assert by.user is not None
        private = people.unlock(by.user, self.secret("Your passphrase: "))
        holder = PersonKey.objects.get(user=by.user)
        people.add_holder(key, self.may_hold(forum, key, person), by=by, holder=holder, private=private)
        self.stdout.write("One more person holds the key.")

    def remove(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        people.remove_holder(self.key(forum, options), self.person(options), by=by)
        self.stdout.write("The key is taken from this person. Rotate it if they may have kept it.")

    def reseal(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        purpose = self.purpose(options)
        assert by.user is not None
        private, total = people.unlock(by.user, self.secret("Your passphrase: ")), 0
        while done := keys.reseal(forum, purpose, by=by, private=private):
            total += done
            self.stdout.write(f"{total} sealed again, {keys.behind(forum, purpose)} left")
        self.stdout.write(f"{keys.behind(forum, purpose)} are sealed to an earlier version.")

    def retire(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        keys.retire(self.key(forum, options), by=by)
        self.stdout.write("The version is retired.")

    def recover(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        key, person = self.key(forum, options), self.person(options)
        code = self.secret("Recovery code: ")
        keys.recover(key, by=by, code=code, person=self.may_hold(forum, key, person))
        self.stdout.write("The key is given again. Rotate it: this code was used.")

    def test(self, forum: Forum, by: Seat, options: dict[str, Any]) -> None:
        if not people.test_recovery(self.key(forum, options), self.secret("Recovery code: "), by=by):
            raise CommandError("This code does not open this key.")
        self.stdout.write("The code opens the key.")

    # What they ask for

    def seat(self, forum: Forum, username: str | None, permission: str) -> Seat:
        """Return an open seat of the account that may do it; who acts stands in the history."""
        if not username:
            raise CommandError("Say who acts: --as USERNAME.")
        for seat in Seat.objects.open().filter(forum=forum, user__username=username, user__is_active=True):
            if may(seat, permission):
                return seat
        raise CommandError(f"{username} has no seat in this forum that may do this.")

    def purpose(self, options: dict[str, Any]) -> str:
        if not options["key"]:
            raise CommandError("Say which key: --key.")
        return str(options["key"])

    def key(self, forum: Forum, options: dict[str, Any]) -> ForumKey:
        purpose, version = self.purpose(options), options["key_version"]
        if not version:
            return keys.current(forum, purpose)
        key = ForumKey.objects.filter(forum=forum, purpose=purpose, version=version).first()
        if key is None:
            raise CommandError("There is no such version.")
        return key

    def person(self, options: dict[str, Any]) -> PersonKey:
        person = PersonKey.objects.filter(user__username=options["person"] or "").first()
        if person is None:
            raise CommandError("Say whose key: --person USERNAME, somebody who made their own key.")
        return person

    def may_hold(self, forum: Forum, key: ForumKey, person: PersonKey) -> PersonKey:
        role = people.HOLDERS[Purpose(key.purpose)]
        user: User = person.user
        if not Seat.objects.open().filter(forum=forum, role=role, user=user, user__is_active=True).exists():
            raise CommandError(f"{user.get_username()} has no open seat as {role}.")
        return person

    def secret(self, prompt: str) -> str:
        """Ask at the terminal: an argument or an environment would stay in a list of processes or a shell's history."""
        return getpass(prompt)

    def say_codes(self, codes: dict[str, str]) -> None:
        self.stdout.write("Recovery codes, shown this one time. Write each on paper, into an envelope of its own.")
        for purpose, code in codes.items():
            self.stdout.write(f"    {purpose}: {code}")
