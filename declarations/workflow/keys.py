"""The life of a forum's keys: rotated, sealed again, retired, given again with the code, taken from who leaves (M1).

People who hold a key open what was sealed to it, whatever version is current. A rotation changes what comes after it;
sealing again, by somebody who holds both versions, moves what came before. No testimony is touched: only the small box
in which its key lies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import (
    Conflict,
    Forum,
    ForumKey,
    KeyHolding,
    Participant,
    PersonKey,
    SealedName,
    Seat,
    TestimonyKey,
)
from declarations.models.guards import forget_deleted

from . import participants, people
from .moves import Refused, record

Purpose = ForumKey.Purpose
AT_ONCE = 200  # rows sealed again in one go: a few seconds, and an interruption loses at most these


@dataclass(frozen=True)
class Sealed:
    """Where something is sealed to a key of the forum."""

    model: Any
    forum: str
    key: str
    box: str


SEALED = {
    Purpose.READING: (
        Sealed(TestimonyKey, "testimony__forum", "forum_key", "sealed"),
        Sealed(Conflict, "forum", "forum_key", "sealed_key"),
    ),
    Purpose.FIRST_HALF: (Sealed(SealedName, "testimony__forum", "first_key", "first_share"),),
    Purpose.OTHER_HALF: (Sealed(SealedName, "testimony__forum", "other_key", "other_share"),),
    Purpose.PEOPLE: (Sealed(Participant, "forum", "name_key", "sealed_name"),),
    Purpose.SIGNING: (),  # it signs; a retired version still proves what it signed
}


def current(forum: Forum, purpose: str) -> ForumKey:
    """Return the version to which new rows are sealed; refused where none is made."""
    key = ForumKey.objects.filter(forum=forum).current(purpose).first()
    if key is None:
        raise Refused(_("This key is not made yet."))
    return key


def holders_now(forum: Forum, purpose: str) -> list[PersonKey]:
    """Return who holds the current version and still has an open seat for it."""
    seats = Seat.objects.open().filter(forum=forum, role=people.HOLDERS[Purpose(purpose)], user__is_active=True)
    held = KeyHolding.objects.filter(key=current(forum, purpose))
    return list(PersonKey.objects.filter(pk__in=held.values("person"), user__in=seats.values("user")))


def rotate(forum: Forum, purpose: str, *, by: Seat) -> str:
    """Make a new version for the same holders; returns its recovery code, shown once.

    It takes no passphrase: nothing is opened. What was sealed before stays sealed to the version before.
    """
    holders = holders_now(forum, purpose)
    if len(holders) < people.LEAST[Purpose(purpose)]:
        raise Refused(_("Too few people with an open seat hold this key. Give it to another one first."))
    codes = people.make_forum_keys(forum, by=by, holders={purpose: holders})
    if purpose not in codes:
        raise Refused(_("Nobody holds the other half."))
    return codes[purpose]


def behind(forum: Forum, purpose: str) -> int:
    """Return how many rows are sealed to a version before the current one."""
    key = current(forum, purpose)
    return sum(_behind(each, key).count() for each in SEALED[Purpose(purpose)])


def _behind(each: Sealed, key: ForumKey) -> models.QuerySet[Any]:
    rows = each.model._base_manager.filter(**{each.forum: key.forum_id}).exclude(**{each.key: key})
    return rows.exclude(**{each.key: None}) if each.model is Participant else rows


def reseal(forum: Forum, purpose: str, *, by: Seat, private: bytes, most: int = AT_ONCE) -> int:
    """Seal up to `most` rows to the current version; returns how many it sealed, so that one can go on or stop.

    Whoever does it opens the boxes, not what is locked with what lies in them; of a name they open one share.
    """
    key = current(forum, purpose)
    held = KeyHolding.objects.filter(key__forum=forum, key__purpose=purpose, person__user=by.user_id)
    opened = {row.key_id: sealing.open_from(private, row.sealed) for row in held}
    if not opened:
        raise people.NoKey(str(key))
    done = 0
    for each in SEALED[Purpose(purpose)]:
        rows = _behind(each, key).filter(**{f"{each.key}__in": opened}).order_by("pk")[: most - done]
        fresh = [(row, _moved(each, row, opened, key)) for row in rows]
        done += _stored(each, key, fresh)
    if done:
        record(key, by=by, verb="reseal")
        forget_deleted()
    return done


def _moved(each: Sealed, row: Any, opened: dict[int, bytes], key: ForumKey) -> bytes:
    box, private = getattr(row, each.box), opened[getattr(row, f"{each.key}_id")]
    if each.model is Participant:
        sealed_key, envelope = participants.parted(box)
        return participants.joined(sealing.seal_to(key.public, sealing.open_from(private, sealed_key)), envelope)
    return sealing.seal_to(key.public, sealing.open_from(private, box))


def _stored(each: Sealed, key: ForumKey, fresh: Iterable[tuple[Any, bytes]]) -> int:
    """Write the boxes; a row that was withdrawn or sealed again meanwhile stays as it is."""
    done = 0
    with transaction.atomic():
        for row, box in fresh:
            same = {"pk": row.pk, each.key: getattr(row, f"{each.key}_id")}
            done += each.model._base_manager.filter(**same).update(**{each.key: key, each.box: box})
    return done


def retire(key: ForumKey, *, by: Seat) -> None:
    """Say that a version is no longer used; refused while anything is sealed to it, and for the current one.

    Its holdings stay: a phone that was offline may still bring what it sealed to this version.
    """
    if key.pk == current(key.forum, key.purpose).pk:
        raise Refused(_("This is the version in use. Make a new one first."))
    with transaction.atomic():
        for each in SEALED[Purpose(key.purpose)]:
            if each.model._base_manager.filter(**{each.key: key}).exists():
                raise Refused(_("Some rows are still sealed to it. Seal them again first."))
        ForumKey.objects.filter(pk=key.pk).update(retired_on=key.forum.today())
        record(key, by=by, verb="retire_key")
        tombstones.bury(tombstones.Stone.of(tombstones.Kind.KEY, key.public))
    key.refresh_from_db(fields=["retired_on"])


def recover(key: ForumKey, *, by: Seat, code: str, person: PersonKey) -> None:
    """Give the key to somebody with its recovery code, for when passphrases are lost; refused for a wrong code."""
    try:
        private = sealing.unwrap(key.recovery or b"", sealing.normalise_recovery_code(code))
    except (sealing.WrongPassphrase, sealing.SealBroken, ValueError):
        private = None
    if private is None or not people.is_private_of(key, private):
        raise Refused(_("This code does not open this key. Check each character, then the envelope."))
    with transaction.atomic():
        people.give_holding(key, person, private)
        record(key, by=by, verb="recover_key")
