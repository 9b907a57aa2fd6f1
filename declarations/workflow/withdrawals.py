"""Taking words back: reaches everything that rests on a testimony, whatever stage the road is at (M4).

The acts are the participant's own, from a passing seat: they leave a day, no line in the history and no time.
"""

from __future__ import annotations

from django.db import transaction

from declarations.models import (
    Conflict,
    ConflictChunk,
    Evidence,
    Excerpt,
    Finding,
    Forum,
    Quote,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
)
from declarations.models.guards import forget_deleted

from . import excerpts, recordings
from .moves import locked, move


def withdraw(testimony: Testimony, *, by: Seat) -> None:
    """Destroy the testimony's key and everything sealed with it, its sentences and what rested on it.

    The row stays without words, so that the receipt can say "withdrawn" and a late copy is refused.
    """
    with transaction.atomic():
        fresh = locked(testimony)
        TestimonyKey.objects.filter(testimony=fresh).delete()
        SealedText.objects.filter(testimony=fresh).delete()
        recordings.delete(fresh)
        ConflictChunk.objects.filter(conflict__taken_id=fresh.pk).delete()
        Conflict.objects.filter(taken_id=fresh.pk).delete()
        _take_back_sentences(fresh, by)
        _leave_findings(fresh, by)
        move(
            fresh,
            Testimony.State.WITHDRAWN,
            by=by,
            verb="withdraw",
            withdrawn_on=fresh.forum.today(),
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
        if fresh.forum.mode == Forum.Mode.REHEARSAL:
            Forum.objects.filter(pk=fresh.forum_id).update(withdrawal_rehearsed_on=fresh.forum.today())
    testimony.refresh_from_db()
    forget_deleted()


def change_consent(testimony: Testimony, *, by: Seat, summarise: bool, quote: bool, voice: bool) -> None:
    """Change what may be done with the words; what rested on a consent taken back goes at once.

    A voice that was not written down yet waits for that, and goes then (`recordings.forget_voice`).
    """
    with transaction.atomic():
        fresh = locked(testimony)
        Testimony.objects.filter(pk=fresh.pk).update(may_summarise=summarise, may_quote=quote, may_keep_voice=voice)
        if not voice and recordings.is_transcribed(fresh):
            recordings.delete(fresh)
        if not quote:
            _take_back_sentences(fresh, by)
        if not summarise:
            _leave_findings(fresh, by)
    testimony.refresh_from_db()
    forget_deleted()


def _take_back_sentences(testimony: Testimony, by: Seat) -> None:
    for excerpt in Excerpt.objects.filter(testimony=testimony).exclude(state=Excerpt.State.WITHDRAWN):
        excerpts.withdraw(excerpt, by=by)
    Quote.objects.filter(excerpt__testimony=testimony).delete()


def _leave_findings(testimony: Testimony, by: Seat) -> None:
    """Take the testimony from under its findings; those left with too few go back to draft."""
    touched = list(Finding.objects.filter(evidence__testimony=testimony).select_related("forum"))
    Evidence.objects.filter(testimony=testimony).delete()
    for finding in touched:
        left = Testimony.objects.filter(evidence__finding=finding).summable().distinct().count()
        if finding.state != Finding.State.DRAFT and left < finding.forum.inside_minimum:
            move(finding, Finding.State.DRAFT, by=by, verb="fall_below_the_minimum", agreed_by=None)
