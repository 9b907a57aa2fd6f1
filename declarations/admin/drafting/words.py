"""The wordings of one clause, all written languages on one page: nobody's words are saved over anybody's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from declarations.admin.doors import allows, ask, desk, page, typed
from declarations.forms.declarations import Words
from declarations.models import Clause
from declarations.models.texts import tidy
from declarations.workflow.declarations import word_clause
from declarations.workflow.moves import Refused, StaleRevision

from .acts import clause_of
from .differences import marked
from .doors import COMPOSES, SEES, desk_url


@desk(SEES)
def clause_words(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show a clause in every written language; on POST keep what differs."""
    clause = clause_of(request, identifier)
    form, status, other = Words(typed(request), row=clause, seat=request.seat), 200, []  # type: ignore[attr-defined]
    if request.method == "POST":
        seat = ask(request, COMPOSES, clause)
        status = 422
        if form.is_valid():
            try:
                keep(clause, form, seat)
            except StaleRevision:
                status, other = 409, beside_others(clause, form)
                form = with_revision(form, clause)
            except Refused as refusal:
                form.add_error(None, str(refusal.args[0]))
            else:
                messages.success(request, _("The words are kept."))
                return redirect(desk_url(identifier))
    context = page(
        request,
        title=_("The words of a clause"),
        clause=clause,
        form=form,
        other=other,
        may_write=allows(request, COMPOSES, clause),
        wordings={row.language: row for row in clause.wordings.all()},
        back=desk_url(identifier),
    )
    return TemplateResponse(request, "declarations/drafting/words.html", context, status=status)


def keep(clause: Clause, form: Words, seat: Any) -> None:
    """Write every language that differs, all or none; an error goes beside its own field."""
    revision = form.cleaned_data["revision"]
    language = ""
    try:
        with transaction.atomic():
            for language, words in form.changed_texts.items():
                word_clause(clause, by=seat, language=language, text=words, revision=revision)
                revision = clause.revision
    except ValidationError as error:
        form.add_error(f"text_{language}", error.messages)
        raise Refused(_("Nothing was kept yet.")) from error


def beside_others(clause: Clause, form: Words) -> list[tuple[str, Any]]:
    """What somebody else wrote meanwhile, as (language, the two marked), where it is not what was typed."""
    return [
        (language, marked(form.standing.get(language, ""), words))
        for language, words in form.texts.items()
        if tidy(words) != form.standing.get(language, "")
    ]


def with_revision(form: Words, clause: Clause) -> Words:
    """Return the form with what was typed, ready to be saved over the words that were read just now."""
    data = {**form.data.dict(), "revision": str(clause.revision)}  # type: ignore[attr-defined]
    again = Words(data, row=clause, seat=form.seat)
    again.is_valid()
    again.add_error(
        None,
        _("Somebody changed this clause while you wrote. Both texts stand above: make one of the two, then keep it."),
    )
    return again
