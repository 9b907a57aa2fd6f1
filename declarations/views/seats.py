"""From where somebody acts: `request.forum`, `request.seat`, and the doors by which a seat is taken and left.

Public reading pages never look at `request.seat`, so they touch no session and set no cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from declarations.models import Forum, Seat
from declarations.models.people import User
from declarations.permissions import may, seats_of
from declarations.shelf import kept
from declarations.workflow import people
from declarations.workflow.participants import public_seat

# Session keys: the seat somebody acts from, and the seats that links opened in this browser.
ACTS_FROM, OPENED_BY_LINK = "seat", "seats_by_link"

# Where the work of a seat held by a link begins.
DESKS = {
    Seat.Role.FACILITATOR: "testimony-take",
    Seat.Role.RAPPORTEUR: "recommendation-desk",
    Seat.Role.GENERAL_RAPPORTEUR: "recommendation-desk",
    Seat.Role.EXPERT: "review-desk",
    Seat.Role.TRANSLATOR: "wording-desk",
    Seat.Role.APPROVER: "wording-desk",
    Seat.Role.ADDRESSEE: "response-desk",
}


class SeatMiddleware:
    """Put the forum of the address and the seat of the person on the request.

    A view's `forum` argument (the slug) is taken out of its arguments; an unknown forum is not found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.forum = None  # type: ignore[attr-defined]
        request.seat = SimpleLazyObject(lambda: seat_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.pop("forum", None)
        if slug is not None:
            request.forum = forum_of_slug(slug)  # type: ignore[attr-defined]


def forum_of_slug(slug: str) -> Forum:
    """Return the public forum of an address with its languages; raises Http404."""
    forum = copy(kept(("forum", slug), lambda: _forum_of_slug(slug)))  # nobody changes what is kept
    forum._prefetched_objects_cache = dict(forum._prefetched_objects_cache)  # type: ignore[attr-defined]
    return forum


def _forum_of_slug(slug: str) -> Forum:
    forum = Forum.objects.public().prefetch_related("languages").filter(slug=slug).first()
    if forum is None:
        raise Http404(_("There is no forum at this address."))
    return forum


def seat_of(request: HttpRequest) -> Seat | None:
    """Return the seat the person acts from: the one they chose, else their first here, else anybody's.

    Without a forum in the address (the admin) somebody without a seat has none.
    """
    forum = request.forum  # type: ignore[attr-defined]
    if request.session.session_key or request.COOKIES:
        seats = [seat for seat in seats_at_hand(request) if forum is None or seat.forum_id == forum.pk]
        chosen = request.session.get(ACTS_FROM)
        for seat in seats:
            if seat.pk == chosen:
                return seat
        if seats:
            return seats[0]
    return public_seat(forum) if forum else None


def seats_at_hand(request: HttpRequest) -> list[Seat]:
    """Open seats of the account that is signed in, and those whose link was opened in this browser."""
    seats: list[Seat] = []
    if isinstance(request.user, User) or getattr(request.user, "is_authenticated", False):
        seats += seats_of(request.user)  # type: ignore[arg-type]
    if by_link := request.session.get(OPENED_BY_LINK):
        seats += Seat.objects.open().select_related("forum", "group", "addressee").filter(pk__in=by_link)
    return seats


def needs(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let only seats with the permission through a view; others learn nothing (403)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            ask(request, permission)
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return decorate


def ask(request: HttpRequest, permission: str, row: Any = None) -> Seat:
    """Return the seat of the request, or raise PermissionDenied where it may not."""
    seat: Seat = request.seat  # type: ignore[attr-defined]
    if not seat or not may(seat, permission, row):
        raise PermissionDenied
    return seat


@never_cache
def seat_enter(request: HttpRequest, token: str) -> HttpResponse:
    """A link opens a page with a button: chat previews follow links, and opening one must change nothing."""
    seat = people.seat_of_token(token)
    if seat is None:
        return render(request, "declarations/seats/closed.html", status=404)
    request.forum = seat.forum  # type: ignore[attr-defined]
    if request.method == "POST":
        request.session.cycle_key()
        request.session[OPENED_BY_LINK] = sorted({*request.session.get(OPENED_BY_LINK, []), seat.pk})
        request.session[ACTS_FROM] = seat.pk
        return redirect(desk_of(seat))
    return render(request, "declarations/seats/enter.html", {"seat": seat, "forum": seat.forum})


def desk_of(seat: Seat) -> str:
    """Return the address where the work of a seat begins."""
    if seat.role in DESKS:
        return reverse(DESKS[Seat.Role(seat.role)], args=[seat.forum.slug])
    return reverse("admin:index")


@require_POST
def seat_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Act from another of one's own seats."""
    for seat in seats_at_hand(request):
        if seat.pk == pk:
            request.session[ACTS_FROM] = pk
            return redirect(desk_of(seat))
    raise PermissionDenied


@require_POST
def seat_leave(request: HttpRequest) -> HttpResponse:
    """Close the seats that links opened in this browser, and sign out."""
    request.session.flush()
    messages.success(request, _("You have left your seat on this device."))
    return redirect("home")
