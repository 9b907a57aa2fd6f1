"""How often codes were guessed wrong on the whole site: a count without a who (M12).

A hall shares one address, so nobody is counted apart. Nobody can be shut out either: above its limit the site still
looks at some of the codes, drawn by lot, and whoever was not drawn presses once more. Why: docs/adr/0013.
"""

from __future__ import annotations

import math
import random

from django.core.cache import caches

WINDOW = 600  # seconds
# Wrong codes of one kind in a window that are all looked at. A receipt has 51 random bits, a card 45; a serial and the
# number of a sheet are short, and typed by people who hold a seat.
MOST = {"receipt": 3000, "card": 600, "serial": 300, "sheet": 300}

draw = random.SystemRandom().random


def are_too_many(kind: str) -> bool:
    """Whether this code is not looked at: never up to the limit, above it by lot."""
    wrong, most = caches["guesses"].get(_name(kind), 0), MOST[kind]
    if wrong < most or draw() < most / (wrong + 1):
        return False
    count_wrong(kind)  # it counts all the same, so that more guesses are not worth more
    return True


def count_wrong(kind: str) -> None:
    counts = caches["guesses"]
    counts.add(_name(kind), 0, WINDOW)
    try:
        counts.incr(_name(kind))
    except ValueError:
        # The window ended between the two lines.
        counts.add(_name(kind), 1, WINDOW)


def looked_at(kind: str, tried: float) -> float:
    """Return how many of the wrong codes that were tried in one window are looked at, on average.

    All up to the limit m, then one in m/n of the n-th: m + m(1/(m+1) + … + 1/n), which is below m(1 + ln(n/m)).
    """
    most = MOST[kind]
    return tried if tried <= most else most * (1 + math.log(tried / most))


def _name(kind: str) -> str:
    return f"wrong-{kind}"
