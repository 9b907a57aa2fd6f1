"""The clauses and the recommendations behind them as a workbook of two sheets, with the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from .labels import direction
from .packing import NO_PROGRAM, packed, unpacked
from .snapshot import Snapshot
from .tables import Row, recommendation_rows, rows
from .telling import Teller

# Of the columns, in characters.
WIDTHS = (8, 14, 24, 18, 80, 10, 36, 18, 48, 8, 22, 40)
RECOMMENDATION_WIDTHS = (8, 80, 10, 30, 14, 24, 36, 48, 8, 22, 40)


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the clauses and recommendations of the edition in one language as XLSX."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet), "a new workbook has one sheet"
    say = Teller(language, snapshot.authentic, snapshot.languages).label
    first.title = say("column_clauses")
    fill(first, rows(snapshot, language), WIDTHS, language)
    second = book.create_sheet(say("recommendations"))
    fill(second, recommendation_rows(snapshot, language), RECOMMENDATION_WIDTHS, language)
    written = io.BytesIO()
    book.save(written)
    told = {"docProps/app.xml": NO_PROGRAM, "docProps/core.xml": about(snapshot, language)}
    return packed((name, told.get(name, content)) for name, content in unpacked(written.getvalue()))


def fill(sheet: Worksheet, table: Iterable[Row], widths: Iterable[int], language: str) -> None:
    """Write the rows of a table into a sheet, its first line as a heading that stays."""
    sheet.sheet_view.rightToLeft = direction(language) == "rtl"
    for cells in table:
        sheet.append(cells)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip(sheet.columns, widths, strict=True):
        sheet.column_dimensions[str(column[0].column_letter)].width = width
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s"
    sheet.freeze_panes = "A2"


def about(snapshot: Snapshot, language: str) -> bytes:
    """Return what the workbook says of itself: its title and its day, nobody's name and no hour of making."""
    day = datetime.fromisoformat(snapshot.published_on)
    known = DocumentProperties(creator="", title=snapshot.title.get(language, ""), created=day, modified=day)
    return bytes(tostring(known.to_tree()))
