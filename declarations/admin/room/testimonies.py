"""One testimony at a time: the words on one side, on the other what a reader makes of them.

Summary and sentence stand in one form, so that sending the one never loses what was typed in the other.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import sealing
from declarations.forms.excerpts import ExcerptForm, before_and_after, telling
from declarations.forms.reading import RefuseForm, SummaryForm
from declarations.models import Excerpt, Testimony, TestimonyKey
from declarations.models.texts import tidy
from declarations.views.seats import ask
from declarations.views.unlocking import reading_private, unlocked
from declarations.workflow import excerpts
from declarations.workflow import testimonies as workflow
from declarations.workflow.moves import IllegalMove

from .doors import Gone, TakenBack, act, faster, page, say_beside, too_late
from .queue import Queue, language_names, with_query

CONSENTS = ("may_summarise", "may_quote", "may_keep_voice")


@dataclass
class Open:
    """A testimony opened for one page."""

    testimony: Testimony
    private: bytes
    opened: workflow.Opened

    @property
    def seen(self) -> str:
        """What tells a summary from another one; empty where there is none."""
        return digest(self.opened.summary)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def open_one(request: HttpRequest, pk: uuid.UUID) -> Open:
    """Open a testimony of the seat's forum; raises Http404, and Gone where it was taken back or refused."""
    rows = Testimony.objects.for_seat(request.seat).select_related(  # type: ignore[attr-defined]
        "described_region", "described_zone", "described_capacity", "described_family", "forum"
    )
    row = get_object_or_404(rows, pk=pk)
    if row.state == Testimony.State.WITHDRAWN:
        raise TakenBack
    if row.state == Testimony.State.REFUSED:
        raise Gone(_("This testimony was refused. It is not read any further."))
    private = reading_private(request, row)
    return Open(row, private, workflow.opened(row, private))


