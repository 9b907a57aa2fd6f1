"""The key of the reading room: half in the session's row, half in a cookie, and forgotten after fifteen idle minutes.

The passphrase opens a person's private key. It is locked again at once, under a random key that goes into the cookie
alone; the locked bytes stand in the session's row alone. Neither opens anything by itself, nor does anything at rest
(M1).
"""

from __future__ import annotations

import binascii
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from declarations import sealing
from declarations.forms.reading import PassphraseForm
from declarations.models import ForumKey, KeyHolding, Testimony, TestimonyKey, User
from declarations.workflow import people

from .seats import ask

COOKIE = "reading_key"
# In the session's row: the locked half, when it was last used, and when it was opened.
LOCKED, SEEN, SINCE = "reading_locked", "reading_seen", "reading_since"
IDLE = timedelta(minutes=15).total_seconds()
# The row is written at most once a minute, so somebody idle has fourteen to fifteen minutes, never more.
TOUCH_AFTER = 60  # seconds
MOST_TRIES = 8  # wrong passphrases of one account, from wherever, in TRY_AGAIN
TRY_AGAIN = 15 * 60  # seconds

View = Callable[..., HttpResponse]


def private_of(request: HttpRequest) -> bytes | None:
    """Return the person's private key while the room is unlocked, else None."""
    if not hasattr(request, "_person_private"):
        request._person_private = _joined(request)  # type: ignore[attr-defined]
    return request._person_private  # type: ignore[attr-defined]


def _joined(request: HttpRequest) -> bytes | None:
    locked, cookie_key = request.session.get(LOCKED), request.COOKIES.get(COOKIE)
    if not locked or not cookie_key:
        return None
    idle = time.time() - request.session.get(SEEN, 0)
    if idle >= IDLE - TOUCH_AFTER or _was_locked_since(request):
        _forget_locked(request)
        return None
    try:
        private = sealing.open_from_session(urlsafe_b64decode(locked), urlsafe_b64decode(cookie_key))
    except (sealing.SealBroken, binascii.Error, ValueError):
        return None
    if idle >= TOUCH_AFTER:
        request.session[SEEN] = int(time.time())
    return private


def _was_locked_since(request: HttpRequest) -> bool:
    """Whether the emergency lock fell after this key was opened, or while it was being opened (M14)."""
    locked_at = request.seat.forum.locked_at if request.seat else None  # type: ignore[attr-defined]
    return locked_at is not None and request.session.get(SINCE, 0) <= locked_at.timestamp()


def reading_keys(request: HttpRequest) -> dict[int, bytes]:
    """Return the private halves of the forum's reading keys that the person holds, every version, by the key's id.

    Raises people.NoKey for somebody who holds none.
    """
    if not hasattr(request, "_reading_keys"):
        private = private_of(request)
        holdings = KeyHolding.objects.filter(
            key__in=ForumKey.objects.for_seat(request.seat).filter(purpose=ForumKey.Purpose.READING),  # type: ignore[attr-defined]
            person__user=request.user,
        )
        keys = {row.key_id: sealing.open_from(private, row.sealed) for row in holdings} if private else {}
        if not keys:
            raise people.NoKey("reading")
        request._reading_keys = keys  # type: ignore[attr-defined]
    return request._reading_keys  # type: ignore[attr-defined]


def reading_private(request: HttpRequest, testimony: Testimony) -> bytes:
    """Return the private half to which this testimony's key is sealed, be it the current version or a retired one.

    Raises TestimonyKey.DoesNotExist once the testimony is withdrawn, and people.NoKey where the person does not hold
    that version.
    """
    version = TestimonyKey.objects.values_list("forum_key_id", flat=True).get(testimony=testimony)
    keys = reading_keys(request)
    if version not in keys:
        raise people.NoKey("reading")
    return keys[version]


