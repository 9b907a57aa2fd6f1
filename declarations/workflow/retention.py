"""Nothing outlives its time: what is forgotten each hour, in short transactions that a crash may cut anywhere (M14).

Every function may be called again at any moment: it takes what is left, a few rows at a time, and returns how many it
took.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from declarations import tombstones
from declarations.models import (
    Conflict,
    ConflictChunk,
    Excerpt,
    Forum,
    Participant,
    Recording,
    SealedText,
    Seat,
    Testimony,
)
from declarations.models.guards import forget_deleted

from . import excerpts, names, recordings
from .moves import locked
from .participants import passing_seat
from .withdrawals import SEALED, destroy_sealed

AT_ONCE = 50  # rows of one transaction: others wait for it a few milliseconds
CONFLICTS_STAY = timedelta(days=30)  # to be seen by organisers and answered by whoever sent twice
VOICES_WAIT = timedelta(days=30)  # of somebody who did not agree that it be kept, to be written down
CLOSED_STAYS = timedelta(days=30)  # of a forum that was closed, whatever day was promised before


def forget_sessions() -> int:
    """Forget sessions that ran out; some hold a reading key, split."""
    return _delete(Session.objects.filter(expire_date__lt=timezone.now()))


def forget_links() -> int:
    """Forget the trace of links that ran out or were taken back; the seat stays, for the history names it."""
    closed = Q(expires_at__lt=timezone.now()) | ~Q(revoked_at=None)
    return Seat.objects.filter(closed).exclude(token_hash="").update(token_hash="")


def forget_conflicts() -> int:
    """Forget what was kept aside for thirty days under an identifier already taken."""
    old = Conflict.objects.filter(given_on__lt=timezone.localdate() - CONFLICTS_STAY)
    _delete(ConflictChunk.objects.filter(conflict__in=old))
    return _delete(old)


def forget_openings() -> int:
    """Close the openings of names that nobody answered in time, with the share that lay in each."""
    return sum(names.expire(forum) for forum in Forum.objects.all())


def forget_voices() -> int:
    """Forget the voice of whoever did not agree that it be kept: once written down, or when it waited long enough."""
    rows = list(unwanted_voices())
    return sum(recordings.forget_voice(row) for row in rows)


def unwanted_voices() -> models.QuerySet[Testimony]:
    written_down = SealedText.objects.filter(kind=SealedText.Kind.TRANSCRIPT).values("testimony")
    is_due = Q(pk__in=written_down) | Q(given_on__lt=timezone.localdate() - VOICES_WAIT)
    with_voice = Recording.objects.values("testimony")
    return Testimony.objects.filter(is_due, pk__in=with_voice, may_keep_voice=False).in_no_order()


def _delete(rows: models.QuerySet[Any]) -> int:
    done = 0
    while keys := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            done += rows.model._base_manager.filter(pk__in=keys).delete()[0]
    return done


# The end of a forum's time


def last_day(forum: Forum) -> date | None:
    """The last day on which words of this forum are kept; None where no day is fixed."""
    days = [forum.keep_until, forum.closed_on + CLOSED_STAYS if forum.closed_on else None]
    return min((day for day in days if day), default=None)


def is_over(forum: Forum) -> bool:
    day = last_day(forum)
    return day is not None and forum.today() > day


def erase_words() -> int:
    """Erase the words of every forum whose time is over; returns how many testimonies."""
    return sum(_erase_all(forum) for forum in Forum.objects.all() if is_over(forum))


def _erase_all(forum: Forum) -> int:
    done = 0
    while rows := list(to_erase(forum)[:AT_ONCE]):
        with transaction.atomic():
            for row in rows:
                erase_rows(locked(row), on=forum.today())
            tombstones.bury(*(tombstones.Stone.of(tombstones.Kind.ERASED, row.pk) for row in rows))
        done += len(rows)
    if done:
        forget_deleted()
    return done


def to_erase(forum: Forum) -> models.QuerySet[Testimony]:
    """Testimonies whose words are still there; of what was withdrawn nothing is."""
    return forum.testimonies.filter(erased_on=None).exclude(state=Testimony.State.WITHDRAWN).in_no_order()


def erase_rows(fresh: Testimony, *, on: date) -> None:
    """Destroy the key and all that was sealed, inside the caller's transaction.

    What the words led to stays: the row, so that the receipt still takes a quoted sentence back, the findings, and the
    sentences that are public. A sentence that was only proposed goes.
    """
    destroy_sealed(fresh)
    for excerpt in Excerpt.objects.filter(testimony=fresh, state=Excerpt.State.PROPOSED):
        excerpts.take_back(excerpt, by=passing_seat(fresh.forum))
    Excerpt.objects.filter(testimony=fresh).update(envelope=None, answers=None)
    Testimony.objects.filter(pk=fresh.pk).update(content_hash="", erased_on=on)


def erase_names() -> int:
    """Erase names and contacts of participants of every forum whose time is over."""
    done = 0
    for forum in Forum.objects.all():
        if is_over(forum):
            done += Participant.objects.filter(forum=forum).exclude(sealed_name=None).update(sealed_name=None)
    return done


# What must be gone, looked for


def left(now: datetime | None = None) -> dict[str, int]:
    """Count what should have been forgotten and is still there: all zero after `retain`, or something is wrong."""
    now = now or timezone.now()
    gone = Q(erased_on__isnull=False) | Q(state=Testimony.State.WITHDRAWN)
    identifiers = Testimony.objects.filter(gone).values("pk")
    found = {
        model._meta.model_name or "": model._base_manager.filter(**{f"{path}__in": identifiers}).count()
        for model, path in SEALED
    }
    over = [forum for forum in Forum.objects.all() if is_over(forum)]
    today = timezone.localdate(now)
    return {
        **found,
        "sealed sentences": Excerpt.objects.filter(testimony__in=identifiers).exclude(envelope=None).count(),
        "testimonies past their time": sum(to_erase(forum).count() for forum in over),
        "names past their time": Participant.objects.filter(forum__in=over).exclude(sealed_name=None).count(),
        "voices past their time": unwanted_voices().count(),
        "conflicts past their time": Conflict.objects.filter(given_on__lt=today - CONFLICTS_STAY).count(),
    }
