"""Who is trying to sign in, said without keeping an address; and browsers where somebody signed in before (M12)."""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "device"
LASTS = timedelta(days=90)
MOST_PEOPLE = 8  # who share one browser
SALT = "known device"


def keyed_address(request: HttpRequest) -> str:
    """
    Return a stand-in for where somebody is: the same all day, meaningless without the pepper, another tomorrow.

    That is their address, or their browser where the one they say they are signed in on it before: a stranger behind
    the same address cannot lock them out of it. It is no proof of who they are, only a count of its own.
    It has the shape of an IPv6 address because that is what the lock accepts.
    """
    device, known = device_of(request)
    is_known = _person(request.POST.get("username", "")) in known
    where = f"device {device}" if is_known else f"{datetime.now(UTC).date()} {_address(request)}"
    return str(IPv6Address(_digest(f"sign-in {where}")[:16]))


def remember_device(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser say, for a while, that this person signed in on it; the admin's pages alone are told."""
    device, known = device_of(request)
    who = _person(request.user.get_username())
    people = [who, *(other for other in known if other != who)][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_urlsafe(16), people], salt=SALT),
        max_age=LASTS,
        path=reverse("admin:index"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def device_of(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the browser's own random name and who signed in on it; empty where it says nothing that we wrote."""
    try:
        found: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return "", []
    return found[0], found[1]


def _person(username: str) -> str:
    return _digest(f"person {username}").hex()[:32]


def _digest(text: str) -> bytes:
    return hmac.digest(settings.PEPPER, text.encode(), sha256)


def _address(request: HttpRequest) -> str:
    """Return the caller's address; behind a trusted proxy, the last one that proxy added."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
