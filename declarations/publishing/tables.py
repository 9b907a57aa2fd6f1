"""The clauses of an edition as rows, one a clause, for whoever counts, sorts or follows up."""

from __future__ import annotations

from collections.abc import Iterator

from .reader import read
from .reading import ReadClause, Reading, ReadSection, Words
from .snapshot import Snapshot

# By the label of the column; the figures are bands, as everywhere.
COLUMNS = ("number", "identifier", "section", "text", "language", "addressed_to", "recommendations", "heard_in")
# A cell that begins with one of these would be worked out by a spreadsheet instead of shown.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def rows(snapshot: Snapshot, language: str) -> Iterator[tuple[str, ...]]:
    """Yield the names of the columns, then a row for each clause, as texts that no spreadsheet works out."""
    reading = read(snapshot, language)
    yield tuple(reading.label(f"column_{name}") for name in COLUMNS)
    for section in reading.sections:
        for clause in section.clauses:
            yield tuple(as_text(cell) for cell in row(reading, section, clause))


def row(reading: Reading, section: ReadSection, clause: ReadClause) -> tuple[str, ...]:
    return (
        "" if clause.number is None else str(clause.number),
        clause.identifier,
        section.heading.text,
        clause.words.text,
        clause.words.language,
        listed(reading, clause.addressees),
        reading.label("list_comma").join(str(source.number) for source in clause.sources),
        clause.heard,
    )


def listed(reading: Reading, many: tuple[Words, ...]) -> str:
    return reading.label("list_comma").join(each.text for each in many)


def as_text(cell: str) -> str:
    """Return a cell that is shown as it is written; an apostrophe stands before what looks like a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
