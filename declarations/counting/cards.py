"""How many printed cards are left, said so that nobody counts by them: each used card is a testimony (M7)."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from declarations.models import CardBatch, Forum
from declarations.publishing.snapshot import Band

from .bands import band, limits
from .daily import daily


def with_given_up(rows: QuerySet[CardBatch]) -> QuerySet[CardBatch]:
    """Let each batch know how many of its cards are given up; only for `at_least_left`."""
    return rows.annotate(given_up=Count("cards", filter=Q(cards__is_void=True)))


def at_least_left(batch: CardBatch) -> int:
    """Return how many cards are surely left of a batch.

    It stands still for a day, or until some are given up: a number that moves while somebody testifies tells that they
    did, and with a card.
    """
    if batch.voided_on:
        return 0
    asked = (batch.pk, batch.given_up)  # type: ignore[attr-defined]
    return surely_left(batch.size, daily(bands_of_spent, batch.forum, need=[asked])[asked])


def cards_left(forum: Forum, kind: str) -> int:
    """Return how many cards of a kind are surely left: the sum of what is said of each batch, and no more."""
    rows = with_given_up(CardBatch.objects.filter(forum=forum, kind=kind, voided_on=None)).select_related("forum")
    return sum(at_least_left(batch) for batch in rows)


def surely_left(size: int, spent: Band) -> int:
    """Return the size of a batch without the most cards that the band of the spent ones may mean.

    It changes only where that band does, so it tells as much as the band and no more (M7).
    """
    return max(0, size - limits(spent)[1])


def bands_of_spent(forum: Forum) -> dict[tuple[int, int], Band]:
    """Return the band of the cards used or given up, by batch and how many of it are given up."""
    spent = Count("cards", filter=Q(cards__receipt_hash=""))
    rows = with_given_up(CardBatch.objects.filter(forum=forum)).annotate(spent=spent)
    figures = rows.values_list("pk", "given_up", "spent")
    return {(batch, given_up): band(spent, forum.inside_minimum) for batch, given_up, spent in figures}