@unlocked
@too_late
def testimony(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a testimony. Sending the form here keeps what was typed and changes nothing."""
    return show(request, open_one(request, pk))


@act
def mark_read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    one = open_one(request, pk)
    workflow.mark_read(one.testimony, by=request.seat)  # type: ignore[attr-defined]
    return go_on(request, one, sent="")


@act
def summarise(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    one = open_one(request, pk)
    form = SummaryForm(request.POST, prefix="summary")
    if not form.is_valid():
        return show(request, one, summary=form, status=422)
    words = form.cleaned_data["words"]
    if one.opened.summary and form.cleaned_data["seen"] != one.seen and tidy(words) != one.opened.summary:
        return show(request, one, summary=beside_another(words, one), other=one.opened.summary, status=409)
    try:
        workflow.summarise(one.testimony, by=request.seat, reading_private=one.private, text=words)  # type: ignore[attr-defined]
    except ValidationError as error:
        say_beside(form, error, "words")
        return show(request, one, summary=form, status=422)
    except workflow.ConsentMissing:
        return faster(request, _("This person does not agree to be added to a summary. Nothing was kept."), typed=words)
    except IllegalMove:
        return faster(request, typed=words)
    messages.success(request, _("Your summary is sealed with the testimony."))
    return go_on(request, one, sent="summary")


def beside_another(words: str, one: Open) -> SummaryForm:
    """Hand the words back beside the summary that somebody else wrote meanwhile."""
    form = SummaryForm({"summary-words": words, "summary-seen": one.seen}, prefix="summary")
    form.add_error("words", _("Somebody wrote a summary meanwhile; it stands below. Make one of the two, then save."))
    return form


@act
def propose_excerpt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the sentence before and after; propose it once it was looked at."""
    ask(request, "declarations.propose_excerpt")
    one = open_one(request, pk)
    form = ExcerptForm(request.POST, prefix="excerpt")
    if not form.is_valid():
        return show(request, one, excerpt=form, status=422)
    words = form.cleaned_data["words"]
    try:
        excerpts.check(words, one.opened.words)
        if request.POST.get("act") != "propose" or not form.is_ready():
            return show(request, one, excerpt=form, shown=words, status=422 if form.errors else 200)
        excerpts.propose(one.testimony, by=request.seat, reading_private=one.private, words=words)  # type: ignore[attr-defined]
    except ValidationError as error:
        say_beside(form, error, "words")
        return show(request, one, excerpt=form, status=422)
    except workflow.ConsentMissing:
        return faster(request, _("This person does not agree to be quoted. Nothing was kept."))
    messages.success(request, _("The sentence is proposed. Another person must clear it before it can be quoted."))
    return go_on(request, one, sent="excerpt")


@act
def refuse(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    one = open_one(request, pk)
    form = RefuseForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return show(request, one, refuse=form, status=422)
    workflow.refuse(one.testimony, by=request.seat, reason=form.words)  # type: ignore[attr-defined]
    messages.success(request, _("The testimony is refused. It stays sealed, and nothing rests on it."))
    return redirect(next_address(request, one))


def next_address(request: HttpRequest, one: Open, step: str = "after") -> str:
    query = Queue(request).query
    return f"{reverse('admin:reading-next')}?{step}={one.testimony.pk}{'&' + query if query else ''}"


def go_on(request: HttpRequest, one: Open, sent: str) -> HttpResponse:
    """Lead to the next testimony where asked; stay where something typed has not been sent."""
    if unsent(request, one, sent):
        return show(request, Open(one.testimony, one.private, workflow.opened(one.testimony, one.private)), sent=sent)
    if request.POST.get("then") == "next":
        return redirect(next_address(request, one))
    address = reverse("admin:reading-testimony", args=[one.testimony.pk])
    return redirect(with_query(address, Queue(request).query))


def unsent(request: HttpRequest, one: Open, sent: str) -> bool:
    """Whether the form holds words that the act just done did not keep."""
    summary, sentence = (tidy(request.POST.get(f"{name}-words", "")) for name in ("summary", "excerpt"))
    return (sent != "summary" and summary not in ("", one.opened.summary)) or (sent != "excerpt" and bool(sentence))


def show(
    request: HttpRequest,
    one: Open,
    *,
    summary: SummaryForm | None = None,
    excerpt: ExcerptForm | None = None,
    refuse: RefuseForm | None = None,
    shown: str = "",
    sent: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render the page of a testimony; forms that are not given hold what was typed, or what is stored."""
    typed = {name: request.POST.get(f"{name}-words", "") if name != sent else "" for name in ("summary", "excerpt")}
    seen = request.POST.get("summary-seen", one.seen) if typed["summary"] else one.seen
    languages = language_names(one.testimony.forum)
    return page(
        request,
        "testimony",
        status,
        testimony=one.testimony,
        opened=one.opened,
        # Only what the speaker agreed to be described as; the exact facts stay sealed on this page.
        speaker=one.testimony.speaker_in(get_language() or "fr"),
        language_name=languages.get(one.testimony.language, one.testimony.language),
        consents=[(label_of(name), getattr(one.testimony, name)) for name in CONSENTS],
        summary=summary
        or SummaryForm(initial={"words": typed["summary"] or one.opened.summary, "seen": seen}, prefix="summary"),
        excerpt=excerpt or ExcerptForm(initial={"words": typed["excerpt"]}, prefix="excerpt"),
        refuse=refuse or RefuseForm(prefix="refuse"),
        shown=shown,
        pieces=before_and_after(shown, one.opened.words) if shown else [],
        telling=telling(shown),
        excerpts=sentences_of(one),
        query=Queue(request).query,
        next_url=next_address(request, one),
        previous_url=next_address(request, one, "before"),
        **context,
    )


def label_of(name: str) -> Any:
    return Testimony._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def sentences_of(one: Open) -> list[tuple[Excerpt, str]]:
    """The sentences already proposed from this testimony, opened with its key."""
    rows = Excerpt.objects.filter(testimony=one.testimony, envelope__isnull=False).select_related("proposed_by")
    if not rows:
        return []
    key = sealing.open_from(one.private, TestimonyKey.objects.get(testimony=one.testimony).sealed)
    return [(row, sealing.open_text(row.envelope or b"", key, excerpts.header(row))) for row in rows]
