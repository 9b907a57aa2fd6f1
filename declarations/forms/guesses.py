"""How often codes were guessed wrong, and how much came without a card, on the whole site: counts without a who (M12).

A hall shares one address, so nobody is counted apart. Nobody can be shut out either: above its limit the site still
looks at some of the codes, drawn by lot, and whoever was not drawn presses once more. Why: docs/adr/0013.
"""

from __future__ import annotations

import math
import random
import uuid

from django.core.cache import caches

from declarations.models import Testimony

WINDOW = 600  # seconds
# Wrong codes of one kind in a window that are all looked at. A receipt has 51 random bits, a card 45; a serial and the
# number of a sheet are short, and typed by people who hold a seat. And testimonies without a card that are all kept: a
# hall of four hundred, and half as many again.
MOST = {"receipt": 3000, "card": 600, "serial": 300, "sheet": 300, "testimony": 600}

draw = random.SystemRandom().random


def are_too_many(kind: str) -> bool:
    """Whether this code is not looked at: never up to the limit, above it by lot."""
    wrong, most = caches["guesses"].get(_name(kind), 0), MOST[kind]
    if wrong < most or draw() < most / (wrong + 1):
        return False
    count_wrong(kind)  # it counts all the same, so that more guesses are not worth more
    return True


def count_wrong(kind: str) -> None:
    _count(_name(kind))


def must_wait(one: uuid.UUID) -> bool:
    """Whether a testimony without a card is not kept yet; one that was kept gets its answer again (M2)."""
    came, most = _count("without-card"), MOST["testimony"]
    return came > most and draw() >= most / came and not Testimony.objects.filter(pk=one).exists()


def _count(name: str) -> int:
    """Count one more, and return how many there are in this window."""
    counts = caches["guesses"]
    try:
        return int(counts.incr(name))
    except ValueError:
        # A window begins, if not another request began it in this very moment.
        return 1 if counts.add(name, 1, WINDOW) else int(counts.incr(name))


def looked_at(kind: str, tried: float) -> float:
    """Return how many of what came of one kind in one window are looked at, on average.

    All up to the limit m, then one in m/n of the n-th: m + m(1/(m+1) + … + 1/n), which is below m(1 + ln(n/m)).
    """
    most = MOST[kind]
    return tried if tried <= most else most * (1 + math.log(tried / most))


def _name(kind: str) -> str:
    return f"wrong-{kind}"
