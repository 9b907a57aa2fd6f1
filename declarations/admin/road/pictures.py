"""Who is here, who is missing: region by capacity, and one square a region."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import counting
from declarations.models import Forum, Region

WIDEST = 8  # columns of the table that can still be read side by side


def pictures(forum: Forum) -> dict[str, Any]:
    """Region by capacity as a heat table, and one square a region; gaps are drawn: they are what to look for."""
    language = get_language() or "fr"
    regions: Any = list(Region.objects.filter(forum=forum).select_related("zone"))
    table = counting.participants_table(
        forum, "region", "capacity" if forum.capacities.count() <= WIDEST else "family", 1
    )
    home = at_home(table, {region.code for region in regions if not region.zone.is_abroad})
    by_region = counting.participants_by(forum, "region", 1)
    cells = by_region.by_member()
    heat = {
        "caption": _("Registered participants by region and by capacity"),
        "columns": [column.label_in(language) for column in home["columns"]],
        "rows": [
            {
                "label": row.label_in(language),
                "cells": [
                    {"text": cell.text, "share": table.share(cell), "few": cell.is_few, "gap": cell.is_gap}
                    for cell in (table.cells[row.code, column.code] for column in home["columns"])
                ],
            }
            for row in home["rows"]
        ],
    }
    tiles = [
        {
            "name": region.label_in(language),
            "row": region.tile_row,
            "col": region.tile_column,
            "share": by_region.share(cells[region.pk]),
            "text": cells[region.pk].text,
            "gap": cells[region.pk].is_gap,
        }
        for region in regions
        if region.tile_row is not None and region.tile_column is not None and region.pk in cells
    ]
    shown: dict[str, Any] = {"heat": heat} if table.cells else {}
    if tiles:
        shown["tiles"] = {"caption": _("Registered participants, one square a region"), "regions": tiles}
    return shown


def at_home(table: counting.Table, regions: set[str]) -> dict[str, list[Any]]:
    """Leave out the regions abroad, and the columns in which everybody is from there: nobody is missing in those."""
    rows = [row for row in table.rows if row.code in regions]

    def counted(column: Any, among: list[Any]) -> int:
        return sum(table.cells[row.code, column.code].value or 0 for row in among)

    columns = [column for column in table.columns if counted(column, rows) or not counted(column, table.rows)]
    return {"rows": rows, "columns": columns}
