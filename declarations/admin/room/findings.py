"""What readers write from many testimonies, beside the summaries it rests on.

Searching, leafing and saving are buttons of one form, so nothing ticked or typed is ever lost on the way, and nothing
of it is stored before it is saved.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import counting
from declarations.forms.findings import FindingForm, WordsForm, texts_of
from declarations.models import Evidence, Excerpt, Finding, Forum, Testimony
from declarations.models.testimonies import TestimonyQuerySet
from declarations.models.texts import tidy
from declarations.permissions import may
from declarations.views.seats import ask
from declarations.views.unlocking import unlocked
from declarations.workflow import findings
from declarations.workflow.moves import Refused

from .doors import act, page, say_beside, seated, too_late
from .opening import Heard, factors_of, search, sentences_of, summaries_of
from .queue import language_names

ON_A_PAGE, FINDINGS_ON_A_PAGE = 50, 25
BELOW_SHOWN = 20  # summaries opened of those a finding rests on already
State = Finding.State


@unlocked
def desk(request: HttpRequest) -> HttpResponse:
    """Every finding with where it stands, and what can be done with it."""
    seat, language = seated(request, "declarations.compose_finding"), get_language() or "fr"
    rows = Finding.objects.for_seat(seat).select_related("composed_by", "agreed_by", "forum", "group")
    page_obj = Paginator(rows.prefetch_related("wordings", "themes"), FINDINGS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    bands = counting.behind_findings(seat.forum, seat.forum.inside_minimum)
    names = language_names(seat.forum)
    shown = [
        {
            "finding": row,
            "wording": row.wording_in(language, *seat.forum.authentic_languages()),
            "languages": [(names[code], state_of(row, code)) for code in seat.forum.written_languages()],
            "behind": counting.band_words(band, "testimonies", language)
            if (band := bands[row.pk].testimonies_band)
            else "",
            "may_agree": row.state == State.DRAFT and may(seat, "declarations.agree_finding", row),
        }
        for row in page_obj
    ]
    return page(request, "findings", shown=shown, page_obj=page_obj, query="")


def state_of(finding: Finding, language: str) -> tuple[str, str]:
    """Where the wording of one language stands: a state as it is drawn, and its word."""
    row = next((row for row in finding.wordings.all() if row.language == language), None)
    if row is None:
        return "draft", _("missing")
    return ("approved", _("approved")) if row.approved_by_id else ("read", _("written"))


@unlocked
@too_late
def compose(request: HttpRequest) -> HttpResponse:
    """Compose a finding; by any button but the last, keep what was ticked and typed and look on."""
    seat = seated(request, "declarations.compose_finding")
    if request.POST.get("act") != "save":
        initial = typed(request)
        if request.POST.get("act") == "suggest":
            form = FindingForm(seat.forum)
            rows = suggested(request, form, chosen_rows(request))
            initial["factors"] = [*initial["factors"], *(str(row["factor"].pk) for row in rows)]
        return workbench(request, FindingForm(seat.forum, initial=initial))
    form = FindingForm(seat.forum, request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("testimonies", "themes", "factors", "group", "excerpts")}
        try:
            finding = findings.compose(seat.forum, by=seat, texts=form.texts, **given)
        except ValidationError as error:
            say_beside(form, error, form.first_text)
        else:
            words = _("Finding %(number)d is kept as a draft. Another person agrees to it.")
            messages.success(request, words % {"number": finding.number})
            return redirect("admin:finding-desk")
    return workbench(request, form, status=422)


@unlocked
@too_late
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the words of a finding, and add testimonies to what it rests on."""
    seat = seated(request, "declarations.compose_finding")
    finding = fetch(request, number)
    stored = texts_of(finding)
    if request.POST.get("act") != "save":
        initial = {**stored, "seen": digest(stored), **(typed(request) if request.method == "POST" else {})}
        return workbench(request, WordsForm(seat.forum, initial=initial), finding)
    form = WordsForm(seat.forum, request.POST)
    form.full_clean()
    if form.cleaned_data["seen"] != digest(stored):
        return workbench(
            request, beside_another(request, form.forum, stored), finding, status=409, other=finding.wordings.all()
        )
    if form.errors:
        return workbench(request, form, finding, status=422)
    try:
        with transaction.atomic():
            for row in chosen_rows(request):
                findings.rest_on(finding, row, by=seat)
            if any(tidy(text) != stored.get(f"text_{code}", "") for code, text in form.texts.items()):
                findings.reword(finding, by=seat, texts=form.texts)
    except ValidationError as error:
        say_beside(form, error, form.first_text)
    except Refused as refused:
        form.add_error(form.first_text, str(refused.args[0]))
    else:
        messages.success(request, _("Finding %(number)d is kept.") % {"number": finding.number})
        return redirect("admin:finding-desk")
    return workbench(request, form, finding, status=422)


