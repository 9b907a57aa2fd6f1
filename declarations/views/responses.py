"""The desk of an addressee: each published clause addressed to them, what they answered, promised, and did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations import tracing
from declarations.forms.responses import AnswerForm, PromiseForm, ReportForm
from declarations.models import Clause, Commitment, Report, Response, Seat
from declarations.publishing.snapshot import ClauseText
from declarations.templatetags.language_tags import best_language
from declarations.workflow import followup

from .desks import ON_A_PAGE, desk, is_done, language_for, page, page_words, seated

ANSWERS, PROMISES, REPORTS = (
    "declarations.answer_clause",
    "declarations.record_commitment",
    "declarations.report_commitment",
)


def addressed(seat: Seat) -> list[tuple[Clause, ClauseText]]:
    """Return the clauses addressed to the seat with their words of the newest edition, in reading order."""
    published = {clause.identifier: clause for clause in tracing.published_clauses(seat.forum)}
    rows = Clause.objects.for_seat(seat).select_related("section__declaration__forum").distinct()
    clauses = {row.identifier: row for row in rows.filter(identifier__in=published)}
    return [(clauses[identifier], text) for identifier, text in published.items() if identifier in clauses]


def shown_words(text: ClauseText, seat: Seat) -> dict[str, str]:
    """Return the words of a clause in the language of the page, or the next best."""
    wanted, *authentic = page_words(seat)
    language = best_language(text.text, wanted, authentic) or ""
    return {"text": text.text.get(language, ""), "language": language}


def commitments_of(seat: Seat) -> Any:
    reports = Prefetch("reports", queryset=Report.objects.order_by("reported_on", "id"))
    return (
        Commitment.objects.for_seat(seat)
        .select_related("clause__section__declaration__forum")
        .prefetch_related(reports)
    )


@desk
def response_desk(request: HttpRequest) -> HttpResponse:
    """Every clause addressed to the seat, unanswered ones first, with answers and promises."""
    seat = seated(request, ANSWERS)
    clauses = addressed(seat)
    standing = {row.clause_id: row for row in Response.objects.for_seat(seat).standing()}
    promised: dict[int, list[Commitment]] = {}
    for row in commitments_of(seat):
        promised.setdefault(row.clause_id, []).append(row)
    clauses.sort(key=lambda pair: pair[0].pk in standing)
    page_obj = Paginator(clauses, ON_A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "responses/desk",
        rows=[
            (clause, text.number, shown_words(text, seat), standing.get(clause.pk), promised.get(clause.pk, []))
            for clause, text in page_obj
        ],
        page_obj=page_obj,
        n_answered=sum(1 for clause, _text in clauses if clause.pk in standing),
        n_all=len(clauses),
    )


def fetch(request: HttpRequest, identifier: str, permission: str) -> tuple[Seat, Clause, ClauseText]:
    """Return the seat and a published clause addressed to it."""
    seat = seated(request, ANSWERS)
    for clause, text in addressed(seat):
        if clause.identifier == identifier:
            return seated(request, permission, clause), clause, text
    raise Http404


@desk
def response_edit(request: HttpRequest, identifier: str) -> HttpResponse:
    """One clause: answer it, see what was answered before, promise, and report."""
    seat, clause, text = fetch(request, identifier, ANSWERS)
    if request.method != "POST":
        return shown(request, seat, clause, text)
    form: Any = AnswerForm(seat.forum, request.POST, language=language_for(seat), prefix="answer")
    if not form.is_valid():
        return shown(request, seat, clause, text, 422, answer=form)
    given = dict(form.cleaned_data)
    if given.pop("seen") != (now := seen(seat, clause)):
        form.data = {**request.POST.dict(), "seen": now}
        form.add_error(
            None, _("Another answer was given meanwhile; it stands below. Send yours only if it replaces it.")
        )
        return shown(request, seat, clause, text, 409, answer=form)
    given |= {"by": seat, "addressee": seat.addressee, "channel": Response.Channel.LINK}
    if is_done(form, lambda: followup.answer(clause, **given)):
        messages.success(request, _("Your answer is kept. It stands beside the clause for everybody to read."))
        return redirect("response-edit", forum=seat.forum.slug, identifier=identifier)
    return shown(request, seat, clause, text, 422, answer=form)


def seen(seat: Seat, clause: Clause) -> str:
    """Return which answer stands; empty where none does."""
    row = Response.objects.for_seat(seat).standing().filter(clause=clause).first()
    return str(row.pk) if row else ""


@require_POST
@desk
def response_promise(request: HttpRequest, identifier: str) -> HttpResponse:
    """Promise something for a clause, by a day."""
    seat, clause, text = fetch(request, identifier, PROMISES)
    form = PromiseForm(seat.forum, request.POST, language=language_for(seat), prefix="promise")
    if form.is_valid():
        given = form.cleaned_data
        words = {given["language"]: given["text"]}
        here = redirect("response-edit", forum=seat.forum.slug, identifier=identifier)
        # A second tap on a bad network promises nothing twice.
        if commitments_of(seat).filter(clause=clause, due_on=given["due_on"], text=words).exists():
            messages.info(request, _("This promise is already kept here."))
            return here
        promised = {"by": seat, "addressee": seat.addressee, "text": words, "due_on": given["due_on"]}
        if is_done(form, lambda: followup.promise(clause, **promised)):
            messages.success(request, _("Your promise is kept here, for everybody to read."))
            return here
    return shown(request, seat, clause, text, 422, promise=form)


@desk
def commitment_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of a promise."""
    seat = seated(request, REPORTS)
    commitment = get_object_or_404(commitments_of(seat), pk=pk)
    seated(request, REPORTS, commitment)
    words = {"language": language_for(seat), "prefix": "report"}
    if request.method != "POST":
        return page(
            request, "responses/desk_report", commitment=commitment, form=ReportForm(commitment, seat.forum, **words)
        )
    form = ReportForm(commitment, seat.forum, request.POST, **words)
    if form.is_valid() and is_done(form, lambda: followup.report(commitment, by=seat, **form.cleaned_data)):
        messages.success(request, _("Your report is kept."))
        return redirect("response-edit", forum=seat.forum.slug, identifier=commitment.clause.identifier)
    return page(request, "responses/desk_report", 422, commitment=commitment, form=form)


def shown(
    request: HttpRequest,
    seat: Seat,
    clause: Clause,
    text: ClauseText,
    status: int = 200,
    answer: Any = None,
    promise: Any = None,
) -> HttpResponse:
    answers = list(Response.objects.for_seat(seat).filter(clause=clause).order_by("-recorded_at", "-pk"))
    language, stands = language_for(seat), next((str(row.pk) for row in answers if row.is_standing), "")
    return page(
        request,
        "responses/desk_edit",
        status,
        clause=clause,
        number=text.number,
        words=shown_words(text, seat),
        answers=answers,
        commitments=commitments_of(seat).filter(clause=clause),
        answer=answer or AnswerForm(seat.forum, language=language, prefix="answer", initial={"seen": stands}),
        promise=promise or PromiseForm(seat.forum, language=language, prefix="promise"),
        is_promising=promise is not None,
        bad=next((form for form in (answer, promise) if form is not None and form.errors), None),
    )
