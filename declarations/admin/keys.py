"""The keys: who can open what, since when, and what to do before somebody loses a passphrase (M1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from declarations import sealing
from declarations.forms.people import AddHolder, ChangePassphrase, PassphraseTwice, RecoveryCode
from declarations.models import FormerHolding, Forum, ForumKey, KeyHolding, PersonKey, Seat, User
from declarations.permissions import may
from declarations.views.unlocking import private_typed
from declarations.workflow import keys, people
from declarations.workflow.moves import Refused

from .doors import allows, ask, desk, page, typed

Purpose = ForumKey.Purpose
LONG_ASLEEP = 60  # days
HOLDS, MANAGES = "declarations.hold_key", "declarations.manage_keys"


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("keys/", view(health), name="keys"),
        path("keys/mine/", view(make_mine), name="key-mine"),
        path("keys/passphrase/", view(change_passphrase), name="key-passphrase"),
        path("keys/make/", view(make_forum_keys), name="keys-make"),
        path("keys/<int:pk>/holders/add/", view(add_holder), name="key-holder-add"),
        path("keys/<int:pk>/holders/<int:person>/remove/", view(remove_holder), name="key-holder-remove"),
        path("keys/<int:pk>/recovery/", view(test_recovery), name="key-recovery"),
    ]


def account(request: HttpRequest) -> User:
    return cast(User, request.user)  # the site lets nobody else in


@dataclass(frozen=True)
class Holder:
    person: PersonKey
    name: str


@dataclass(frozen=True)
class Health:
    """How one key of the forum stands."""

    purpose: str
    label: Any
    key: ForumKey | None
    holders: list[Holder]
    # People with the right seat and a key of their own, who could hold it too.
    candidates: int
    is_mine: bool
    # Versions before the current one that are not retired, and how many rows are sealed to any before it.
    older: list[ForumKey]
    behind: int
    today: date

    @property
    def is_lonely(self) -> bool:
        return self.key is not None and len(self.holders) < people.LEAST[Purpose(self.purpose)]

    @property
    def is_thin(self) -> bool:
        """Whether one custodian is all there is for this half: enough to work, not enough for an accident."""
        return self.is_half and len(self.holders) == 1

    @property
    def asleep_days(self) -> int:
        """For how many days nobody opened the key, where that is long; else 0."""
        if self.key is None or not self.holders:
            return 0
        last = max([self.key.created_on, *filter(None, (each.person.unlocked_on for each in self.holders))])
        days = (self.today - last).days
        return days if days > LONG_ASLEEP else 0

    @property
    def signs(self) -> bool:
        return self.purpose == Purpose.SIGNING

    @property
    def is_half(self) -> bool:
        return self.purpose in ForumKey.HALVES


def candidates(forum: Forum, purpose: str) -> QuerySet[PersonKey]:
    """People with a key of their own and an open seat of the role that holds this key."""
    seats = Seat.objects.open().filter(forum=forum, role=people.HOLDERS[Purpose(purpose)], user__is_active=True)
    return PersonKey.objects.filter(user__in=seats.values("user")).select_related("user").order_by("user__username")


def read_health(forum: Forum, user: Any) -> list[Health]:
    versions: dict[str, list[ForumKey]] = {}
    for key in forum.keys.filter(retired_on=None).order_by("version"):
        versions.setdefault(key.purpose, []).append(key)
    current = {purpose: rows[-1] for purpose, rows in versions.items()}
    holdings = KeyHolding.objects.filter(key__in=current.values()).select_related("person__user")
    held: dict[int, list[Holder]] = {}
    for holding in holdings.order_by("person__user__username"):
        name = holding.person.user.get_full_name() or holding.person.user.get_username()
        held.setdefault(holding.key_id, []).append(Holder(holding.person, name))
    found = []
    for purpose in Purpose:
        now = current.get(purpose.value)
        holders = held.get(now.pk, []) if now else []
        is_mine = any(holder.person.user_id == user.pk for holder in holders)
        number = candidates(forum, purpose.value).count()
        older = versions.get(purpose.value, [])[:-1]
        behind = keys.behind(forum, purpose) if older else 0
        found.append(Health(purpose.value, purpose.label, now, holders, number, is_mine, older, behind, forum.today()))
    return found


@desk(HOLDS)
def health(request: HttpRequest) -> HttpResponse:
    """Who holds each key, when they last opened it, and whether its recovery code was tried."""
    forum = request.seat.forum  # type: ignore[attr-defined]
    healths = read_health(forum, request.user)
    context = page(
        request,
        title=_("The keys"),
        healths=healths,
        mine=PersonKey.objects.filter(user=account(request)).first(),
        manages=allows(request, MANAGES),
        is_missing=any(each.key is None for each in healths),
    )
    return TemplateResponse(request, "declarations/admin/keys.html", context)


def asked(request: HttpRequest, form: Any, title: str, note: str) -> HttpResponse:
    """Show one form of the keys page."""
    context = page(request, form=form, title=title, note=note, back=reverse("admin:keys"))
    return TemplateResponse(request, "declarations/admin/key_form.html", context)


@sensitive_post_parameters()
@desk(HOLDS)
def make_mine(request: HttpRequest) -> HttpResponse:
    """Make the person's own key pair; the passphrase leaves no trace."""
    if PersonKey.objects.filter(user=account(request)).exists():
        return redirect("admin:key-passphrase")
    form = PassphraseTwice(typed(request), seat=request.seat)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        people.make_person_key(account(request), form.cleaned_data["passphrase"])
        messages.success(request, _("Your key is made. Keep the passphrase in your head or in a sealed envelope."))
        return redirect("admin:keys")
    return asked(request, form, _("Make my key"), cost_in_words(people.cost()))


