"""Sheets that are printed before anybody testifies: receipt cards, and numbered paper forms with a stub.

Pure: what stands on them comes in, a PDF goes out, and nothing of it is kept anywhere. Typst runs in a process of its
own and is told the digits on its standard input, which no list of processes shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .as_pdf import typeset

# A file lies in a folder of downloads until somebody deletes it: its name and title say nothing either.
TITLE = "A4"
FILE_NAME = "A4.pdf"


@dataclass(frozen=True)
class Card:
    """One card: the serial in pairs, and the two numbers inside."""

    serial: str
    numbers: tuple[str, str] = field(repr=False)


def cards(batch: int, rows: Iterable[Card], *, mark: str = "") -> bytes:
    """Return the sheets of a batch of cards as PDF, eight cards on each; `mark` stands in the margin of a rehearsal."""
    sheet: dict[str, Any] = {
        "title": TITLE,
        "batch": batch,
        "mark": mark,
        "cards": [{"serial": row.serial, "numbers": list(row.numbers)} for row in rows],
    }
    return typeset({"template": "cards.typ", "sheet": sheet, "timestamp": 0})
