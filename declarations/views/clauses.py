"""One clause on a page of its own: it can be linked to, read in another language, cited and passed on. And the clauses
in which words are found.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations.models import Clause
from declarations.search import LONGEST_QUERY, words_of
from declarations.search.marking import part_holding
from declarations.tracing import Trace, where_from

from .declarations import answers_so_far
from .editions import editions_of, reading_of
from .passing_on import passed_on, summary_of
from .reading import asked_for, public_page, read
from .reading import words_of as wording_of


@require_safe
@public_page
def clause_list(request: HttpRequest) -> HttpResponse:
    """The clauses of the newest edition that hold every word, as it is read in the page's language."""
    edition = editions_of(request.forum).first()  # type: ignore[attr-defined]
    if edition is None:
        raise Http404(_("There is no such clause in the declaration."))
    reading, asked = reading_of(edition), asked_for(request)
    words = words_of(asked)
    found = [
        (section, clause, part)
        for section in reading.sections
        for clause in section.clauses
        if (part := part_holding(clause.words.text, words))
    ]
    context = {"edition": edition, "reading": reading, "asked": asked, "longest": LONGEST_QUERY, "found": found}
    return read(request, "declarations/clauses.html", "clauses", **context)


@require_safe
@public_page
def clause_detail(request: HttpRequest, identifier: str) -> HttpResponse:
    """A clause of the newest edition, with all that it rests on and the answers to it."""
    forum = request.forum  # type: ignore[attr-defined]
    edition = editions_of(forum).first()
    if edition is None:
        raise Http404(_("There is no such clause in the declaration."))
    reading = reading_of(edition)
    clauses = [(section, clause) for section in reading.sections for clause in section.clauses]
    place = next((at for at, (_section, clause) in enumerate(clauses) if clause.identifier == identifier), None)
    if place is None:
        raise Http404(_("There is no such clause in the declaration."))
    section, clause = clauses[place]
    rows = Clause.objects.public().filter(section__declaration=edition.declaration_id, identifier=identifier)
    row = rows.select_related("section__declaration__forum").first()
    trace = where_from(row) if row else Trace()
    number = f", §{clause.number}" if clause.number else ""
    return read(
        request,
        "declarations/clause.html",
        "clause",
        edition=edition,
        reading=reading,
        section=section,
        clause=clause,
        trace=trace,
        findings=[(finding, wording_of(finding, forum)) for finding in trace.findings],
        answers=answers_so_far(edition).get(identifier, []),
        before=clauses[place - 1][1] if place else None,
        summary=summary_of(clause.words.text),
        after=clauses[place + 1][1] if place + 1 < len(clauses) else None,
        passed=passed_on(
            clause.words.text,
            clause.words.language,
            f"{reading.title.text}, {reading.edition}{number}",
            reverse("clause-detail", args=[forum.slug, identifier]),
        ),
    )
