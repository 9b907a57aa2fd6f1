"""Words and where they stand: what the rules of the linter look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .lexicon import folded

# A letter and the marks on it: vowels of Arabic, tones and nasals of N'Ko, accents that are written apart.
MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06ed\u07eb-\u07f3\u2d7f"
WORD = re.compile(rf"(?:[^\W_][{MARKS}]*)+(?:[’'\-](?:[^\W_][{MARKS}]*)+)*", re.UNICODE)
ENDS = ".!?…؟۔\n"
OPENING = " \t\u00a0\u202f«»“”\"„‹›(—–-[’'"
ELIDED = re.compile(r"(?i)\A(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)[’']")
ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, order=True)
class Flag:
    """A stretch of a text, and by which rule it was pointed at."""

    start: int
    end: int
    rule: str
    words: str

    @property
    def key(self) -> str:
        """What an answer is kept under: the same words by the same rule, wherever they stand."""
        return f"{self.rule}:{folded(self.words)}"


@dataclass(frozen=True)
class Gazetteer:
    """What a forum knows of its own places and people: names of regions or larger, and what its labels tell.

    Keys are folded, words joined by one space; a fact is a kind and a value, ("region", 3).
    """

    wide: frozenset[str] = frozenset()
    facts: Mapping[str, tuple[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Word:
    """A word of the text, without what is elided before it: l’Etat → Etat."""

    start: int
    end: int
    text: str

    @property
    def key(self) -> str:
        return folded(self.text)

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() or self.text[0].istitle()

    def is_in(self, words: frozenset[str]) -> bool:
        return any(form in words for form in forms_of(self.text))


def forms_of(text: str) -> Iterator[str]:
    """How a word may stand in a list: folded, in the singular, in Arabic without what is joined on."""
    key = folded(text)
    yield key
    if key.endswith(("s", "x")):
        yield key[:-1]
    if "-" in key:
        yield from key.split("-")
    if ARABIC.match(key):
        bare = re.sub(r"\A[وفبلك](?=.{3,})", "", key)
        yield bare
        yield re.sub(r"\Aال(?=.{2,})", "", bare)
        yield "ال" + bare


def words_of(text: str) -> list[Word]:
    found = []
    for match in WORD.finditer(text):
        start, word = match.start(), match[0]
        if elided := ELIDED.match(word):
            start, word = start + elided.end(), word[elided.end() :]
        found.append(Word(start, match.end(), word))
    return found


def begins(text: str, position: int) -> bool:
    """Whether a sentence begins here: nothing stands before, or what stands there ends one."""
    before = text[:position].rstrip(OPENING)
    return not before or before[-1] in ENDS or before.endswith(("[.", "[…]", "]"))


def flag(text: str, start: int, end: int, rule: str) -> Flag:
    return Flag(start, end, rule, text[start:end])
