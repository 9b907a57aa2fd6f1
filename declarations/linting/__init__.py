"""What in a sentence could tell who spoke: names, telephone numbers, small places, ages, dates, every other number.

Pure: text in, flags out; no database, no request. It errs on the side of pointing: a person answers each flag, by
leaving the words out or by saying why they may stay (M8).
"""

from __future__ import annotations

from collections.abc import Iterable

from . import lexicon as known
from .lexicon import folded
from .names import people, places
from .numbers import dates, numbers
from .scripts import heard, unsearched
from .words import Flag, Gazetteer, flag, words_of

__all__ = ["RULES", "Flag", "Gazetteer", "flags", "folded", "told"]

# In the order in which one speaks for a stretch that several point at.
RULES = ("telephone", "rare", "age", "date", "place", "name", "title", "number", "script")
LONGEST_LABEL = 5  # words of a label that are looked for together


def flags(text: str, gazetteer: Gazetteer | None = None, rare: Iterable[Flag] = ()) -> list[Flag]:
    """Return what to look at, in reading order, none overlapping; `rare` is what only the forum's numbers can tell."""
    words = words_of(text)
    found = [
        *rare,
        *numbers(text, words),
        *dates(text, words),
        *places(text, words, gazetteer or Gazetteer()),
        *people(text, words, gazetteer or Gazetteer()),
        *heard(text, words, gazetteer or Gazetteer()),
    ]
    apart = _apart(text, found)
    return sorted([*apart, *unsearched(text, words, apart)])


def _apart(text: str, found: list[Flag]) -> list[Flag]:
    """Keep one flag for a stretch: that of the first rule, widened by those it overlaps, so that nothing is lost."""
    kept: list[Flag] = []
    for each in sorted(set(found)):
        if kept and each.start < kept[-1].end:
            before = kept.pop()
            rule = min(before.rule, each.rule, key=RULES.index)
            each = flag(text, before.start, max(before.end, each.end), rule)
        kept.append(each)
    return kept


def told(text: str, gazetteer: Gazetteer) -> list[tuple[Flag, tuple[str, object]]]:
    """Return the stretches that tell a fact of the speaker, each with the fact: ("sex", "woman"), ("region", 3)."""
    words = words_of(text)
    found: list[tuple[Flag, tuple[str, object]]] = []
    for number, word in enumerate(words):
        pair = f"{words[number - 1].key}-{word.key}" if number else ""
        for fact, listed in known.TOLD.items():
            if word.key in listed or pair in listed:
                start = words[number - 1].start if pair in listed else word.start
                found.append((flag(text, start, word.end, "rare"), fact))
        for length in range(1, LONGEST_LABEL + 1):
            stretch = words[number : number + length]
            label = " ".join(each.key for each in stretch)
            if len(stretch) == length and label in gazetteer.facts:
                found.append((flag(text, word.start, stretch[-1].end, "rare"), gazetteer.facts[label]))
    return found
