"""The declaration, to be read: the newest edition word for word, and beneath each clause where it comes from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from declarations.models import Clause, Edition, Excerpt, Finding, Group, Recommendation, Response
from declarations.publishing.reading import ReadClause, Reading, ReadSection
from declarations.search import LONGEST_QUERY
from declarations.tracing import Trace, where_from_all

from .described import work
from .editions import editions_of, files_of, reading_of
from .reading import alternates, public_page

QUOTES = 1  # of a clause: the page fits in one round trip, and the others stand with their findings
AT_HAND = 3  # forms offered beside the text


@dataclass(frozen=True)
class Shown:
    """A clause as published, with what is true of it today: its way back, its quotes, its answers."""

    clause: ReadClause
    merged: list[Recommendation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    quotes: list[Excerpt] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    @property
    def is_traced(self) -> bool:
        return bool(self.clause.has_origin or self.findings)


@require_safe
@public_page
def declaration_detail(request: HttpRequest) -> HttpResponse:
    """The text as the newest edition has it; before the first one, when to come back."""
    forum, language = request.forum, get_language() or "fr"  # type: ignore[attr-defined]
    context = {"forum": forum, "page": "declaration", "alternates": alternates(request)}
    edition = editions_of(forum).first()
    if edition is None:
        return render(request, "declarations/declarations/awaited.html", context)
    reading, files = reading_of(edition), files_of(edition, language)
    context |= {
        "edition": edition,
        "about": work(forum, edition, reading),
        "reading": reading,
        "sections": shown(edition, reading),
        # What most people take; every form and language is on the edition's own page.
        "files": [(code, rows[:AT_HAND]) for code, rows in files[:1]],
        # Where nothing is in the page's language it is said once, above, and not at every clause.
        "notes": any(code == language for code, _rows in files),
        "longest": LONGEST_QUERY,
    }
    return render(request, "declarations/declarations/detail.html", context)


def shown(edition: Edition, reading: Reading) -> list[tuple[ReadSection, list[Shown]]]:
    """Return the sections of an edition, each with its clauses and what is true of them today."""
    clauses = Clause.objects.public().filter(section__declaration=edition.declaration_id)
    keys = dict(clauses.order_by().values_list("identifier", "pk"))
    traces, answers = where_from_all(edition.declaration), answers_so_far(edition)
    return [
        (section, [_shown(clause, traces.get(keys.get(clause.identifier, 0)), answers) for clause in section.clauses])
        for section in reading.sections
    ]


def _shown(clause: ReadClause, trace: Trace | None, answers: dict[str, list[Response]]) -> Shown:
    trace = trace or Trace()
    return Shown(
        clause=clause,
        merged=trace.merged,
        groups=trace.groups,
        findings=trace.findings,
        quotes=trace.quotes[:QUOTES],
        answers=answers.get(clause.identifier, []),
    )


def answers_so_far(edition: Edition) -> dict[str, list[Response]]:
    """Return the answers that stand, by the identifier of their clause."""
    rows = Response.objects.public().standing().filter(clause__section__declaration=edition.declaration_id)
    found: dict[str, list[Response]] = defaultdict(list)
    for row in rows.select_related("clause", "addressee").order_by("addressee__order", "pk"):
        found[row.clause.identifier].append(row)
    return found
