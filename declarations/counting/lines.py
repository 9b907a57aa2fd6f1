"""The lines of a table: regions, capacities and the like, small ones rolled up by themselves until they can hide."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from declarations.models import Forum, Participant, Support
from declarations.models.texts import in_language

from .bands import fewer_than

Text = dict[str, str]
LANGUAGES = ("fr", "en", "ar")
COMMA = {"ar": "، "}

PARTS = {
    "region": ("regions", ("zone__order", "zone", "order", "pk")),
    "capacity": ("capacities", ("family__order", "family", "order", "pk")),
}
WHOLES = {"zone": ("zones", "regions"), "family": ("families", "capacities")}
CHOICES: dict[str, type[TextChoices]] = {
    "sex": Participant.Sex,
    "age": Participant.Age,
    "stance": Support.Stance,
}


@dataclass(frozen=True)
class Line:
    """One row or column: its label, and the keys of what it counts."""

    code: str
    label: Text
    members: tuple[Hashable, ...]

    def label_in(self, language: str) -> str:
        return in_language(self.label, language)


def lines_of(forum: Forum, kind: str) -> list[Line]:
    """Return the lines of one kind: "region", "zone", "capacity", "family", "sex", "age" or "stance"."""
    if kind in WHOLES:
        wholes, parts = WHOLES[kind]
        rows: Any = getattr(forum, wholes).order_by("order", "pk").prefetch_related(parts)
        return [Line(row.code, row.label, tuple(part.pk for part in getattr(row, parts).all())) for row in rows]
    if kind in PARTS:
        rows = getattr(forum, PARTS[kind][0]).order_by(*PARTS[kind][1])
        return [Line(row.code, row.label, (row.pk,)) for row in rows]
    lines = [Line(choice.value, _in_each(choice.label), (choice.value,)) for choice in CHOICES[kind]]
    return lines if kind == "stance" else [*lines, Line("unsaid", _in_each(_("not said")), ("",))]


def _in_each(label: object) -> Text:
    texts = {}
    for language in LANGUAGES:
        with override(language):
            texts[language] = str(label)
    return texts


def rolled_up(fine: Sequence[Line], coarse: Sequence[Line], counts: Mapping[Hashable, int], minimum: int) -> list[Line]:
    """Return lines that each count the minimum at least, as fine as that allows.

    Small ones stand together with the small ones of their zone (or family), with the smallest large one where that is
    not enough, and with another zone where the whole zone is small. Only a forum that is small altogether stays small.
    """
    size = _sizes(counts)
    lines: list[Line] = []
    pool: list[Line] = []
    for whole in coarse:
        parts = [line for line in fine if set(line.members) <= set(whole.members)]
        large = sorted((line for line in parts if not fewer_than(size([line]), minimum)), key=lambda line: size([line]))
        small = [line for line in parts if line not in large]
        while small and large and fewer_than(size(small), minimum):
            small.append(large.pop(0))
        if small and fewer_than(size(small), minimum):
            pool += small
        else:
            lines += large + ([merged(small, coarse, fine)] if small else [])
    while pool and lines and fewer_than(size(pool), minimum):
        nearest = min(lines, key=lambda line: size([line]))
        lines.remove(nearest)
        pool.append(nearest)
    if pool:
        lines.append(merged(pool, coarse, fine))
    return in_order(lines, fine)


def coarsened(lines: Sequence[Line], coarse: Sequence[Line], fine: Sequence[Line]) -> list[Line]:
    """Return lines a step coarser, each made of whole lines, so that the two tables say nothing by their difference."""
    groups: list[list[Line]] = [[line] for line in lines]
    for whole in coarse:
        touching = [group for group in groups if any(set(line.members) & set(whole.members) for line in group)]
        if len(touching) > 1:
            groups = [group for group in groups if group not in touching] + [sum(touching, [])]
    return in_order([merged(group, coarse, fine) for group in groups], fine)


def _sizes(counts: Mapping[Hashable, int]) -> Callable[[Iterable[Line]], int]:
    return lambda lines: sum(counts.get(member, 0) for line in lines for member in line.members)


def in_order(lines: Iterable[Line], fine: Sequence[Line]) -> list[Line]:
    """Return the lines in the forum's order, by the first thing each counts."""
    place = {member: number for number, line in enumerate(fine) for member in line.members}
    return sorted(lines, key=lambda line: min((place.get(member, 0) for member in line.members), default=0))


def merged(parts: Sequence[Line], coarse: Sequence[Line], fine: Sequence[Line]) -> Line:
    """Return one line for several, named by the zones (or families) that it holds whole and by what is left."""
    if len(parts) == 1:
        return parts[0]
    members = {member for line in parts for member in line.members}
    wholes = [line for line in coarse if line.members and set(line.members) <= members]
    covered = {member for line in wholes for member in line.members}
    names = in_order([*wholes, *(line for line in fine if set(line.members) <= members - covered)], fine)
    languages = [language for line in names for language in line.label]
    label = {
        language: COMMA.get(language, ", ").join(line.label_in(language) for line in names)
        for language in dict.fromkeys(languages)
    }
    ordered = sorted(members, key=lambda member: [line.members[0] for line in fine].index(member))
    return Line("+".join(line.code for line in names), label, tuple(ordered))
