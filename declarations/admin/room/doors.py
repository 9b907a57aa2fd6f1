"""What the pages of the room share: who comes in, what each page shows, what is said when an act comes too late."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import prefetch_related_objects
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations import sealing
from declarations.models import Seat, TestimonyKey
from declarations.views.seats import ask
from declarations.views.unlocking import unlocked
from declarations.workflow.moves import IllegalMove

View = Callable[..., HttpResponse]


class Gone(Exception):
    """The row is not there to be worked on any more; `args[0]` says so in words."""


class TakenBack(Gone):
    """The testimony was taken back; what a reader was typing about it is not handed back either."""

    def __init__(self) -> None:
        super().__init__(_("The person who gave this testimony took it back. Nothing of it is left."))


def act(view: View) -> View:
    """An act by POST behind the passphrase; what somebody else did first is a 409, never a half-done change."""
    return require_POST(unlocked(too_late(view)))


def too_late(view: View) -> View:
    """Answer 409 where the row has moved on, or the testimony was taken back, since the page was opened."""

    @wraps(view)
    def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (TakenBack, TestimonyKey.DoesNotExist):
            return faster(request, TakenBack().args[0])
        except Gone as gone:
            return faster(request, gone.args[0], typed=request.POST.get("summary-words", ""))
        except sealing.SealBroken:
            return faster(request, _("This testimony does not open. Nobody can read it, and nothing can be added."))
        except IllegalMove:
            return faster(request, typed=request.POST.get("summary-words", ""))

    return watched


def faster(request: HttpRequest, message: str = "", typed: str = "") -> HttpResponse:
    """Say that it is too late, and hand back what was typed."""
    context = {"message": message, "typed": typed, "back_url": reverse("admin:reading-room")}
    return render(request, "declarations/room/faster.html", context, status=409)


def seated(request: HttpRequest, permission: str, row: Any = None) -> Seat:
    """Return the seat of the request with its forum's languages, or raise PermissionDenied."""
    seat = ask(request, permission, row)
    prefetch_related_objects([seat.forum], "languages")
    return seat


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page of the room with the forum of the seat and the way to the other pages."""
    seat = request.seat  # type: ignore[attr-defined]
    desks = [
        (_("To read"), "reading-room", {"queue", "testimony"}),
        (_("Sentences to clear"), "excerpt-clearance", {"clearance"}),
        (_("What we heard"), "finding-desk", {"findings", "compose"}),
        (_("Who reads what"), "reading-shares", {"shares"}),
    ]
    links = [(_("The road"), reverse("admin:index"), False)]
    links += [(label, reverse(f"admin:{name}"), template in pages) for label, name, pages in desks]
    shared = {"forum": seat.forum, "seat": seat, "desk_links": links}
    return render(request, f"declarations/room/{template}.html", {**shared, **context}, status=status)


def say_beside(form: Form, error: ValidationError, elsewhere: str) -> None:
    """Put what the verb refused beside its field; `elsewhere` is the field for what names none of the form's."""
    if not hasattr(error, "error_dict"):
        form.add_error(elsewhere, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else elsewhere, errors)
