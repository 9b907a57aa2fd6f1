"""What a phone sealed itself is taken in: checked as far as it can be without its words, and kept exactly once.

The words are under the forum's reading key before they leave the phone; nothing here could open them (M5).
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from declarations import sealing
from declarations.models import (
    Conflict,
    ForumKey,
    Participant,
    ReceiptCard,
    Recording,
    SealedText,
    Seat,
    Testimony,
    is_form_open,
)
from declarations.models.forums import Forum
from declarations.models.texts import plain

from . import cards, names
from .cards import receipt_hash
from .describing import Description, covering
from .keeping import Given, ReceiptTaken, Sealed, SealedRecording, TooLate, keep
from .testimonies import ON_CARD, Consent, Facts, Opened, header

# How long after the form closed, or a link was taken back, what a phone held meanwhile is still taken in. A phone
# knows no hour that we could trust, so what counts is when we handed its page out, and when the parcel came.
GRACE = timedelta(days=7)
LARGEST_WORDS = 128 << 10  # bytes of an envelope: 20,000 characters of four bytes


class Unfit(Exception):
    """What came has not the shape of sealed words, or names no key of this forum."""


@dataclass(frozen=True)
class Told:
    """Everything of a testimony that opens when it arrives."""

    forum: Forum
    id: uuid.UUID
    receipt: str
    language: str
    written: str  # the language of the words, where somebody else wrote them down; empty for the one spoken
    taken_as: str
    consent: Consent
    description: Description
    reading: int  # the version of the reading key to which the phone sealed
    lent: bytes  # the key for what stands on a card; the phone sealed it with the words, we forget it
    made_at: datetime  # when its page was handed out
    seat: Seat | None = None
    participant: Participant | None = None
    card: ReceiptCard | None = None  # good when it came; one that is not leaves the receipt that the phone made


def take_in(told: Told, parcel: sealing.Parcel, *, now: datetime | None = None) -> Given:
    """Keep what a phone sealed, exactly once; the same bytes again are a success again (M2).

    Raises Unfit, keeping.TooLate (after the grace, or too many after a link was taken back), and what `keep` raises.
    """
    now = now or timezone.now()
    testimony = Testimony(
        id=told.id,
        forum=told.forum,
        language=told.language,
        taken_as=told.taken_as,
        may_summarise=told.consent.summarise,
        may_quote=told.consent.quote,
        may_keep_voice=told.consent.voice and any(name.startswith("recording/") for name in parcel.parts),
        consent_language=told.consent.language,
        consent_read_aloud=told.consent.read_aloud,
        consent_version=told.forum.consent_version,
        given_on=told.forum.today(),
        receipt_hash="" if told.card else receipt_hash(told.receipt),
        content_hash=content_hash(told.forum, parcel),
        **told.description.fields(),
    )
    sealed = sealed_of(testimony, told, parcel.parts)
    late = check_moment(told, now) if not Testimony.objects.filter(pk=told.id).exists() else None
    return _keep(testimony, sealed, told, late)


def content_hash(forum: Forum, parcel: sealing.Parcel) -> str:
    """Return the keyed hash over everything that came, sealed as it is: another byte is another testimony."""
    parts = (each for pair in parcel.parts.items() for each in pair)
    return sealing.content_digest(settings.PEPPER, [str(forum.pk), parcel.answers, *parts]).hex()


def _keep(testimony: Testimony, sealed: Sealed, told: Told, late: Seat | None) -> Given:
    try:
        return keep(testimony, sealed, participant=told.participant, card=told.card, late=late)
    except cards.CardSpent:
        testimony.receipt_hash = receipt_hash(told.receipt)
    except ReceiptTaken:
        # A phone draws one of 2.5e15, so it was guessed; saying so would tell that it was guessed right. It is kept
        # under a receipt that nobody holds (M4).
        testimony.receipt_hash = secrets.token_hex(32)
    except IntegrityError:
        if Recording.objects.filter(pk__in=[one.id for one in sealed.recordings]).exists():
            raise Unfit from None
        raise
    return keep(testimony, sealed, participant=told.participant, late=late)


def has_own_receipt(given: Given, told: Told) -> bool:
    """Whether the receipt is the one that the phone made; where a card was named, that card could not be used."""
    return given.testimony.receipt_hash == receipt_hash(told.receipt)


def opened_aside(conflict: Conflict, reading_private: bytes) -> Opened:
    """Return the words of a testimony that was kept aside, for a holder of the key they were sealed to."""
    place = sealing.Header("testimony", str(conflict.taken_id), f"{SealedText.Kind.WORDS}/{conflict.language}")
    try:
        words = sealing.open_text(conflict.envelope, sealing.open_from(reading_private, conflict.sealed_key), place)
    except (sealing.SealBroken, ValueError):
        return Opened("", is_broken=True)
    return Opened(plain(words), is_changed=plain(words) != words)


# What is sealed


def sealed_of(testimony: Testimony, told: Told, parts: Mapping[str, bytes]) -> Sealed:
    """Return the parts of a parcel as they are stored; raises Unfit for any that are missing, too many or misshapen."""
    key = ForumKey.objects.filter(forum=told.forum, purpose=ForumKey.Purpose.READING, version=told.reading).first()
    if key is None or (key.retired_on and told.made_at.astimezone(told.forum.zone_info).date() > key.retired_on):
        raise Unfit
    rest = dict(parts)
    written = told.written or told.language
    words, facts = f"words/{written}", "facts"
    if len(rest.pop("key", b"")) != sealing.SEALED_KEY_SIZE or not {words, facts} <= rest.keys():
        raise Unfit
    texts = {
        (str(SealedText.Kind.WORDS), written): _envelope(rest.pop(words), LARGEST_WORDS),
        (str(SealedText.Kind.FACTS), ""): _envelope(rest.pop(facts), sealing.SIZE_CLASSES[1]),
    }
    if told.participant:
        texts[str(SealedText.Kind.FACTS), ON_CARD] = _facts_of_card(testimony, told.participant, told.lent)
    try:
        name = names.of_phone(testimony, rest)
    except ValueError:
        raise Unfit from None
    return Sealed(key, parts["key"], texts, _recordings(rest), name)


def _envelope(stored: bytes, largest: int) -> bytes:
    if not sealing.is_envelope(stored, largest):
        raise Unfit
    return stored


def _recordings(parts: Mapping[str, bytes]) -> list[SealedRecording]:
    """Return the one recording whose parts, numbered from 0, are left; an empty list where nothing is left."""
    if not parts:
        return []
    try:
        (name,) = {part.rpartition("/")[0] for part in parts}
        table, row, kind = name.split("/")
        found = uuid.UUID(row)
    except ValueError:
        raise Unfit from None
    if (table, row, kind) != ("recording", str(found), Recording.Kind.ORIGINAL):
        raise Unfit
    if parts.keys() != {f"{name}/{number}" for number in range(len(parts))}:
        raise Unfit
    largest = sealing.SIZE_CLASSES[4]
    return [SealedRecording(found, kind, [_envelope(parts[f"{name}/{n}"], largest) for n in range(len(parts))])]


def _facts_of_card(testimony: Testimony, participant: Participant, lent: bytes) -> bytes:
    """Seal what stands on a card with a key that only the sealed facts name; we have it for this moment alone."""
    facts = Facts(participant.region.code, participant.capacity.code, participant.sex, participant.age)
    place = header(testimony, SealedText.Kind.FACTS, ON_CARD)
    return sealing.seal_text(json.dumps(asdict(facts)), lent, place)


# Whether it comes in time


def check_moment(told: Told, now: datetime) -> Seat | None:
    """Return the seat whose link is no longer open, if it came after that; raises TooLate."""
    check_opening(told.forum, told.made_at, now)
    if told.seat is None:
        return None
    ended_at = min((at for at in (told.seat.revoked_at, told.seat.expires_at) if at), default=None)
    if ended_at is None or now < ended_at:
        return None
    if told.made_at > ended_at or now > ended_at + GRACE:
        raise TooLate
    return told.seat


def check_opening(forum: Forum, made_at: datetime, now: datetime | None = None) -> None:
    """Raise TooLate where the form is closed, and its grace is over for a page that was handed out then."""
    now = now or timezone.now()
    if not is_form_open(forum, "testimonies", now):
        closed_at = _closing_of(forum, made_at)
        if closed_at is None or now > closed_at + GRACE:
            raise TooLate


def _closing_of(forum: Forum, at: datetime) -> datetime | None:
    """Return when the hours ended in which a page was handed out; None where the form was closed then."""
    rows = [row for row in forum.opening_hours.all() if row.form == "testimonies"]
    return max((row.closes_at for row in rows if row.opens_at <= at < row.closes_at), default=None)


# How a speaker may be described (M7)


def descriptions_of_all(forum: Forum) -> list[Description]:
    """Return every description that gives cover, and the coarsest.

    The same as `describing.descriptions` gives for each region and capacity, in three queries for all of them.
    """
    rows: dict[Any, Any] = {None: None}
    for region in forum.regions.select_related("zone"):
        rows |= {("region", region.pk): region, ("zone", region.zone_id): region.zone}
    for capacity in forum.capacities.select_related("family"):
        rows |= {("capacity", capacity.pk): capacity, ("family", capacity.family_id): capacity.family}
    safe = sorted(covering(forum), key=repr)
    return [*(Description(rows[place], rows[who]) for place, who in safe), Description()]
