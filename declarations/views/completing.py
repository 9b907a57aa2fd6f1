"""One recommendation at the rapporteur's desk: its draft, what belongs to it, its final wordings, what it rests on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.forms.groups import MinutesForm
from declarations.forms.recommendations import CompleteForm, DraftForm, GroundForm, WordingForm, complete_of
from declarations.models import Ground, Recommendation, Seat, Session
from declarations.workflow import groups, recommendations
from declarations.workflow.moves import StaleRevision
from declarations.workflow.recommendations import DECIDED

from .desks import desk, digest, is_done, language_for, page, page_words, seated

State = Recommendation.State
REVISES = "declarations.revise_recommendation"


def fetch(request: HttpRequest, number: int, permission: str) -> tuple[Seat, Recommendation]:
    """Return the seat and the recommendation, where the seat may do this to it."""
    seat = seated(request, permission)
    rows = Recommendation.objects.for_seat(seat).select_related("forum", "group__topic")
    row = get_object_or_404(rows.prefetch_related("wordings", "themes", "addressees", "regions"), number=number)
    return seated(request, permission, row), row


@desk
def recommendation_edit(request: HttpRequest, number: int) -> HttpResponse:
    """A recommendation with everything that belongs to it; a draft's words are changed here."""
    seat, row = fetch(request, number, "declarations.draft_recommendation")
    if request.method != "POST":
        return shown(request, seat, row)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return shown(request, seat, row, draft=form, status=422)
    try:
        if is_done(form, lambda: recommendations.edit_draft(row, by=seat, **form.cleaned_data)):
            return saved(request, row)
    except StaleRevision as stale:
        return shown(request, seat, row, draft=stood(form, stale), status=409, now=stale.row)
    return shown(request, seat, row, draft=form, status=422)


@require_POST
@desk
def recommendation_complete(request: HttpRequest, number: int) -> HttpResponse:
    """Say to whom it is addressed, where, by when and why."""
    seat, row = fetch(request, number, REVISES)
    form = CompleteForm(seat, request.POST)
    if not form.is_valid():
        return shown(request, seat, row, complete=form, status=422)
    try:
        if is_done(form, lambda: recommendations.complete(row, by=seat, **form.cleaned_data)):
            return saved(request, row)
    except StaleRevision as stale:
        return shown(request, seat, row, complete=stood(form, stale), status=409, now=stale.row)
    return shown(request, seat, row, complete=form, status=422)


def stood(form: Any, stale: StaleRevision) -> Any:
    """Hand the form back with every word, to be saved over what stands now once both were read."""
    form.data = form.data.copy()
    form.data["revision"] = stale.row.revision  # type: ignore[attr-defined]
    form.add_error(None, _("Somebody changed this meanwhile; how it stands now is shown above. Make one of both."))
    return form


@require_POST
@desk
def recommendation_word(request: HttpRequest, number: int) -> HttpResponse:
    """Write the final wording in one language; after a review, say why it changes."""
    seat, row = fetch(request, number, REVISES)
    language = request.POST.get("language", "")
    form = WordingForm(request.POST, asks_why=is_revising(row, language), auto_id=f"{language[:12]}_%s")
    stands = next((wording.text for wording in row.wordings.all() if wording.language == language), "")
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        if given["seen"] != digest(stands):
            form.data = {**request.POST.dict(), "seen": digest(stands)}
            form.add_error("text", _("Somebody wrote other words meanwhile; they stand above. Make one of both."))
            return shown(request, seat, row, wording=form, status=409)
        words = {"by": seat, "language": language, "text": given["text"]}
        if is_revising(row, language):
            done = is_done(form, lambda: recommendations.revise(row, reason=given["reason"], **words))
        else:
            done = is_done(form, lambda: recommendations.word(row, **words))
        if done:
            return saved(request, row)
    return shown(request, seat, row, wording=form, status=status)


def is_revising(row: Recommendation, language: str) -> bool:
    """Whether another wording in this language answers to reviews, and so has a reason."""
    return row.state in (State.IN_REVIEW, State.REVISED) and language in row.forum.authentic_languages()


