"""How many testimonies a card gave today (M3, M12), under a name that no disk can lead back to a card.

The name is keyed with what only the memory of the running server knows, and the count ends with the day of the forum.
Without that key a row or a page of memory says: somebody gave so many. Why: docs/adr/0019-quotas-on-no-disk.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone

from declarations import sealing
from declarations.models import Forum, Participant


class QuotaSpent(Exception):
    """This card gave as many testimonies today as a card may."""


@contextmanager
def counting(forum: Forum, participant: Participant | None) -> Iterator[Callable[[], None]]:
    """Give what counts one testimony of this card and raises QuotaSpent; what is not kept in the end does not count.

    Goes around the transaction that keeps the testimony, and is called inside it.
    """
    counts, counted = caches["quotas"], ""

    def count() -> None:
        nonlocal counted
        if participant is None:
            return
        counted = _name(forum, participant)
        counts.add(counted, 0, _seconds_left(forum))
        if counts.incr(counted) > forum.daily_quota:
            raise QuotaSpent

    try:
        yield count
    except BaseException:
        # Counts that stand in the database are taken back with the transaction, those in memory are not.
        if counted and isinstance(counts, LocMemCache):
            counts.decr(counted)
        raise


def _name(forum: Forum, participant: Participant) -> str:
    return sealing.keyed_hash(settings.RUN_KEY, "quota", str(forum.pk), str(forum.today()), str(participant.pk)).hex()


def _seconds_left(forum: Forum) -> float:
    """Until midnight where the forum meets, so that a day begins with new counts; a minute at least, to count."""
    tomorrow = datetime.combine(forum.today() + timedelta(days=1), time(), forum.zone_info)
    return max(60.0, (tomorrow - timezone.now()).total_seconds())
