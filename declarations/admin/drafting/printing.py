"""The text on paper before it is published: for a plenary, a group, somebody who reads with a pencil."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from declarations.admin.doors import desk
from declarations.forms.printing import PrintDraft
from declarations.publishing import as_draft
from declarations.workflow.snapshots import draft_of

from .desk import drafting
from .doors import SEES
from .whole import declaration_of


@require_safe
@never_cache
@desk(SEES)
def draft_print(request: HttpRequest) -> HttpResponse:
    """The words as they stand now or stood in a version, as a PDF that says on each page what it is and of when."""
    row = declaration_of(request)
    if row is None:
        raise Http404
    form = PrintDraft(row.forum, request.GET)
    if not form.is_valid():
        return drafting(request)
    asked = form.cleaned_data
    pdf = as_draft.render(draft_of(row, form.languages, is_large=asked["is_large"], version=asked["version"]))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="draft.{"-".join(form.languages)}.pdf"'
    return response
