"""What else a reader does on the page of a testimony: a sentence, a judgement, a text, what is half written, urgent."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from declarations.forms.excerpts import AnswersForm, ExcerptForm, name_of, without
from declarations.views.seats import ask
from declarations.workflow import excerpts, reading
from declarations.workflow import testimonies as workflow
from declarations.workflow.telling import Linter

from .doors import act, faster, say_beside
from .testimonies import Open, go_on, judgement_form, open_one, show, text_form, typed_in

LEAVE_OUT = "out-"  # before the name of the field in which a flag is answered


def given(request: HttpRequest, one: Open) -> dict[str, Any]:
    return {"by": request.seat, "reading_private": one.private}  # type: ignore[attr-defined]


@act
def propose_excerpt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the sentence before and after, with what could tell who spoke; propose it once each of that is resolved."""
    ask(request, "declarations.propose_excerpt")
    one = open_one(request, pk)
    form = ExcerptForm(request.POST, prefix="excerpt")
    if not form.is_valid():
        return show(request, one, excerpt=form, status=422)
    words, source, wanted = form.cleaned_data["words"], form.cleaned_data["source"], request.POST.get("act", "")
    linter = Linter(one.testimony.forum)
    if wanted.startswith(LEAVE_OUT):
        words = left_out(words, linter.flags(one.testimony, words), wanted.removeprefix(LEAVE_OUT))
        form = ExcerptForm({**request.POST.dict(), "excerpt-words": words}, prefix="excerpt")
        form.full_clean()
    answers = AnswersForm(linter.flags(one.testimony, words), request.POST, prefix="excerpt")
    text = one.told.text(source)
    try:
        excerpts.check(words, text.words if text else "")
        is_ready = wanted == "propose" and form.is_ready()
        if not is_ready:
            return show(request, one, excerpt=form, answers=answers, shown=words, status=422 if form.errors else 200)
        excerpts.propose(one.testimony, words=words, answers=answers.answers, source=source, **given(request, one))
    except excerpts.Unresolved as unresolved:
        answers.say_unresolved(unresolved.flags)
        return show(request, one, excerpt=form, answers=answers, shown=words, status=422)
    except ValidationError as error:
        say_beside(form, error, "words")
        return show(request, one, excerpt=form, status=422)
    except workflow.ConsentMissing:
        return faster(request, _("This person does not agree to be quoted. Nothing was kept."))
    messages.success(request, _("The sentence is proposed. Another person must clear it before it can be quoted."))
    return go_on(request, one, sent=("excerpt",))


def left_out(words: str, flags: list[Any], name: str) -> str:
    """The sentence without everything that the named field is about, the last first so that places stay right."""
    for flag in reversed(flags):
        if name_of(flag) == name:
            words = without(words, flag)
    return words


@act
def judge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what drives it and how dangerous it is, by itself."""
    one = open_one(request, pk)
    form = judgement_form(one, request.POST)
    if not form.is_valid():
        return show(request, one, judge=form, status=422)
    reading.judge(one.testimony, judgement=form.judgement, **given(request, one))
    messages.success(request, _("Your judgement is sealed with the testimony."))
    return go_on(request, one, sent=("judge",))


@act
def write_text(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a transcript or a translation, with its author."""
    one = open_one(request, pk)
    form = text_form(one, request.POST)
    if not form.is_valid():
        return show(request, one, text=form, status=422)
    try:
        reading.write_text(one.testimony, text=form.cleaned_data["words"], **form.kind, **given(request, one))
    except ValidationError as error:
        say_beside(form, error, "words")
        return show(request, one, text=form, status=422)
    messages.success(request, _("The text is sealed with the testimony, under your name."))
    return go_on(request, one, sent=("text",))


@act
def keep_draft(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is half written, sealed; a script that keeps it while somebody writes is answered without a page."""
    one = open_one(request, pk)
    typed = {name: words for name, words in typed_in(request).items() if words.strip()}
    if typed.get("summary-words", "").strip() == one.told.summary:
        typed.pop("summary-words", None)
    has_words = any(name.endswith("-words") for name in typed)
    reading.keep_draft(one.testimony, typed=typed if has_words else {}, **given(request, one))
    if request.POST.get("quiet"):
        return HttpResponse(status=204)
    messages.success(request, _("What you have written so far is kept, sealed. Only you see it."))
    return show(request, one)


@act
def raise_urgent(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Tell the custodians that this one cannot wait."""
    one = open_one(request, pk)
    seat = ask(request, "declarations.raise_urgent", one.testimony)
    reading.raise_urgent(one.testimony, by=seat)
    messages.success(request, _("The custodians are told which testimony it is, and nothing of what it says."))
    return go_on(request, one)
