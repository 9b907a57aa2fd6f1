"""Who was in the room, as the public may know it: bands, small lines together, nobody alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import counting
from declarations.counting import daily
from declarations.models import Forum, Region

from .figures import bars, heat, in_words
from .reading import public_page, read


@require_safe
@public_page
def participant_list(request: HttpRequest) -> HttpResponse:
    """The room in bands, by region, capacity, sex and age; each picture has its table."""
    forum = request.forum  # type: ignore[attr-defined]
    room = daily(counting.public_participants, forum)
    return read(
        request,
        "participants/list.html",
        "participants",
        total=counting.band_words(room.total.text, "participants", get_language() or "fr"),
        minimum=forum.public_minimum,
        tiles=tiles(forum, room),
        regions=bars(room.regions),
        series=[
            (_("In what capacity"), bars(room.capacities)),
            (_("Women and men"), bars(room.sex)),
            (_("By age"), bars(room.age)),
        ],
        table=heat(room.table) if room.table.shown else None,
    )


def tiles(forum: Forum, room: counting.Room) -> list[dict[str, Any]]:
    """Return the squares of the map; a region counted with others shows what they are together, with a star."""
    together = {member for line, _cell in room.regions if len(line.members) > 1 for member in line.members}
    language, cells = get_language() or "fr", room.regions.by_member()
    rows = list(Region.objects.public().filter(forum=forum, tile_row__isnull=False, tile_column__isnull=False))
    top = min((row.tile_row or 0 for row in rows), default=0)
    first = min((row.tile_column or 0 for row in rows), default=0)
    return [
        {
            "name": row.label_in(language),
            "row": (row.tile_row or 0) - top,
            "col": (row.tile_column or 0) - first,
            "share": room.regions.share(cells[row.pk]),
            "text": cells[row.pk].text + "*" * (row.pk in together),
            "said": in_words(cells[row.pk]),
        }
        for row in rows
        if row.pk in cells
    ]
