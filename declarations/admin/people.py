"""Accounts and seats: given, handed over as links, taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations import counting
from declarations.forms.people import GiveLink, GiveSeat, OpenAccount, OpenBareAccount, PasswordTwice
from declarations.models import Seat, User
from declarations.workflow import people

from .doors import page, typed
from .scope import ForumAdmin, of_seat
from .verbs import Shown, Verb

MANAGES = "declarations.manage_seats"


def give_seat(_row: None, *, by: Seat, **given: Any) -> None:
    people.give_seat(by.forum, by=by, **given)


def give_link(_row: None, *, by: Seat, **given: Any) -> Shown:
    seat, token = people.give_link(by.forum, by=by, **given)
    return Shown("declarations/admin/link.html", {"title": _("The link"), "given": seat, "token": token})


def revoke(seat: Seat, *, by: Seat) -> None:
    people.revoke_seat(seat, by=by)


class OpenFilter(admin.SimpleListFilter):
    """Seats that may act now, or those that no longer may."""

    title = gettext_lazy("may act")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("now")), ("no", gettext_lazy("no longer"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.open()
        if self.value() == "no":
            return queryset.exclude(pk__in=Seat.objects.open().values("pk"))
        return queryset


@admin.register(Seat)
class SeatAdmin(ForumAdmin):
    sees = MANAGES
    list_display = ["name", "role", "held_by", "group", "addressee", "language", "expires_at", "revoked_at"]
    list_filter = ["role", OpenFilter]
    list_select_related = ["user", "group", "addressee"]
    search_fields = ["name"]
    fields = [
        *("name", "role", "held_by", "group", "language", "addressee", "created_at", "expires_at", "revoked_at"),
        "late",
    ]
    readonly_fields = ["held_by", "late"]
    adding = Verb(
        "give",
        gettext_lazy("Give a seat to an account"),
        gettext_lazy("The person acts in this forum from the next page they open."),
        MANAGES,
        give_seat,
        GiveSeat,
        done=gettext_lazy("The seat is given."),
    )
    list_verbs = (
        Verb(
            "link",
            gettext_lazy("Give a link"),
            gettext_lazy("Whoever opens the link takes the seat. You see it once; send it to one person."),
            MANAGES,
            give_link,
            GiveLink,
        ),
    )
    verbs = (
        Verb(
            "revoke",
            gettext_lazy("Take the seat back"),
            gettext_lazy("It stops working at once, and a link with it. What was done from it stays."),
            MANAGES,
            revoke,
            when=lambda seat: seat.is_open,
            done=gettext_lazy("The seat is closed."),
            asks_once=True,
        ),
    )

    @admin.display(description=gettext_lazy("came after it was closed"))
    def late(self, seat: Seat) -> str:
        """Testimonies sealed on a phone that came after the link was taken back: a band, like every number of them."""
        if seat.role != Seat.Role.FACILITATOR or seat.is_open:
            return "–"
        shown = counting.band(seat.came_late, seat.forum.inside_minimum)
        return counting.band_words(shown, "testimonies", get_language() or "fr")

    @admin.display(description=gettext_lazy("held by"))
    def held_by(self, seat: Seat) -> str:
        return seat.user.get_username() if seat.user else _("a link")


def open_account(_row: None, *, by: Seat, **given: Any) -> None:
    people.open_account(by.forum, by=by, **given)


def set_password(user: User, *, by: Seat, password: str) -> None:
    people.set_password(user, by=by, password=password)


def close_account(user: User, *, by: Seat) -> None:
    people.close_account(user, by=by)


def is_ours(user: Any) -> bool:
    """Whether the organisers of this forum alone answer for the account."""
    return not user.acts_elsewhere and not user.is_superuser


@admin.register(User)
class AccountAdmin(ForumAdmin):
    """The accounts with a seat in this forum; those that act elsewhere too are shown, not touched."""

    sees = MANAGES
    list_display = ["username", "full_name", "is_active", "last_login"]
    fields = ["username", "first_name", "last_name", "is_active", "last_login"]
    summary_template = "declarations/admin/account.html"
    search_fields = ["username", "first_name", "last_name"]
    adding = Verb(
        "open",
        gettext_lazy("Open an account"),
        gettext_lazy("Tell the person the password; they can change it once they are in."),
        MANAGES,
        open_account,
        OpenAccount,
        done=gettext_lazy("The account is open and has its seat."),
    )
    verbs = (
        Verb(
            "password",
            gettext_lazy("Set a new password"),
            gettext_lazy("The old one stops working. Their passphrase stays as it is."),
            MANAGES,
            set_password,
            PasswordTwice,
            when=is_ours,
            done=gettext_lazy("The new password is set."),
        ),
        Verb(
            "close",
            gettext_lazy("Close the account"),
            gettext_lazy("The person can no longer sign in. What they did stays."),
            MANAGES,
            close_account,
            when=lambda user: is_ours(user) and user.is_active,
            done=gettext_lazy("The account is closed."),
            asks_once=True,
        ),
    )

    @admin.display(description=gettext_lazy("name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each account knows whether it acts in this forum alone."""
        seat = request.seat or None  # type: ignore[attr-defined]
        elsewhere = Seat.objects.filter(user=OuterRef("pk")).exclude(forum_id=seat.forum_id if seat else 0)
        return super().get_queryset(request).annotate(acts_elsewhere=Exists(elsewhere))

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"account_seats": of_seat(row.seats.all(), request.seat)}  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request) or is_at_the_door(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or is_at_the_door(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not is_at_the_door(request):
            return super().add_view(request, form_url, extra_context)
        form = OpenBareAccount(typed(request), seat=None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            first, _space, last = given["full_name"].partition(" ")
            User.objects.create_user(given["username"], password=given["password"], first_name=first, last_name=last)
            messages.success(request, _("The account is open. It has no seat yet."))
            return redirect("admin:index")
        context = page(request, form=form, title=_("Open an account"), opts=self.opts, back=reverse("admin:index"))
        return TemplateResponse(request, "declarations/admin/verb.html", context)


def is_at_the_door(request: HttpRequest) -> bool:
    """Whether somebody who runs the site is here from no seat: they open forums and accounts, and see nothing else."""
    return bool(request.user.is_superuser) and not request.seat  # type: ignore[attr-defined]
