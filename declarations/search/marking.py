"""The part of a text around what was found, every word in <mark>."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .folding import Folded, beginnings, fold, folded

AROUND = 90  # characters shown on each side of the first word found
REACH = 25  # characters within which the edge of a word is looked for


def marked(text: Folded, words: Sequence[str]) -> SafeString:
    """Return the part of a text around the first word found, every word in <mark>; all else is escaped."""
    shown, spots = text.shown, spots_in(text, words)
    first = spots[0] if spots else (0, 0)
    start = _edge(shown, first[0] - AROUND, 1)
    end = max(first[1], _edge(shown, first[0] + AROUND, -1))
    parts, at = ["… "] if start else [], start
    for low, high in spots:
        if low >= at and high <= end:
            parts += [escape(shown[at:low]), "<mark>", escape(shown[low:high]), "</mark>"]
            at = high
    parts += [escape(shown[at:end]), " …" if end < len(shown) else ""]
    return mark_safe("".join(parts))  # every part of the text went through escape


def part_holding(text: str, words: Sequence[str]) -> SafeString | None:
    """Return the part of a text around the first word, as `marked` does; None where it does not hold every word."""
    whole = folded(text)
    holds = bool(words) and all(pattern.search(whole.signs) for pattern in beginnings(words))
    return marked(whole, words) if holds else None


def spots_in(text: Folded, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places in a text, as it is shown, where a word begins, in order, the longer first."""
    shown, signs, places = text
    found = [match.span(1) for pattern in beginnings(words) for match in pattern.finditer(signs)]
    spots = {(places[start], _whole(shown, places[end - 1] + 1)) for start, end in found}
    return sorted(spots, key=lambda spot: (spot[0], -spot[1]))


def _whole(text: str, end: int) -> int:
    """Return the end of a letter with what is not compared after it: a mark is never cut from what it stands on."""
    while end < len(text) and not fold(text[end]):
        end += 1
    return end


def _edge(text: str, place: int, step: int) -> int:
    """Return the place of a word's edge near `place`, going inwards."""
    if place <= 0:
        return 0
    if place >= len(text):
        return len(text)
    near = range(place, min(len(text), place + REACH)) if step > 0 else range(place, max(0, place - REACH), -1)
    found = next((each + (step > 0) for each in near if text[each].isspace()), None)
    return _whole(text, place) if found is None else found
