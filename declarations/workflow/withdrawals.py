"""Taking words back: reaches everything that rests on a testimony, whatever stage the road is at (M4).

The acts are the participant's own, from a passing seat: they leave a day, no line in the history and no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from declarations import counting, tombstones
from declarations.models import (
    Conflict,
    ConflictChunk,
    Draft,
    Evidence,
    Excerpt,
    Finding,
    Forum,
    NameOpening,
    Quote,
    Recording,
    RecordingChunk,
    SealedName,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    Urgent,
)
from declarations.models.guards import forget_deleted
from declarations.tombstones import Kind, Stone

from . import excerpts, recordings, testimonies
from .moves import locked, move

# What lies sealed of a testimony beside its row and its sentences: gone when it is taken back, gone at the end of its
# time. (model, path to the testimony's identifier)
SEALED = (
    (TestimonyKey, "testimony"),
    (NameOpening, "testimony"),
    (SealedName, "testimony"),
    (SealedText, "testimony"),
    (Draft, "testimony"),
    (Urgent, "testimony"),
    (RecordingChunk, "recording__testimony"),
    (Recording, "testimony"),
    (ConflictChunk, "conflict__taken_id"),
    (Conflict, "taken_id"),
)


def destroy_sealed(testimony: Testimony) -> None:
    """Delete the key first, then everything that was sealed with it; inside a verb's transaction."""
    for model, path in SEALED:
        model._base_manager.filter(**{path: testimony.pk}).delete()


def withdraw(testimony: Testimony, *, by: Seat) -> None:
    """Destroy the testimony's key and everything sealed with it, its sentences and what rested on it.

    The row stays without words, so that the receipt can say "withdrawn" and a late copy is refused. The tombstone is on
    the disk before the database commits: where it cannot be written, nothing is taken back; where the commit fails
    after it, `retain` finishes what was wished. Never half of it, and never a backup that does not know.
    """
    with transaction.atomic():
        fresh = locked(testimony)
        stones = withdraw_rows(fresh, by=by, on=fresh.forum.today())
        if fresh.forum.mode == Forum.Mode.REHEARSAL:
            Forum.objects.filter(pk=fresh.forum_id).update(withdrawal_rehearsed_on=fresh.forum.today())
        tombstones.bury(*stones)
    testimony.refresh_from_db()
    forget_deleted()


def withdraw_rows(fresh: Testimony, *, by: Seat, on: date) -> list[Stone]:
    """Destroy what a withdrawal destroys, inside the caller's transaction; returns the tombstones of it."""
    destroy_sealed(fresh)
    stones = [Stone.of(Kind.WITHDRAWN, fresh.pk), *_take_back_sentences(fresh, by)]
    _leave_findings(fresh, by)
    move(
        fresh,
        Testimony.State.WITHDRAWN,
        by=by,
        verb="withdraw",
        withdrawn_on=on,
        content_hash="",
        group=None,
        may_summarise=False,
        may_quote=False,
        may_keep_voice=False,
        described_region=None,
        described_zone=None,
        described_capacity=None,
        described_family=None,
    )
    return stones


def change_consent(testimony: Testimony, *, by: Seat, summarise: bool, quote: bool, voice: bool) -> None:
    """Change what may be done with the words; what rested on a consent taken back goes at once.

    A voice that was not written down yet waits for that, and goes then (`recordings.forget_voice`).
    """
    with transaction.atomic():
        fresh = locked(testimony)
        before = (fresh.may_summarise, fresh.may_quote, fresh.may_keep_voice)
        stones = change_rows(fresh, by=by, summarise=summarise, quote=quote, voice=voice)
        for was, is_now, no, yes in zip(before, (summarise, quote, voice), *CONSENTS, strict=True):
            if was != is_now:
                stones.append(Stone.of(yes if is_now else no, fresh.pk))
        tombstones.bury(*stones)
    testimony.refresh_from_db()
    forget_deleted()


CONSENTS = (
    (Kind.NO_SUMMARY, Kind.NO_QUOTE, Kind.NO_VOICE),
    (Kind.SUMMARY, Kind.QUOTE, Kind.VOICE),
)


def change_rows(fresh: Testimony, *, by: Seat, summarise: bool, quote: bool, voice: bool) -> list[Stone]:
    """Change the consents inside the caller's transaction; returns the tombstones of the sentences that went."""
    Testimony.objects.filter(pk=fresh.pk).update(may_summarise=summarise, may_quote=quote, may_keep_voice=voice)
    if not voice and recordings.is_transcribed(fresh):
        recordings.delete(fresh)
    stones = [] if quote else _take_back_sentences(fresh, by)
    if not summarise:
        _leave_findings(fresh, by)
    return stones


def _take_back_sentences(testimony: Testimony, by: Seat) -> list[Stone]:
    rows = list(Excerpt.objects.filter(testimony=testimony).exclude(state=Excerpt.State.WITHDRAWN))
    for excerpt in rows:
        excerpts.take_back(excerpt, by=by)
    Quote.objects.filter(excerpt__testimony=testimony).delete()
    return [excerpts.tombstone(excerpt) for excerpt in rows]


def refuse(testimony: Testimony, *, by: Seat, reason: str) -> None:
    """Set a testimony aside that the forum will not use; findings that it stood behind stand without it."""
    with transaction.atomic():
        testimonies.refuse(testimony, by=by, reason=reason)
        settle(resting_on(testimony), by)
    forget_deleted()


def _leave_findings(testimony: Testimony, by: Seat) -> None:
    """Take the testimony from under its findings."""
    touched = resting_on(testimony)
    Evidence.objects.filter(testimony=testimony).delete()
    settle(touched, by)


def resting_on(testimony: Testimony) -> list[Finding]:
    return list(Finding.objects.filter(evidence__testimony=testimony).select_related("forum"))


def settle(findings: Iterable[Finding], by: Seat) -> None:
    """Take findings that too few testimonies stand behind now off the public page, or back to draft.

    Below the public minimum a finding stays agreed, and unseen; below the inside one its words tell of too few (M7).
    """
    for finding in findings:
        inside, public = (
            counting.rests_on_enough(finding, least)
            for least in (finding.forum.inside_minimum, finding.forum.public_minimum)
        )
        if finding.state != Finding.State.DRAFT and not inside:
            move(finding, Finding.State.DRAFT, by=by, verb="fall_below_the_minimum", agreed_by=None)
        elif finding.state == Finding.State.PUBLISHED and not public:
            move(finding, Finding.State.AGREED, by=by, verb="fall_below_the_minimum")
