"""Rows for organisers, as CSV and XLSX. Testimonies are never exported, in no form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .models import Clause, Declaration, Forum, Participant, Recommendation
from .models.texts import in_language

Row = Mapping[str, object]

# A spreadsheet takes what begins with one of these for a formula and runs it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # characters, the limit of XLSX


def rows_of_recommendations(forum: Forum, language: str) -> list[Row]:
    """Return every recommendation of the forum, drafts too, in the order of their numbers; headings in `language`."""
    rows = (
        Recommendation.objects.filter(forum=forum)
        .select_related("group")
        .prefetch_related("wordings", "themes", "addressees", "regions")
        .order_by("number")
    )
    with override(language):
        return [
            {
                gettext("number"): row.number,
                gettext("group"): row.group.title_in(language),
                gettext("state"): row.get_state_display(),
                gettext("text"): row.text_in(language) or row.handed_in_words,
                gettext("words as handed in"): row.handed_in_words,
                gettext("handed in"): _moment(row.handed_in_at, forum),
                gettext("themes"): _labels(row.themes.all(), language),
                gettext("addressees"): _labels(row.addressees.all(), language),
                gettext("regions"): _labels(row.regions.all(), language),
                gettext("level"): row.get_level_display(),
                gettext("horizon"): row.get_horizon_display(),
                gettext("reason"): row.reason,
                gettext("minority view"): row.minority_view,
                gettext("reason of the decision"): in_language(row.decision_reason, language),
                gettext("decided on"): row.decided_on or "",
            }
            for row in rows
        ]


def rows_of_clauses(declaration: Declaration, language: str) -> list[Row]:
    """Return the clauses of the text as it stands, numbered as they are read; headings in `language`."""
    rows = (
        Clause.objects.filter(section__declaration=declaration)
        .standing()
        .select_related("section")
        .prefetch_related("wordings", "addressees", "sources__recommendation")
    )
    numbers: dict[int, int] = {}
    for row in rows:
        if row.section.kind in row.section.NUMBERED:
            numbers[row.pk] = len(numbers) + 1
    with override(language):
        return [
            {
                gettext("number"): numbers.get(row.pk, ""),
                gettext("identifier"): row.identifier,
                gettext("section"): row.section.heading_in(language) or row.section.get_kind_display(),
                gettext("text"): row.text_in(language),
                gettext("addressees"): _labels(row.addressees.all(), language),
                gettext("horizon"): row.get_horizon_display(),
                gettext("recommendations"): ", ".join(
                    str(number) for number in sorted(source.recommendation.number for source in row.sources.all())
                ),
            }
            for row in rows
        ]


def rows_of_participants(forum: Forum, language: str = "fr") -> list[Row]:
    """Return the participants without their names, which are sealed, in the order of the numbers on their cards."""
    rows = Participant.objects.filter(forum=forum).select_related("region", "capacity").order_by("serial")
    with override(language):
        return [
            {
                gettext("number on the card"): row.serial,
                gettext("region"): row.region.label_in(language),
                gettext("capacity"): row.capacity.label_in(language),
                gettext("sex"): row.get_sex_display(),
                gettext("age band"): row.get_age_display(),
                gettext("state"): row.get_state_display(),
            }
            for row in rows
        ]


def _labels(rows: Any, language: str) -> str:
    return ", ".join(row.label_in(language) for row in rows)


def _moment(at: datetime | None, forum: Forum) -> str:
    """The moment where the forum meets, to the minute."""
    return f"{at.astimezone(forum.zone_info):%Y-%m-%d %H:%M}" if at else ""


def as_csv(rows: Iterable[Row]) -> bytes:
    """Return the rows as CSV in UTF-8, with the mark that spreadsheets need to read accents."""
    table = list(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in _lines(table):
        writer.writerow([harmless(value) for value in line])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Row]) -> bytes:
    """Return the rows as an XLSX workbook that names no author."""
    book = Workbook(write_only=True)
    book.properties.creator = None
    book.properties.lastModifiedBy = None
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    for number, line in enumerate(_lines(list(rows))):
        cells = []
        for value in line:
            value = harmless(value)
            if isinstance(value, str):
                value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
            cell = WriteOnlyCell(sheet, value=value)
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _lines(table: Sequence[Row]) -> Iterable[Sequence[object]]:
    if table:
        yield list(table[0])
    for row in table:
        yield list(row.values())


def harmless(value: object) -> object:
    """Return a value that no spreadsheet runs: a text that looks like a formula begins with an apostrophe."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    # White space before the sign does not stop every spreadsheet.
    looks = text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if looks else text
