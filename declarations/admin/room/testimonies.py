"""One testimony at a time: what was said on one side, on the other what a reader makes of it.

Everything a reader types stands in one form, so that sending one part never loses what was typed in another.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import sealing
from declarations.forms.excerpts import AnswersForm, ExcerptForm, before_and_after, marked
from declarations.forms.reading import JudgementForm, RefuseForm, SummaryForm, TextForm
from declarations.models import Excerpt, Testimony, TestimonyKey, Urgent
from declarations.models.texts import tidy
from declarations.views.unlocking import reading_private, unlocked
from declarations.workflow import excerpts, reading, withdrawals
from declarations.workflow import testimonies as workflow
from declarations.workflow.moves import IllegalMove

from .doors import Gone, TakenBack, act, faster, page, say_beside, too_late
from .queue import language_names, queue_of, with_query

CONSENTS = ("may_summarise", "may_quote", "may_keep_voice")
# How fast a voice is played: as a browser counts it, and as it is shown.
SPEEDS = (("0.75", "0.75×"), ("1", "1×"), ("1.25", "1.25×"), ("1.5", "1.5×"))
# What is kept half written: the fields in which somebody writes, and what says where they were writing.
HALF_WRITTEN = ("summary-words", "summary-seen", "excerpt-words", "excerpt-source", "text-words", "text-as")


@dataclass
class Open:
    """A testimony opened for one page."""

    testimony: Testimony
    private: bytes
    told: reading.Told

    @property
    def seen(self) -> str:
        """What tells a summary from another one; empty where there is none."""
        return digest(self.told.summary)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def open_one(request: HttpRequest, pk: uuid.UUID) -> Open:
    """Open a testimony of the seat's forum; raises Http404, and Gone where it was taken back or refused."""
    rows = Testimony.objects.for_seat(request.seat).with_voice()  # type: ignore[attr-defined]
    rows = rows.select_related("described_region", "described_zone", "described_capacity", "described_family", "forum")
    rows = rows.prefetch_related("forum__languages")
    row = get_object_or_404(rows, pk=pk)
    if row.state == Testimony.State.WITHDRAWN:
        raise TakenBack
    if row.state == Testimony.State.REFUSED:
        raise Gone(_("This testimony was refused. It is not read any further."))
    private = reading_private(request, row)
    return Open(row, private, reading.told(row, private, by=request.seat))  # type: ignore[attr-defined]


