"""Somebody leaves: what they could open and from where they could act, step by step until each is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations.models import Forum, ForumKey, KeyHolding, PersonKey, Seat, User
from declarations.workflow import locks, people
from declarations.workflow.moves import Refused, record

from .doors import ask, desk, page
from .keys import MANAGES


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("keys/leaving/", view(leaving), name="leaving"),
        path("keys/leaving/<int:user>/", view(departure), name="departure"),
        path("keys/leaving/<int:user>/<slug:step>/", view(departure_step), name="departure-step"),
    ]


@dataclass(frozen=True)
class Step:
    """One thing to do when somebody leaves; `url` leads there where a button of this page cannot do it."""

    name: str
    label: str
    what: str
    is_done: bool
    url: str = ""


def people_of(forum: Forum) -> QuerySet[User]:
    """Accounts that have or had a seat or a key here."""
    held = PersonKey.objects.filter(Q(holdings__key__forum=forum) | Q(former_holdings__key__forum=forum))
    found = User.objects.filter(Q(seats__forum=forum) | Q(key__in=held))
    return found.distinct().order_by("first_name", "last_name", "username")


def steps_of(forum: Forum, user: User) -> list[Step]:
    """What is done of the departure, in the order in which it is done."""
    seats = Seat.objects.open().filter(forum=forum, user=user)
    held = KeyHolding.objects.filter(key__forum=forum, person__user=user).select_related("key")
    open_links = Seat.objects.open().filter(forum=forum, user=None)
    name = user.get_full_name() or user.get_username()
    links = open_links.filter(name__iexact=name)
    return [
        Step(
            "seats",
            _("Their seats are closed"),
            ", ".join(str(seat.get_role_display()) for seat in seats),
            not seats.exists(),
        ),
        Step(
            "keys",
            _("Their keys are taken back"),
            ", ".join(sorted({str(row.key.get_purpose_display()) for row in held})),
            not held.exists(),
        ),
        Step(
            "rotate",
            _("New versions of the keys they held are made"),
            ", ".join(str(ForumKey.Purpose(purpose).label) for purpose in not_rotated(forum, user)),
            not not_rotated(forum, user),
            reverse("admin:keys"),
        ),
        Step(
            "sessions",
            _("They are signed out everywhere"),
            _("Some browser is still signed in.") if (is_in := bool(locks.sessions_of([user.pk]))) else "",
            not is_in,
        ),
        Step(
            "links",
            _("Links in their name are revoked"),
            ", ".join(str(seat) for seat in links),
            not links.exists(),
            reverse("admin:declarations_seat_changelist") + "?open=yes",
        ),
    ]


def not_rotated(forum: Forum, user: User) -> list[str]:
    """Purposes whose current version the person holds or held."""
    known = ForumKey.objects.filter(forum=forum).filter(
        Q(holdings__person__user=user) | Q(former_holdings__person__user=user)
    )
    newest: dict[str, int] = {}
    for key in ForumKey.objects.filter(forum=forum, retired_on=None).order_by("version"):
        newest[key.purpose] = key.pk
    return sorted({key.purpose for key in known if newest.get(key.purpose) == key.pk})


@desk(MANAGES)
def leaving(request: HttpRequest) -> HttpResponse:
    """Whose departure is to be gone through."""
    forum = ask(request, MANAGES).forum
    rows = people_of(forum).prefetch_related("seats")
    shown = [{"user": user, "roles": roles_of(user, forum)} for user in rows]
    context = page(request, title=_("Somebody leaves"), people=shown, back=reverse("admin:keys"))
    return TemplateResponse(request, "declarations/admin/leaving.html", context)


def roles_of(user: User, forum: Forum) -> str:
    seats = [seat for seat in user.seats.all() if seat.forum_id == forum.pk and seat.is_open]
    return ", ".join(str(seat.get_role_display()) for seat in seats)


@desk(MANAGES)
def departure(request: HttpRequest, user: int) -> HttpResponse:
    """One person's page: each step done or not."""
    forum = ask(request, MANAGES).forum
    person = get_object_or_404(people_of(forum), pk=user)
    steps = steps_of(forum, person)
    name = person.get_full_name() or person.get_username()
    context = page(
        request,
        title=_("%(name)s leaves") % {"name": name},
        person=person,
        steps=steps,
        is_gone=all(step.is_done for step in steps),
        is_self=person.pk == request.user.pk,
        back=reverse("admin:leaving"),
    )
    return TemplateResponse(request, "declarations/admin/departure.html", context)


@require_POST
@desk(MANAGES)
def departure_step(request: HttpRequest, user: int, step: str) -> HttpResponse:
    """Do one step of a departure."""
    seat = ask(request, MANAGES)
    person = get_object_or_404(people_of(seat.forum), pk=user)
    if person.pk == request.user.pk:
        messages.error(request, _("Another organiser goes through this for you."))
        return redirect("admin:departure", person.pk)
    acts = {"seats": close_seats, "keys": take_keys, "sessions": sign_out}
    if step in acts:
        try:
            acts[step](seat, person)
        except Refused as refusal:
            messages.error(request, str(refusal.args[0]))
        else:
            messages.success(request, _("Done."))
    return redirect("admin:departure", person.pk)


def close_seats(by: Seat, person: User) -> None:
    for row in Seat.objects.open().filter(forum=by.forum, user=person):
        people.revoke_seat(row, by=by)


def take_keys(by: Seat, person: User) -> None:
    """Take each key from the person; a key that nobody else would hold is refused, the others are taken."""
    refusals = []
    for purpose in ForumKey.Purpose:
        held = ForumKey.objects.filter(forum=by.forum, purpose=purpose, holdings__person__user=person)
        if key := held.order_by("-version").first():
            try:
                people.remove_holder(key, PersonKey.objects.get(user=person), by=by)
            except Refused as refusal:
                refusals.append(f"{key.get_purpose_display()}: {refusal.args[0]}")
    if refusals:
        raise Refused(" ".join(refusals))


def sign_out(by: Seat, person: User) -> None:
    locks.end_sessions([person.pk])
    if seat := Seat.objects.filter(forum=by.forum, user=person).first():
        record(seat, by=by, verb="end_sessions")
