"""Writings without capitals: names are known there by their sound alone, and whatever is left a person must read.

Arabic has lists of its own. N'Ko and Tifinagh are heard: a word that sounds like a listed name or place is pointed at,
whether its vowels are written or not. No list is long enough for that to be a search, so every other stretch in these
letters, and in those that nobody taught the linter, is pointed at as what it is: not searched.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from . import lexicon as known
from .lexicon import folded
from .words import ARABIC, Flag, Gazetteer, Word, flag

NASAL = "\u07f2"  # the dot below a vowel of N'Ko: an n behind it
LETTERS = str.maketrans(
    {
        **dict(zip("ߊߋߌߍߎߏߐߒߓߔߕߖߗߘߙߚߛߜߝߞߟߠߡߢߣߤߥߦ", "aeieuoonbptjcdrrsgfklnmnnhwy", strict=True)),
        **dict(zip("ⴰⴱⴲⴳⴴⴵⴶⴷⴸⴹⴺⴻⴼⴽⴾⴿⵀⵁⵂⵃⵅⵆⵇⵈⵉⵊⵋⵌⵍⵎⵏⵐⵑⵒⵓ", "abbggjjddddefkkkhhhhkkkkijjjlmnnnpu", strict=True)),
        **dict(zip("ⵔⵕⵖⵗⵘⵙⵚⵛⵜⵝⵞⵟⵠⵡⵢⵣⵤⵥⵦⵧ", "rrggjsssttttvwyzzzeo", strict=True)),
        NASAL: "n",
    }
)
HEARD = re.compile(r"[\u07c0-\u07ff\u2d30-\u2d7f]")
# How French and English write the sounds for which the others have one letter.
SPELLED = (
    *(("ou", "u"), ("ph", "f"), ("th", "t"), ("ch", "s"), ("gn", "n"), ("dj", "j"), ("gu", "g"), ("qu", "k")),
    *(("dia", "ja"), ("die", "je"), ("dio", "jo"), ("ei", "e"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("h", "")),
)
BEHIND_LATIN = "\u0370"
LEAST = 3  # consonants by which a name is known where its vowels are left out, as N'Ko and Tifinagh may


def sound(text: str) -> str:
    """Return how a word sounds, roughly: the same for a name in Latin letters, in N'Ko and in Tifinagh."""
    if HEARD.match(text):
        # Two letters one behind the other have a vowel between them that is not written.
        return re.sub(r"[^a-z]|h", "", folded(text.translate(LETTERS)))
    heard = folded(text)
    for spelled, letter in SPELLED:
        heard = heard.replace(spelled, letter)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]", "", re.sub(r"y\Z", "i", heard)))


def bones(heard: str) -> str:
    """The consonants of a sound; nothing where they are too few to tell one word from another."""
    found = re.sub(r"[aeiou]", "", heard)
    return found if len(found) >= LEAST else ""


@cache
def sounds_of(words: frozenset[str]) -> frozenset[str]:
    """Return the sounds of listed words, each with its vowels and, where that is enough, without."""
    heard = {sound(word) for word in words if not ARABIC.match(word)}
    return frozenset(filter(None, heard | {bones(one) for one in heard}))


def heard(text: str, words: list[Word], gazetteer: Gazetteer) -> Iterator[Flag]:
    """Names and small places, in letters that are known by their sound."""
    wide = sounds_of(gazetteer.wide)
    for word in words:
        if not HEARD.match(word.text):
            continue
        ways = {sound(word.text), bones(sound(word.text))} - {""}
        if ways & sounds_of(known.SMALL_PLACES) and not ways & wide:
            yield flag(text, word.start, word.end, "place")
        elif ways & sounds_of(known.NAMES):
            yield flag(text, word.start, word.end, "name")


def is_searched(character: str) -> bool:
    """Whether there are rules for a letter: it is Latin or Arabic, or has capitals; what is no letter needs none."""
    if character < BEHIND_LATIN or character.lower() != character.upper():
        return True
    return bool(ARABIC.match(character)) or unicodedata.category(character) != "Lo"


def unsearched(text: str, words: list[Word], found: list[Flag]) -> Iterator[Flag]:
    """Stretches in other letters, up to where the sentence ends or to what was `found`, in order, none overlapping."""
    start = end = -1
    for first, last in [*_left(words, found), (len(text), len(text))]:
        goes_on = 0 <= start and first < len(text) and not re.search(r"[^\W_]|[.!?…߹؟\n]", text[end:first])
        if start >= 0 and not goes_on:
            yield flag(text, start, end, "script")
        start, end = (start if goes_on else first), last


def _left(words: list[Word], found: list[Flag]) -> Iterator[tuple[int, int]]:
    """The words in other letters, without what something else was said of."""
    starts = [flag.start for flag in found]
    for word in words:
        if all(map(is_searched, word.text)):
            continue
        start = word.start
        for said in found[max(0, bisect_left(starts, start) - 1) : bisect_left(starts, word.end)]:
            if said.start > start:
                yield start, said.start
            start = max(start, said.end)
        if start < word.end:
            yield start, word.end
