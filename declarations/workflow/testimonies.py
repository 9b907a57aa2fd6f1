"""A testimony is given exactly once, read behind a key, and summarised.

The words are sealed in memory before anything is stored; nothing here ever writes them in clear.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import (
    Capacity,
    Conflict,
    Family,
    Forum,
    ForumKey,
    Group,
    Participant,
    Quota,
    QuotaKey,
    Region,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    TurnedAway,
    Zone,
)
from declarations.models.texts import LONGEST_TEXT, tidy, validate_plain

from .moves import IllegalMove, Refused, move, record

Kind = SealedText.Kind


class Conflicting(Exception):
    """Another testimony already came under this identifier; this one was kept aside."""


class AlreadyWithdrawn(Exception):
    """The testimony was withdrawn; a late copy of it is not taken."""


class QuotaSpent(Exception):
    """This card gave as many testimonies today as a card may."""


class ConsentMissing(Exception):
    """The owner did not agree to what was about to be done."""


@dataclass(frozen=True)
class Consent:
    """What the speaker agreed to, one yes or no each (M15), and how it was asked."""

    summarise: bool
    quote: bool
    voice: bool
    language: str
    read_aloud: bool = False


@dataclass(frozen=True)
class Description:
    """How a speaker will be described: a place and a standing, each as coarse as it must be."""

    place: Region | Zone | None = None
    standing: Capacity | Family | None = None

    def fields(self) -> dict[str, Any]:
        return {
            "described_region": self.place if isinstance(self.place, Region) else None,
            "described_zone": self.place if isinstance(self.place, Zone) else None,
            "described_capacity": self.standing if isinstance(self.standing, Capacity) else None,
            "described_family": self.standing if isinstance(self.standing, Family) else None,
        }


@dataclass(frozen=True)
class Facts:
    """The exact facts, sealed with the words: what was generalised, and who asked and interpreted."""

    region: str = ""
    capacity: str = ""
    sex: str = ""
    age: str = ""
    asked_by: str = ""
    interpreter: str = ""


@dataclass(frozen=True)
class Given:
    """A stored testimony; `is_again` where the same had come before."""

    testimony: Testimony
    is_again: bool


@dataclass(frozen=True)
class Opened:
    """What a reader sees: opened for one page, stored nowhere."""

    words: str
    facts: Facts = field(default_factory=Facts)
    summary: str = ""


# How a speaker is described (M7)


def descriptions(forum: Forum, region: Region | None, capacity: Capacity | None) -> list[Description]:
    """Return the descriptions a speaker may choose from, finest first; the last is always the coarsest.

    Each but the last is shared by at least the inside minimum of registered participants.
    """
    places: list[Region | Zone | None] = [region, region.zone, None] if region else [None]
    standings: list[Capacity | Family | None] = [capacity, capacity.family, None] if capacity else [None]
    room = Participant.objects.filter(forum=forum).registered()
    chosen = []
    for place in places:
        for standing in standings:
            if (place, standing) == (None, None):
                continue
            sharing = room
            if place is not None:
                sharing = sharing.filter(**{"region" if isinstance(place, Region) else "region__zone": place})
            if standing is not None:
                sharing = sharing.filter(
                    **{"capacity" if isinstance(standing, Capacity) else "capacity__family": standing}
                )
            if sharing.count() >= forum.inside_minimum:
                chosen.append(Description(place, standing))
    return [*chosen, Description()]


# Giving


def content_hash(forum: Forum, words: str, facts: Facts, consent: Consent, description: Description) -> str:
    """Return the keyed hash by which the same content is known again."""
    parts = json.dumps(
        [asdict(facts), asdict(consent), {k: getattr(v, "pk", None) for k, v in description.fields().items()}]
    )
    return sealing.content_digest(settings.PEPPER, [str(forum.pk), words, parts]).hex()


def receipt_hash(receipt: str) -> str:
    """Return what is stored of a receipt; raises ValueError for what cannot be one."""
    return sealing.keyed_hash(settings.PEPPER, "receipt", sealing.normalise_receipt(receipt)).hex()


def give(
    forum: Forum,
    *,
    id: uuid.UUID,
    words: str,
    language: str,
    taken_as: str,
    consent: Consent,
    receipt: str,
    description: Description | None = None,
    facts: Facts | None = None,
    group: Group | None = None,
    participant: Participant | None = None,
) -> Given:
    """Keep a testimony, sealed, exactly once (M2).

    The same identifier with the same content is answered as success again. Raises Conflicting (the other words are
    kept aside), AlreadyWithdrawn, QuotaSpent, ValidationError for words that cannot be kept, and Refused where the
    forum has no reading key.
    """
    words = checked_words(words)
    facts, description = facts or Facts(), description or Description()
    key = reading_key(forum)
    known_as = content_hash(forum, words, facts, consent, description)
    one = sealing.new_key()
    testimony = Testimony(
        id=id,
        forum=forum,
        group=group,
        language=language,
        taken_as=taken_as,
        may_summarise=consent.summarise,
        may_quote=consent.quote,
        may_keep_voice=consent.voice,
        consent_language=consent.language,
        consent_read_aloud=consent.read_aloud,
        consent_version=forum.consent_version,
        given_on=forum.today(),
        receipt_hash=receipt_hash(receipt),
        content_hash=known_as,
        **description.fields(),
    )
    rows: list[Any] = [
        TestimonyKey(testimony=testimony, forum_key=key, sealed=sealing.seal_to(key.public, one)),
        sealed_text(testimony, one, Kind.WORDS, words, language=language),
        sealed_text(testimony, one, Kind.FACTS, json.dumps(asdict(facts))),
    ]
    try:
        with transaction.atomic():
            if earlier := Testimony.objects.select_for_update().filter(id=id).first():
                return _again(earlier, known_as, forum)
            if participant is not None:
                _count(forum, participant)
            testimony.save(force_insert=True)
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError:
        # The same testimony was stored by another request between our look and our insert.
        earlier = Testimony.objects.filter(id=id).first()
        if earlier is None:
            raise
        return _known(earlier, known_as, forum, words, language)
    except _Other as other:
        return _known(other.earlier, known_as, forum, words, language)
    return Given(testimony, is_again=False)


class _Other(Exception):
    def __init__(self, earlier: Testimony) -> None:
        self.earlier = earlier


def _again(earlier: Testimony, known_as: str, forum: Forum) -> Given:
    if earlier.forum_id == forum.pk and earlier.content_hash == known_as:
        return Given(earlier, is_again=True)
    raise _Other(earlier)


def _known(earlier: Testimony, known_as: str, forum: Forum, words: str, language: str) -> Given:
    if earlier.forum_id == forum.pk and earlier.state == Testimony.State.WITHDRAWN:
        raise AlreadyWithdrawn
    if earlier.forum_id == forum.pk and earlier.content_hash == known_as:
        return Given(earlier, is_again=True)
    _keep_aside(forum, earlier.pk, known_as, words)
    raise Conflicting


def _keep_aside(forum: Forum, taken_id: uuid.UUID, known_as: str, words: str) -> None:
    key, one = reading_key(forum), sealing.new_key()
    Conflict.objects.get_or_create(
        taken_id=taken_id,
        content_hash=known_as,
        defaults={
            "forum": forum,
            "envelope": sealing.seal_text(words, one, sealing.Header("conflict", str(taken_id), "words")),
            "sealed_key": sealing.seal_to(key.public, one),
            "forum_key": key,
            "given_on": forum.today(),
        },
    )


def checked_words(words: str) -> str:
    """Return the words tidied; raises ValidationError where they are empty, too long or hold invisible characters."""
    words = tidy(words)
    if not words:
        raise ValidationError({"words": _("There are no words yet.")})
    if len(words) > LONGEST_TEXT:
        raise ValidationError(
            {
                "words": _("This is longer than %(most)d characters. Please send it in two parts.")
                % {"most": LONGEST_TEXT}
            }
        )
    try:
        validate_plain(words)
    except ValidationError as error:
        raise ValidationError({"words": error.messages}) from error
    return words


def reading_key(forum: Forum) -> ForumKey:
    key = ForumKey.objects.filter(forum=forum).current(ForumKey.Purpose.READING).first()
    if key is None:
        raise Refused(_("This forum cannot take testimonies yet: its reading key is not made."))
    return key


def sealed_text(
    testimony: Testimony, one: bytes, kind: str, text: str, *, language: str = "", by: Seat | None = None
) -> SealedText:
    envelope = sealing.seal_text(text, one, header(testimony, kind, language))
    return SealedText(testimony=testimony, kind=kind, language=language, envelope=envelope, written_by=by)


def header(testimony: Testimony, kind: str, language: str = "") -> sealing.Header:
    return sealing.Header("testimony", str(testimony.pk), f"{kind}/{language}" if language else kind)


def _count(forum: Forum, participant: Participant) -> None:
    """Count one testimony of this card today, under a key that is forgotten tomorrow (M3)."""
    today = forum.today()
    # A day's grace either way: forums may live in different time zones.
    QuotaKey.objects.filter(day__lt=today - timedelta(days=1)).delete()
    Quota.objects.filter(day__lt=today - timedelta(days=1)).delete()
    day, _created = QuotaKey.objects.get_or_create(day=today, defaults={"key": secrets.token_bytes(32)})
    holder = sealing.keyed_hash(bytes(day.key), "quota", str(forum.pk), participant.code_hash).hex()
    quota, _created = Quota.objects.select_for_update().get_or_create(forum=forum, day=today, holder=holder)
    if quota.count >= forum.daily_quota:
        raise QuotaSpent
    quota.count += 1
    quota.save(update_fields=["count"])


def turn_away(forum: Forum, why: str) -> None:
    """Count somebody who was not recorded; nothing else of them is kept."""
    with transaction.atomic():
        row, _created = TurnedAway.objects.get_or_create(forum=forum, day=forum.today(), why=why)
        TurnedAway.objects.filter(pk=row.pk).update(count=F("count") + 1)


def of_receipt(forum: Forum, receipt: str) -> Testimony | None:
    """Return the testimony whose receipt this is, or None."""
    try:
        wanted = receipt_hash(receipt)
    except ValueError:
        return None
    return Testimony.objects.filter(forum=forum, receipt_hash=wanted).first()


# Reading


def open_key(testimony: Testimony, reading_private: bytes) -> bytes:
    """Return the testimony's own key for a holder of the reading key; TestimonyKey.DoesNotExist once withdrawn."""
    key: TestimonyKey = TestimonyKey.objects.get(testimony=testimony)
    return sealing.open_from(reading_private, key.sealed)


