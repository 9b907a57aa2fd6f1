"""The working groups, to be read: topic, days and recommendations; minutes stay inside."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from declarations import tracing
from declarations.models import Recommendation

from .reading import one_page, public_page, read, words_of


@require_safe
@public_page
def group_list(request: HttpRequest) -> HttpResponse:
    """Every group with the days it met and what it recommended."""
    forum = request.forum  # type: ignore[attr-defined]
    rows = tracing.groups_of(forum, Recommendation.objects.public().prefetch_related("wordings"))
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
