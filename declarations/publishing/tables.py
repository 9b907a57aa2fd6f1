"""The clauses of an edition and the recommendations behind them as rows, for whoever counts, sorts or follows up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .reader import read
from .reading import ReadClause, Reading, ReadSection, ReadSource, Words
from .snapshot import Snapshot

# By the label of the column; the figures are bands, as everywhere. A theme is the code that the edition knows it by.
COLUMNS = (
    *("number", "identifier", "section", "theme", "text", "language", "addressed_to", "recommendations", "heard_in"),
    *("edition", "control_code", "notice"),
)
# An edition knows of a recommendation its words and its group; the rest is what it knows of the clauses.
RECOMMENDATION_COLUMNS = (
    *("number", "text", "language", "group", "clauses", "clauses_themes", "clauses_addressed_to", "clauses_heard_in"),
    *("edition", "control_code", "notice"),
)
# A cell that begins with one of these would be worked out by a spreadsheet instead of shown.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Row = tuple[str, ...]


def rows(snapshot: Snapshot, language: str) -> Iterator[Row]:
    """Yield the names of the columns, then a row for each clause, as texts that no spreadsheet works out."""
    reading = read(snapshot, language)
    yield tuple(reading.label(f"column_{name}") for name in COLUMNS)
    for section in reading.sections:
        for clause in section.clauses:
            yield shown(reading, row(reading, section, clause))


def recommendation_rows(snapshot: Snapshot, language: str) -> Iterator[Row]:
    """Yield the names of the columns, then a row for each recommendation behind a clause, by their numbers."""
    reading = read(snapshot, language)
    yield tuple(reading.label(f"column_{name}") for name in RECOMMENDATION_COLUMNS)
    behind: dict[int, tuple[ReadSource, list[tuple[ReadSection, ReadClause]]]] = {}
    for section in reading.sections:
        for clause in section.clauses:
            for source in clause.sources:
                behind.setdefault(source.number, (source, []))[1].append((section, clause))
    for _number, (source, places) in sorted(behind.items()):
        yield shown(reading, recommendation_row(reading, source, places))


def row(reading: Reading, section: ReadSection, clause: ReadClause) -> Row:
    return (
        "" if clause.number is None else str(clause.number),
        clause.identifier,
        section.heading.text,
        section.theme,
        clause.words.text,
        clause.words.language,
        listed(reading, clause.addressees),
        in_a_row(reading, (str(source.number) for source in clause.sources)),
        clause.heard,
    )


def recommendation_row(reading: Reading, source: ReadSource, places: list[tuple[ReadSection, ReadClause]]) -> Row:
    clauses = [clause for _section, clause in places]
    return (
        str(source.number),
        source.words.text,
        source.words.language,
        source.group.text,
        in_a_row(reading, map(called, clauses)),
        in_a_row(reading, (section.theme for section, _clause in places)),
        listed(reading, (addressee for clause in clauses for addressee in clause.addressees)),
        # One band for several clauses would be a sum of people who may be the same: each says its own.
        "\n".join(f"{called(clause)}{reading.label('colon')}{clause.heard}" for clause in clauses if clause.heard),
    )


def called(clause: ReadClause) -> str:
    """Return the number of a clause, or what links point at where it has none."""
    return clause.identifier if clause.number is None else str(clause.number)


def shown(reading: Reading, cells: Row) -> Row:
    """Return a row as it is written, with what says which edition it is of, wherever it is copied to."""
    return tuple(map(as_text, (*cells, str(reading.number), reading.control_code, reading.notice)))


def listed(reading: Reading, many: Iterable[Words]) -> str:
    return in_a_row(reading, (each.text for each in many))


def in_a_row(reading: Reading, names: Iterable[str]) -> str:
    """Return names one after the other, each once."""
    return reading.label("list_comma").join(dict.fromkeys(name for name in names if name))


def as_text(cell: str) -> str:
    """Return a cell that is shown as it is written; an apostrophe stands before what looks like a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