def beside_another(request: HttpRequest, forum: Forum, stored: dict[str, str]) -> WordsForm:
    """Hand the words back beside those that somebody else kept meanwhile."""
    again = WordsForm(forum, {**request.POST.dict(), "seen": digest(stored)})
    again.add_error(again.first_text, _("Somebody changed this finding meanwhile; it stands above. Make one of both."))
    return again


@act
def agree(request: HttpRequest, number: int) -> HttpResponse:
    """Another person than the one who composed it agrees to the words as they stand."""
    finding = fetch(request, number)
    seat = ask(request, "declarations.agree_finding", finding)
    try:
        findings.agree(finding, by=seat)
    except Refused as refused:
        messages.error(request, str(refused.args[0]))
    else:
        messages.success(request, _("Finding %(number)d is agreed. An organiser can publish it.") % {"number": number})
    return redirect("admin:finding-desk")


def fetch(request: HttpRequest, number: int) -> Finding:
    rows = Finding.objects.for_seat(request.seat).select_related("forum", "composed_by")  # type: ignore[attr-defined]
    finding: Finding = get_object_or_404(rows.prefetch_related("wordings"), number=number)
    return finding


def digest(stored: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()[:16]


def typed(request: HttpRequest) -> dict[str, Any]:
    """What the page held when a button other than the last was pressed."""
    many = {name: request.POST.getlist(name) for name in ("themes", "factors", "excerpts")}
    one = {name: value for name, value in request.POST.items() if name in ("group", "seen") or name.startswith("text_")}
    return {**many, **one}


def summable(request: HttpRequest) -> TestimonyQuerySet:
    """Testimonies with a summary that may be added to others', in no order."""
    rows = Testimony.objects.for_seat(request.seat).summable().filter(state=Testimony.State.SUMMARISED)  # type: ignore[attr-defined]
    return rows.select_related("key").in_no_order()


def chosen_rows(request: HttpRequest) -> list[Testimony]:
    return list(summable(request).filter(pk__in=[pk for pk in map(as_uuid, request.POST.getlist("testimonies")) if pk]))


def as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def suggested(request: HttpRequest, form: WordsForm, chosen: list[Testimony]) -> list[dict[str, Any]]:
    """Driving factors that readers named in enough of the testimonies chosen, each with a band (M7)."""
    told = counting.told_by_enough(factors_of(request, chosen), form.forum.inside_minimum) if chosen else {}
    language = get_language() or "fr"
    rows = form.forum.factors.filter(code__in=told)
    return [{"factor": row, "behind": counting.band_words(told[row.code], "testimonies", language)} for row in rows]


def workbench(
    request: HttpRequest, form: WordsForm, finding: Finding | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Show the summaries, those chosen and those to choose from, beside what is being written."""
    below, others = summable(request).none(), summable(request)
    if finding:
        resting = Evidence.objects.filter(finding=finding).values("testimony")
        below, others = others.filter(pk__in=resting), others.exclude(pk__in=resting)
    ticked = [pk for pk in map(as_uuid, request.POST.getlist("testimonies")) if pk]
    chosen = list(others.filter(pk__in=ticked))
    others = others.exclude(pk__in=[row.pk for row in chosen])
    n_below, asked = below.count(), request.POST.get("q", "")
    number = request.POST.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1
    # One page more than is shown, so that there is a way on; opening all there is would take seconds.
    found: Any = search(request, others, asked, (wanted + 1) * ON_A_PAGE) if asked.strip() else others
    page_obj = Paginator(found, ON_A_PAGE).get_page(wanted)
    listed: list[Heard] = list(page_obj) if asked.strip() else summaries_of(request, page_obj)
    sentences = []
    if isinstance(form, FindingForm):
        rows = Excerpt.objects.filter(testimony__in=chosen, testimony__may_quote=True).order_by("id")
        rows = rows.exclude(state=Excerpt.State.WITHDRAWN).select_related("testimony__key", "proposed_by")
        sentences = sentences_of(request, rows)
    beside = {str(pk) for pk in form["excerpts"].value() or []} if isinstance(form, FindingForm) else set()
    return page(
        request,
        "compose",
        status,
        form=form,
        finding=finding,
        is_new=finding is None,
        is_published=finding is not None and finding.state == State.PUBLISHED,
        below=summaries_of(request, below[:BELOW_SHOWN]),
        n_below=n_below,
        not_opened=max(0, n_below - BELOW_SHOWN),
        suggested=suggested(request, form, chosen) if finding is None else [],
        more_found=len(found) == (wanted + 1) * ON_A_PAGE if asked.strip() else False,
        chosen=summaries_of(request, chosen),
        n_chosen=n_below + len(chosen),
        listed=listed,
        page_obj=page_obj,
        asked=asked,
        sentences=[(sentence, str(sentence.excerpt.pk) in beside) for sentence in sentences],
        least=form.forum.inside_minimum,
        public=form.forum.public_minimum,
        **context,
    )
