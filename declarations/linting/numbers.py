"""Numbers in digits of any script and in words: telephones, ages, dates, and whatever else is counted."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from . import lexicon as known
from .lexicon import folded
from .words import WORD, Flag, Word, flag

# What may stand between the digits or number words of one number.
BETWEEN = re.compile(r"[\s.,;:/·\-–—+()\u00a0\u202f]*(?:(?:et|and|و)\s+)?\Z")
TELEPHONE = 6  # digits in a row, whatever stands between them
FAR = 80  # characters before a number in which the two words before it are looked for
SPOKEN_NUMBER = 4  # number words in a row: the pairs in which a telephone number is said


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) in ("Nd", "Nl", "No")


def numbers(text: str, words: list[Word]) -> Iterator[Flag]:
    for start, end, digits in _runs_of_digits(text):
        rule = "telephone" if digits >= TELEPHONE else _kind_of_number(text, start, end)
        yield flag(text, start, _with_unit(text, end) if rule == "age" else end, rule)
    starts = [word.start for word in words]
    for run in _runs_of_words(text, words):
        at = bisect_left(starts, run[-1].end)
        after = words[at] if at < len(words) else None
        if len(run) >= SPOKEN_NUMBER:
            yield flag(text, run[0].start, run[-1].end, "telephone")
        elif after and after.key in known.YEARS_OF_AGE and not text[run[-1].end : after.start].strip(" \u00a0\u202f-"):
            yield flag(text, run[0].start, after.end, "age")
    for word, after in zip(words, words[1:], strict=False):
        if word.is_in(known.AGED) and (after.is_in(known.NUMBER_WORDS) or after.is_in(known.AT)):
            yield flag(text, word.start, after.end, "age")


def _runs_of_digits(text: str) -> Iterator[tuple[int, int, int]]:
    """Digits and what may stand between them: (start, end, how many digits)."""
    start, end, digits = -1, -1, 0
    for position, character in enumerate(text):
        if not _is_digit(character):
            continue
        if digits and BETWEEN.match(text[end:position]):
            end, digits = position + 1, digits + 1
            continue
        if digits:
            yield start, end, digits
        start, end, digits = position, position + 1, 1
    if digits:
        yield start, end, digits


def _with_unit(text: str, end: int) -> int:
    match = WORD.search(text, end)
    return match.end() if match else end


def _kind_of_number(text: str, start: int, end: int) -> str:
    match = WORD.search(text, end)
    between = text[end : match.start()] if match else "x"
    after = folded(match[0]) if match and not between.strip(" \u00a0\u202f-") else ""
    before = [folded(word) for word in WORD.findall(text[max(0, start - FAR) : start])[-2:]]
    if after in known.YEARS_OF_AGE or after.startswith(("ans", "year")) or any(w in known.AGED for w in before):
        return "age"
    number = "".join(c for c in text[start:end] if c.isdecimal())
    if len(number) == 4 and number.isdecimal() and 1900 <= int(number) < 2100:
        return "date"
    is_day = after in known.MONTHS or (before and before[-1] in known.MONTHS)
    return "date" if is_day or re.fullmatch(r"\w{1,2}[/.\-]\w{1,2}([/.\-]\w{2,4})?", text[start:end]) else "number"


def _runs_of_words(text: str, words: list[Word]) -> Iterator[list[Word]]:
    """Number words that follow each other; a hyphened one ("soixante-seize") counts for each of its parts."""
    run: list[Word] = []
    for word in [*_parts(words), Word(len(text), len(text), "x")]:
        if run and not BETWEEN.match(text[run[-1].end : word.start]):
            yield run
            run = []
        if word.key in known.NUMBER_WORDS:
            run.append(word)
        elif run and word.key not in ("et", "and"):
            yield run
            run = []


def _parts(words: list[Word]) -> Iterator[Word]:
    for word in words:
        start = word.start
        for part in re.split(r"(-)", word.text):
            if part and part != "-":
                yield Word(start, start + len(part), part)
            start += len(part)


# Dates in words


def dates(text: str, words: list[Word]) -> Iterator[Flag]:
    for number, word in enumerate(words):
        if word.key in known.DAYS_THAT_STAND_ALONE:
            yield flag(text, word.start, word.end, "date")
        elif word.key in known.MONTHS:
            before = words[number - 1].key if number else ""
            if (
                word.key not in known.ALSO_WORDS
                or before in ("en", "in", "de", "fin", "debut", "mois")
                or before.isnumeric()
            ):
                yield flag(text, word.start, word.end, "date")
