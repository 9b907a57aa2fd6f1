"""Search over what is public: published findings, decided recommendations, clauses, sentences that may be quoted.

A forum has some hundreds of short texts (25 findings, 45 recommendations, 40 clauses, 40 sentences), so they are read
and compared folded, which gives the same results on every database in some milliseconds. LIMIT bounds what is read of
each kind; a forum that comes near it needs an index, behind this same function.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .models import Excerpt, Finding, Forum, Recommendation
from .tracing import published_clauses

LIMIT = 5_000  # texts of one kind
LONGEST_QUERY = 200  # characters
MOST_WORDS = 8
AROUND = 90  # characters shown on each side of the first word found

FOLDED = {
    **dict(zip("ɛɔɲŋɓɗƴɖƙ", "eonnbdydk", strict=True)),
    **dict(zip("آأإٱةىیک", "ااااهييك", strict=True)),
    **dict.fromkeys("’‘ʼʻ`´", "'"),
    "œ": "oe",
    "æ": "ae",
    "ـ": "",
    # Directions and joiners are not seen, so nobody types them again.
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff\u00ad", ""),
}


@dataclass(frozen=True)
class Found:
    """One public text in which every word was found, and the part around the first of them, marked, as safe HTML."""

    kind: str  # "finding", "recommendation", "clause" or "quote"
    row: Any  # a clause is the edition's own (ClauseText): what is being redrafted is not public
    language: str
    snippet: SafeString


def fold(text: str) -> str:
    """Return the text as it is compared: lower case, no accents or vowel signs, letters of one sound alike."""
    return "".join(_fold(sign) for sign in unicodedata.normalize("NFC", text))


def _fold(sign: str) -> str:
    if sign in FOLDED:
        return FOLDED[sign]
    parts = unicodedata.normalize("NFKD", sign).casefold()
    return "".join(FOLDED.get(part, part) for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> list[str]:
    """Return the folded words of a query; signs that are no letters or digits part words and mean nothing else."""
    words = list(dict.fromkeys(re.findall(r"\w+", fold(text[:LONGEST_QUERY]).replace("_", " "))))
    # The l of "l'eau" stands in every text: single signs count only where there is nothing else.
    return ([word for word in words if len(word) > 1] or words)[:MOST_WORDS]


def search(text: str, language: str, forum: Forum) -> dict[str, list[Found]]:
    """Return what holds every word of `text`, by kind in the order of the road; nothing for a query without words.

    A text worded in several languages is shown in `language` where the words are found there, else where they are.
    """
    words = words_of(text)
    found: dict[str, list[Found]] = {"finding": [], "recommendation": [], "clause": [], "quote": []}
    if words:
        for kind, row, texts in _public(forum):
            hit = _hit(texts, words, language)
            if hit:
                found[kind].append(Found(kind, row, *hit))
    return found


def _public(forum: Forum) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Yield every public text of the forum with its wordings by language."""
    worded: Iterable[tuple[str, Any]] = (
        ("finding", Finding.objects.public().filter(forum=forum).order_by("number")),
        ("recommendation", Recommendation.objects.public().filter(forum=forum).order_by("number")),
    )
    for kind, rows in worded:
        for row in rows.prefetch_related("wordings")[:LIMIT]:
            yield kind, row, {wording.language: wording.text for wording in row.wordings.all()}
    for clause in published_clauses(forum):
        yield "clause", clause, clause.text
    quotes = Excerpt.objects.public().filter(testimony__forum=forum).select_related("quote").order_by("pk")
    for excerpt in quotes[:LIMIT]:
        yield "quote", excerpt, {excerpt.language: excerpt.quote.words}


def _hit(texts: dict[str, str], words: list[str], language: str) -> tuple[str, SafeString] | None:
    """Return the language in which every word is found and the marked part, the reader's own language first."""
    for code in sorted(texts, key=lambda each: (each != language, each)):
        folded = fold(texts[code])
        if all(word in folded for word in words):
            return code, marked(texts[code], words)
    return None


def marked(text: str, words: Iterable[str]) -> SafeString:
    """Return the part of a text around the first word found, every word in <mark>; all else is escaped."""
    text = unicodedata.normalize("NFC", text)
    # Folding may drop or double a sign: each folded sign keeps the place it came from.
    places = [place for place, sign in enumerate(text) for _ in _fold(sign)]
    folded = fold(text)
    spots = [match.span() for word in words for match in re.finditer(re.escape(word), folded)]
    hits = sorted((places[start], places[end - 1] + 1) for start, end in spots)
    first = hits[0][0] if hits else 0
    start, end = _edge(text, first - AROUND, 1), _edge(text, first + AROUND, -1)
    parts, at = ["… "] if start else [], start
    for low, high in hits:
        if low >= at and high <= end:
            parts += [escape(text[at:low]), "<mark>", escape(text[low:high]), "</mark>"]
            at = high
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(parts))  # every part of the text went through escape


def _edge(text: str, place: int, step: int) -> int:
    """Return the place of a word's edge near `place`, going inwards."""
    if place <= 0:
        return 0
    if place >= len(text):
        return len(text)
    near = range(place, min(len(text), place + 25)) if step > 0 else range(place, max(0, place - 25), -1)
    return next((each + (step > 0) for each in near if text[each].isspace()), place)
