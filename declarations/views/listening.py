"""The screens said aloud, for whoever cannot read them: public sound, the same for everybody."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from declarations.models import SpokenScreen
from declarations.workflow import screens

from .sound import sound

A_WEEK = 7 * 24 * 3600  # seconds; another recording has another address


def screen_listen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Play a screen that a second person heard, the whole of it or a stretch."""
    row = get_object_or_404(SpokenScreen.objects.public(), forum=request.forum, pk=pk)  # type: ignore[attr-defined]
    response = sound(request, screens.sound_of(row), name=f"{row.screen}-{row.language}")
    response["Cache-Control"] = f"public, max-age={A_WEEK}, immutable"
    return response
