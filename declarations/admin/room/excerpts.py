"""The sentences that a second person clears or takes away, each beside what it was before."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations.forms.excerpts import AnswersForm, WithdrawForm, marked
from declarations.linting import Flag
from declarations.models import Excerpt
from declarations.permissions import may
from declarations.views.seats import ask
from declarations.views.unlocking import reading_private, unlocked
from declarations.workflow import excerpts as workflow
from declarations.workflow.moves import Refused
from declarations.workflow.telling import Linter
from declarations.workflow.testimonies import ConsentMissing

from .doors import Gone, act, page
from .opening import Sentence, sentences_of
from .queue import language_names

ON_A_PAGE = 25
State = Excerpt.State
STAGES = (State.PROPOSED, State.CLEARED)


def rows_of(request: HttpRequest) -> Any:
    return Excerpt.objects.for_seat(request.seat).select_related(  # type: ignore[attr-defined]
        "testimony__key",
        "testimony__described_region",
        "testimony__described_zone",
        "testimony__described_capacity",
        "testimony__described_family",
        "proposed_by",
        "cleared_by",
        "translated_by",
    )


@unlocked
def clearance(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(
    request: HttpRequest,
    wrong: tuple[uuid.UUID, WithdrawForm] | None = None,
    unresolved: tuple[uuid.UUID, list[Flag]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show sentences that wait for a second person, or those that were cleared and may still be taken away."""
    asked = request.GET.get("stage", "")
    stage = State(asked) if asked in STAGES else State.PROPOSED
    rows = rows_of(request).filter(state=stage, testimony__may_quote=True).order_by("id")
    page_obj = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    language = get_language() or "fr"
    names = language_names(request.seat.forum)  # type: ignore[attr-defined]
    sentences = [
        {
            "sentence": sentence,
            "speaker": sentence.excerpt.testimony.speaker_in(language),
            "language": names.get(sentence.excerpt.language, sentence.excerpt.language),
            "spoken": names.get(sentence.excerpt.testimony.language, sentence.excerpt.testimony.language),
            "marks": marked(sentence.words, sentence.flags),
            "answers": answers_form(request, n, sentence, unresolved),
            "withdraw": wrong[1] if wrong and wrong[0] == sentence.excerpt.pk else WithdrawForm(auto_id=str(n) + "_%s"),
        }
        for n, sentence in enumerate(sentences_of(request, page_obj, Linter(request.seat.forum)))  # type: ignore[attr-defined]
    ]
    return page(
        request,
        "clearance",
        status,
        stage=stage,
        stages=[(State.PROPOSED, _("To clear"), ""), (State.CLEARED, _("Cleared"), "?stage=cleared")],
        sentences=sentences,
        page_obj=page_obj,
        query="stage=cleared&" if stage == State.CLEARED else "",
    )


def answers_form(
    request: HttpRequest, n: int, sentence: Sentence, unresolved: tuple[uuid.UUID, list[Flag]] | None
) -> AnswersForm:
    """The form in which a second person answers what the linter points at, with what was answered first."""
    is_sent = unresolved is not None and unresolved[0] == sentence.excerpt.pk
    data = request.POST if is_sent else None
    form = AnswersForm(sentence.flags, data, said=sentence.said, auto_id=f"{n}_%s")
    if is_sent and unresolved:
        form.full_clean()
        form.say_unresolved(unresolved[1])
    return form


def fetch(request: HttpRequest, pk: uuid.UUID) -> Excerpt:
    rows = Excerpt.objects.for_seat(request.seat).select_related("testimony__forum")  # type: ignore[attr-defined]
    excerpt: Excerpt = get_object_or_404(rows, pk=pk)
    if excerpt.state == State.WITHDRAWN:
        raise Gone(_("This sentence was taken away. Nothing of it is left."))
    return excerpt


@act
def clear(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another person than the one who proposed it says that it may be quoted."""
    excerpt = fetch(request, pk)
    seat = ask(request, "declarations.clear_excerpt", excerpt)
    private = reading_private(request, excerpt.testimony)
    flags = Linter(seat.forum).flags(excerpt.testimony, workflow.open_words(excerpt, private))
    answers = AnswersForm(flags, request.POST).answers
    try:
        workflow.clear(excerpt, by=seat, reading_private=private, answers=answers)
    except workflow.Unresolved as open_ones:
        return show(request, unresolved=(pk, open_ones.flags), status=422)
    except Refused as refused:
        messages.error(request, str(refused.args[0]))
    except ConsentMissing:
        raise Gone(_("The person no longer agrees to be quoted. The sentence stays sealed.")) from None
    else:
        messages.success(request, _("The sentence is cleared. It appears when a finding that it stands beside does."))
    return redirect("admin:excerpt-clearance")


@act
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a sentence away, with the reason; its words are deleted."""
    excerpt = fetch(request, pk)
    if not may(request.seat, "declarations.withdraw_excerpt", excerpt):  # type: ignore[attr-defined]
        raise PermissionDenied
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return show(request, wrong=(pk, form), status=422)
    workflow.withdraw(excerpt, by=request.seat, reason=form.words)  # type: ignore[attr-defined]
    messages.success(request, _("The sentence is taken away, and its words are deleted."))
    return redirect("admin:excerpt-clearance")
