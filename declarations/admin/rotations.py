"""A new version of a key; what came before sealed again, the old version retired; and the code that gives it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from declarations.forms.keys import OwnPassphrase, Recover
from declarations.models import ForumKey, KeyHolding
from declarations.views.unlocking import private_typed
from declarations.workflow import keys
from declarations.workflow.moves import Refused

from .doors import ask, desk, page, typed
from .keys import HOLDS, MANAGES, Purpose, account, asked, candidates, key_of


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("keys/<slug:purpose>/rotate/", view(rotate), name="keys-rotate"),
        path("keys/<slug:purpose>/reseal/", view(reseal), name="keys-reseal"),
        path("keys/<int:pk>/retire/", view(retire), name="key-retire"),
        path("keys/<int:pk>/recover/", view(recover), name="key-recover"),
    ]


def purpose_of(purpose: str) -> Any:
    """Return the purpose an address names; raises Http404."""
    if purpose not in Purpose.values:
        raise Http404
    return Purpose(purpose)


@never_cache
@desk(MANAGES)
def rotate(request: HttpRequest, purpose: str) -> HttpResponse:
    """Make a new version; asked once. The code of the new version is shown one time."""
    seat, wanted = ask(request, MANAGES), purpose_of(purpose)
    if request.method == "POST":
        try:
            code = keys.rotate(seat.forum, wanted, by=seat)
        except Refused as refusal:
            messages.error(request, str(refusal.args[0]))
            return redirect("admin:keys")
        context = page(request, title=_("The recovery code"), codes=[(wanted.label, code)], back=reverse("admin:keys"))
        return TemplateResponse(request, "declarations/admin/codes.html", context)
    note = _(
        "What comes from now on is sealed to a new version, held by the same people. What came before stays open for "
        "those who hold the version before, until it is sealed again. The old recovery code opens the new version no "
        "more: have paper and an envelope at hand."
    )
    if wanted == Purpose.SIGNING:
        note = _(
            "Editions are signed with a new version from now on, by the same people. What was signed before stays "
            "proved. Say in public that the key is another. Have paper and an envelope at hand for the new code."
        )
    return asked(request, None, _("Make a new version"), note)


@never_cache
@sensitive_post_parameters("passphrase")
@desk(HOLDS)
def reseal(request: HttpRequest, purpose: str) -> HttpResponse:
    """Seal again, a few hundred at a time; whoever stops loses nothing and goes on later."""
    seat, wanted = ask(request, HOLDS), purpose_of(purpose)
    try:
        key = keys.current(seat.forum, wanted)
    except Refused:
        raise Http404 from None
    if not KeyHolding.objects.filter(key=key, person__user=account(request)).exists():
        raise PermissionDenied
    form = OwnPassphrase(typed(request), seat=seat)
    if request.method == "POST" and form.is_valid() and (private := private_typed(request, form)) is not None:
        done = keys.reseal(seat.forum, wanted, by=seat, private=private)
        left = keys.behind(seat.forum, wanted)
        text = ngettext("%(n)d row is sealed again.", "%(n)d rows are sealed again.", done) % {"n": done}
        if left and done:
            text += " " + _("%(left)d are left: do it once more.") % {"left": left}
        elif left:
            text = _("%(left)d are sealed to versions that you do not hold.") % {"left": left}
        messages.success(request, text)
        return redirect("admin:keys")
    left = keys.behind(seat.forum, wanted)
    note = _(
        "%(left)d rows are sealed to a version before. Each time, up to %(most)d of them are sealed to the new one. "
        "Nothing of what they protect is opened or changed."
    ) % {"left": left, "most": keys.AT_ONCE}
    return asked(request, form, _("Seal again"), note)


@require_POST
@desk(MANAGES)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a version to which nothing is sealed any more."""
    seat = ask(request, MANAGES)
    key = get_object_or_404(ForumKey.objects.for_seat(seat).filter(retired_on=None), pk=pk)
    try:
        keys.retire(key, by=seat)
    except Refused as refusal:
        messages.error(request, str(refusal.args[0]))
    else:
        messages.success(request, _("The version is retired."))
    return redirect("admin:keys")


@never_cache
@sensitive_post_parameters("code")
@desk(MANAGES)
def recover(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a key to somebody with its recovery code, where its holders lost their passphrases."""
    key, seat = key_of(request, pk), ask(request, MANAGES)
    held = key.holdings.values("person")
    form = Recover(typed(request), row=key, seat=seat, people=candidates(seat.forum, key.purpose).exclude(pk__in=held))
    if request.method == "POST" and form.is_valid():
        try:
            keys.recover(key, by=seat, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("code", str(refusal.args[0]))
        else:
            messages.success(request, _("The key is given again. Make a new version: this code was used."))
            return redirect("admin:keys")
    note = _("For when passphrases are lost: %(key)s, version %(version)d.") % {
        "key": key.get_purpose_display(),
        "version": key.version,
    }
    return asked(request, form, _("Give the key with its code"), note)
