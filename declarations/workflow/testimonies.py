"""A testimony is given exactly once, read behind a key, and summarised.

The words are sealed in memory before anything is stored; nothing here ever writes them in clear.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import (
    Draft,
    Forum,
    ForumKey,
    Group,
    Participant,
    ReceiptCard,
    Recording,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    TurnedAway,
)
from declarations.models.guards import forget_deleted
from declarations.models.texts import LONGEST_TEXT, plain, tidy, validate_plain

from . import names, recordings
from .cards import receipt_hash
from .describing import Description, is_hidden_in
from .keeping import Given, Sealed, keep
from .moves import IllegalMove, Refused, move, record

Kind = SealedText.Kind
ON_CARD = "card"  # the language of no facts: what stands on a card, which a phone that sealed did not know
LONGEST_FACT = 200


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
class Facts:
    """The exact facts, sealed with the words: what was generalised, who asked and interpreted, what was listened to.

    `heard` names recordings of the screens: "bm played age/2 reading/1", or "offered" where nobody could tell (M15).
    """

    region: str = ""
    capacity: str = ""
    sex: str = ""
    age: str = ""
    asked_by: str = ""
    interpreter: str = ""
    heard: str = ""


@dataclass(frozen=True)
class Opened:
    """What a reader sees: opened for one page, stored nowhere."""

    words: str
    facts: Facts = field(default_factory=Facts)
    summary: str = ""
    # A phone sealed it, and it does not open, or it held characters or a length that the form would have refused.
    is_broken: bool = False
    is_changed: bool = False


# Giving


def content_hash(
    forum: Forum,
    words: str,
    facts: Facts,
    consent: Consent,
    description: Description,
    audio: bytes | None = None,
    name: str = "",
) -> str:
    """Return the keyed hash by which the same content is known again, the recording and a name included."""
    parts = json.dumps(
        [asdict(facts), asdict(consent), {k: getattr(v, "pk", None) for k, v in description.fields().items()}]
    )
    spoken = [] if audio is None else [hashlib.sha256(audio).digest()]
    named = ["name", name] if name else []
    return sealing.content_digest(settings.PEPPER, [str(forum.pk), words, parts, *spoken, *named]).hex()


def give(
    forum: Forum,
    *,
    id: uuid.UUID,
    words: str,
    language: str,
    taken_as: str,
    consent: Consent,
    written: str = "",
    receipt: str = "",
    card: ReceiptCard | None = None,
    description: Description | None = None,
    facts: Facts | None = None,
    name: str = "",
    group: Group | None = None,
    participant: Participant | None = None,
    audio: bytes | None = None,
    reading: ForumKey | None = None,
) -> Given:
    """Keep a testimony, sealed, exactly once (M2): words, a recording, or both.

    `written` is the language of the words where somebody else wrote them down; else it is the language spoken.
    Its receipt is the one given or, where there is a card, that of the card; `reading` is the reading key of this
    moment, where it was read already. The same identifier with the same content is answered as success again. Raises
    Conflicting (the other words are kept aside), TooManyAside, AlreadyWithdrawn, quotas.QuotaSpent, CardSpent,
    ValidationError for what cannot be kept, and Refused where the forum has no reading key.
    """
    audio = recordings.checked(audio)
    words = checked_words(words) if tidy(words) or audio is None else ""
    facts, description = facts or Facts(), description or Description()
    testimony = Testimony(
        id=id,
        forum=forum,
        group=group if group and is_hidden_in(group, description) else None,
        language=language,
        taken_as=taken_as,
        may_summarise=consent.summarise,
        may_quote=consent.quote,
        may_keep_voice=consent.voice and audio is not None,
        consent_language=consent.language,
        consent_read_aloud=consent.read_aloud,
        consent_version=forum.consent_version,
        given_on=forum.today(),
        receipt_hash="" if card else receipt_hash(receipt),
        content_hash=content_hash(forum, words, facts, consent, description, audio, name),
        **description.fields(),
    )
    sealed = seal(testimony, words, facts, audio, name, written=written, reading=reading)
    return keep(testimony, sealed, participant=participant, card=card)


def seal(
    testimony: Testimony,
    words: str,
    facts: Facts,
    audio: bytes | None = None,
    name: str = "",
    *,
    written: str = "",
    reading: ForumKey | None = None,
) -> Sealed:
    """Seal all that was said under a new key of its own, words that are empty too.

    A name is sealed apart, to custody; where no two custodians can look after it, it is not kept (M1). Raises Refused
    where the forum has no reading key.
    """
    forum_key, one = reading or reading_key(testimony.forum), sealing.new_key()
    texts = {(Kind.WORDS, written or testimony.language): words, (Kind.FACTS, ""): json.dumps(asdict(facts))}
    return Sealed(
        forum_key,
        sealing.seal_to(forum_key.public, one),
        {
            (kind, language): sealing.seal_text(text, one, header(testimony, kind, language))
            for (kind, language), text in texts.items()
        },
        [] if audio is None else [recordings.seal(audio, one, Recording.Kind.ORIGINAL)],
        name=names.seal(testimony, halves, name) if name and (halves := names.custody(testimony.forum)) else None,
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


def turn_away(forum: Forum, why: str) -> None:
    """Count somebody who was not recorded; nothing else of them is kept."""
    with transaction.atomic():
        row, _created = TurnedAway.objects.get_or_create(forum=forum, day=forum.today(), why=why)
        TurnedAway.objects.filter(pk=row.pk).update(count=F("count") + 1)


def of_receipt(forum: Forum, receipt: str) -> Testimony | None:
    """Return the testimony whose receipt this is, with `has_voice`, or None."""
    try:
        wanted = receipt_hash(receipt)
    except ValueError:
        return None
    return Testimony.objects.filter(forum=forum, receipt_hash=wanted).with_voice().first()


# Reading


def open_key(testimony: Testimony, reading_private: bytes) -> bytes:
    """Return the testimony's own key for a holder of the reading key; TestimonyKey.DoesNotExist once withdrawn."""
    key: TestimonyKey = TestimonyKey.objects.get(testimony=testimony)
    return sealing.open_from(reading_private, key.sealed)


