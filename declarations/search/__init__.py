"""Search over everything public of a forum: groups, findings, recommendations, clauses, quotes, answers, promises.

A forum has some hundreds of short texts (25 findings, 45 recommendations, 40 clauses, 40 sentences), so they are read
and compared folded, which gives the same results on every database. What was read and folded is kept until anything
public changes (`shelf`), and what is taken back is forgotten at once. LIMIT bounds what is read of each kind; a forum
that comes near it needs an index, behind this function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from declarations.models import Commitment, Excerpt, Finding, Forum, Group, Recommendation, Response
from declarations.models.testimonies import leaves_out_quotes
from declarations.shelf import kept
from declarations.tracing import published_clauses

from .folding import LONGEST_QUERY, Folded, beginnings, fold, folded, words_of
from .marking import marked

__all__ = ["KINDS", "LONGEST_QUERY", "Found", "fold", "folded", "marked", "search", "words_of"]

LIMIT = 5_000  # texts of one kind
# In the order of the road.
KINDS = ("group", "finding", "recommendation", "clause", "quote", "answer", "promise")
OF_CLAUSE = "clause__section__declaration__forum"

# A text and the language it is in.
Text = tuple[str, str]


class Compared(NamedTuple):
    """A text folded, and the language it is in."""

    text: Folded
    language: str


class Read(NamedTuple):
    """A public row as it is kept: its texts, all of them in one, and what pages wrote of it, by language."""

    kind: str
    row: Any
    texts: list[Compared]
    every: str
    written: dict[str, SafeString]


@dataclass(frozen=True)
class Found:
    """One public text in which every word begins some word, and the part around the first of them, as safe HTML."""

    kind: str  # one of KINDS
    row: Any  # a clause is the edition's own (ClauseText): what is being redrafted is not public
    language: str
    snippet: SafeString
    written: dict[str, SafeString]  # of the row, by language, once for all readers; it goes when the row goes


def search(text: str, language: str, forum: Forum) -> dict[str, list[Found]]:
    """Return what holds every word of `text`, by kind in the order of the road; nothing for a query without words.

    A word is found where a word begins with it. What is worded in several languages is shown in `language` where the
    words are found there, else where they are.
    """
    words = words_of(text)
    found: dict[str, list[Found]] = {kind: [] for kind in KINDS}
    if words:
        patterns = beginnings(words)
        for kind, row, texts, every, written in kept(("search", forum.pk, leaves_out_quotes()), lambda: _read(forum)):
            # Where a word stands anywhere at all is quickly told, and seldom so.
            if all(word in every for word in words) and (hit := _hit(texts, patterns, language)):
                found[kind].append(Found(kind, row, hit.language, marked(hit.text, words), written))
    return found


def _read(forum: Forum) -> list[Read]:
    """Return every public row of the forum with its texts as they are compared, and all of them in one."""
    found: list[Read] = []
    for kind, row, texts in _public(forum):
        compared = [Compared(folded(text), code) for text, code in texts]
        found.append(Read(kind, row, compared, "\n".join(each.text.signs for each in compared), {}))
    return found


def _hit(texts: Iterable[Compared], patterns: Sequence[re.Pattern[str]], language: str) -> Compared | None:
    """Return the first text in which every word is found, those in the reader's own language before the others."""
    for each in sorted(texts, key=lambda each: each.language != language):
        if all(pattern.search(each.text.signs) for pattern in patterns):
            return each
    return None


def _public(forum: Forum) -> Iterator[tuple[str, Any, list[Text]]]:
    """Yield every public row of the forum with its texts, the words themselves before what is said about them."""
    for group in Group.objects.public().filter(forum=forum).select_related("topic").order_by("number")[:LIMIT]:
        yield "group", group, [*_of(group.title), *_of(group.topic.label)]
    findings = Finding.objects.public().filter(forum=forum).order_by("number")
    for finding in findings.prefetch_related("wordings")[:LIMIT]:
        yield "finding", finding, _worded(finding)
    asked = Recommendation.objects.public().filter(forum=forum).order_by("number")
    for recommendation in asked.prefetch_related("wordings")[:LIMIT]:
        yield "recommendation", recommendation, [*_worded(recommendation), *_around(recommendation)]
    numbers = {}
    for clause in published_clauses(forum):
        numbers[clause.identifier] = clause.number
        yield "clause", clause, _of(clause.text)
    quotes = Excerpt.objects.public().filter(testimony__forum=forum).select_related("quote").order_by("pk")
    for excerpt in quotes[:LIMIT]:
        yield "quote", excerpt, [(excerpt.quote.words, excerpt.language)]
    if numbers:
        yield from _followup(forum, numbers)


def _followup(forum: Forum, clauses: Iterable[str]) -> Iterator[tuple[str, Any, list[Text]]]:
    """Yield what addressees answered to the published clauses, and what they promised, with what came of it."""
    of_published = {OF_CLAUSE: forum, "clause__identifier__in": list(clauses)}
    answers = Response.objects.public().standing().filter(**of_published).select_related("addressee")
    for answer in answers.order_by("addressee__order", "answered_on", "pk")[:LIMIT]:
        yield "answer", answer, [(answer.text, answer.language)]
    promises = Commitment.objects.public().filter(**of_published).select_related("addressee")
    for promise in promises.prefetch_related("reports").order_by("due_on", "pk")[:LIMIT]:
        yield (
            "promise",
            promise,
            [*_of(promise.text), *((report.text, report.language) for report in promise.reports.all())],
        )


def _of(label: Mapping[str, str]) -> list[Text]:
    """Return the texts of a label, in an order that no database decides."""
    return [(text, code) for code, text in sorted(label.items())]


def _worded(row: Finding | Recommendation) -> list[Text]:
    return sorted(((wording.text, wording.language) for wording in row.wordings.all()), key=lambda each: each[1])


def _around(row: Recommendation) -> list[Text]:
    """Return what stands on the page of a recommendation beside its words."""
    own = [(text, row.handed_in_language) for text in (row.handed_in_words, row.reason, row.minority_view)]
    return [*own, *_of(row.decision_reason)] if row.state == row.State.SET_ASIDE else own