@unlocked
@too_late
def testimony(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a testimony. Sending the form here keeps what was typed and changes nothing."""
    return show(request, open_one(request, pk))


@act
def mark_read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    one = open_one(request, pk)
    workflow.mark_read(one.testimony, by=request.seat)  # type: ignore[attr-defined]
    return go_on(request, one)


@act
def summarise(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal the summary, and with it what was judged on the same page."""
    one = open_one(request, pk)
    form, judgement = SummaryForm(request.POST, prefix="summary"), judgement_form(one, request.POST)
    if not (form.is_valid() and judgement.is_valid()):
        return show(request, one, summary=form, judge=judgement, status=422)
    words = form.cleaned_data["words"]
    if one.told.summary and form.cleaned_data["seen"] != one.seen and tidy(words) != one.told.summary:
        return show(request, one, summary=beside_another(words, one), other=one.told.summary, status=409)
    given: dict[str, Any] = {"by": request.seat, "reading_private": one.private}  # type: ignore[attr-defined]
    try:
        workflow.summarise(one.testimony, text=words, **given)
        if judgement.has_changed():
            reading.judge(one.testimony, judgement=judgement.judgement, **given)
    except ValidationError as error:
        say_beside(form, error, "words")
        return show(request, one, summary=form, status=422)
    except workflow.ConsentMissing:
        return faster(request, _("This person does not agree to be added to a summary. Nothing was kept."), typed=words)
    except IllegalMove:
        return faster(request, typed=words)
    messages.success(request, _("Your summary is sealed with the testimony."))
    return go_on(request, one, sent=("summary", "judge"))


def beside_another(words: str, one: Open) -> SummaryForm:
    """Hand the words back beside the summary that somebody else wrote meanwhile."""
    form = SummaryForm({"summary-words": words, "summary-seen": one.seen}, prefix="summary")
    form.add_error("words", _("Somebody wrote a summary meanwhile; it stands below. Make one of the two, then save."))
    return form


@act
def refuse(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    one = open_one(request, pk)
    form = RefuseForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return show(request, one, refuse=form, status=422)
    withdrawals.refuse(one.testimony, by=request.seat, reason=form.words)  # type: ignore[attr-defined]
    reading.drop_draft(one.testimony, by=request.seat)  # type: ignore[attr-defined]
    messages.success(request, _("The testimony is refused. It stays sealed, and nothing rests on it."))
    return redirect(next_address(request, one))


def judgement_form(one: Open, data: Any = None) -> JudgementForm:
    return JudgementForm(one.testimony.forum, data, judged=one.told.judgement, prefix="judge")


def text_form(one: Open, data: Any = None, **initial: str) -> TextForm:
    return TextForm(one.testimony, language_names(one.testimony.forum), data, prefix="text", initial=initial)


def next_address(request: HttpRequest, one: Open, step: str = "after") -> str:
    query = queue_of(request).query
    return f"{reverse('admin:reading-next')}?{step}={one.testimony.pk}{'&' + query if query else ''}"


def go_on(request: HttpRequest, one: Open, sent: tuple[str, ...] = ()) -> HttpResponse:
    """Lead to the next testimony where asked; stay where something typed has not been sent."""
    left = unsent(request, one, sent)
    # A form of its own ("this cannot wait") sends none of these fields, and leaves what is half written as it is.
    if any(name in request.POST for name in HALF_WRITTEN):
        reading.keep_draft(one.testimony, by=request.seat, reading_private=one.private, typed=left)  # type: ignore[attr-defined]
    if left:
        fresh = reading.told(one.testimony, one.private, by=request.seat)  # type: ignore[attr-defined]
        return show(request, Open(one.testimony, one.private, fresh), sent=sent)
    if request.POST.get("then") == "next":
        return redirect(next_address(request, one))
    address = reverse("admin:reading-testimony", args=[one.testimony.pk])
    return redirect(with_query(address, queue_of(request).query))


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What the form holds of all that is kept half written."""
    return {name: request.POST[name] for name in HALF_WRITTEN if request.POST.get(name)}


def unsent(request: HttpRequest, one: Open, sent: tuple[str, ...]) -> dict[str, str]:
    """What the form holds that the act just done did not keep; empty where there are no words in it."""
    left = {name: text for name, text in typed_in(request).items() if name.split("-")[0] not in sent}
    if tidy(left.get("summary-words", "")) == one.told.summary:
        left.pop("summary-words", None)
    is_stored = tidy(left.get("text-words", "")) in {text.words for text in one.told.texts}
    if is_stored:
        left.pop("text-words", None)
    return left if any(name.endswith("-words") and tidy(text) for name, text in left.items()) else {}


def show(
    request: HttpRequest,
    one: Open,
    *,
    summary: SummaryForm | None = None,
    excerpt: ExcerptForm | None = None,
    answers: AnswersForm | None = None,
    judge: JudgementForm | None = None,
    text: TextForm | None = None,
    refuse: RefuseForm | None = None,
    shown: str = "",
    sent: tuple[str, ...] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render the page of a testimony; forms that are not given hold what was typed, half written, or stored."""
    half = {**one.told.half_written, **typed_in(request)}
    held = {name: words for name, words in half.items() if name.split("-")[0] not in sent}
    # Of a summary half written before somebody else wrote theirs, the page still says what its reader had seen.
    seen = held.get("summary-seen", "") if "summary-words" in held else one.seen
    languages, language = language_names(one.testimony.forum), get_language() or "fr"
    source = one.told.text(held.get("excerpt-source", ""))
    flags = answers.flags if answers else []
    return page(
        request,
        "testimony",
        status,
        testimony=one.testimony,
        told=one.told,
        texts=[(each, languages.get(each.language, each.language)) for each in one.told.texts],
        source=source,
        recordings=voices(one.testimony),
        speeds=SPEEDS,
        # Only what the speaker agreed to be described as; the exact facts stay sealed on this page.
        speaker=one.testimony.speaker_in(language),
        language_name=languages.get(one.testimony.language, one.testimony.language),
        consents=[(label_of(name), getattr(one.testimony, name)) for name in CONSENTS],
        summary=summary
        or SummaryForm(
            initial={"words": held.get("summary-words") or one.told.summary, "seen": seen}, prefix="summary"
        ),
        excerpt=excerpt
        or ExcerptForm(
            initial={"words": held.get("excerpt-words", ""), "source": source.key if source else ""}, prefix="excerpt"
        ),
        answers=answers,
        judge=judge or (judgement_form(one, request.POST) if sends_judgement(request, sent) else judgement_form(one)),
        judged_by=one.told.judged_by,
        text=text or text_form(one, **{name[5:]: words for name, words in held.items() if name.startswith("text-")}),
        refuse=refuse or RefuseForm(prefix="refuse"),
        urgent=Urgent.objects.filter(testimony=one.testimony).waiting().select_related("raised_by").first(),
        half_written=bool(one.told.half_written) and not sent,
        shown=shown,
        pieces=before_and_after(shown, source.words) if shown and source else [],
        marks=marked(shown, flags),
        excerpts=sentences_of(one),
        query=queue_of(request).query,
        next_url=next_address(request, one),
        previous_url=next_address(request, one, "before"),
        wrong=[form for form in (summary, excerpt, answers, judge, text, refuse) if has_errors(form)],
        **context,
    )


def has_errors(form: Form | None) -> bool:
    return form is not None and form.is_bound and bool(form.errors)


def sends_judgement(request: HttpRequest, sent: tuple[str, ...]) -> bool:
    return request.method == "POST" and "judge-there" in request.POST and "judge" not in sent


def voices(testimony: Testimony) -> list[dict[str, Any]]:
    """The recording to hear beside the words, where there is one."""
    address = reverse("admin:reading-recording", args=[testimony.pk])
    return [{"url": address, "label": _("The voice of this person")}] if testimony.has_voice else []  # type: ignore[attr-defined]


def label_of(name: str) -> Any:
    return Testimony._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def sentences_of(one: Open) -> list[tuple[Excerpt, str]]:
    """The sentences already proposed from this testimony, opened with its key."""
    rows = Excerpt.objects.filter(testimony=one.testimony, envelope__isnull=False).select_related("proposed_by")
    if not rows:
        return []
    key = sealing.open_from(one.private, TestimonyKey.objects.get(testimony=one.testimony).sealed)
    return [(row, sealing.open_text(row.envelope or b"", key, excerpts.header(row))) for row in rows]
