"""Names behind testimonies: asked for by one custodian, agreed by another, shown once (M1).

Each act takes the passphrase; no key of a custodian is kept in a session. What is opened is on one answer to a POST,
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from declarations import sealing
from declarations.forms.names import AskForm, RefuseNameForm
from declarations.forms.reading import PassphraseForm
from declarations.models import ForumKey, KeyHolding, NameOpening, Seat, Urgent
from declarations.permissions import may, same_person
from declarations.views.unlocking import private_typed
from declarations.workflow import names, people, reading
from declarations.workflow.moves import Refused

from .doors import ask, desk, page, typed

OPENS, AGREES, NOTES = "declarations.open_name", "declarations.agree_to_name", "declarations.note_urgent"
MOST_SHOWN = 20  # requests that are over


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("names/", view(custody), name="custody"),
        path("names/ask/", view(name_ask), name="name-ask"),
        path("names/urgent/<uuid:pk>/noted/", view(urgent_noted), name="urgent-noted"),
        path("names/<uuid:pk>/agree/", view(name_agree), name="name-agree"),
        path("names/<uuid:pk>/refuse/", view(name_refuse), name="name-refuse"),
        path("names/<uuid:pk>/show/", view(name_show), name="name-show"),
    ]


@never_cache
@desk(OPENS)
def custody(request: HttpRequest) -> HttpResponse:
    """What is asked now, by whom and why; who holds which half; what was asked before."""
    seat: Seat = request.seat  # type: ignore[attr-defined]
    names.expire(seat.forum)
    rows = NameOpening.objects.for_seat(seat).select_related("testimony__forum", "asked_by", "agreed_by")
    running = [{"row": row, "is_own": same_person(row.asked_by, seat)} for row in rows.running()]
    context = page(
        request,
        title=_("Names behind testimonies"),
        running=running,
        over=rows.exclude(state__in=NameOpening.RUNNING)[:MOST_SHOWN],
        halves=halves_of(seat),
        has_custody=names.custody(seat.forum) is not None,
        urgent=urgent_of(seat),
    )
    return TemplateResponse(request, "declarations/admin/custody.html", context)


def halves_of(seat: Seat) -> list[dict[str, Any]]:
    """Who holds which half, so that everybody knows with whom they can open."""
    holdings = KeyHolding.objects.filter(key__forum=seat.forum, key__purpose__in=ForumKey.HALVES, key__retired_on=None)
    people_of: dict[str, dict[int, str]] = {half: {} for half in ForumKey.HALVES}
    mine = ""
    for row in holdings.select_related("key", "person__user").order_by("person__user__username"):
        user = row.person.user
        people_of[row.key.purpose][user.pk] = user.get_full_name() or user.get_username()
        mine = row.key.purpose if user.pk == seat.user_id else mine
    labels = {ForumKey.Purpose.FIRST_HALF: _("The first half"), ForumKey.Purpose.OTHER_HALF: _("The other half")}
    return [
        {"label": labels[half], "names": list(people_of[half].values()), "is_mine": half == mine} for half in labels
    ]


def urgent_of(seat: Seat) -> list[Urgent]:
    """Testimonies that a reader says cannot wait: their eight characters and no content; who has a name first."""
    rows = Urgent.objects.for_seat(seat).waiting().select_related("testimony__sealed_name")
    return sorted(rows, key=lambda row: not hasattr(row.testimony, "sealed_name"))


@require_POST
@desk(NOTES)
def urgent_noted(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take note that a testimony cannot wait."""
    row = get_object_or_404(Urgent.objects.for_seat(request.seat), pk=pk)  # type: ignore[attr-defined]
    reading.take_note(row, by=ask(request, NOTES, row))
    messages.success(request, _("The readers see that you know."))
    return redirect("admin:custody")


