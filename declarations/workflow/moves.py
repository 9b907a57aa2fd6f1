"""The one gate: `move` alone writes `state`, and every act of the staff leaves a line in the chained history."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from declarations import sealing
from declarations.models import Excerpt, Forum, HistoryEntry, PaperForm, Seat, Testimony, forum_of

Row = TypeVar("Row", bound=models.Model)

# Fields of an entry are joined by a character that no field holds.
SEPARATOR = "\x1f"
# Rows that somebody spoke: what staff do with them carries the day alone. A testimony that was read at three minutes
# past ten came before that, and where little waits not long before (M3).
SPOKEN: tuple[type[models.Model], ...] = (Testimony, Excerpt, PaperForm)


class IllegalMove(Exception):
    """The row is not in a state from which this move is allowed: somebody was faster."""

    def __init__(self, row: models.Model, to: str) -> None:
        super().__init__(f"{row._meta.model_name} {row.pk}: {getattr(row, 'state', '')} → {to}")
        self.row = row
        self.to = to


class StaleRevision(Exception):
    """Somebody saved the row since the page was opened; what was typed is handed back, not lost."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(f"{row._meta.model_name} {row.pk}")
        self.row = row


class Refused(Exception):
    """A rule of the road forbids the act; `args[0]` says which in words for the person who tried."""


def locked(row: Row) -> Row:
    """Re-read the row inside the transaction and hold it until the end.

    SQLite ignores `select_for_update`; there the transaction itself is the lock, because it began IMMEDIATE.
    """
    model = type(row)
    return model._base_manager.select_for_update().get(pk=row.pk)


def move(row: Row, to: str, *, by: Seat, verb: str, reason: str = "", **changes: Any) -> Row:
    """Move the row to another state, with `changes` to its other fields, and write the history.

    Raises IllegalMove where the table of the model does not allow it. Returns the row as stored, and brings the
    caller's copy up to date. A passing seat leaves no line: participants' acts stand outside the history (M3).
    """
    with transaction.atomic():
        fresh = locked(row)
        before = fresh.state  # type: ignore[attr-defined]
        if to not in fresh.MOVES[before]:  # type: ignore[attr-defined]
            raise IllegalMove(fresh, to)
        fresh.state = to  # type: ignore[attr-defined]
        for name, value in changes.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=["state", *changes])
        record(fresh, by=by, verb=verb, reason=reason, before=before, after=to)
    row.state = to  # type: ignore[attr-defined]
    for name, value in changes.items():
        setattr(row, name, value)
    return fresh


def record(
    row: models.Model, *, by: Seat, verb: str, reason: str = "", before: str = "", after: str = ""
) -> HistoryEntry | None:
    """Append one line to the history of the row's forum, chained to the line before it.

    Holds the forum's row meanwhile, so that two acts at once take two numbers. The reason never carries content of a
    testimony.
    """
    if by.is_passing:
        return None
    forum = forum_of(row)
    with transaction.atomic():
        Forum.objects.select_for_update().only("pk").get(pk=forum.pk)
        last = HistoryEntry.objects.filter(forum=forum).order_by("-number").first()
        entry = HistoryEntry(
            forum=forum,
            number=last.number + 1 if last else 1,
            at=moment(row, forum),
            seat=by if by.pk else None,  # the terminal acts from no stored seat
            seat_name=by.name,
            verb=verb,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            from_state=before,
            to_state=after,
            reason=reason,
        )
        entry.digest = chained(last.digest if last else "", entry)
        entry.save(force_insert=True)
    return entry


def moment(row: models.Model, forum: Forum) -> datetime:
    """Return when an act is written down as done: the moment, or the start of the forum's day where somebody spoke."""
    if isinstance(row, SPOKEN):
        # In UTC, as it comes back from the database: the chain is made of its text.
        return datetime.combine(forum.today(), time(), forum.zone_info).astimezone(UTC)
    return timezone.now()


def chained(previous: str, entry: HistoryEntry) -> str:
    """Return the hex digest that ties an entry to the one before it."""
    words = SEPARATOR.join(
        str(part)
        for part in (
            entry.forum_id,
            entry.number,
            entry.at.isoformat(),
            entry.seat_id,
            entry.seat_name,
            entry.verb,
            entry.content_type_id,
            entry.object_id,
            entry.from_state,
            entry.to_state,
            entry.reason,
        )
    )
    return sealing.chain(bytes.fromhex(previous), words.encode()).hex()


def broken_link(forum: Forum) -> HistoryEntry | None:
    """Return the first entry that does not follow from the one before it; None where the chain holds."""
    previous, number = "", 0
    for entry in HistoryEntry.objects.filter(forum=forum).order_by("number").iterator():
        if entry.number != number + 1 or entry.digest != chained(previous, entry):
            return entry
        previous, number = entry.digest, entry.number
    return None


def checked_revision(row: Row, revision: int) -> Row:
    """Return the row locked, or raise StaleRevision where it was saved since the page was opened."""
    fresh = locked(row)
    if fresh.revision != revision:  # type: ignore[attr-defined]
        raise StaleRevision(fresh)
    return fresh
