"""Acts on a part of the text: each a button with its consequence in words, a form where needed, and one verb."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from declarations.admin.amendments import AmendmentAdmin
from declarations.admin.doors import desk
from declarations.admin.verbs import Verb, perform
from declarations.forms import declarations as forms
from declarations.models import Amendment, Clause, Recommendation, Seat, Section, Source
from declarations.workflow import declarations as text

from .differences import marked
from .doors import ACT, COMPOSES, SEES, State, desk_url, is_open, named

# Sections


def head(row: Section, *, by: Seat, heading: dict[str, str]) -> None:
    text.head_section(row, by=by, heading=heading)


def section_up(row: Section, *, by: Seat) -> None:
    text.move_section(row, by=by, order=place_of(row, row.declaration.sections.all()) - 1)


def section_down(row: Section, *, by: Seat) -> None:
    text.move_section(row, by=by, order=place_of(row, row.declaration.sections.all()) + 1)


def section_remove(row: Section, *, by: Seat) -> None:
    text.remove_section(row, by=by)


def add_clause(_row: Any, *, by: Seat, section: Section, **given: Any) -> None:
    sources = [_row] if isinstance(_row, Recommendation) else []
    text.add_clause(section, by=by, sources=sources, **given)


def place_of(row: Any, rows: Any) -> int:
    """Return the place of a row among its neighbours, counted from 1."""
    return [each.pk for each in rows].index(row.pk) + 1


ADD_CLAUSE = Verb(
    "add",
    _("Add a clause"),
    _("It stands at the end of the section. Its identifier never changes, whatever its number becomes."),
    COMPOSES,
    add_clause,
    forms.NewClause,
    when=lambda row: isinstance(row, Recommendation) or is_open(row),
    done=_("The clause is in the text."),
)
OF_SECTION = {
    verb.name: verb
    for verb in (
        ADD_CLAUSE,
        Verb(
            "head",
            _("Change the heading"),
            _("Once the words are fixed, only its translations change."),
            COMPOSES,
            head,
            forms.Heading,
            done=_("The heading is kept."),
        ),
        Verb("up", _("Move up"), "", COMPOSES, section_up, when=is_open, done=_("The section is moved.")),
        Verb("down", _("Move down"), "", COMPOSES, section_down, when=is_open, done=_("The section is moved.")),
        Verb("remove", _("Take out"), "", COMPOSES, section_remove, when=is_open, done=_("The section is gone.")),
    )
}


@desk(SEES)
def of_section(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    rows = Section.objects.for_seat(request.seat).select_related("declaration__forum")  # type: ignore[attr-defined]
    section = get_object_or_404(rows, pk=pk)
    back = desk_url("" if verb == "remove" else f"s-{pk}")
    return perform(request, named(OF_SECTION, verb), section, back=back, template=ACT)


@desk(SEES)
def from_recommendation(request: HttpRequest, number: int) -> HttpResponse:
    """Make a clause of an adopted recommendation: its words and addressees are put in, and it becomes the source."""
    adopted = Recommendation.objects.filter(forum=request.seat.forum, state=Recommendation.State.ADOPTED)  # type: ignore[attr-defined]
    row = get_object_or_404(adopted.select_related("group").prefetch_related("wordings", "themes"), number=number)
    return perform(request, ADD_CLAUSE, row, back=desk_url(f"r-{number}"), template=ACT, recommendation=row)


# Clauses


def address(row: Clause, *, by: Seat, addressees: Any) -> None:
    text.set_addressees(row, by=by, addressees=addressees)


def rest(row: Clause, *, by: Seat, recommendation: Recommendation, **given: Any) -> None:
    text.add_source(row, recommendation, by=by, **given)


def clause_up(row: Clause, *, by: Seat) -> None:
    text.move_clause(row, by=by, order=place_of(row, row.section.clauses.standing()) - 1)


def clause_down(row: Clause, *, by: Seat) -> None:
    text.move_clause(row, by=by, order=place_of(row, row.section.clauses.standing()) + 1)


def clause_place(row: Clause, *, by: Seat, section: Section) -> None:
    text.move_clause(row, by=by, order=section.clauses.count() + 1, section=section)


def clause_remove(row: Clause, *, by: Seat) -> None:
    text.remove_clause(row, by=by)


def clause_restore(row: Clause, *, by: Seat) -> None:
    text.restore_clause(row, by=by)


def in_plenary(row: Clause, *, by: Seat, texts: dict[str, str], why: str) -> None:
    changes = [(row, language, words) for language, words in texts.items()]
    text.amend_in_plenary(row.section.declaration, by=by, changes=changes, why=why)


def stands(row: Clause) -> bool:
    return is_open(row) and row.removed_on is None


PLENARY = Verb(
    "plenary",
    _("Change it in plenary"),
    _("The frozen words of this clause change as the plenary decided, and the text is kept as a new version."),
    SEES,
    in_plenary,
    forms.InPlenary,
    when=lambda row: row.section.declaration.state == State.FROZEN and row.removed_on is None,
    done=_("The clause is changed, and the text is frozen as a new version."),
)
OF_CLAUSE = {
    verb.name: verb
    for verb in (
        Verb(
            "address",
            _("Change the addressees"),
            _("They are asked for an answer to this clause once it is published."),
            COMPOSES,
            address,
            forms.Addressees,
            when=stands,
            done=_("The addressees are kept."),
        ),
        Verb(
            "rest",
            _("Add a source"),
            _("Readers go back from the clause to this recommendation, and from there to what was heard."),
            COMPOSES,
            rest,
            forms.NewSource,
            done=_("The source is kept."),
        ),
        Verb(
            "place",
            _("Put it in another section"),
            _("It stands at the end of that section. Its identifier stays the same."),
            COMPOSES,
            clause_place,
            forms.Place,
            when=stands,
            done=_("The clause is moved."),
        ),
        Verb("up", _("Move up"), "", COMPOSES, clause_up, when=stands, done=_("The clause is moved.")),
        Verb("down", _("Move down"), "", COMPOSES, clause_down, when=stands, done=_("The clause is moved.")),
        Verb(
            "remove",
            _("Take it out of the text"),
            "",
            COMPOSES,
            clause_remove,
            when=stands,
            done=_("The clause is out of the text. It waits at the foot of this page and can be put back."),
        ),
        Verb(
            "restore",
            _("Put it back"),
            "",
            COMPOSES,
            clause_restore,
            when=lambda row: is_open(row) and row.removed_on is not None,
            done=_("The clause is in the text again."),
        ),
        PLENARY,
    )
}


def clause_of(request: HttpRequest, identifier: str) -> Clause:
    rows = Clause.objects.filter(section__declaration__forum=request.seat.forum)  # type: ignore[attr-defined]
    rows = rows.select_related("section__declaration__forum").prefetch_related(
        "wordings__written_by", "wordings__approved_by", "section__declaration__forum__languages"
    )
    return get_object_or_404(rows, identifier=identifier)


@desk(SEES)
def of_clause(request: HttpRequest, identifier: str, verb: str) -> HttpResponse:
    row = clause_of(request, identifier)
    back = desk_url("removed" if verb == "remove" else identifier)
    return perform(request, named(OF_CLAUSE, verb), row, back=back, template=ACT, clause=row)


@require_POST
@desk(SEES)
def source_drop(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Source.objects.filter(clause__section__declaration__forum=request.seat.forum)  # type: ignore[attr-defined]
    source = get_object_or_404(rows.select_related("clause__section__declaration__forum"), pk=pk)
    drop = Verb("drop", "", "", COMPOSES, drop_source, done=_("The source is taken away."))
    return perform(request, drop, source, back=desk_url(source.clause.identifier))


def drop_source(row: Source, *, by: Seat) -> None:
    text.drop_source(row, by=by)


# Amendments

DECISIONS = {verb.name: verb for verb in AmendmentAdmin.verbs if verb.name != "reconsider"}


@desk(SEES)
def of_amendment(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Decide an amendment beside what it would change."""
    rows = Amendment.objects.for_seat(request.seat)  # type: ignore[attr-defined]
    row = get_object_or_404(rows.select_related("clause__section__declaration__forum", "group"), pk=pk)
    standing = row.clause.wordings.filter(language=row.language).first()
    context = {"amendment": row, "difference": marked(standing.text if standing else "", row.text)}
    back = desk_url(row.clause.identifier)
    return perform(request, named(DECISIONS, verb), row, back=back, template=ACT, **context)
