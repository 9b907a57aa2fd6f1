"""The desk at which groups and experts propose other words for a clause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.forms.amendments import AmendmentForm
from declarations.models import Amendment, Clause, Declaration, Seat
from declarations.models.forums import is_form_open
from declarations.workflow import amendments
from declarations.workflow.declarations import numbering

from .desks import ON_A_PAGE, closed, desk, digest, is_done, language_for, opens_at, page, page_words, seated

PROPOSES = "declarations.propose_amendment"


def clauses_of(seat: Seat) -> Any:
    rows = Clause.objects.for_seat(seat).standing().select_related("section__declaration__forum")
    return rows.prefetch_related("wordings")


def proposed(seat: Seat) -> Any:
    """Return what the seat's group, or the seat itself, proposed."""
    rows = Amendment.objects.for_seat(seat).select_related("clause", "proposed_by")
    return rows.filter(group=seat.group_id) if seat.group_id else rows.filter(proposed_by=seat)


@desk
def amendment_desk(request: HttpRequest) -> HttpResponse:
    """The text, clause by clause, with what was proposed from here and what became of it."""
    seat = seated(request, PROPOSES)
    declaration = Declaration.objects.for_seat(seat).first()
    page_obj = Paginator(clauses_of(seat), ON_A_PAGE).get_page(request.GET.get("page"))
    mine: dict[int, list[Amendment]] = {}
    for row in proposed(seat):
        mine.setdefault(row.clause_id, []).append(row)
    numbers = numbering(declaration) if declaration else {}
    is_open = is_form_open(seat.forum, "amendments")
    return page(
        request,
        "amendments/desk",
        rows=[
            (clause, numbers.get(clause.identifier), clause.wording_in(*page_words(seat)), mine.get(clause.pk, []))
            for clause in page_obj
        ],
        page_obj=page_obj,
        is_adopted=declaration is not None and declaration.state == Declaration.State.ADOPTED,
        is_open=is_open,
        opens_at=None if is_open else opens_at(seat.forum, "amendments"),
    )


@desk
def amendment_propose(request: HttpRequest, identifier: str) -> HttpResponse:
    """Propose another wording for one clause, and say why."""
    seat = seated(request, PROPOSES)
    clause = get_object_or_404(clauses_of(seat), identifier=identifier)
    if refusal := closed(request, "amendments"):
        return refusal
    if request.method != "POST":
        wanted, authentic = language_for(seat), seat.forum.authentic_languages()
        wording = clause.wording_in(*([wanted] if wanted in authentic else []), *authentic, wanted)
        initial = {"text": wording.text if wording else "", "language": wording.language if wording else ""}
        return shown(request, seat, clause, AmendmentForm(seat.forum, initial={**initial, "seen": read(clause)}))
    form: Any = AmendmentForm(seat.forum, request.POST)
    if not form.is_valid():
        return shown(request, seat, clause, form, 422)
    given = dict(form.cleaned_data)
    if given.pop("seen") not in ("", read(clause)):
        form.data = {**request.POST.dict(), "seen": read(clause)}
        form.add_error(None, _("The clause was changed since you opened the page; it stands above. Look once more."))
        return shown(request, seat, clause, form, 409)
    key = f"once-{given.pop('once')[:40]}"
    if not cache.add(key, True, 24 * 3600):
        messages.info(request, _("This was already proposed."))
    elif is_done(form, lambda: amendments.propose(clause, by=seat, group=seat.group, **given)):
        messages.success(request, _("Your proposal is kept. You will see here what became of it."))
    else:
        cache.delete(key)
        return shown(request, seat, clause, form, 422)
    return redirect("amendment-desk", forum=seat.forum.slug)


@require_POST
@desk
def amendment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was proposed from here, while nobody has decided on it."""
    seat = seated(request, PROPOSES)
    amendments.withdraw(get_object_or_404(proposed(seat), pk=pk), by=seat)
    messages.success(request, _("Your proposal is taken back."))
    return redirect("amendment-desk", forum=seat.forum.slug)


def read(clause: Clause) -> str:
    return digest(*(f"{row.language} {row.text}" for row in clause.wordings.all()))


def shown(request: HttpRequest, seat: Seat, clause: Clause, form: AmendmentForm, status: int = 200) -> HttpResponse:
    authentic = seat.forum.authentic_languages()
    return page(
        request,
        "amendments/desk_propose",
        status,
        clause=clause,
        number=numbering(clause.section.declaration).get(clause.identifier),
        wordings=sorted(clause.wordings.all(), key=lambda row: row.language not in authentic),
        mine=proposed(seat).filter(clause=clause),
        form=form,
        bad=form if form.errors else None,
    )
