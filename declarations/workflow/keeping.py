"""What is sealed is kept exactly once (M2): the one transaction in which a testimony is stored.

It does not matter who sealed: the server, while a page is sent, or a phone, hours before. Nothing here could read it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, When

from declarations import tombstones
from declarations.models import (
    Conflict,
    ConflictChunk,
    ForumKey,
    LateCopy,
    Participant,
    ReceiptCard,
    Recording,
    RecordingChunk,
    SealedName,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
)

from . import cards, quotas


class Conflicting(Exception):
    """Another testimony already came under this identifier; this one was kept aside."""


class TooManyAside(Exception):
    """Another testimony came under this identifier, and so many are kept aside already that this one is not."""


class AlreadyWithdrawn(Exception):
    """The testimony was withdrawn; a late copy of it is not taken."""


class TooLate(Exception):
    """It came too long after the form closed, or too many came after their link was taken back."""


# Kept aside of one testimony. A slip makes one or two; whoever sends more sends them on purpose (M12).
MOST_ASIDE = 20
MOST_LATE = 50  # testimonies that a link may still bring in after it was taken back


@dataclass(frozen=True)
class SealedRecording:
    """A recording sealed in parts; its identifier, random and made by whoever sealed, stands in each header."""

    id: uuid.UUID
    kind: str
    parts: Sequence[bytes]

    def rows(self, testimony: Testimony) -> list[models.Model]:
        row = Recording(id=self.id, testimony=testimony, kind=self.kind)
        chunks = (RecordingChunk(recording=row, number=n, envelope=part) for n, part in enumerate(self.parts))
        return [row, *chunks]


class ReceiptTaken(Exception):
    """Another testimony has this receipt: a card was used before."""


@dataclass(frozen=True)
class Sealed:
    """All that is stored of a testimony beside its row: its key, sealed to the forum's reading key, and envelopes.

    `name` is sealed to custody, not to the reading key (workflow/names.py); None where none was given.
    """

    forum_key: ForumKey
    key: bytes
    texts: Mapping[tuple[str, str], bytes] = field(default_factory=dict)  # (kind, language) → envelope
    recordings: Sequence[SealedRecording] = ()
    name: SealedName | None = None

    def rows(self, testimony: Testimony) -> list[models.Model]:
        """Return the rows to store, the key first."""
        return [
            TestimonyKey(testimony=testimony, forum_key=self.forum_key, sealed=self.key),
            *(
                SealedText(testimony=testimony, kind=kind, language=language, envelope=envelope)
                for (kind, language), envelope in self.texts.items()
            ),
            *(row for recording in self.recordings for row in recording.rows(testimony)),
            *([self.name] if self.name else []),
        ]


@dataclass(frozen=True)
class Given:
    """A stored testimony; `is_again` where the same had come before."""

    testimony: Testimony
    is_again: bool


def keep(
    testimony: Testimony,
    sealed: Sealed,
    *,
    participant: Participant | None = None,
    card: ReceiptCard | None = None,
    late: Seat | None = None,
) -> Given:
    """Store a testimony and all that is sealed of it in one transaction, or none of it.

    A card lends its receipt in the same transaction. What was kept before is known by its identifier and its content,
    never by the card, which has forgotten it.

    `testimony.content_hash` tells what was sent: the same under the same identifier is a success again. Raises
    Conflicting (the other words are kept aside), TooManyAside, AlreadyWithdrawn, quotas.QuotaSpent, ReceiptTaken,
    cards.CardSpent, and TooLate where `late`, a seat whose link was taken back before this came, brought in as many as
    it may.
    """
    # Looked for before the transaction, which on SQLite holds the lock of all writers. What somebody else stores
    # between here and there meets the unique identifier.
    if Testimony.objects.filter(pk=testimony.pk).exists():
        return _known(Testimony.objects.get(pk=testimony.pk), testimony, sealed)
    try:
        with quotas.counting(testimony.forum, participant) as count, transaction.atomic():
            if LateCopy.objects.filter(digest__in=late_digests(testimony.pk)).exists():
                raise AlreadyWithdrawn
            # Before its card is counted: a copy sent in the same moment waits here for the first one, and is then
            # known again. Counted first, it would be told that the card is spent, by itself.
            if card is not None:
                testimony.receipt_hash = cards.lent(card)
            testimony.save(force_insert=True)
            for model, rows in groupby(sealed.rows(testimony), type):
                kind: type[models.Model] = model
                kind._base_manager.bulk_create(rows)
            count()
            if card is not None:
                cards.take(card)
            if late is not None:
                _count_late(late)
    except (IntegrityError, cards.CardSpent) as error:
        # Stored by another request between our look and our insert: the same testimony, or one with this receipt.
        earlier = Testimony.objects.filter(pk=testimony.pk).first()
        if earlier is None and Testimony.objects.filter(receipt_hash=testimony.receipt_hash).exists():
            raise cards.CardSpent if card else ReceiptTaken from error
        if earlier is None:
            raise
        return _known(earlier, testimony, sealed)
    return Given(testimony, is_again=False)


def late_digests(pk: uuid.UUID) -> list[str]:
    """The digests under which a restored backup remembers that this testimony was taken back, or erased."""
    kinds = tombstones.Kind.WITHDRAWN, tombstones.Kind.ERASED
    return [tombstones.Stone.of(kind, pk).digest for kind in kinds]


def _known(earlier: Testimony, testimony: Testimony, sealed: Sealed) -> Given:
    if earlier.forum_id == testimony.forum_id:
        if earlier.state == Testimony.State.WITHDRAWN or earlier.erased_on:
            raise AlreadyWithdrawn
        if earlier.content_hash == testimony.content_hash:
            return Given(earlier, is_again=True)
    _keep_aside(earlier, testimony, sealed)
    raise Conflicting


def _keep_aside(earlier: Testimony, testimony: Testimony, sealed: Sealed) -> None:
    with transaction.atomic():
        # Held, and read again: a withdrawal under way takes along what was kept aside, so nothing may come after it.
        if Testimony.objects.select_for_update().get(pk=earlier.pk).state == Testimony.State.WITHDRAWN:
            raise AlreadyWithdrawn
        aside = Conflict.objects.filter(taken_id=testimony.pk)
        if aside.count() >= MOST_ASIDE and not aside.filter(content_hash=testimony.content_hash).exists():
            raise TooManyAside
        conflict, is_new = _conflict(testimony, sealed)
        for recording in sealed.recordings if is_new else ():
            for number, part in enumerate(recording.parts):
                ConflictChunk.objects.create(conflict=conflict, recording=recording.id, number=number, envelope=part)


def _conflict(testimony: Testimony, sealed: Sealed) -> tuple[Conflict, bool]:
    # The words, in whatever language they were written: what opens them names it.
    words = ((language, one) for (kind, language), one in sealed.texts.items() if kind == SealedText.Kind.WORDS)
    written, envelope = next(words, (testimony.language, b""))
    return Conflict.objects.get_or_create(
        taken_id=testimony.pk,
        content_hash=testimony.content_hash,
        defaults={
            "forum": testimony.forum,
            "language": written,
            "envelope": envelope,
            "sealed_key": sealed.key,
            "forum_key": sealed.forum_key,
            "given_on": testimony.given_on,
        },
    )


def _count_late(seat: Seat) -> None:
    """Count one more that came after the seat was closed, so that organisers know of it; no row says which.

    Every seat of the forum is written, as every card of a batch is (cards.take): a seat written alone would carry the
    number of the transaction that kept the testimony (M3).
    """
    seats = Seat.objects.filter(forum=seat.forum_id)
    # In one order, so that two that come at once do not wait for each other.
    late = dict(seats.order_by("pk").select_for_update().values_list("pk", "came_late"))
    if late[seat.pk] >= MOST_LATE:
        raise TooLate
    more = Case(When(pk=seat.pk, then=1), default=0, output_field=models.PositiveSmallIntegerField())
    seats.update(came_late=F("came_late") + more)
