"""The desk of those who put the text into one language: one writes, another person approves, clause by clause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.forms.wordings import ClauseWordingForm
from declarations.models import Clause, ClauseWording, Seat
from declarations.permissions import may
from declarations.workflow import declarations
from declarations.workflow.declarations import numbering
from declarations.workflow.moves import Refused, StaleRevision

from .desks import ON_A_PAGE, desk, digest, is_done, page, seated, too_late

WRITES, APPROVES = "declarations.word_clause", "declarations.approve_wording"
MISSING, UNAPPROVED, APPROVED = "missing", "unapproved", "approved"


def of_language(request: HttpRequest) -> Seat:
    """Return the seat where it is one of a language and writes or approves in it, or raise PermissionDenied."""
    seat = request.seat  # type: ignore[attr-defined]
    seated(request, WRITES if may(seat, WRITES) else APPROVES)
    if not seat.language:
        raise PermissionDenied
    return seat


def clauses_of(seat: Seat) -> Any:
    rows = Clause.objects.for_seat(seat).select_related("section__declaration__forum").standing()
    return rows.prefetch_related("wordings__written_by")


def standing(clause: Clause, language: str) -> ClauseWording | None:
    return next((row for row in clause.wordings.all() if row.language == language), None)


def state_of(wording: ClauseWording | None) -> str:
    if wording is None:
        return MISSING
    return APPROVED if wording.approved_by_id else UNAPPROVED


@desk
def wording_desk(request: HttpRequest) -> HttpResponse:
    """The clauses that lack words or an approval in the seat's language, in reading order; all of them on request."""
    seat = of_language(request)
    rows = [(clause, standing(clause, seat.language)) for clause in clauses_of(seat)]
    listed = [(clause, wording, state_of(wording)) for clause, wording in rows]
    waits = (MISSING, UNAPPROVED) if may(seat, WRITES) else (UNAPPROVED,)
    shows_all = "all" in request.GET
    page_obj = Paginator([row for row in listed if shows_all or row[2] in waits], ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    numbers = numbering(listed[0][0].section.declaration) if listed else {}
    names = {row.code: str(row) for row in seat.forum.languages.all()}
    return page(
        request,
        "wordings/desk",
        rows=[
            (clause, numbers.get(clause.identifier), wording, state, source_of(clause, seat)[0])
            for clause, wording, state in page_obj
        ],
        page_obj=page_obj,
        query="all=1&" if shows_all else "",
        shows_all=shows_all,
        n_waiting=sum(1 for row in listed if row[2] in waits),
        n_all=len(listed),
        language_name=names.get(seat.language, seat.language),
    )


def source_of(clause: Clause, seat: Seat) -> list[ClauseWording]:
    """Return the authentic texts beside which the seat's language is written, or whatever there is."""
    rows = [row for row in clause.wordings.all() if row.language != seat.language]
    authentic = [row for row in rows if row.language in seat.forum.authentic_languages()]
    return authentic or rows or list(clause.wordings.all())


def read_as(sources: list[ClauseWording], wording: ClauseWording) -> str:
    """Return the digest of what an approver reads: the words and the authentic text beside them."""
    return digest(wording.text, *(row.text for row in sources))


@desk
def wording_edit(request: HttpRequest, identifier: str) -> HttpResponse:
    """One clause in the seat's language, beside the authentic text."""
    seat = of_language(request)
    clause = get_object_or_404(clauses_of(seat), identifier=identifier)
    wording = standing(clause, seat.language)
    if request.method != "POST":
        initial = {"text": wording.text if wording else "", "revision": clause.revision}
        return shown(request, seat, clause, wording, ClauseWordingForm(seat.language, initial=initial))
    seated(request, WRITES, wording or ClauseWording(clause=clause, language=seat.language))
    form: Any = ClauseWordingForm(seat.language, request.POST)
    if not form.is_valid():
        return shown(request, seat, clause, wording, form, 422)
    given = {"by": seat, "language": seat.language, **form.cleaned_data}
    try:
        if is_done(form, lambda: declarations.word_clause(clause, **given)):
            messages.success(request, _("The words are kept. Another person approves them."))
            return redirect("wording-desk", forum=seat.forum.slug)
    except StaleRevision as stale:
        form.data = {**request.POST.dict(), "revision": stale.row.revision}  # type: ignore[attr-defined]
        form.add_error(None, _("Somebody changed this clause meanwhile; how it stands now is shown. Make one of both."))
        return shown(request, seat, clause, wording, form, 409, is_stale=True)
    return shown(request, seat, clause, wording, form, 422)


@require_POST
@desk
def wording_approve(request: HttpRequest, identifier: str) -> HttpResponse:
    """Approve the words as they were read beside the authentic text: another person than wrote them."""
    seat = of_language(request)
    clause = get_object_or_404(clauses_of(seat), identifier=identifier)
    wording = get_object_or_404(clause.wordings.select_related("written_by"), language=seat.language)
    seated(request, APPROVES, wording)
    if request.POST.get("seen") != read_as(source_of(clause, seat), wording):
        return too_late(request, _("The words were changed since you opened the page. Read them once more."))
    try:
        declarations.approve_wording(wording, by=seat)
    except StaleRevision:
        return too_late(request, _("The words were changed since you opened the page. Read them once more."))
    except Refused as refused:
        messages.error(request, str(refused.args[0]))
    else:
        messages.success(request, _("The words are approved."))
    return redirect("wording-desk", forum=seat.forum.slug)


def shown(
    request: HttpRequest,
    seat: Seat,
    clause: Clause,
    wording: ClauseWording | None,
    form: ClauseWordingForm,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    sources = source_of(clause, seat)
    names = {row.code: str(row) for row in seat.forum.languages.all()}
    return page(
        request,
        "wordings/desk_edit",
        status,
        clause=clause,
        number=numbering(clause.section.declaration).get(clause.identifier),
        sources=[(row, names.get(row.language, row.language)) for row in sources if row.language != seat.language],
        wording=wording,
        state=state_of(wording),
        form=form,
        bad=form if form.errors else None,
        is_stale=is_stale,
        may_write=may(seat, WRITES, wording or ClauseWording(clause=clause, language=seat.language)),
        may_approve=wording is not None and not wording.approved_by_id and may(seat, APPROVES, wording),
        seen=read_as(sources, wording) if wording else "",
        language_name=names.get(seat.language, seat.language),
    )
