"""The desk itself: on one side the text as it stands, on the other the recommendations not yet in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations.admin.amendments import DECIDES
from declarations.admin.doors import allows, desk
from declarations.admin.verbs import Verb
from declarations.forms.printing import PrintDraft
from declarations.models import Amendment, Clause, Declaration, Recommendation, Section, Source
from declarations.models.texts import in_language
from declarations.publishing.snapshot import control_code
from declarations.workflow.declarations import last_version, missing_wordings

from .acts import PLENARY
from .differences import marked
from .doors import COMPOSES, SEES
from .whole import MOVES, START, cure_of, declaration_of


@dataclass
class Side:
    """A clause in one language; `row` is None where it is not worded yet."""

    code: str
    name: str
    is_authentic: bool
    row: Any = None


@dataclass
class Proposal:
    amendment: Amendment
    difference: SafeString


@dataclass
class Line:
    """A clause or a recital with everything that stands beside it."""

    clause: Clause
    number: int | None
    sides: list[Side]
    missing: list[str]
    proposals: list[Proposal]
    is_first: bool = False
    is_last: bool = False


@dataclass
class Block:
    section: Section
    lines: list[Line] = field(default_factory=list)
    is_first: bool = False
    is_last: bool = False
    # No clause ever stood in it, so it can be taken out.
    is_bare: bool = True


@desk(SEES)
def drafting(request: HttpRequest) -> HttpResponse:
    seat: Any = request.seat  # type: ignore[attr-defined]
    row = declaration_of(request)
    may_compose = allows(request, COMPOSES)
    context = {
        "forum": row.forum if row else seat.forum,
        "seat": seat,
        "desk_links": desk_links(request, "drafting-desk"),
        "declaration": row,
        "may_compose": may_compose,
        "start": START,
    }
    if row is not None:
        context |= read(row, request.GET.get("beside", ""))
        context |= {
            "moves": [offered(verb) for verb in MOVES if verb.when(row) and allows(request, verb.permission, row)],
            "printing": PrintDraft(row.forum),
            "may_decide": allows(request, DECIDES),
            "may_write": may_compose and not row.is_fixed,
            "is_in_plenary": row.state == Declaration.State.FROZEN and allows(request, PLENARY.permission),
        }
    return render(request, "declarations/drafting/desk.html", context)


def desk_links(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    desks = [(_("The road"), "index", True), (_("The text"), "drafting-desk", allows(request, SEES))]
    desks.append((_("Proofs and editions"), "press", allows(request, "declarations.make_proof")))
    return [(label, reverse(f"admin:{name}"), name == current) for label, name, is_mine in desks if is_mine]


def offered(verb: Verb) -> dict[str, Any]:
    return {"verb": verb, "url": reverse("admin:drafting-text", args=[verb.name]), "is_link": bool(verb.form)}


def read(declaration: Declaration, beside: str) -> dict[str, Any]:
    """Everything the page shows, in the same number of questions however long the text is."""
    forum = declaration.forum
    written, authentic = forum.written_languages(), forum.authentic_languages()
    first = next(iter(authentic or written), "fr")
    others = [code for code in written if code != first]
    second = beside if beside in others else next(iter(others), "")
    names = {row.code: in_language(row.label, get_language() or "fr") for row in forum.languages.all()}
    blocks, removed = read_text(declaration, [code for code in (first, second) if code], names)
    gaps = missing_wordings(declaration)
    version = last_version(declaration)
    return {
        "blocks": blocks,
        "removed": removed,
        "tongues": [(code, names[code], code == second) for code in others],
        "first_name": names.get(first, first),
        "gaps": [(gap, ", ".join(names[code] for code in gap.languages), cure_of(gap.row)) for gap in gaps],
        "gap_counts": [(names[code], n) for code in written if (n := sum(code in gap.languages for gap in gaps))],
        "version": version,
        "code": control_code(version.digest) if version else "",
        "themes": not_in_the_text(forum),
        "n_waiting": sum(len(line.proposals) for block in blocks for line in block.lines),
    }


def read_text(declaration: Declaration, shown: Sequence[str], names: dict[str, str]) -> tuple[list[Block], list[Line]]:
    """The sections with their clauses in order and numbered; and the clauses that were taken out."""
    forum = declaration.forum
    written, authentic = forum.written_languages(), forum.authentic_languages()
    blocks = {row.pk: Block(row) for row in declaration.sections.select_related("theme")}
    removed, number = [], 0
    for clause in clauses_of(declaration):
        block = blocks[clause.section_id]
        block.is_bare = False
        words = {row.language: row for row in clause.wordings.all()}
        sides = [Side(code, names[code], code in authentic, words.get(code)) for code in shown]
        missing = [names[code] for code in written if code not in words]
        proposals = [
            Proposal(row, marked(words[row.language].text if row.language in words else "", row.text))
            for row in clause.amendments.all()
        ]
        line = Line(clause, None, sides, missing, proposals)
        if clause.removed_on:
            removed.append(line)
            continue
        if block.section.kind in Section.NUMBERED:
            number += 1
            line.number = number
        block.lines.append(line)
    ordered = list(blocks.values())
    marks: list[Sequence[Any]] = [ordered, *(block.lines for block in ordered)]
    for rows in filter(None, marks):
        rows[0].is_first = rows[-1].is_last = True
    return ordered, removed


def clauses_of(declaration: Declaration) -> Any:
    sources = Source.objects.select_related("recommendation")
    proposed = Amendment.objects.open().select_related("group").order_by("pk")
    rows = Clause.objects.filter(section__declaration=declaration).order_by("section__order", "order", "pk")
    return rows.prefetch_related(
        "wordings", "addressees", Prefetch("sources", sources), Prefetch("amendments", proposed)
    )


def not_in_the_text(forum: Any) -> list[tuple[Any, list[Recommendation]]]:
    """Adopted recommendations of which no clause speaks, under their first theme; None gathers those without."""
    used = Source.objects.filter(recommendation=OuterRef("pk"), clause__removed_on=None)
    rows = Recommendation.objects.filter(~Exists(used), forum=forum, state=Recommendation.State.ADOPTED)
    found: dict[Any, list[Recommendation]] = {theme: [] for theme in [*forum.themes.all(), None]}
    for row in rows.select_related("group").prefetch_related("themes", "wordings"):
        found[next(iter(row.themes.all()), None)].append(row)
    return [(theme, listed) for theme, listed in found.items() if listed]
