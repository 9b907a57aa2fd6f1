"""Public figures stand still for a day, and those of testimonies until enough of them came or went.

Somebody who watches a page while one person testifies must not see a figure move: the first request of a day works a
figure out, the others of that day get the same. Nor must they see it from one day to the next: where a band ends, one
testimony more would move it, and tell that this one counts and how many there were before. So a figure of testimonies
moves only once at least the public minimum of them came or went since it was worked out: then it tells of none of
these more than of the others (M7). An edition carries its own figures, frozen for ever. Memory of the figures is the
process's own: a restart works them out again, which shows one moment more, not a row of moments.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache as remembered
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models
from django.db.models import Q

from declarations.models import Forum, Testimony, forum_of
from declarations.publishing.snapshot import ForumFigures

from .bands import fewer_than
from .heard import Behind, Inside

Row = TypeVar("Row", bound=models.Model)
Figures = TypeVar("Figures")

WHOLE = "whole"  # the key of figures that are no dict


@dataclass(frozen=True)
class Held:
    """Figures by key as they are shown, the day each was worked out, and the last day that this was thought over."""

    figures: dict[Hashable, Any]
    since: dict[Hashable, date] = field(default_factory=dict)
    day: date = date.min
    is_dict: bool = False

    @classmethod
    def of(cls, figures: Any, day: date) -> Held:
        rows = figures if isinstance(figures, dict) else {WHOLE: figures}
        return cls(rows, dict.fromkeys(rows, day), day, isinstance(figures, dict))

    @property
    def shown(self) -> Any:
        return self.figures if self.is_dict else self.figures[WHOLE]

    def joined(self, fresh: Held) -> Held:
        """Let what came since join; what was there does not move."""
        return Held({**fresh.figures, **self.figures}, {**fresh.since, **self.since}, self.day, self.is_dict)

    def of_another_day(self, fresh: Held, has_moved: Callable[[date], bool]) -> Held:
        """Move each figure for which enough testimonies came or went, or that counts other texts than it did."""
        figures, since = dict(fresh.figures), dict(fresh.since)
        for key, new in fresh.figures.items():
            if key not in self.figures or has_moved(self.since[key]):
                continue
            figures[key], is_kept = steady(self.figures[key], new)
            if is_kept:
                since[key] = self.since[key]
        return Held(figures, since, fresh.day, fresh.is_dict)


def steady(old: Any, new: Any) -> tuple[Any, bool]:
    """Return what is shown while too few testimonies moved, and whether it is what was shown before."""
    if isinstance(new, Behind) and new.findings == old.findings:
        return old, True
    if isinstance(new, Inside):
        return replace(new, kept=old.kept), True
    if isinstance(new, ForumFigures):
        same = {name: getattr(old, name) for name in ("testimonies_band", "regions", "total_regions", "capacities")}
        return replace(new, **same), True
    return new, False


def moved(forum: Forum, since: date) -> bool:
    """Whether at least the public minimum of testimonies came or went after a day."""
    rows = Testimony.objects.filter(forum=forum).filter(Q(given_on__gt=since) | Q(withdrawn_on__gt=since))
    return not fewer_than(rows.count(), forum.public_minimum)


def daily(figures: Callable[[Row], Figures], row: Row, need: Iterable[Hashable] = ()) -> Figures:
    """Return `figures(row)` as it was when first asked for today, in the forum's own time zone.

    Where the figures are a dict, `need` names the keys that must be there: one that came since joins the others, and
    those that were there do not move.
    """
    forum = forum_of(row)
    today, key = forum.today(), f"figures:{figures.__module__}.{figures.__qualname__}:{row._meta.label_lower}:{row.pk}"
    held: Held | None = cache.get(key)
    if held is None:
        fresh = Held.of(figures(row), today)
        # `add` lets the first of two requests at once decide for both.
        if not cache.add(key, fresh, None):
            fresh = cache.get(key, fresh)
        shown: Figures = fresh.shown
        return shown
    if held.day != today:
        held = held.of_another_day(Held.of(figures(row), today), remembered(lambda since: moved(forum, since)))
        cache.set(key, held, None)
    elif not all(each in held.figures for each in need):
        held = held.joined(Held.of(figures(row), today))
        cache.set(key, held, None)
    shown = held.shown
    return shown
