"""Sheets that are printed before anybody testifies: receipt cards, and numbered paper forms with a card each.

Pure: what stands on them comes in, a PDF goes out, and nothing of it is kept anywhere. Typst runs in a process of its
own and is told the digits on its standard input, which no list of processes shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .as_pdf import typeset
from .labels import direction

# A file lies in a folder of downloads until somebody deletes it: its name and title say nothing either.
TITLE = "A4"
FILE_NAME = "A4.pdf"


@dataclass(frozen=True)
class Card:
    """One card: the serial in pairs, and the two numbers inside; `code` is for the paper form it belongs to."""

    serial: str
    numbers: tuple[str, str] = field(repr=False)
    code: str = field(default="", repr=False)


def cards(batch: int, rows: Iterable[Card], *, mark: str = "") -> bytes:
    """Return the sheets of a batch of cards as PDF, eight cards on each; `mark` stands in the margin of a rehearsal."""
    return typeset(_order("cards.typ", _stubs(batch, list(rows), mark)))


def forms(batch: int, rows: Iterable[Card], words: Mapping[str, Any], *, mark: str = "") -> bytes:
    """Return paper forms as PDF, four pages each, and then their cards with a blank page behind each sheet.

    `words` holds `language`, `words` (what is asked, by name), `contacts`, and the labels of `languages`, `regions`,
    `capacities` and `precisions`.
    """
    return typeset(_order("forms.typ", form_data(batch, list(rows), words, mark=mark)))


def form_data(batch: int, rows: Sequence[Card], words: Mapping[str, Any], *, mark: str) -> dict[str, Any]:
    """Return what the template of paper forms draws."""
    return {
        **_stubs(batch, rows, mark),
        "direction": direction(words["language"]),
        "forms": [{"number": row.serial, "code": row.code} for row in rows],
        **words,
    }


def _stubs(batch: int, rows: Sequence[Card], mark: str) -> dict[str, Any]:
    stubs = [{"serial": row.serial, "numbers": list(row.numbers)} for row in rows]
    return {"title": TITLE, "batch": batch, "mark": mark, "cards": stubs}


def _order(template: str, sheet: dict[str, Any]) -> dict[str, Any]:
    return {"template": template, "sheet": sheet, "timestamp": 0}
