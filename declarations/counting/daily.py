"""Public figures stand still for a day.

Somebody who watches a page while one person testifies must not see a figure move: the first request of a day works a
figure out, the others of that day get the same. An edition carries its own figures, frozen for ever. Memory of the day
is the process's own: a restart works them out again, which shows one moment more, not a row of moments.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models

from declarations.models import forum_of

Row = TypeVar("Row", bound=models.Model)
Figures = TypeVar("Figures")

A_DAY = 24 * 60 * 60


def daily(figures: Callable[[Row], Figures], row: Row, need: Iterable[Hashable] = ()) -> Figures:
    """Return `figures(row)` as it was when first asked for today, in the forum's own time zone.

    Where the figures are a dict, `need` names the keys that must be there: one that came since joins the others, and
    those that were there do not move.
    """
    key = (
        f"figures:{figures.__module__}.{figures.__qualname__}:{row._meta.label_lower}:{row.pk}:{forum_of(row).today()}"
    )
    frozen: Any = cache.get(key)
    if frozen is None:
        frozen = figures(row)
        # `add` lets the first of two requests at once decide for both.
        return frozen if cache.add(key, frozen, A_DAY) else cache.get(key, frozen)
    if not all(each in frozen for each in need):
        now: Any = figures(row)
        frozen = {**now, **frozen}
        cache.set(key, frozen, A_DAY)
    return frozen