def unlocked(view: View) -> View:
    """Let a reader through while the room is unlocked; otherwise ask for the passphrase first.

    What somebody was sending when the room had closed travels through the page that asks, as hidden fields: it is
    kept nowhere else, and is done as soon as the passphrase is right.
    """

    @wraps(view)
    def behind_the_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(request, "declarations.read_testimony")
        opened_now = False
        if private_of(request) is None:
            if request.method != "POST":
                return redirect(f"{reverse('admin:reading-unlock')}?{urlencode({'next': request.get_full_path()})}")
            form = PassphraseForm(request.POST if "passphrase" in request.POST else None)
            if not _opens(request, form):
                return _asking(request, form, held=_held(request))
            opened_now = True
        try:
            reading_keys(request)
            response = view(request, *args, **kwargs)
        except people.NoKey:
            response = _asking(request, PassphraseForm(), missing="holding")
        return _keep(request, response) if opened_now else response

    return never_cache(behind_the_door)


@never_cache
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the passphrase, and lead on to where the person was going."""
    ask(request, "declarations.read_testimony")
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = reverse("admin:reading-room")
    if private_of(request) is not None:
        return redirect(onward)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and _opens(request, form):
        return _keep(request, redirect(onward))
    return _asking(request, form)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Forget both halves at once."""
    ask(request, "declarations.read_testimony")
    _forget_locked(request)
    messages.success(request, _("The testimonies are closed. Nothing of your key is left on this device."))
    response = redirect("admin:reading-unlock")
    response.delete_cookie(COOKIE, path=_path(), samesite="Strict")
    return response


def _opens(request: HttpRequest, form: Any) -> bool:
    """Whether the passphrase typed is right; what is wrong is said beside the field."""
    if not form.is_valid():
        return False
    account: User = request.user  # type: ignore[assignment]
    if not _may_try(account):
        form.add_error("passphrase", _("Too many wrong passphrases. Wait fifteen minutes, then try again."))
        return False
    request._unlocking_since = time.time()  # type: ignore[attr-defined]
    try:
        private = people.unlock(account, form.cleaned_data["passphrase"])
    except people.NoKey:
        form.no_key = True
        return False
    except sealing.WrongPassphrase:
        form.add_error("passphrase", _("This passphrase does not open your key. Check capitals and spaces."))
        return False
    caches["sign_in"].delete(_tries(account))
    request._person_private = private  # type: ignore[attr-defined]
    return True


def private_typed(request: HttpRequest, form: Any) -> bytes | None:
    """Return the private key that the passphrase just typed opens, for this request alone; None with an error said."""
    if _opens(request, form):
        return request._person_private  # type: ignore[attr-defined]
    if getattr(form, "no_key", False):
        form.add_error("passphrase", _("Your account has no key yet, so no passphrase can open anything."))
    return None


def _may_try(account: User) -> bool:
    """Count a try before it is made, so that many at once do not pass for one."""
    counts, name = caches["sign_in"], _tries(account)
    counts.add(name, 0, TRY_AGAIN)
    try:
        return counts.incr(name) <= MOST_TRIES
    except ValueError:  # it ran out between the two lines
        return True


def _tries(account: User) -> str:
    return f"unlock:{account.pk}"


def _keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Split the key that was just opened between the session's row and the cookie."""
    cookie_key, locked = sealing.lock_for_session(request._person_private)  # type: ignore[attr-defined]
    request.session.cycle_key()
    request.session[LOCKED] = urlsafe_b64encode(locked).decode()
    request.session[SEEN] = int(time.time())
    request.session[SINCE] = request._unlocking_since  # type: ignore[attr-defined]
    response.set_cookie(
        COOKIE,
        urlsafe_b64encode(cookie_key).decode(),
        path=_path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _forget_locked(request: HttpRequest) -> None:
    request._person_private = None  # type: ignore[attr-defined]
    for name in (LOCKED, SEEN, SINCE):
        request.session.pop(name, None)


def _path() -> str:
    return reverse("admin:index")


def _held(request: HttpRequest) -> list[tuple[str, str]]:
    """What was being sent, to be sent again with the passphrase."""
    left_out = {"csrfmiddlewaretoken", "passphrase"}
    return [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]


def _asking(
    request: HttpRequest, form: PassphraseForm, *, held: list[tuple[str, str]] | None = None, missing: str = ""
) -> HttpResponse:
    context = {
        "forum": request.seat.forum,  # type: ignore[attr-defined]
        "form": form,
        "held": held,
        "missing": "key" if form.no_key else missing,
    }
    response = render(request, "declarations/room/unlock.html", context)
    if private_of(request) is None:
        response.delete_cookie(COOKIE, path=_path(), samesite="Strict")
    return response
