"""Texts as they are compared: lower case, no accents or vowel signs, letters of one sound alike.

Folding is our own, sign by sign, so that every database finds the same and a folded sign knows where it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

LONGEST_QUERY = 200  # characters
MOST_WORDS = 8
LEAST_STEM = 3  # letters: a shorter rest is no word, and what stood before it was no article

FOLDED = {
    # Bambara, Fulfulde, Songhay, Hausa and Tamasheq as they are typed on a keyboard without their letters.
    **dict(zip("ɛɔɲŋɓɗƴɖƙɠɣəǝı", "eonnbdydkggeei", strict=True)),
    # Persian and unpointed forms. What carries a hamza falls apart into its letter and a mark; a lone one is not told.
    **dict(zip("ٱةىیکھ", "اهييكه", strict=True)),
    **dict.fromkeys("’‘ʼʻ`´ʿʾ‛′＇", "'"),
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ء": "",
    "ـ": "",
}
# Marks on letters, and what is not seen at all (joiners, directions, soft hyphens): nobody types them again.
UNSEEN = frozenset({"Mn", "Me", "Cf"})
# The article and the particles written before it: whoever looks for "peace" finds "and for the peace".
ARTICLE = "(?:[وف]?(?:[بك]?ال|لل))?"
# A word as people see it; an underscore parts words.
LETTER = r"[^\W_]"


class Folded(NamedTuple):
    """A text as it is shown, as it is compared, and for each sign compared the place of the one it came from."""

    shown: str
    signs: str
    places: list[int]


class _Signs(dict[int, str]):
    """What each sign is compared as, for `str.translate`; worked out when it is first met."""

    MOST = 20_000  # signs that are remembered: hostile queries may bring every sign there is

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < self.MOST:
            self[code] = folded
        return folded


_SIGNS = _Signs()


def fold(text: str) -> str:
    """Return the text as it is compared."""
    return unicodedata.normalize("NFC", text).translate(_SIGNS)


def folded(text: str) -> Folded:
    """Return the text with the way back from what is compared to what is shown."""
    shown = unicodedata.normalize("NFC", text)
    # Folding may drop or double a sign: each folded sign keeps the place it came from.
    places = [place for place, sign in enumerate(shown) for _ in _SIGNS[ord(sign)]]
    return Folded(shown, shown.translate(_SIGNS), places)


def _fold(sign: str) -> str:
    if sign in FOLDED:
        return FOLDED[sign]
    # Twice: taking case away may bring a mark back, as of the Turkish İ.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(FOLDED.get(part, _digit(part)) for part in parts if unicodedata.category(part) not in UNSEEN)


def _digit(sign: str) -> str:
    """Return a digit of any script as 0 to 9, anything else as it is."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def words_of(text: str) -> list[str]:
    """Return the folded words of a query; signs that are no letters or digits part words and mean nothing else."""
    found = re.findall(f"{LETTER}+", fold(text[:LONGEST_QUERY]))
    words = list(dict.fromkeys(_without_article(word) for word in found))
    # The l of "l'eau" stands in every text: single signs count only where there is nothing else.
    return ([word for word in words if len(word) > 1] or words)[:MOST_WORDS]


def _without_article(word: str) -> str:
    stem = word.removeprefix("ال")
    return stem if len(stem) >= LEAST_STEM else word


def beginnings(words: Sequence[str]) -> list[re.Pattern[str]]:
    """Return what finds each folded word at the beginning of a word: "eau" in "eaux", not in "beaucoup"."""
    return [re.compile(f"(?<!{LETTER}){ARTICLE}({re.escape(word)})") for word in words]
