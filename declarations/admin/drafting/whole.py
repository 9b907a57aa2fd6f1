"""Acts on the whole text: it is begun, read by others, frozen, adopted, opened again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.admin.doors import desk
from declarations.admin.verbs import Verb, perform
from declarations.forms import declarations as forms
from declarations.forms.asked import PerhapsReason, Reason
from declarations.models import Clause, Declaration, Seat, Section
from declarations.publishing.snapshot import control_code
from declarations.workflow import declarations as text

from .doors import ACT, ADOPTS, COMPOSES, SEES, State, desk_url, in_state, is_open, named


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
    return [(gap, cure_of(gap.row)) for gap in text.missing_wordings(row, languages)]


def cure_of(row: Section | Clause | None) -> str:
    if isinstance(row, Clause):
        return reverse("admin:drafting-words", args=[row.identifier])
    if isinstance(row, Section):
        return reverse("admin:drafting-section", args=[row.pk, "head"])
    return reverse("admin:drafting-text", args=["retitle"])
