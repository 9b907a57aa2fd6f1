"""The desk where paper forms are typed: once by one person, once more by another, then given.

It is inside the admin because who types needs an account. What is typed stands in the answer to the person who typed it
and, sealed, in the draft: in no session, no message and no log.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from declarations import counting
from declarations.forms.asked import Why
from declarations.forms.typing import SheetNumber, TypingForm
from declarations.models import CardBatch, PaperForm, Seat
from declarations.permissions import may
from declarations.views.desks import say_beside
from declarations.workflow import papers
from declarations.workflow.cards import CardSpent
from declarations.workflow.moves import IllegalMove, Refused
from declarations.workflow.papers import Difference

from .doors import ask
from .verbs import Verb, perform

TYPES, ENTERS, CLOSES = "declarations.type_paper", "declarations.enter_paper", "declarations.void_card"
State = PaperForm.State
ON_A_PAGE = 50
CONSENT_TO_BE_READ = ("adult", "may_read")

CLOSE = Verb(
    "close",
    gettext_lazy("Close the form"),
    gettext_lazy("For a sheet that was lost or spoilt. What was typed of it is destroyed, and its card works no more."),
    CLOSES,
    lambda row, *, by, reason: papers.close(row, by=by, reason=reason),
    Why,
    when=lambda row: row.state in (State.PRINTED, State.TYPED),
    done=gettext_lazy("The form is closed."),
)
ANEW = Verb(
    "anew",
    gettext_lazy("Let it be typed anew"),
    gettext_lazy("What was typed first is destroyed. The sheet stays good: somebody types it a first time again."),
    CLOSES,
    lambda row, *, by, reason: papers.type_anew(row, by=by, reason=reason),
    Why,
    when=lambda row: row.state == State.TYPED,
    done=gettext_lazy("The form can be typed anew."),
)


def urls(site: AdminSite) -> list[URLPattern]:
    inside = site.admin_view
    return [
        path("papers/", inside(desk), name="paper-desk"),
        path("papers/<uuid:pk>/", inside(paper), name="paper"),
        path("papers/<uuid:pk>/type/", inside(paper_type), name="paper-type"),
        path("papers/<uuid:pk>/enter/", inside(paper_enter), name="paper-enter"),
        path("papers/<uuid:pk>/close/", inside(paper_close), name="paper-close"),
        path("papers/<uuid:pk>/anew/", inside(paper_anew), name="paper-anew"),
    ]


@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a sheet, and list the forms that wait for their second typing."""
    seat = ask(request, TYPES)
    form = SheetNumber(seat.forum, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.paper:
        return redirect("admin:paper", form.paper.pk)
    waiting = PaperForm.objects.for_seat(seat).typed_once().select_related("card", "typed_by", "forum")
    rows = Paginator(waiting, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "listed": [(row, may(seat, ENTERS, row)) for row in rows],
        "page_obj": rows,
        "left": counting.cards_left(seat.forum, CardBatch.Kind.FORMS),
        "prints": may(seat, "declarations.print_card"),
    }
    return page(request, "desk", seat, status=422 if form.errors else 200, **context)


@never_cache
def paper(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one form: to be typed, to be typed again, to wait, or closed."""
    seat, row = found(request, pk)
    return show(request, TypingForm(row, by=seat))


@sensitive_post_parameters()
@never_cache
@require_POST
def paper_type(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal what is typed first; where nothing may be kept, ask once and close the form."""
    seat, row = found(request, pk)
    form = TypingForm(row, request.POST, by=seat)
    if form.refusal:
        return refused(request, form)
    if not form.is_valid():
        return show(request, form, status=422)
    try:
        papers.type_once(row, by=seat, code=form.cleaned_data["sheet_code"], answers=form.answers)
    except IllegalMove:
        return too_late(request, form)
    messages.success(request, _("Form %(number)s is typed once. Somebody else types it again.") % {"number": row})
    return redirect("admin:paper-desk")


@sensitive_post_parameters()
@never_cache
@require_POST
def paper_enter(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Compare with what was typed first; once nothing differs, give the testimony."""
    seat, row = found(request, pk)
    form = TypingForm(row, request.POST, by=seat)
    if row.state != State.TYPED:
        return too_late(request, form)
    ask(request, ENTERS, row)
    form.is_valid()
    first = None if form.has_error("sheet_code") else form.first_typing()
    if first is None:
        return show(request, form, status=422)
    left = form.open_differences(first)
    form = form.decided()
    if form.refusal:
        about = {name: left[name] for name in CONSENT_TO_BE_READ if name in left}
        return show(request, form, differences=about, status=422) if about else refused(request, form)
    if not form.is_valid() or left:
        return show(request, form, differences=left, status=422)
    return entered(request, form)


def entered(request: HttpRequest, form: TypingForm) -> HttpResponse:
    assert form.by is not None
    try:
        papers.enter(form.paper, by=form.by, to_give=form.to_give())
    except IllegalMove:
        return too_late(request, form)
    except CardSpent:
        form.add_error(None, _("The card of this form was given up. An organiser closes the form."))
    except Refused as refusal:
        form.add_error(None, str(refusal.args[0]))
    except ValidationError as error:
        say_beside(form, error)
    if form.errors:
        return show(request, form, status=422)
    done = _("Form %(number)s is entered, and sealed. The person has the numbers on the card.") % {"number": form.paper}
    messages.success(request, done)
    return redirect("admin:paper-desk")


def refused(request: HttpRequest, form: TypingForm) -> HttpResponse:
    """Ask once whether the sheet really says that nothing may be kept; then keep nothing but a count."""
    assert form.by is not None
    if "sure" not in request.POST:
        form.forgive_empty()
        return show(request, form, refusal=form.refusal)
    try:
        papers.turn_away(form.paper, by=form.by, why=form.refusal)
    except IllegalMove:
        return too_late(request, form)
    messages.success(request, _("Nothing was kept. Form %(number)s is closed.") % {"number": form.paper})
    return redirect("admin:paper-desk")


def paper_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return verb(request, CLOSE, pk)


def paper_anew(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return verb(request, ANEW, pk)


def verb(request: HttpRequest, wanted: Verb, pk: uuid.UUID) -> HttpResponse:
    _seat, row = found(request, pk, wanted.permission)
    return perform(request, wanted, row, back=reverse("admin:paper-desk"))


# What the pages share


def found(request: HttpRequest, pk: uuid.UUID, permission: str = TYPES) -> tuple[Seat, PaperForm]:
    """Return the seat and the form, of the seat's own forum; raises PermissionDenied and Http404."""
    seat = ask(request, permission)
    rows = PaperForm.objects.for_seat(seat).select_related("card", "typed_by", "forum")
    return seat, get_object_or_404(rows, pk=pk)


def too_late(request: HttpRequest, form: TypingForm) -> HttpResponse:
    """Say that the form moved on since the page was opened; what was typed is still on the page, to be sent again."""
    form.paper.refresh_from_db()
    form.forgive_empty()
    form.add_error(None, _("Somebody was faster: the form stands otherwise now. What you typed is still here."))
    return show(request, form, status=409)


def mode_of(form: TypingForm) -> str:
    """What the page is for: the "first" typing, the "second", to "wait" for somebody else, or nothing: "closed"."""
    if form.paper.state == State.PRINTED:
        return "first"
    if form.paper.state != State.TYPED:
        return "closed"
    return "second" if may(form.by, ENTERS, form.paper) else "wait"


def show(
    request: HttpRequest,
    form: TypingForm,
    *,
    differences: dict[str, Difference] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    assert form.by is not None
    found = differences or {}
    context = {
        "paper": form.paper,
        "form": form,
        "mode": mode_of(form),
        "asked": [(form[name], beside(form, name, found.get(name))) for name in form.fields],
        "differing": len(found),
        "refusal": refusal,
        "verbs": [one for one in (ANEW, CLOSE) if one.when(form.paper) and may(form.by, one.permission, form.paper)],
    }
    return page(request, "paper", form.by, status=status, **context)


def beside(form: TypingForm, name: str, difference: Difference | None) -> dict[str, Any] | None:
    """What stands beside an answer that was typed in two ways: both, in the words of the page."""
    if difference is None:
        return None
    both = form.named(name, difference.first), form.named(name, difference.second)
    # Choices are shown whole; only what was written in words is compared within.
    in_words = hasattr(form.fields[name], "choices") or not (difference.first and difference.second)
    return {
        "name": name,
        "mark": difference.mark,
        "first": both[0],
        "second": both[1],
        "pieces": [] if in_words else difference.pieces,
    }


def page(request: HttpRequest, template: str, seat: Seat, *, status: int = 200, **context: Any) -> HttpResponse:
    links = [(_("Paper forms"), reverse("admin:paper-desk"), template == "desk")]
    if may(seat, "declarations.see_road"):
        links.insert(0, (_("The road"), reverse("admin:index"), False))
    if may(seat, "declarations.take_testimony"):
        links.insert(0, (_("Take a testimony"), reverse("testimony-take", args=[seat.forum.slug]), False))
    shared = {"forum": seat.forum, "seat": seat, "desk_links": links}
    return render(request, f"declarations/papers/{template}.html", {**shared, **context}, status=status)
