"""What those who work in a forum see of the number of testimonies: readers count them, all others see bands (M7).

Bands stand still as they do in public, or whoever has the page open while one person testifies would see one move.
"""

from __future__ import annotations

from dataclasses import dataclass

from declarations.models import Finding, Forum, Seat, Testimony, Urgent
from declarations.publishing.snapshot import Band

from .daily import daily
from .heard import inside_figures, inside_findings
from .load import hours_to_read


@dataclass(frozen=True)
class Waiting:
    """Testimonies to read: exact for a reader, a band for anybody else; hours None where they may not be told."""

    shown: Band
    hours: int | None


def testimonies_waiting(forum: Forum, seat: Seat) -> Waiting:
    """Return how many testimonies wait to be read, as this seat may know it."""
    if _counts(forum, seat):
        rows = Testimony.objects.filter(forum=forum).to_read()
        return Waiting(rows.count(), hours_to_read(rows))
    figures = daily(inside_figures, forum)
    return Waiting(figures.waiting, figures.hours)


def testimonies_kept(forum: Forum) -> Band:
    """Return the band of the testimonies kept."""
    return daily(inside_figures, forum).kept


def heard_inside(finding: Finding) -> Band | None:
    """Return the band of the testimonies behind a finding; None where too few stand behind it."""
    return daily(inside_findings, finding.forum, need=[finding.pk])[finding.pk].testimonies_band


def urgent_waiting(seat: Seat) -> int:
    """Return how many testimonies cannot wait and no custodian has taken note of; 0 for who may not know of any.

    One that cannot wait is one that was given: to organisers none reads like a few (M7).
    """
    return Urgent.objects.for_seat(seat).waiting().count()


def _counts(forum: Forum, seat: Seat) -> bool:
    return seat.role == Seat.Role.READER and seat.forum_id == forum.pk
