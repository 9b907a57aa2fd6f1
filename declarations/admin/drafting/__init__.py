"""The drafting desk: the text as it stands, the recommendations not yet in it, and what is done with both.

`desk` is the page that is read, `whole` and `acts` what is done with the text and with its parts, `words` the wordings
of one clause side by side, `differences` what an amendment changes, `printing` the text on paper.
"""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from declarations.admin import exporting

from . import acts, desk, printing, whole, words


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the desk, each behind the sign-in of the admin site."""
    inside = site.admin_view
    return [
        path("drafting/", inside(desk.drafting), name="drafting-desk"),
        path("drafting/export/<slug:kind>/", inside(exporting.clauses), name="drafting-export"),
        path("drafting/print/", inside(printing.draft_print), name="drafting-print"),
        path("drafting/text/<slug:verb>/", inside(whole.of_declaration), name="drafting-text"),
        path("drafting/section/<int:pk>/<slug:verb>/", inside(acts.of_section), name="drafting-section"),
        path("drafting/from/<int:number>/", inside(acts.from_recommendation), name="drafting-from"),
        path("drafting/clause/<slug:identifier>/", inside(words.clause_words), name="drafting-words"),
        path("drafting/clause/<slug:identifier>/<slug:verb>/", inside(acts.of_clause), name="drafting-clause"),
        path("drafting/source/<int:pk>/drop/", inside(acts.source_drop), name="drafting-source-drop"),
        path("drafting/amendment/<int:pk>/<slug:verb>/", inside(acts.of_amendment), name="drafting-amendment"),
    ]
