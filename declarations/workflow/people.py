"""Seats given and taken back, and the keys: made, held, opened, recovered (M1).

Deriving a key from a passphrase takes a quarter of a second: never inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import FormerHolding, Forum, ForumKey, KeyHolding, PersonKey, Seat, User
from declarations.models.guards import forget_deleted
from declarations.tombstones import Kind, Stone

from .moves import Refused, record

LINK_LIFE = timedelta(days=30)
Purpose = ForumKey.Purpose
# Who holds which key; of custody each holds one half, never both.
HOLDERS = {
    Purpose.PEOPLE: Seat.Role.ORGANISER,
    Purpose.READING: Seat.Role.READER,
    Purpose.FIRST_HALF: Seat.Role.CUSTODIAN,
    Purpose.OTHER_HALF: Seat.Role.CUSTODIAN,
    Purpose.SIGNING: Seat.Role.ORGANISER,
}
HALVES = ForumKey.HALVES
# How many must hold a key, so that one lost passphrase loses nothing. One a half: the two codes are its second holders.
LEAST = {Purpose.PEOPLE: 2, Purpose.READING: 2, Purpose.FIRST_HALF: 1, Purpose.OTHER_HALF: 1, Purpose.SIGNING: 2}


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
    """Make keys of the forum and seal them to their holders; returns one recovery code a key, shown once.

    A key that is there already gets another version. Neither half of custody is made without somebody for the other:
    one custodian alone must open nothing.
    """
    wanted = {Purpose(purpose): list(persons) for purpose, persons in holders.items()}
    if any(half in wanted and not _is_provided(forum, other, wanted) for half, other in HALVES.items()):
        wanted = {purpose: persons for purpose, persons in wanted.items() if purpose not in HALVES}
    made = []
    for purpose, persons in wanted.items():
        pair, code = new_pair(purpose), sealing.new_recovery_code()
        made.append((purpose, persons, pair, code, sealing.wrap(pair.private, code, cost(), floor=cost())))
    with transaction.atomic():
        for purpose, persons, pair, _code, recovery in made:
            last = ForumKey.objects.filter(forum=forum, purpose=purpose).aggregate(last=Max("version"))["last"] or 0
            key = ForumKey.objects.create(
                forum=forum,
                purpose=purpose,
                version=last + 1,
                public=pair.public,
                created_on=forum.today(),
                recovery=recovery,
            )
            for person in persons:
                give_holding(key, person, pair.private)
            record(key, by=by, verb="make_key")
    return {purpose: code for purpose, _persons, _pair, code, _recovery in made}


def new_pair(purpose: Purpose) -> sealing.KeyPair:
    """Return a new pair of the kind that the purpose needs: one signs, the others seal."""
    return sealing.new_signing_pair() if purpose == Purpose.SIGNING else sealing.new_pair()


def is_private_of(key: ForumKey, private: bytes) -> bool:
    """Whether this is the private half of the key."""
    public_of = sealing.verifying_key_of if key.purpose == Purpose.SIGNING else sealing.public_of
    return public_of(private) == bytes(key.public)


def _is_provided(forum: Forum, half: Purpose, wanted: Mapping[Purpose, list[PersonKey]]) -> bool:
    """Whether somebody will hold this half: of the keys about to be made, or of those that are there."""
    return bool(wanted.get(half)) or KeyHolding.objects.filter(key__forum=forum, key__purpose=half).exists()


def has_held(forum: Forum, person: PersonKey, purpose: str) -> bool:
    """Whether the person holds the key in any version, or did once: what was held may have been kept."""
    key = {"key__forum": forum, "key__purpose": purpose, "person": person}
    return KeyHolding.objects.filter(**key).exists() or FormerHolding.objects.filter(**key).exists()


def halves_among(forum: Forum, persons: Iterable[PersonKey]) -> dict[str, list[PersonKey]]:
    """Divide custodians into those of the first and those of the other half, as even as what they held allows."""
    divided: dict[str, list[PersonKey]] = {half: [] for half in HALVES}
    new = []
    for person in persons:
        held = [half for half in HALVES if has_held(forum, person, half)]
        divided[held[0]].append(person) if held else new.append(person)
    for person in new:
        min(divided.values(), key=len).append(person)
    return divided


def give_holding(key: ForumKey, person: PersonKey, private: bytes) -> None:
    """Seal the key to one more person, inside a transaction; refused for the half that completes the one they had."""
    Forum.objects.select_for_update().only("pk").get(pk=key.forum_id)  # two halves given at once meet here
    other = HALVES.get(Purpose(key.purpose))
    if other and has_held(key.forum, person, other):
        raise Refused(_("This person holds or held the other half. Nobody may ever have both."))
    KeyHolding.objects.get_or_create(
        key=key, person=person, defaults={"sealed": sealing.seal_to(person.public, private)}
    )
    FormerHolding.objects.filter(key=key, person=person).delete()


def add_holder(key: ForumKey, person: PersonKey, *, by: Seat, holder: PersonKey, private: bytes) -> None:
    """Let one more person hold the key and the versions before it; a holder opens them, no second passphrase."""
    opened = [(key, open_forum_key(key, holder, private))]
    earlier = KeyHolding.objects.filter(
        person=holder, key__forum=key.forum_id, key__purpose=key.purpose, key__version__lt=key.version
    )
    opened += [
        (row.key, sealing.open_from(private, row.sealed))
        for row in earlier.filter(key__retired_on=None).select_related("key__forum")
    ]
    with transaction.atomic():
        for version, version_private in opened:
            give_holding(version, person, version_private)
        record(key, by=by, verb="add_holder")


def remove_holder(key: ForumKey, person: PersonKey, *, by: Seat) -> None:
    """Take the key from a person, in every version; refused where too few holders would remain."""
    purpose = Purpose(key.purpose)
    with transaction.atomic():
        Forum.objects.select_for_update().only("pk").get(pk=key.forum_id)
        holdings = KeyHolding.objects.filter(key__forum=key.forum_id, key__purpose=purpose)
        for version in ForumKey.objects.filter(pk__in=holdings.filter(person=person).values("key"), retired_on=None):
            if holdings.filter(key=version).exclude(person=person).count() < LEAST[purpose]:
                raise Refused(
                    _("Somebody else must hold this half first.")
                    if purpose in HALVES
                    else _("Two people must hold each key. Add another holder first.")
                )
        gone = list(holdings.filter(person=person).select_related("key"))
        for holding in gone:
            FormerHolding.objects.get_or_create(
                key=holding.key, person=person, defaults={"taken_on": timezone.localdate()}
            )
        holdings.filter(person=person).delete()
        record(key, by=by, verb="remove_holder")
        tombstones.bury(*map(stone_of_holding, gone))
    forget_deleted()


def open_forum_key(key: ForumKey, person: PersonKey, private: bytes) -> bytes:
    """Return the forum's private key for a holder; raises NoKey for anybody else."""
    holding = key.holdings.filter(person=person).first()
    if holding is None:
        raise NoKey(str(key))
    return sealing.open_from(private, holding.sealed)


def test_recovery(key: ForumKey, code: str, *, by: Seat) -> bool:
    """Whether the code opens the key; a success is remembered with its day."""
    try:
        private = sealing.unwrap(key.recovery or b"", sealing.normalise_recovery_code(code))
    except (sealing.WrongPassphrase, ValueError):
        return False
    if not is_private_of(key, private):
        return False
    with transaction.atomic():
        ForumKey.objects.filter(pk=key.pk).update(recovery_tested_on=timezone.localdate())
        record(key, by=by, verb="test_recovery")
    key.refresh_from_db(fields=["recovery_tested_on"])
    return True
