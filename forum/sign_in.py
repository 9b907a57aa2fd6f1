"""Who is trying to sign in, said without keeping an address."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import IPv6Address

from django.conf import settings
from django.http import HttpRequest


def keyed_address(request: HttpRequest) -> str:
    """
    Return a stand-in for the caller's address: the same all day, meaningless without the pepper, another tomorrow.

    It has the shape of an IPv6 address because that is what the lock accepts.
    """
    day = datetime.now(UTC).date()
    digest = hmac.digest(settings.PEPPER, f"sign-in {day} {_address(request)}".encode(), sha256)
    return str(IPv6Address(digest[:16]))


def _address(request: HttpRequest) -> str:
    """Return the caller's address; behind a trusted proxy, the last one that proxy added."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
