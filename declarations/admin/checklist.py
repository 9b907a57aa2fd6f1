"""Before going live: what must be in place, where it is done, and the two acts of a rehearsal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from declarations.models import Forum
from declarations.workflow import forums, screens
from declarations.workflow.moves import Refused

from .doors import desk, page

CHANGES = "declarations.change_forum"

# How each check is put in place: (what to do, the page of the admin where it is done).
CURES = {
    "languages": (gettext_lazy("Mark the language whose text counts."), "declarations_forumlanguage_changelist"),
    "regions": (gettext_lazy("Write the regions and the capacities."), "declarations_region_changelist"),
    "help": (gettext_lazy("Say whom people call in danger."), "declarations_helpcontact_changelist"),
    "holders": (gettext_lazy("Give each key to a second person."), "keys"),
    "recovery": (gettext_lazy("Type in each recovery code once."), "keys"),
    "withdrawal": (
        gettext_lazy("Give a testimony on the public site, then take it back with its receipt."),
        "checklist",
    ),
    "erased": (gettext_lazy("Erase the rehearsal with the button below."), "checklist"),
}


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("checklist/", view(checklist), name="checklist"),
        path("checklist/live/", view(go_live), name="go-live"),
        path("checklist/erase/", view(erase), name="rehearsal-erase"),
    ]


@desk(CHANGES)
def checklist(request: HttpRequest) -> HttpResponse:
    """What is in place and what is missing, each with the page where it is put right."""
    forum = request.seat.forum  # type: ignore[attr-defined]
    checks: list[dict[str, Any]] = []
    for check in forums.checklist(forum):
        cure, place = CURES.get(check.name, ("", "checklist"))
        checks.append({"check": check, "cure": cure, "url": reverse(f"admin:{place}") if place != "checklist" else ""})
    context = page(
        request,
        title=_("Before going live"),
        checks=checks,
        is_ready=all(row["check"].is_done for row in checks),
        is_rehearsal=forum.mode == Forum.Mode.REHEARSAL,
        is_rehearsed=forums.is_rehearsed(forum),
        unsaid=sum(map(len, screens.missing(forum).values())),
    )
    return TemplateResponse(request, "declarations/admin/checklist.html", context)


@require_POST
@desk(CHANGES)
def go_live(request: HttpRequest) -> HttpResponse:
    seat = request.seat  # type: ignore[attr-defined]
    try:
        forums.go_live(seat.forum, by=seat)
    except Refused as refusal:
        messages.error(request, str(refusal.args[0]))
    else:
        messages.success(request, _("The forum is live. What people say from now on is real."))
    return redirect("admin:checklist")


@desk(CHANGES)
def erase(request: HttpRequest) -> HttpResponse:
    """Asked once; then everything of the rehearsal goes, and the setup, the people and the keys stay."""
    seat = request.seat  # type: ignore[attr-defined]
    if request.method != "POST":
        context = page(request, title=_("Erase the rehearsal"), back=reverse("admin:checklist"))
        return TemplateResponse(request, "declarations/admin/erase.html", context)
    try:
        forums.erase_rehearsal(seat.forum, by=seat)
    except Refused as refusal:
        messages.error(request, str(refusal.args[0]))
    else:
        messages.success(request, _("The rehearsal is erased. The setup, the seats and the keys are still there."))
    return redirect("admin:checklist")