def opened(testimony: Testimony, reading_private: bytes) -> Opened:
    """Return the words, the exact facts and the summary, opened."""
    one = open_key(testimony, reading_private)
    texts = {
        row.kind: sealing.open_text(row.envelope, one, header(testimony, row.kind, row.language))
        for row in SealedText.objects.filter(testimony=testimony, kind__in=[Kind.WORDS, Kind.FACTS, Kind.SUMMARY])
    }
    return Opened(texts[Kind.WORDS], Facts(**json.loads(texts[Kind.FACTS])), texts.get(Kind.SUMMARY, ""))


def summaries(testimonies: Iterable[Testimony], reading_private: bytes) -> dict[uuid.UUID, str]:
    """Return the opened summaries of many testimonies, in two queries."""
    rows = list(testimonies)
    keys = {key.testimony_id: key for key in TestimonyKey.objects.filter(testimony__in=rows)}
    texts = SealedText.objects.filter(testimony__in=rows, kind=Kind.SUMMARY).select_related("testimony")
    return {
        text.testimony_id: sealing.open_text(
            text.envelope,
            sealing.open_from(reading_private, keys[text.testimony_id].sealed),
            header(text.testimony, Kind.SUMMARY),
        )
        for text in texts
        if text.testimony_id in keys
    }


