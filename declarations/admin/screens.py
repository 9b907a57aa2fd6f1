"""The screens of telling, said aloud: what is there in which language, what waits to be heard, what is missing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.forms.screens import BringForm
from declarations.models import SpokenScreen
from declarations.views.desks import say_beside
from declarations.views.sound import sound
from declarations.workflow import screens
from declarations.workflow.moves import Refused

from .doors import allows, ask, desk, page

BRINGS, REVIEWS = "declarations.bring_screen", "declarations.review_screen"


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("screens/", view(screen_list), name="screen-list"),
        path("screens/<uuid:pk>/hear/", view(screen_hear), name="screen-hear"),
        path("screens/<uuid:pk>/review/", view(screen_review), name="screen-review"),
        path("screens/<uuid:pk>/down/", view(screen_down), name="screen-down"),
    ]


@desk(BRINGS)
def screen_list(request: HttpRequest) -> HttpResponse:
    """Show every language with its screens, and take one more recording."""
    seat = request.seat  # type: ignore[attr-defined]
    if request.method != "POST":
        return shown(request, BringForm(seat.forum, initial=request.GET.dict()))
    form = BringForm(seat.forum, request.POST, request.FILES)
    if form.is_valid():
        try:
            screens.bring(seat.forum, by=seat, **form.cleaned_data)
        except ValidationError as error:
            say_beside(form, error)
        else:
            messages.success(request, _("The recording is kept. It plays once another person has heard it."))
            return redirect("admin:screen-list")
    return shown(request, form, status=422)


def shown(request: HttpRequest, form: BringForm, status: int = 200) -> HttpResponse:
    seat = request.seat  # type: ignore[attr-defined]
    forum, language = seat.forum, get_language() or "fr"
    names = {row.code: row.label_in(language) for row in forum.languages.all() if row.is_spoken}
    there, missing = screens.playing(forum), screens.missing(forum)
    waiting = SpokenScreen.objects.for_seat(seat).awaiting_review().select_related("uploaded_by", "forum")
    labels = dict(SpokenScreen.Screen.choices)
    context = page(
        request,
        title=_("The screens said aloud"),
        form=form,
        waiting=[
            {"row": row, "language": names.get(row.language, row.language), "may": allows(request, REVIEWS, row)}
            for row in waiting
        ],
        spoken=[
            {
                "code": code,
                "name": name,
                "playing": list(there.get(code, {}).values()),
                "missing": [(screen, labels[screen]) for screen in missing.get(code, [])],
            }
            for code, name in names.items()
        ],
    )
    return TemplateResponse(request, "declarations/admin/screens.html", context, status=status)


def fetch(request: HttpRequest, permission: str, pk: uuid.UUID) -> tuple[Any, SpokenScreen]:
    rows = SpokenScreen.objects.for_seat(ask(request, BRINGS)).select_related("uploaded_by", "forum")
    row = get_object_or_404(rows, pk=pk)
    return ask(request, permission, row), row


def screen_hear(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Play a recording to whoever looks after the forum, before it is played to anybody."""
    _seat, row = fetch(request, BRINGS, pk)
    response = sound(request, screens.sound_of(row), name=f"{row.screen}-{row.language}")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def screen_review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    seat, row = fetch(request, REVIEWS, pk)
    try:
        screens.review(row, by=seat)
    except Refused as refused:
        messages.error(request, str(refused.args[0]))
    else:
        messages.success(request, _("From now on it plays."))
    return redirect("admin:screen-list")


@require_POST
def screen_down(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    seat, row = fetch(request, BRINGS, pk)
    screens.take_down(row, by=seat)
    messages.success(request, _("It plays no more."))
    return redirect("admin:screen-list")