def cost_in_words(cost: sealing.Cost) -> str:
    """Say what each guess of a passphrase costs whoever steals the database."""
    return _(
        "Each try of the passphrase takes %(megabytes)d megabytes of memory and %(passes)d passes over them. "
        "You wait a moment once; somebody who guesses waits at every guess."
    ) % {"megabytes": cost.memlimit >> 20, "passes": cost.opslimit}


@sensitive_post_parameters()
@desk(HOLDS)
def change_passphrase(request: HttpRequest) -> HttpResponse:
    form = ChangePassphrase(typed(request), seat=request.seat)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            people.change_passphrase(account(request), form.cleaned_data["old"], form.cleaned_data["passphrase"])
        except sealing.WrongPassphrase:
            form.add_error("old", _("This is not your passphrase."))
        except people.NoKey:
            return redirect("admin:key-mine")
        else:
            messages.success(request, _("Your passphrase is changed. What you could open, you still open."))
            return redirect("admin:keys")
    return asked(request, form, _("Change my passphrase"), cost_in_words(people.cost()))


@require_POST
@desk(MANAGES)
def make_forum_keys(request: HttpRequest) -> HttpResponse:
    """Make the keys that are not there yet, for all who can hold them; the recovery codes are shown once."""
    seat = request.seat  # type: ignore[attr-defined]
    forum = seat.forum
    made = set(forum.keys.filter(retired_on=None).values_list("purpose", flat=True))
    holders = {purpose: list(candidates(forum, purpose)) for purpose in Purpose.values}
    holders |= people.halves_among(forum, holders[Purpose.FIRST_HALF])
    holders = {purpose: persons for purpose, persons in holders.items() if purpose not in made}
    holders = {purpose: persons for purpose, persons in holders.items() if persons}
    codes = people.make_forum_keys(forum, by=seat, holders=holders) if holders else {}
    if not codes:
        messages.error(request, _("No key was made: nobody with the right seat has made their own key yet."))
        return redirect("admin:keys")
    shown = [(Purpose(purpose).label, code) for purpose, code in codes.items()]
    context = page(request, title=_("The recovery codes"), codes=shown, back=reverse("admin:keys"))
    return TemplateResponse(request, "declarations/admin/codes.html", context)


def key_of(request: HttpRequest, pk: int) -> ForumKey:
    """Return a current key of the seat's forum; raises Http404 for any other."""
    seat = ask(request, HOLDS)
    return get_object_or_404(ForumKey.objects.for_seat(seat).filter(retired_on=None), pk=pk)


@sensitive_post_parameters()
@desk(HOLDS)
def add_holder(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever holds the key gives it on, with their own passphrase."""
    key, seat = key_of(request, pk), request.seat  # type: ignore[attr-defined]
    if not KeyHolding.objects.filter(key=key, person__user=account(request)).exists():
        raise PermissionDenied
    free = candidates(seat.forum, key.purpose).exclude(pk__in=key.holdings.values("person"))
    if other := ForumKey.HALVES.get(Purpose(key.purpose)):
        # Whoever holds or held the other half is not even offered.
        for model in (KeyHolding, FormerHolding):
            had = model.objects.filter(key__forum=seat.forum, key__purpose=other)
            free = free.exclude(pk__in=had.values("person"))
    form = AddHolder(typed(request), row=key, seat=seat, people=free)
    if request.method == "POST" and form.is_valid():
        private, holder = private_typed(request, form), PersonKey.objects.filter(user=account(request)).first()
        if private is not None and holder is not None:
            try:
                people.add_holder(key, form.cleaned_data["person"], by=seat, holder=holder, private=private)
            except Refused as refusal:
                form.add_error(None, str(refusal.args[0]))
            else:
                messages.success(request, _("One more person holds the key."))
                return redirect("admin:keys")
    return asked(request, form, _("Give the key to one more person"), str(key.get_purpose_display()))


@desk(MANAGES)
def remove_holder(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Take the key from a person; asked once, because only another holder can give it back."""
    key, seat = key_of(request, pk), request.seat  # type: ignore[attr-defined]
    holder = get_object_or_404(PersonKey.objects.filter(holdings__key=key).distinct(), pk=person)
    if request.method == "POST":
        try:
            people.remove_holder(key, holder, by=seat)
        except Refused as refusal:
            messages.error(request, str(refusal.args[0]))
        else:
            messages.success(request, _("The key is taken from this person."))
        return redirect("admin:keys")
    note = _("%(name)s will no longer open this key: %(key)s. Only another holder can give it back.") % {
        "name": holder.user.get_full_name() or holder.user.get_username(),
        "key": key.get_purpose_display(),
    }
    return asked(request, None, _("Take the key from this person"), note)


@sensitive_post_parameters()
@desk(HOLDS)
def test_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a recovery code that was written down; the day of a success is remembered."""
    key, seat = key_of(request, pk), request.seat  # type: ignore[attr-defined]
    if not may(seat, MANAGES) and not KeyHolding.objects.filter(key=key, person__user=account(request)).exists():
        raise PermissionDenied
    form = RecoveryCode(typed(request), seat=seat)
    if request.method == "POST" and form.is_valid():
        if people.test_recovery(key, form.cleaned_data["code"], by=seat):
            messages.success(request, _("The code opens the key. Put it back into its envelope."))
            return redirect("admin:keys")
        form.add_error("code", _("This code does not open this key. Check each character, then the envelope."))
    return asked(request, form, _("Try the recovery code"), str(key.get_purpose_display()))
