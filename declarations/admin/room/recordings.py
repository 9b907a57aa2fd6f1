"""The voice of a testimony, cleaned before anybody hears it (M10); what was sent is never handed out."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from declarations.views.sound import sound
from declarations.views.unlocking import unlocked
from declarations.workflow import recordings, testimonies

from .doors import Gone, too_late
from .testimonies import open_one


@unlocked
@too_late
def recording(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Play the clean sound of a testimony, any stretch of it; it is made the first time that somebody asks."""
    one = open_one(request, pk)
    try:
        heard = recordings.cleaned(one.testimony, testimonies.open_key(one.testimony, one.private))
    except recordings.Unhearable:
        raise Gone(_("This recording cannot be made safe to hear, so it stays locked.")) from None
    if heard is None:
        raise Http404
    response = sound(request, heard, name=str(one.testimony))
    response["Cache-Control"] = "no-store"
    return response
