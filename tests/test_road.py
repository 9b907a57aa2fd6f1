"""docs/flow.md says of the road what the code says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps

import declarations
from declarations.models.testimonies import Excerpt

PAGE = Path(__file__).parent.parent / "docs" / "flow.md"


def rows_under(heading: str) -> Iterator[list[str]]:
    """Rows of the table below a heading, without its head; a cell loses its ticks."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index(heading) + 1
    end = next((n for n in range(start, len(lines)) if lines[n].startswith("#")), len(lines))
    table = [line for line in lines[start:end] if line.startswith("|")]
    for line in table[2:]:
        yield [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]


def with_moves() -> dict[str, Any]:
    models = apps.get_app_config("declarations").get_models()
    return {model.__name__: model for model in models if hasattr(model, "MOVES")}


def test_the_words_in_their_order() -> None:
    assert tuple(row[0] for row in rows_under("## The ten words")) == declarations.ROAD


def test_each_word_names_its_models() -> None:
    named = {row[0]: set(row[2].split(", ")) for row in rows_under("## The ten words")}
    for word, names in named.items():
        module = f"declarations.models.{word}"
        known = {model.__name__ for model in apps.get_app_config("declarations").get_models()}
        assert names <= known, word
        assert {apps.get_model("declarations", name).__module__ for name in names} == {module}, word


def test_what_leads_to_what() -> None:
    assert tuple(tuple(row[:3]) for row in rows_under("## What leads to what")) == declarations.FLOW


def test_what_carries_a_link_is_stored_or_is_said_not_to_be() -> None:
    known = {model.__name__ for model in apps.get_app_config("declarations").get_models()}
    assert {row for _from, _to, row in declarations.FLOW} - known == {"nothing is kept"}


def test_the_moves_of_every_word() -> None:
    headings = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("### ")]
    assert [heading.removeprefix("### ") for heading in headings] == in_order_of_the_road()
    for name, model in with_moves().items():
        said = {state: set(filter(None, to.split(", "))) for state, to in rows_under(f"### {name}")}
        assert said == {str(state): {str(end) for end in to} for state, to in model.MOVES.items()}, name


def in_order_of_the_road() -> list[str]:
    words = [f"declarations.models.{word}" for word in declarations.ROAD]
    # What is printed stands beside the testimonies it serves.
    words.insert(words.index("declarations.models.testimonies") + 1, "declarations.models.papers")
    words.insert(words.index("declarations.models.findings"), "declarations.models.names")
    return [model.__name__ for model in sorted(with_moves().values(), key=lambda m: words.index(m.__module__))]


def test_every_state_can_be_reached() -> None:
    for name, model in with_moves().items():
        first = model._meta.get_field("state").default
        reached, rest = {first}, [first]
        while rest:
            new = set(model.MOVES[rest.pop()]) - reached
            reached |= new
            rest += new
        assert reached == set(model.State), name


def test_nothing_comes_back_once_it_is_taken_back() -> None:
    for model in (apps.get_model("declarations", "Testimony"), Excerpt):
        assert model.MOVES[model.State.WITHDRAWN] == set()
        assert all(model.State.WITHDRAWN in to for state, to in model.MOVES.items() if state != "withdrawn")
