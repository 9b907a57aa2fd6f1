"""Numbers made coarse: "30+" is more than 30, "<10" fewer than 10, and "≥10" the band just above the minimum.

The steps are wide enough that one testimony more or less seldom moves a figure, and zero reads like any small number:
nobody can tell "nobody spoke" from "a few did" (M7). No number stands alone in a band: one that is known to the last
digit gives away what stands beside it.
"""

from __future__ import annotations

from declarations.publishing import labels
from declarations.publishing.snapshot import Band

UNENDING = 10**9  # more people than any forum has
STEPS = tuple(step * 10**power for power in range(1, 7) for step in (1, 2, 3, 5))


def fewer_than(n: int, minimum: int) -> bool:
    """Whether a number is too small to hide in."""
    return n < minimum


def few(minimum: int) -> str:
    """The code of every number below the minimum, zero among them."""
    return f"<{minimum}"


def band(n: int, minimum: int) -> str:
    """Return the code of the band that a number lies in."""
    if fewer_than(n, minimum):
        return few(minimum)
    passed = [step for step in STEPS if minimum < step < n]
    return f"{max(passed)}+" if passed else f"≥{minimum}"


def limits(code: Band) -> tuple[int, int]:
    """Return the smallest and the largest number that a code can stand for: all that a reader of it learns."""
    text = str(code)
    edge = int(text.strip("<≥+"))
    if text.startswith("<"):
        return 0, edge - 1
    if text.isdigit():
        return edge, edge
    return edge + text.endswith("+"), next((step for step in STEPS if step > edge), UNENDING)


def band_words(band: Band, noun: str, language: str) -> str:
    """Return a band in words: "more than 30 testimonies".

    `noun` is one of publishing.labels.NOUNS. A language without words of its own takes the French ones.
    """
    figure, counted = labels.counted(noun, band, spoken(language))
    return f"{figure}\u00a0{counted}"


def label(band: Band, language: str) -> str:
    """Return a band in words without its noun: "fewer than 10"."""
    return labels.counted("participants", band, spoken(language))[0]


def spoken(language: str) -> str:
    """The language whose words are used: the one asked for where it has words, else French."""
    base = language.split("-")[0]
    return base if base in labels.NOUNS else "fr"
