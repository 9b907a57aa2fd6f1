"""Protected numbers as the templates draw them: words for every code, and shares for the shades."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import counting
from declarations.counting.people import NOT_SHOWN
from declarations.templatetags.language_tags import label


def in_words(cell: counting.Cell) -> str:
    """Return what is shown of a number, in words: "fewer than 10"."""
    if cell.text == NOT_SHOWN:
        return _("not shown")
    return counting.label(cell.text, get_language() or "fr")


def heat(table: counting.Table) -> dict[str, Any]:
    """Return a table as _heat_table.html draws it, the totals of its rows and columns last."""
    rows = [
        {
            "label": label(line.label),
            "cells": [*(shaded(cell, table.share(cell)) for cell in cells), shaded(total, None)],
        }
        for line, cells, total in table
    ]
    totals = [shaded(table.column_totals[column.code], None) for column in table.columns]
    rows.append({"label": _("All together"), "cells": [*totals, shaded(table.total, None)]})
    return {"columns": [*(label(column.label) for column in table.columns), _("All together")], "rows": rows}


def shaded(cell: counting.Cell, share: float | None) -> dict[str, Any]:
    return {"text": in_words(cell), "share": share, "few": cell.value is None, "gap": cell.is_gap}


def bars(series: counting.Series) -> list[dict[str, Any]]:
    """Return the lines of a series with the length of each one's bar, in percent of the longest."""
    return [
        {"label": label(line.label), "text": in_words(cell), "width": round(100 * (series.share(cell) or 0))}
        for line, cell in series
    ]
