"""Seats given and taken back, and the keys: made, held, opened, recovered (M1).

Deriving a key from a passphrase takes a quarter of a second: never inside a transaction.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import Forum, ForumKey, KeyHolding, PersonKey, Seat, User

from .moves import Refused, record

Kind, Stone = tombstones.Kind, tombstones.Stone
LINK_LIFE = timedelta(days=30)
Purpose = ForumKey.Purpose
# Who holds which key; the custody key in halves, one to each of a pair.
HOLDERS = {
    Purpose.PEOPLE: Seat.Role.ORGANISER,
    Purpose.READING: Seat.Role.READER,
    Purpose.CUSTODY: Seat.Role.CUSTODIAN,
}


class NoKey(Exception):
    """The person has no key pair, or holds no part of the key that was asked for."""


def cost() -> sealing.Cost:
    return sealing.CHEAP if settings.CHEAP_PASSPHRASES else sealing.STRONG


# Seats


def give_seat(forum: Forum, *, by: Seat | None, user: User, role: str, **fields: Any) -> Seat:
    """Seat an account in a forum; `by` is None only for the first organiser, who seats himself."""
    with transaction.atomic():
        seat = Seat(forum=forum, user=user, role=role, name=user.get_full_name() or user.username, **fields)
        seat.full_clean(exclude=["token_hash"])
        seat.save(force_insert=True)
        record(seat, by=by or seat, verb="give_seat")
    return seat


def give_link(
    forum: Forum, *, by: Seat, role: str, name: str, days: int | None = None, **fields: Any
) -> tuple[Seat, str]:
    """Seat whoever opens a link; returns the seat and the token, which is shown once and stored hashed."""
    if role in Seat.ACCOUNT_ONLY:
        raise Refused(_("This seat needs an account; a link is not enough."))
    token = sealing.new_token()
    with transaction.atomic():
        seat = Seat(
            forum=forum,
            role=role,
            name=name,
            token_hash=sealing.token_hash(token),
            expires_at=timezone.now() + (timedelta(days=days) if days else LINK_LIFE),
            **fields,
        )
        seat.full_clean(exclude=["token_hash"])
        seat.save(force_insert=True)
        record(seat, by=by, verb="give_link")
    return seat, token


def open_account(
    forum: Forum, *, by: Seat, username: str, full_name: str, password: str, role: str, **fields: Any
) -> tuple[User, Seat]:
    """Open an account and give it its first seat, both or neither."""
    first, _space, last = full_name.partition(" ")
    user = User(username=username, first_name=first, last_name=last)
    user.set_password(password)  # before the transaction: it takes a while on purpose
    with transaction.atomic():
        user.save(force_insert=True)
        seat = give_seat(forum, by=by, user=user, role=role, **fields)
    return user, seat


def check_own_account(user: User, by: Seat) -> Seat:
    """Return a seat of the account in the forum; refused for one that also acts elsewhere, or runs the site."""
    seats = list(Seat.objects.filter(user=user))
    if user.is_superuser or not seats or any(seat.forum_id != by.forum_id for seat in seats):
        raise Refused(_("This account also acts elsewhere. Only its owner or whoever runs the site changes it."))
    return seats[0]


def set_password(user: User, *, by: Seat, password: str) -> None:
    """Give an account of this forum alone another password; whoever is signed in with the old one is signed out."""
    seat = check_own_account(user, by)
    before = user.password
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record(seat, by=by, verb="set_password")
        tombstones.bury(Stone.of(Kind.PASSWORD, before))


def close_account(user: User, *, by: Seat) -> None:
    """Let an account of this forum alone sign in no more; what it did stays."""
    seat = check_own_account(user, by)
    if user.pk == by.user_id:
        raise Refused(_("Nobody closes their own account."))
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        record(seat, by=by, verb="close_account")
        tombstones.bury(stone_of_account(user))


def revoke_seat(seat: Seat, *, by: Seat) -> None:
    """Close a seat at once; what was done from it stays."""
    with transaction.atomic():
        Seat.objects.filter(pk=seat.pk, revoked_at=None).update(revoked_at=timezone.now())
        record(seat, by=by, verb="revoke_seat")
        tombstones.bury(stone_of_seat(seat))
    seat.refresh_from_db(fields=["revoked_at"])


def seat_of_token(token: str) -> Seat | None:
    """Return the open seat a link leads to."""
    return (
        Seat.objects.open()
        .select_related("forum", "group", "addressee")
        .filter(token_hash=sealing.token_hash(token))
        .first()
    )


# What of this a restored backup must not bring back: each is named by what no later row can share


def stone_of_seat(seat: Seat) -> Stone:
    return Stone.of(Kind.SEAT, seat.pk, seat.created_at.isoformat())


def stone_of_account(user: User) -> Stone:
    return Stone.of(Kind.ACCOUNT, user.pk, user.username, user.date_joined.isoformat())


def stone_of_holding(holding: KeyHolding) -> Stone:
    return Stone.of(Kind.HOLDING, holding.sealed)


# A person's key


def make_person_key(user: User, passphrase: str) -> PersonKey:
    """Give an account its key pair, the private half wrapped with the passphrase at the site's cost."""
    pair = sealing.new_pair()
    wrapped = sealing.wrap(pair.private, passphrase, cost(), floor=cost())
    return PersonKey.objects.create(user=user, public=pair.public, wrapped=wrapped, created_on=timezone.localdate())


