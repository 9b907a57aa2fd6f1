"""The working groups, to be read: topic, days and recommendations; minutes stay inside."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from declarations.models import Group, Recommendation, Session

from .reading import one_page, public_page, read, words_of


@require_safe
@public_page
def group_list(request: HttpRequest) -> HttpResponse:
    """Every group with the days it met and what it recommended."""
    forum = request.forum  # type: ignore[attr-defined]
    decided = Recommendation.objects.public().order_by("number").prefetch_related("wordings")
    met = Session.objects.public().defer("minutes").order_by("starts_at", "pk")
    rows = (
        Group.objects.public()
        .filter(forum=forum)
        .select_related("topic")
        .prefetch_related(
            Prefetch("sessions", met, to_attr="met"), Prefetch("recommendations", decided, to_attr="decided")
        )
        .order_by("number")
    )
    page = one_page(request, rows)
    return read(
        request,
        "groups/list.html",
        "groups",
        page_obj=page,
        query="",
        rows=[
            (group, days_of(group, forum.zone_info), [(row, words_of(row, forum)) for row in group.decided])
            for group in page
        ],
    )


def days_of(group: Any, zone: ZoneInfo) -> list[date]:
    """Return the days on which a group met, where the forum meets, each once."""
    return list(dict.fromkeys(session.starts_at.astimezone(zone).date() for session in group.met))
