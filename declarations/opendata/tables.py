"""Answers as tables, for whoever opens them in a spreadsheet: a row says what the row of the JSON says.

A text is a column a language (`text.fr`), what is inside a field is a column a field (`heard.testimonies`), and a list
is one cell, its parts with a semicolon between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from declarations.publishing.encoding import plain

from .shapes import About, DeclarationData, RecommendationsData

Row = Mapping[str, object]
BETWEEN = "; "


def of_declaration(data: DeclarationData) -> list[Row]:
    """Return the clauses, a row each, with the section each stands in and the edition they are of."""
    edition = {"edition": data.edition, "control_code": data.control_code}
    return table(
        {
            **origin(data.about),
            **edition,
            "section": section.identifier,
            "kind": section.kind,
            "theme": section.theme,
            "heading": section.heading,
            **cells(clause),
        }
        for section in data.sections
        for clause in section.clauses
    )


def of_recommendations(data: RecommendationsData) -> list[Row]:
    """Return the decided recommendations, a row each."""
    return table({**origin(data.about), **cells(row)} for row in data.recommendations)


def origin(about: About) -> Row:
    """Return what stands in every row: whose it is, whether it is real, and under what terms, wherever it is copied."""
    return {"forum": about.forum, "mode": about.mode, "licence": about.licence}


def cells(row: Any) -> dict[str, Any]:
    """Return the fields of a row by name, in their order."""
    return {each.name: getattr(row, each.name) for each in fields(row)}


def table(rows: Iterable[Row]) -> list[Row]:
    """Return rows of single values, all with the same columns; those of a text are the languages that occur."""
    whole = list(rows)
    names: dict[str, list[str]] = {name: [] for row in whole for name in row}
    flat = [dict(one for name, value in row.items() for one in columns(name, value)) for row in whole]
    for row in flat:
        for name in row:
            known = names[name.partition(".")[0]]
            known += [] if name in known else [name]
    # A field that is empty in one row and has languages in another is not empty.
    order = [each for name, known in names.items() for each in known if each != name or len(known) == 1]
    return [{name: row.get(name, "") for name in order} for row in flat]


def columns(name: str, value: Any) -> Iterator[tuple[str, object]]:
    """Yield a field as one column or several, each with a single value."""
    if is_dataclass(value):
        for inner, each in cells(value).items():
            yield from columns(f"{name}.{inner}", each)
    elif not value and isinstance(value, tuple | Mapping):
        yield name, ""
    elif isinstance(value, Mapping):
        for language, text in value.items():
            yield f"{name}.{language}", text
    elif isinstance(value, tuple) and isinstance(value[0], Mapping):
        for language in sorted({code for each in value for code in each}):
            yield f"{name}.{language}", BETWEEN.join(each[language] for each in value if language in each)
    elif isinstance(value, tuple):
        yield name, BETWEEN.join(map(said, value))
    else:
        yield name, "" if value is None else value


def said(part: Any) -> str:
    """Return one part of a list; what has fields of its own says them in their order, with spaces between."""
    return " ".join(map(str, plain(part).values())) if is_dataclass(part) else str(part)