def unlock(user: User, passphrase: str) -> bytes:
    """Return the person's private key; raises NoKey or sealing.WrongPassphrase."""
    try:
        key = user.key
    except PersonKey.DoesNotExist:
        raise NoKey(user.username) from None
    private = sealing.unwrap(key.wrapped, passphrase)
    PersonKey.objects.filter(pk=key.pk).update(unlocked_on=timezone.localdate())
    return private


def change_passphrase(user: User, old: str, new: str) -> None:
    """Wrap the private key with another passphrase; nothing sealed to the person changes."""
    private = unlock(user, old)
    wrapped = sealing.wrap(private, new, cost(), floor=cost())
    PersonKey.objects.filter(user=user).update(wrapped=wrapped)


# A forum's keys


def make_forum_keys(forum: Forum, *, by: Seat, holders: Mapping[str, Iterable[PersonKey]]) -> dict[str, str]:
    """Make the forum's keys and seal them to their holders; returns one recovery code a key, shown once.

    The custody key is made only where there are two custodians: one alone must open nothing.
    """
    made = []
    for purpose, persons in holders.items():
        people = list(persons)
        if purpose == Purpose.CUSTODY and len(people) < 2:
            continue
        pair, code = sealing.new_pair(), sealing.new_recovery_code()
        made.append((purpose, people, pair, code, sealing.wrap(pair.private, code, cost(), floor=cost())))
    with transaction.atomic():
        for purpose, people, pair, _code, recovery in made:
            version = ForumKey.objects.filter(forum=forum, purpose=purpose).count() + 1
            key = ForumKey.objects.create(
                forum=forum,
                purpose=purpose,
                version=version,
                public=pair.public,
                created_on=forum.today(),
                recovery=recovery,
            )
            _hold(key, people, pair.private)
            record(key, by=by, verb="make_key")
    return {purpose: code for purpose, _people, _pair, code, _recovery in made}


def _hold(key: ForumKey, people: list[PersonKey], private: bytes) -> None:
    if key.purpose == Purpose.CUSTODY:
        for pair in itertools.combinations(people, 2):
            _hold_halves(key, pair, private)
    else:
        for person in people:
            KeyHolding.objects.create(key=key, person=person, sealed=sealing.seal_to(person.public, private))


def _hold_halves(key: ForumKey, pair: tuple[PersonKey, ...], private: bytes) -> None:
    number = uuid.uuid4()
    for person, half in zip(pair, sealing.split(private), strict=True):
        KeyHolding.objects.create(key=key, person=person, sealed=sealing.seal_to(person.public, half), pair=number)


def add_holder(key: ForumKey, person: PersonKey, *, by: Seat, holder: PersonKey, private: bytes) -> None:
    """Let one more person hold the key; a holder's own private key opens it for them, no second passphrase."""
    if key.purpose == Purpose.CUSTODY:
        raise Refused(_("The custody key is given out again to all custodians together."))
    opened = open_forum_key(key, holder, private)
    with transaction.atomic():
        KeyHolding.objects.get_or_create(
            key=key, person=person, pair=None, defaults={"sealed": sealing.seal_to(person.public, opened)}
        )
        record(key, by=by, verb="add_holder")


def remove_holder(key: ForumKey, person: PersonKey, *, by: Seat) -> None:
    """Take the key from a person; refused where fewer than two holders would remain."""
    with transaction.atomic():
        others = KeyHolding.objects.select_for_update().filter(key=key).exclude(person=person)
        if others.values("person").distinct().count() < 2:
            raise Refused(_("Two people must hold each key. Add another holder first."))
        pairs = KeyHolding.objects.filter(key=key, person=person).values_list("pair", flat=True)
        halves = Q(pair__in=[pair for pair in pairs if pair])
        gone = KeyHolding.objects.filter(halves | Q(person=person), key=key)
        stones = [stone_of_holding(row) for row in gone]
        gone.delete()
        record(key, by=by, verb="remove_holder")
        tombstones.bury(*stones)


def open_forum_key(key: ForumKey, person: PersonKey, private: bytes) -> bytes:
    """Return the forum's private key for a holder; raises NoKey for anybody else, and for one custodian alone."""
    holding = key.holdings.filter(person=person, pair=None).first()
    if holding is None:
        raise NoKey(str(key))
    return sealing.open_from(private, holding.sealed)


def open_custody_key(key: ForumKey, one: tuple[PersonKey, bytes], other: tuple[PersonKey, bytes]) -> bytes:
    """Return the custody key for two custodians together; raises NoKey where they are not a pair."""
    halves = {
        (holding.pair, holding.person_id): holding.sealed
        for holding in key.holdings.filter(person__in=[one[0], other[0]]).exclude(pair=None)
    }
    for (pair, person), sealed in halves.items():
        if person == one[0].pk and (pair, other[0].pk) in halves:
            joined = sealing.join(
                sealing.open_from(one[1], sealed), sealing.open_from(other[1], halves[pair, other[0].pk])
            )
            if sealing.public_of(joined) == bytes(key.public):
                return joined
    raise NoKey(str(key))


def test_recovery(key: ForumKey, code: str, *, by: Seat) -> bool:
    """Whether the code opens the key; a success is remembered with its day."""
    try:
        private = sealing.unwrap(key.recovery or b"", sealing.normalise_recovery_code(code))
    except (sealing.WrongPassphrase, ValueError):
        return False
    if sealing.public_of(private) != bytes(key.public):
        return False
    with transaction.atomic():
        ForumKey.objects.filter(pk=key.pk).update(recovery_tested_on=timezone.localdate())
        record(key, by=by, verb="test_recovery")
    key.refresh_from_db(fields=["recovery_tested_on"])
    return True