def opened(testimony: Testimony, reading_private: bytes) -> Opened:
    """Return the words, the exact facts and the summary, opened.

    What a phone sealed could not be checked when it came: whatever is wrong with it is shown here, and does no harm.
    """
    try:
        one = open_key(testimony, reading_private)
    except sealing.SealBroken:
        return Opened("", is_broken=True)
    rows = SealedText.objects.filter(testimony=testimony, kind__in=[Kind.WORDS, Kind.FACTS, Kind.SUMMARY])
    texts = {(row.kind, row.language): text_of(row, testimony, one) for row in rows}
    words = next(text for (kind, _language), text in texts.items() if kind == Kind.WORDS)
    facts, lent = _facts_in(texts.get((Kind.FACTS, "")))
    if card := next((row for row in rows if row.kind == Kind.FACTS and row.language == ON_CARD), None):
        facts = _with_card(facts, card, testimony, lent)
    summary = texts.get((Kind.SUMMARY, "")) or ""
    if words is None:
        return Opened("", facts, summary, is_broken=True)
    return Opened(seen := plain(words), facts, summary, is_changed=seen != words)


def text_of(row: SealedText, testimony: Testimony, one: bytes) -> str | None:
    """Return a sealed text, None where it does not open."""
    try:
        return sealing.open_text(row.envelope, one, header(testimony, row.kind, row.language))
    except (sealing.SealBroken, ValueError):
        return None


def _facts_in(text: str | None) -> tuple[Facts, str]:
    """Return the facts and the key lent for a card, whatever somebody may have sealed in their place."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Facts(), ""
    known = {name: plain(str(found.get(name, "")))[:LONGEST_FACT] for name in asdict(Facts())}
    return Facts(**known), str(found.get("lent", ""))


def _with_card(facts: Facts, row: SealedText, testimony: Testimony, lent: str) -> Facts:
    """Return the facts with what stood on the card, which the server sealed with the key that the phone lent."""
    try:
        text = text_of(row, testimony, bytes.fromhex(lent))
    except ValueError:
        return facts
    card, _none = _facts_in(text)
    return replace(facts, **{name: value for name, value in asdict(card).items() if value})


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
    """Set a testimony aside that the forum will not use: it is not one, or it is an attack on somebody.

    Its words stay sealed; its voice, which nobody will need any more, is deleted.
    """
    if not reason.strip():
        raise Refused(_("Say why it is refused."))
    if testimony.state == Testimony.State.WITHDRAWN:
        raise IllegalMove(testimony, Testimony.State.REFUSED)
    with transaction.atomic():
        move(testimony, Testimony.State.REFUSED, by=by, verb="refuse", reason=reason)
        recordings.delete(testimony)
        Draft.objects.filter(testimony=testimony).delete()
        tombstones.bury(tombstones.Stone.of(tombstones.Kind.REFUSED, testimony.pk))
    forget_deleted()
