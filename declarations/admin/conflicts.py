"""What came under an identifier already taken (M2): listed without content, opened by readers alone."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from declarations.models import Conflict
from declarations.permissions import may
from declarations.views.unlocking import reading_keys, unlocked
from declarations.workflow import outbox, people

from .doors import desk, page

MOST = 200  # listed at once; whoever makes more is at work on purpose
SEES = "declarations.share_reading"


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("conflicts/", view(conflict_list), name="conflicts"),
        path("conflicts/<uuid:pk>/", view(conflict), name="conflict"),
    ]


@desk(SEES)
def conflict_list(request: HttpRequest) -> HttpResponse:
    """List what was kept aside: eight characters of the identifier that was taken, and the day."""
    seat = request.seat  # type: ignore[attr-defined]
    rows = Conflict.objects.filter(forum=seat.forum).defer("envelope", "sealed_key").order_by("-given_on", "id")
    context = page(request, title=_("Kept aside"), rows=rows[:MOST], reads=may(seat, "declarations.read_testimony"))
    return TemplateResponse(request, "declarations/admin/conflicts.html", context)


@unlocked
def conflict(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Open the words that were kept aside, beside the way to those that came first."""
    row = get_object_or_404(Conflict.objects.select_related("forum"), pk=pk, forum=request.seat.forum)  # type: ignore[attr-defined]
    keys = reading_keys(request)
    if row.forum_key_id not in keys:
        raise people.NoKey("reading")
    context = page(
        request,
        title=_("Kept aside"),
        row=row,
        opened=outbox.opened_aside(row, keys[row.forum_key_id]),
        first=reverse("admin:reading-testimony", args=[row.taken_id]),
        back=reverse("admin:conflicts"),
    )
    return TemplateResponse(request, "declarations/admin/conflict.html", context)
