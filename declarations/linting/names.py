"""Names of people and of places smaller than a region, and titles that one person bears."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import lexicon as known
from .ordinary import ORDINARY
from .words import ARABIC, ENDS, Flag, Gazetteer, Word, begins, flag


def places(text: str, words: list[Word], gazetteer: Gazetteer) -> Iterator[Flag]:
    for number, word in enumerate(words):
        if word.key in known.SMALL_PLACES and word.key not in gazetteer.wide and not _is_only_a_word(word):
            yield flag(text, word.start, word.end, "place")
        if word.is_in(known.PLACES):
            if named := _named_after(text, words, number, gazetteer):
                yield flag(text, word.start, named.end, "place")
        elif word.is_capital and number and words[number - 1].key in known.AT and _may_name(text, word, gazetteer):
            yield flag(text, word.start, word.end, "place")


def _is_only_a_word(word: Word) -> bool:
    return word.key in known.PLACES_ALSO_WORDS and word.text == word.key


def _named_after(text: str, words: list[Word], number: int, gazetteer: Gazetteer) -> Word | None:
    """The name that a word for a place carries: "le village de Dana", "Dana market" is found by its capital."""
    for word in words[number + 1 : number + 4]:
        if text[words[number].end : word.start].strip(" \u00a0\u202f-’'") and not _only_of(text, words, number, word):
            return None
        if word.key in known.OF:
            continue
        is_arabic = _is_arabic(word)
        named = is_arabic or (word.is_capital and word.key not in gazetteer.wide)
        return word if named and not word.is_in(known.NOBODY) else None
    return None


def _only_of(text: str, words: list[Word], number: int, word: Word) -> bool:
    between = [each for each in words[number + 1 :] if each.end <= word.start]
    no_end = not any(end in text[words[number].end : word.start] for end in ENDS + ",;:")
    return no_end and all(each.key in known.OF for each in between)


# People


def people(text: str, words: list[Word], gazetteer: Gazetteer) -> Iterator[Flag]:
    for number, word in enumerate(words):
        before = words[number - 1] if number and _touches(text, words[number - 1], word) else None
        after = words[number + 1] if number + 1 < len(words) and _touches(text, word, words[number + 1]) else None
        if word.is_in(known.TITLES):
            yield flag(text, word.start, word.end, "title")
        elif _is_name(text, word, before, after, gazetteer):
            yield flag(text, word.start, word.end, "name")


def _touches(text: str, word: Word, after: Word) -> bool:
    """Whether only spaces, a hyphen, an apostrophe or the dot of "M." stand between two words."""
    between = text[word.end : after.start].strip(" \u00a0\u202f-’'")
    return not between or (between == "." and word.key in known.HONORIFICS) or _is_elision(between)


def _is_elision(between: str) -> bool:
    return bool(re.fullmatch(r"(?i)(?:[cdjlmnst]|qu)[’']", between))


def _is_name(text: str, word: Word, before: Word | None, after: Word | None, gazetteer: Gazetteer) -> bool:
    if word.key in known.NAMES and (not _is_lower_latin(word) or _follows_kin(before)):
        return True
    if before and before.key in known.PATRONYMICS:
        return True
    if before and before.key in known.HONORIFICS and (word.is_capital or _is_arabic(word)):
        return True
    if _is_arabic(word) and before and before.key in known.KINSHIP and word.key not in known.OF:
        return True
    if not word.is_capital or not _may_name(text, word, gazetteer):
        return False
    if not begins(text, word.start):
        return True
    # At the beginning every word has a capital: an ordinary one is no name, whatever else may be.
    usual = word.is_in(known.OPENERS) or _first_of(word) in known.OPENERS or word.key in known.NUMBER_WORDS
    usual = usual or _is_ordinary(word.key)
    return not usual and not word.is_in(known.TITLES | known.KINSHIP | known.PLACES | known.MONTHS)


def _is_ordinary(key: str) -> bool:
    """Whether each part of a word is ordinary: in "Vieux-Sinaba" one is, and the other may be a name."""
    parts = re.split(r"[-']", key)
    return all(part in known.OPENERS | ORDINARY or re.sub(r"[sx]\Z", "", part) in ORDINARY for part in parts)


def _first_of(word: Word) -> str:
    return re.split(r"[-']", word.key)[0]


def _may_name(text: str, word: Word, gazetteer: Gazetteer) -> bool:
    if (
        word.is_in(known.NOBODY | known.HONORIFICS | known.PATRONYMICS)
        or word.key in gazetteer.wide
        or _first_of(word) == "i"
    ):
        return False
    at = text[word.start - 1 : word.start]
    return not (at in ("’", "'") and begins(text, word.start) and word.is_in(known.OPENERS))


def _follows_kin(before: Word | None) -> bool:
    return before is not None and before.is_in(known.KINSHIP | known.TITLES | known.HONORIFICS)


def _is_arabic(word: Word) -> bool:
    return bool(ARABIC.match(word.text))


def _is_lower_latin(word: Word) -> bool:
    return word.text[0].islower()