def mark_read(testimony: Testimony, *, by: Seat) -> None:
    """Say that somebody of the team read it; once is enough."""
    if testimony.state == Testimony.State.RECEIVED:
        move(testimony, Testimony.State.READ, by=by, verb="read")


def summarise(testimony: Testimony, *, by: Seat, reading_private: bytes, text: str) -> None:
    """Write the sealed summary, or write it anew."""
    if not testimony.may_summarise:
        raise ConsentMissing
    text = checked_words(text)
    one = open_key(testimony, reading_private)
    row = sealed_text(testimony, one, Kind.SUMMARY, text, by=by)
    with transaction.atomic():
        SealedText.objects.update_or_create(
            testimony=testimony, kind=Kind.SUMMARY, language="", defaults={"envelope": row.envelope, "written_by": by}
        )
        if testimony.state == Testimony.State.SUMMARISED:
            record(testimony, by=by, verb="summarise")
        else:
            move(testimony, Testimony.State.SUMMARISED, by=by, verb="summarise")


def refuse(testimony: Testimony, *, by: Seat, reason: str) -> None:
    """Set a testimony aside that the forum will not use: it is not one, or it is an attack on somebody."""
    if not reason.strip():
        raise Refused(_("Say why it is refused."))
    if testimony.state == Testimony.State.WITHDRAWN:
        raise IllegalMove(testimony, Testimony.State.REFUSED)
    move(testimony, Testimony.State.REFUSED, by=by, verb="refuse", reason=reason)
