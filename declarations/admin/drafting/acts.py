"""Every act of the desk: a button with its consequence in words, a form where something is asked, one verb."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from declarations.admin.amendments import AmendmentAdmin
from declarations.admin.doors import desk
from declarations.admin.verbs import Verb, perform
from declarations.forms import declarations as forms
from declarations.forms.asked import PerhapsReason, Reason
from declarations.models import Amendment, Clause, Declaration, Recommendation, Seat, Section, Source
from declarations.publishing.snapshot import control_code
from declarations.workflow import declarations as text

from .differences import marked

State = Declaration.State
# Whoever advances the text reads the desk; who composes it is a part of them.
SEES, COMPOSES, ADOPTS = (f"declarations.{verb}_declaration" for verb in ("advance", "compose", "adopt"))
ACT = "declarations/drafting/act.html"


def desk_url(anchor: str = "") -> str:
    return reverse("admin:drafting-desk") + (f"#{anchor}" if anchor else "")


def is_open(row: Any) -> bool:
    """Whether the words around the row may be changed now."""
    if isinstance(row, Clause):
        row = row.section
    return not (row.declaration if isinstance(row, Section) else row).is_fixed


def in_state(*states: str) -> Any:
    return lambda row: row is not None and row.state in states


# The declaration


def start(_row: None, *, by: Seat, title: dict[str, str]) -> None:
    text.start(by.forum, by=by, title=title)


def retitle(row: Declaration, *, by: Seat, **given: Any) -> None:
    text.retitle(row, by=by, **given)


def add_section(row: Declaration, *, by: Seat, **given: Any) -> None:
    text.add_section(row, by=by, **given)


def send_for_review(row: Declaration, *, by: Seat) -> None:
    text.send_for_review(row, by=by)


def return_to_drafting(row: Declaration, *, by: Seat, reason: str) -> None:
    text.return_to_drafting(row, by=by, reason=reason)


def freeze(row: Declaration, *, by: Seat, why: str) -> None:
    text.freeze(row, by=by, why=why)


def adopt(row: Declaration, *, by: Seat, **given: Any) -> None:
    text.adopt(row, by=by, **given)


def reopen(row: Declaration, *, by: Seat, reason: str) -> None:
    text.reopen(row, by=by, reason=reason)


START = Verb(
    "start",
    _("Begin the declaration"),
    _("The forum has one declaration. It stays inside until its first edition is published."),
    COMPOSES,
    start,
    forms.Title,
    when=lambda row: row is None,
    done=_("The declaration is begun. Add its first section."),
)
# What moves the text along, in the order of the road.
MOVES = (
    Verb(
        "send_for_review",
        _("Send it for review"),
        _("Experts and groups read the whole text and may propose other words. You can still write."),
        SEES,
        send_for_review,
        when=in_state(State.DRAFTING),
        done=_("The text is under review."),
    ),
    Verb(
        "return_to_drafting",
        _("Return it to drafting"),
        _("The review ends here. Nothing of the text is lost."),
        SEES,
        return_to_drafting,
        PerhapsReason,
        when=in_state(State.UNDER_REVIEW),
        done=_("The text is being drafted again."),
    ),
    Verb(
        "freeze",
        _("Freeze the words"),
        _("The words are fixed and kept as a numbered version. Only the plenary changes them then."),
        SEES,
        freeze,
        forms.Freeze,
        when=in_state(State.UNDER_REVIEW),
        done=_("The words are frozen."),
    ),
    Verb(
        "adopt",
        _("Record the adoption"),
        _("It says of exactly these words that they were adopted. This record is never changed."),
        ADOPTS,
        adopt,
        forms.AdoptionOfWords,
        when=in_state(State.FROZEN),
        done=_("The adoption is recorded. The text can go to press."),
    ),
    Verb(
        "reopen",
        _("Open the text again"),
        _(
            "The words can be changed again. What was adopted and published stays as it is, "
            "and other words need another adoption."
        ),
        SEES,
        reopen,
        Reason,
        when=in_state(State.FROZEN, State.ADOPTED),
        done=_("The text is open again."),
    ),
)
TITLE = Verb(
    "retitle",
    _("Change the title"),
    _("A title in an authentic language is a part of the words: once they are fixed, only translations change."),
    COMPOSES,
    retitle,
    forms.Title,
    done=_("The title is kept."),
)
SECTION = Verb(
    "add_section",
    _("Add a section"),
    _("It stands at the end of the text, and can be moved. Operative clauses, commitments and follow-up are numbered."),
    COMPOSES,
    add_section,
    forms.NewSection,
    when=lambda row: row is not None and is_open(row),
    done=_("The section is added."),
)
OF_DECLARATION = {verb.name: verb for verb in (START, TITLE, SECTION, *MOVES)}


def declaration_of(request: HttpRequest) -> Declaration | None:
    rows = Declaration.objects.for_seat(request.seat)  # type: ignore[attr-defined]
    return rows.select_related("forum").prefetch_related("forum__languages").first()


@desk(SEES)
def of_declaration(request: HttpRequest, verb: str) -> HttpResponse:
    wanted = named(OF_DECLARATION, verb)
    row = declaration_of(request)
    if row is None and wanted is not START:
        raise Http404
    context: dict[str, Any] = {}
    if row and wanted.name == "freeze":
        context["missing"] = gaps(row, row.forum.authentic_languages())
    if row and wanted.name == "adopt":
        context |= {"code": control_code(text.words_digest(row)), "version": text.last_version(row)}
    return perform(request, wanted, row, back=desk_url(), template=ACT, **context)


def gaps(row: Declaration, languages: list[str]) -> list[tuple[text.Missing, str]]:
    """Return what is missing, each with the page on which it is written."""
    return [(gap, cure_of(gap)) for gap in text.missing_wordings(row, languages)]


def cure_of(gap: text.Missing) -> str:
    if isinstance(gap.row, Clause):
        return reverse("admin:drafting-words", args=[gap.row.identifier])
    if isinstance(gap.row, Section):
        return reverse("admin:drafting-section", args=[gap.row.pk, "head"])
    return reverse("admin:drafting-text", args=["retitle"])


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


def named(verbs: dict[str, Verb], name: str) -> Verb:
    if name not in verbs:
        raise Http404
    return verbs[name]
