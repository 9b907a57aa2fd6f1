"""Search in what is public."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations.models import Forum
from declarations.search import LONGEST_QUERY, Found, search

from .reading import PAGE_SIZE, asked_for, public_page, read


@require_safe
@public_page
def search_list(request: HttpRequest) -> HttpResponse:
    """Everything public that holds every word, by kind; without words nothing is searched."""
    forum = request.forum  # type: ignore[attr-defined]
    asked = asked_for(request)
    found = search(asked, get_language() or "fr", forum)
    titles = {
        "group": _("Working groups"),
        "finding": _("What we heard"),
        "recommendation": _("Recommendations"),
        "clause": _("Clauses of the declaration"),
        "quote": _("Words heard"),
        "answer": _("Answers"),
        "promise": _("Promises"),
    }
    return read(
        request,
        "search/list.html",
        "search",
        asked=asked,
        longest=LONGEST_QUERY,
        total=sum(len(rows) for rows in found.values()),
        most=PAGE_SIZE,
        kinds=[
            (kind, titles[kind], len(rows), placed(rows[:PAGE_SIZE], forum)) for kind, rows in found.items() if rows
        ],
    )


def placed(rows: Iterable[Found], forum: Forum) -> list[tuple[Found, SafeString]]:
    """Return what was found, each with where it stands, which is written once for all readers."""
    language = get_language() or "fr"
    for each in rows:
        if language not in each.written:
            context = {"kind": each.kind, "row": each.row, "forum": forum}
            each.written[language] = render_to_string("declarations/search/_where.html", context)
    return [(each, each.written[language]) for each in rows]
