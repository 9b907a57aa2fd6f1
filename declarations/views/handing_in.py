"""The rapporteur's desk: handing in takes a minute, checking a pasted list a few more, and the rest may follow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, Value, When
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from declarations.forms.kits import kit_of
from declarations.forms.recommendations import HandInForm, PasteForm
from declarations.models import Group, Recommendation, Seat, Session
from declarations.models.forums import is_form_open
from declarations.publishing import kit, sheets
from declarations.workflow import recommendations

from .desks import ON_A_PAGE, closed, desk, is_done, language_for, opens_at, page, seated, too_late

State = Recommendation.State
SAME_PAGE_AGAIN = 24 * 3600


@desk
def recommendation_desk(request: HttpRequest) -> HttpResponse:
    """The group's recommendations, drafts first, below the form that hands in another."""
    seat = seated(request, "declarations.draft_recommendation")
    if request.method != "POST":
        return shown(request, seat)
    if refusal := closed(request, "recommendations"):
        return refusal
    form = HandInForm(request.POST, seat=seat, language=language_for(seat))
    if form.is_valid() and not is_first_time(form):
        messages.info(request, _("This was already handed in; it stands in the list."))
        return redirect("recommendation-desk", forum=seat.forum.slug)
    if form.is_valid() and kept(request, form, lambda group: handed_in(request, seat, group, form)):
        return redirect("recommendation-desk", forum=seat.forum.slug)
    return shown(request, seat, form=form, status=422)


@require_POST
@desk
def recommendation_paste(request: HttpRequest) -> HttpResponse:
    """Make a draft of each line of a pasted list; nothing is handed in before it was looked at."""
    seat = seated(request, "declarations.draft_recommendation")
    if refusal := closed(request, "recommendations"):
        return refusal
    form = PasteForm(request.POST, seat=seat, language=language_for(seat), prefix=None)
    if form.is_valid() and not is_first_time(form):
        messages.info(request, _("This list was already taken; its drafts stand below."))
        return redirect("recommendation-desk", forum=seat.forum.slug)
    if form.is_valid() and kept(request, form, lambda group: pasted(request, seat, group, form)):
        return redirect("recommendation-desk", forum=seat.forum.slug)
    return shown(request, seat, paste=form, status=422)


def is_first_time(form: Form) -> bool:
    """Whether nothing was kept from this page yet."""
    once = form.cleaned_data["once"]
    return not once or cache.add(f"once-{once[:40]}", True, SAME_PAGE_AGAIN)


def kept(request: HttpRequest, form: Form, act: Any) -> bool:
    """Do what the form asks in its group; what is refused may be sent again from the same page."""
    seat = seated(request, "declarations.hand_in_recommendation", form.cleaned_data["group"])
    assert seat
    if is_done(form, lambda: act(form.cleaned_data["group"])):
        return True
    cache.delete(f"once-{form.cleaned_data.get('once', '')[:40]}")
    return False


def handed_in(request: HttpRequest, seat: Seat, group: Group, form: Form) -> None:
    words, language = form.cleaned_data["words"], form.cleaned_data["language"]
    with transaction.atomic():
        row = recommendations.draft(group, by=seat, words=words, language=language)
        if "keep" not in request.POST:
            recommendations.hand_in(row, by=seat)
    if "keep" in request.POST:
        messages.success(request, _("Recommendation %(number)d is kept as a draft.") % {"number": row.number})
    else:
        told = {"number": row.number, "hour": clock(seat)}
        messages.success(request, _("Recommendation %(number)d was handed in at %(hour)s.") % told)


def pasted(request: HttpRequest, seat: Seat, group: Group, form: Form) -> None:
    text, language = form.cleaned_data["text"], form.cleaned_data["language"]
    rows = recommendations.draft_pasted(group, by=seat, text=text, language=language)
    said = ngettext(
        "%(n)d draft is kept. Look at it, then hand it in.",
        "%(n)d drafts are kept. Look at them, then hand them in.",
        len(rows),
    )
    messages.success(request, said % {"n": len(rows)})


def clock(seat: Seat) -> str:
    """Return the hour where the forum meets."""
    return f"{timezone.now().astimezone(seat.forum.zone_info):%H:%M}"


@require_POST
@desk
def recommendation_hand_in(request: HttpRequest) -> HttpResponse:
    """Hand in the drafts named, all of them or none; each as it was read, said by its revision."""
    seat = seated(request, "declarations.hand_in_recommendation")
    if refusal := closed(request, "recommendations"):
        return refusal
    read = dict(read_drafts(request.POST.getlist("draft")))
    rows = list(Recommendation.objects.for_seat(seat).filter(number__in=read).select_related("group", "forum"))
    if not read or len(rows) != len(read):
        raise Http404
    for row in rows:
        seated(request, "declarations.hand_in_recommendation", row)
    if any(row.state == State.DRAFT and row.revision != read[row.number] for row in rows):
        return too_late(request, _("A draft was changed since you opened the page. Look at it once more."))
    with transaction.atomic():
        for row in rows:
            recommendations.hand_in(row, by=seat)
    said = ngettext(
        "%(n)d recommendation was handed in at %(hour)s.",
        "%(n)d recommendations were handed in at %(hour)s.",
        len(rows),
    )
    messages.success(request, said % {"n": len(rows), "hour": clock(seat)})
    return redirect("recommendation-desk", forum=seat.forum.slug)


@require_safe
@desk
def recommendation_kit(request: HttpRequest) -> HttpResponse:
    """The sheets of the seat's own group, to be printed in the language of the page; no paper form is among them."""
    seat = seated(request, "declarations.draft_recommendation")
    if seat.group is None:
        raise Http404
    content = kit.render(kit_of(seat.group, get_language() or "fr"))
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{sheets.FILE_NAME}"'},
    )


def read_drafts(names: list[str]) -> Any:
    """Yield number and revision of each "12:0"; what is no such name is not there."""
    for name in names:
        number, _colon, revision = name.partition(":")
        if not (number.isdecimal() and revision.isdecimal() and len(name) < 20):
            raise Http404
        yield int(number), int(revision)


def shown(
    request: HttpRequest, seat: Seat, form: Form | None = None, paste: Form | None = None, status: int = 200
) -> HttpResponse:
    rows = Recommendation.objects.for_seat(seat).select_related("group")
    drafts = Case(When(state=State.DRAFT, then=Value(0)), default=Value(1))
    state = request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    page_obj = Paginator(rows.order_by(drafts, "-number"), ON_A_PAGE).get_page(request.GET.get("page"))
    listed = list(page_obj)
    is_open = is_form_open(seat.forum, "recommendations")
    sessions = Session.objects.for_seat(seat).select_related("group").order_by("group__number", "starts_at")
    return page(
        request,
        "recommendations/desk",
        status,
        form=form or HandInForm(seat=seat, language=language_for(seat), auto_id="hand_%s"),
        paste=paste or PasteForm(seat=seat, language=language_for(seat), auto_id="paste_%s"),
        is_pasting=paste is not None,
        is_open=is_open,
        opens_at=None if is_open else opens_at(seat.forum, "recommendations"),
        drafts=[row for row in listed if row.state == State.DRAFT],
        others=[row for row in listed if row.state != State.DRAFT],
        sessions=sessions[:60],
        page_obj=page_obj,
        states=State.choices,
        chosen=state,
        query=f"state={state}&" if state in State.values else "",
        has_groups=not seat.group_id,
    )