@require_POST
@desk
def recommendation_ground(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it rests on a finding, a session or a document."""
    seat, row = fetch(request, number, REVISES)
    form = GroundForm(row, request.POST)
    if form.is_valid() and is_done(form, lambda: recommendations.ground(row, by=seat, **form.cleaned_data)):
        return saved(request, row)
    return shown(request, seat, row, ground=form, status=422)


@require_POST
@desk
def recommendation_unground(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take back that it rests on this."""
    seat, row = fetch(request, number, REVISES)
    recommendations.unground(get_object_or_404(row.grounds, pk=pk), by=seat)
    return saved(request, row)


def saved(request: HttpRequest, row: Recommendation) -> HttpResponse:
    messages.success(request, _("Recommendation %(number)d is kept.") % {"number": row.number})
    return redirect("recommendation-edit", forum=row.forum.slug, number=row.number)


def shown(
    request: HttpRequest,
    seat: Seat,
    row: Recommendation,
    status: int = 200,
    draft: Form | None = None,
    complete: Form | None = None,
    wording: Any = None,
    ground: Form | None = None,
    now: Any = None,
) -> HttpResponse:
    grounds = Ground.objects.filter(recommendation=row).select_related("finding", "session__group")
    if draft is None and row.state == State.DRAFT:
        draft = DraftForm(initial={"words": row.handed_in_words, "revision": row.revision})
    is_decided = row.state in DECIDED
    return page(
        request,
        "recommendations/desk_edit",
        status,
        recommendation=row,
        draft=draft,
        complete=None if is_decided else complete or CompleteForm(seat, initial=complete_of(row)),
        wordings=list(wordings_of(row, wording, is_decided)),
        ground=ground or GroundForm(row),
        grounds=grounds.prefetch_related("finding__wordings"),
        now=now,
        is_decided=is_decided,
        bad=next((form for form in (draft, complete, wording, ground) if form is not None and form.errors), None),
        languages=page_words(seat),
    )


def wordings_of(row: Recommendation, typed: Any, is_decided: bool) -> Any:
    """Yield each written language with what stands in it and the form to write it; None where it is fixed."""
    texts = {wording.language: wording for wording in row.wordings.all()}
    authentic = row.forum.authentic_languages()
    for language in row.forum.languages.all():
        code = language.code
        if not language.is_written:
            continue
        text = texts[code].text if code in texts else ""
        form: Any = WordingForm(
            initial={"text": text, "language": code, "seen": digest(text)},
            asks_why=is_revising(row, code),
            auto_id=f"{code}_%s",
        )
        if typed is not None and typed.data.get("language") == code:
            form = typed
        if is_decided and code in authentic:
            form = None
        elif form:
            form.fields["text"].widget.attrs.update({"lang": code})
        yield {
            "language": language,
            "code": code,
            "wording": texts.get(code),
            "form": form,
            "is_first": code in authentic,
        }


@desk
def session_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of one session of the group."""
    seat = seated(request, "declarations.write_minutes")
    session = get_object_or_404(Session.objects.for_seat(seat).select_related("group__forum", "minutes_by"), pk=pk)
    seat = seated(request, "declarations.write_minutes", session)
    if request.method != "POST":
        initial = {
            "minutes": session.minutes,
            "minutes_language": session.minutes_language or language_for(seat),
            "revision": session.revision,
        }
        return page(request, "groups/desk_minutes", session=session, form=MinutesForm(seat.forum, initial=initial))
    form: Any = MinutesForm(seat.forum, request.POST)
    if not form.is_valid():
        return page(request, "groups/desk_minutes", 422, session=session, form=form)
    given = form.cleaned_data
    try:
        if is_done(
            form,
            lambda: groups.save_minutes(
                session,
                by=seat,
                text=given["minutes"],
                language=given["minutes_language"],
                revision=given["revision"],
            ),
        ):
            messages.success(request, _("The minutes are kept."))
            return redirect("session-minutes", forum=seat.forum.slug, pk=pk)
    except StaleRevision as stale:
        return page(request, "groups/desk_minutes", 409, session=session, form=stood(form, stale), now=stale.row)
    return page(request, "groups/desk_minutes", 422, session=session, form=form)