@never_cache
@sensitive_post_parameters("passphrase")
@desk(OPENS)
def name_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the name behind one testimony."""
    seat: Seat = request.seat  # type: ignore[attr-defined]
    form = AskForm(typed(request), forum=seat.forum, initial={"testimony": request.GET.get("of", "")[:36]})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(
            request,
            form,
            lambda private: names.ask(given["testimony"], by=seat, reason=given["reason"], private=private),
        ):
            messages.success(request, _("You have asked. Another custodian has ten minutes to agree."))
            return redirect("admin:custody")
    return asked(
        request, form, _("Ask for a name"), note=_("Nothing opens yet. Tell the other custodian that you ask.")
    )


@never_cache
@sensitive_post_parameters("passphrase")
@desk(OPENS)
def name_agree(request: HttpRequest, pk: Any) -> HttpResponse:
    """Agree that another custodian sees this one name."""
    seat, row = request_of(request, pk, AGREES)
    form = PassphraseForm(typed(request))
    if is_sent(request, form) and done(request, form, lambda private: names.agree(row, by=seat, private=private)):
        messages.success(request, _("You have agreed. %(name)s sees this one name now.") % {"name": row.asked_by.name})
        return redirect("admin:custody")
    note = _("You give your half of this one name to %(name)s. You do not see it yourself. It opens no other name.")
    return asked(request, form, _("Agree"), row=row, note=note % {"name": row.asked_by.name})


@never_cache
@desk(OPENS)
def name_refuse(request: HttpRequest, pk: Any) -> HttpResponse:
    """Say no, with a reason; or take one's own request back."""
    seat, row = request_of(request, pk, OPENS)
    is_own = same_person(row.asked_by, seat)
    form = None if is_own else RefuseNameForm(typed(request))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            names.refuse(row, by=seat, reason=form.cleaned_data["reason"] if form else "")
        except Refused as refusal:
            messages.error(request, str(refusal.args[0]))
        else:
            messages.success(request, _("The request is over. Nothing was opened."))
        return redirect("admin:custody")
    return asked(request, form, _("Take the request back") if is_own else _("Refuse"), row=row)


@never_cache
@sensitive_post_parameters("passphrase")
@desk(OPENS)
def name_show(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show the name to the one who asked, on this one answer."""
    seat, row = request_of(request, pk, OPENS)
    if not same_person(row.asked_by, seat):
        return redirect("admin:custody")
    form, shown = PassphraseForm(typed(request)), list[str]()

    def show(private: bytes) -> None:
        shown.append(names.show(row, by=seat, private=private))

    if is_sent(request, form) and done(request, form, show):
        context = page(request, title=_("The name"), row=row, name=shown[0], back=reverse("admin:custody"))
        return TemplateResponse(request, "declarations/admin/name.html", context)
    note = _("It is shown to you once, and that you saw it is written down. Look who can see your screen.")
    return asked(request, form, _("See the name"), row=row, note=note)


def request_of(request: HttpRequest, pk: Any, permission: str) -> tuple[Seat, NameOpening]:
    """Return the seat and a request of its forum; raises Http404, and PermissionDenied where it may not."""
    rows = NameOpening.objects.for_seat(request.seat).select_related("testimony__forum", "asked_by")  # type: ignore[attr-defined]
    row = get_object_or_404(rows, pk=pk)
    return ask(request, permission, row), row


def is_sent(request: HttpRequest, form: Any) -> bool:
    return request.method == "POST" and form.is_valid()


def done(request: HttpRequest, form: PassphraseForm, act: Callable[[bytes], Any]) -> bool:
    """Whether the act was done with the key that the passphrase opens; what is in the way is said on the form."""
    private = private_typed(request, form)
    if private is None:
        return False
    try:
        act(private)
    except Refused as refusal:
        form.add_error(None, str(refusal.args[0]))
    except people.NoKey:
        form.add_error(None, _("You hold no half of custody for this name. Ask another custodian for theirs."))
    except sealing.SealBroken:
        form.add_error(None, _("This name was changed or moved, so it does not open. Tell whoever runs the site."))
    return not form.errors


def asked(
    request: HttpRequest, form: Any, title: str, *, row: NameOpening | None = None, note: str = ""
) -> HttpResponse:
    """Show one form of the custodians."""
    context = page(request, form=form, title=title, note=note, row=row, back=reverse("admin:custody"))
    return TemplateResponse(request, "declarations/admin/custody_form.html", context)


def waiting_for(seat: Seat) -> int:
    """How many requests of others wait for this custodian."""
    rows = NameOpening.objects.for_seat(seat).running().filter(state=NameOpening.State.ASKED)
    return rows.exclude(asked_by__user=seat.user_id).count() if may(seat, OPENS) else 0
