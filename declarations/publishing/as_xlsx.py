"""The clauses as a workbook, with the same bytes each time."""

from __future__ import annotations

import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Font
from openpyxl.xml.functions import tostring

from .labels import direction
from .packing import NO_PROGRAM, packed, unpacked
from .snapshot import Snapshot
from .tables import rows

WIDTHS = (8, 14, 24, 80, 10, 36, 18, 48)  # of the columns, in characters


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the clauses of the edition in one language as XLSX."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has one sheet"
    sheet.title = "1"
    sheet.sheet_view.rightToLeft = direction(language) == "rtl"
    for cells in rows(snapshot, language):
        sheet.append(cells)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip(sheet.columns, WIDTHS, strict=True):
        sheet.column_dimensions[column[0].column_letter].width = width
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s"
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    told = {"docProps/app.xml": NO_PROGRAM, "docProps/core.xml": about(snapshot, language)}
    return packed((name, told.get(name, content)) for name, content in unpacked(written.getvalue()))


def about(snapshot: Snapshot, language: str) -> bytes:
    """Return what the workbook says of itself: its title and its day, nobody's name and no hour of making."""
    day = datetime.fromisoformat(snapshot.published_on)
    known = DocumentProperties(creator="", title=snapshot.title.get(language, ""), created=day, modified=day)
    return bytes(tostring(known.to_tree()))
