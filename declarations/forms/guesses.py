"""How often codes were guessed wrong on the whole site: a count without a who (M12).

A hall shares one address, so nobody is counted apart. A receipt has 51 random bits: at this pace a guess among ten
thousand testimonies takes longer than anybody waits, while people who mistype are not shut out.
"""

from __future__ import annotations

from django.core.cache import cache

WINDOW = 600  # seconds
MOST = 300  # wrong codes of one kind in a window


def are_too_many(kind: str) -> bool:
    """Whether the site waits before it looks at another code of this kind."""
    return cache.get(_name(kind), 0) >= MOST


def count_wrong(kind: str) -> None:
    cache.add(_name(kind), 0, WINDOW)
    try:
        cache.incr(_name(kind))
    except ValueError:
        # The window ended between the two lines.
        cache.add(_name(kind), 1, WINDOW)


def _name(kind: str) -> str:
    return f"wrong-{kind}"
