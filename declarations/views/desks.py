"""What the desks of those who come by a link share: who may sit there, what pages show, and what comes too late."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from declarations.models import Forum, Seat
from declarations.models.forums import is_form_open
from declarations.permissions import may
from declarations.workflow.moves import IllegalMove, Refused

from .reading import alternates
from .seats import ask

View = Callable[..., HttpResponse]
ON_A_PAGE = 25
# Fields whose words are handed back where an act came too late.
TYPED = ("words", "text", "comment", "reason", "minority_view", "minutes")


def desk(view: View) -> View:
    """Never keep the page; where a row moved on since it was opened, answer 409 with what was typed."""

    @wraps(view)
    def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except IllegalMove:
            return too_late(request)

    return never_cache(watched)


def seated(request: HttpRequest, permission: str, row: Any = None) -> Seat:
    """Return the seat of the request, in the forum of its address, or raise PermissionDenied."""
    seat = ask(request, permission, row)
    seat.forum = request.forum  # type: ignore[attr-defined]
    return seat


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page of a desk, with the way to the seat's other desks and to the page in another language."""
    seat: Seat = request.seat  # type: ignore[attr-defined]
    shared = {
        "forum": request.forum,  # type: ignore[attr-defined]
        "seat": seat,
        "desk_links": links_of(request, seat),
        "alternates": alternates(request),
    }
    return render(request, f"declarations/{template}.html", {**shared, **context}, status=status)


def links_of(request: HttpRequest, seat: Seat) -> list[tuple[str, str, bool]]:
    """Return the desks open to the seat: (label, address, whether the page stands there)."""
    desks = [
        ("declarations.draft_recommendation", "recommendation-desk", _("Recommendations")),
        ("declarations.review_recommendation", "review-desk", _("Reviews")),
        ("declarations.propose_amendment", "amendment-desk", _("Proposals for the text")),
        ("declarations.answer_clause", "response-desk", _("Answers")),
    ]
    if seat.language:
        desks.append(("declarations.word_clause", "wording-desk", _("Wordings")))
        desks.append(("declarations.approve_wording", "wording-desk", _("Wordings")))
    forum: Forum = request.forum  # type: ignore[attr-defined]
    links = [(label, reverse(name, args=[forum.slug])) for permission, name, label in desks if may(seat, permission)]
    if seat.user_id and may(seat, "declarations.see_road"):
        links.append((_("The road"), reverse("admin:index")))
    return [(label, url, request.path.startswith(url)) for label, url in links]


def too_late(request: HttpRequest, message: str = "") -> HttpResponse:
    """Say that somebody was faster, and hand back what was typed."""
    typed = "\n\n".join(text for name in TYPED if (text := request.POST.get(name, "").strip()))
    context = {"message": message, "typed": typed, "back_url": request.path}
    return page(request, "desks/faster", status=409, **context)


def closed(request: HttpRequest, form: str) -> HttpResponse | None:
    """Return the page that says that the form is closed, with what was typed; None where it may be sent."""
    forum: Forum = request.forum  # type: ignore[attr-defined]
    if is_form_open(forum, form):
        return None
    typed = "\n\n".join(text for name in TYPED if (text := request.POST.get(name, "").strip()))
    return page(request, "desks/closed", status=403, opens_at=opens_at(forum, form), typed=typed)


def opens_at(forum: Forum, form: str) -> Any:
    """Return when the form opens next; None where it does not."""
    hours = forum.opening_hours.filter(form=form, opens_at__gt=timezone.now())
    return hours.order_by("opens_at").values_list("opens_at", flat=True).first()


def is_done(form: Form, act: Callable[[], Any]) -> bool:
    """Do a verb; what it refuses stands in the form, beside the field where it names one."""
    try:
        act()
    except ValidationError as error:
        say_beside(form, error)
    except Refused as refused:
        form.add_error(None, str(refused.args[0]))
    return not form.errors


def say_beside(form: Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        is_shown = name in form.fields and not form.fields[name].widget.is_hidden
        form.add_error(name if is_shown and name != NON_FIELD_ERRORS else None, errors)


def digest(*texts: str) -> str:
    """Return what a page carries to say which words it showed."""
    return sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def language_for(seat: Seat) -> str:
    """Return the language somebody most likely writes in: their own, that of the page, or the forum's first."""
    written = seat.forum.written_languages()
    wanted = (seat.language, get_language() or "fr", *written)
    return next((code for code in wanted if code in written), "")


def page_words(seat: Seat) -> tuple[str, ...]:
    """Return the languages in which to show a text, best first: the page's, then the authentic ones."""
    return (get_language() or "fr", *seat.forum.authentic_languages())
