"""How many printed cards are left, said so that nobody counts by them: each used card is a testimony (M7)."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from declarations.models import CardBatch, Forum

from .bands import band, limits


def with_good(rows: QuerySet[CardBatch]) -> QuerySet[CardBatch]:
    """Let each batch know how many of its cards are neither used nor given up; only for `at_least_left`."""
    return rows.annotate(good=Count("cards", filter=~Q(cards__receipt_hash="")))


def at_least_left(batch: CardBatch, minimum: int) -> int:
    """Return a number of cards that are surely left of a batch: its size without the most that its band may mean.

    It changes only where the band of the spent ones does, so it tells as much as that band and no more (M7).
    """
    if batch.voided_on:
        return 0
    spent = batch.size - batch.good  # type: ignore[attr-defined]
    return max(0, batch.size - limits(band(spent, minimum))[1])


def cards_left(forum: Forum, kind: str) -> int:
    """Return how many cards of a kind are surely left: the sum of what is said of each batch, and no more."""
    rows = with_good(CardBatch.objects.filter(forum=forum, kind=kind, voided_on=None))
    return sum(at_least_left(batch, forum.inside_minimum) for batch in rows)
