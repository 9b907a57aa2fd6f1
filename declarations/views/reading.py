"""What every reading page shares: the same bytes for everybody, an ETag, no cookie, its address in each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import translate_url
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

NATIVE_NAMES = {"fr": "Français", "en": "English", "ar": "العربية"}


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a reading page with an ETag and `Cache-Control: public`; a page not changed is 304.

    Pages revalidate each time, so a quote that is taken back is gone at the next look.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or response.streaming:
            return response
        etag = quote_etag(sha256(response.content).hexdigest()[:32])
        response["ETag"] = etag
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return get_conditional_response(request, etag=etag, response=response) or response

    return answered


def alternates(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return the page's address in each language of the interface: (code, its own name, address)."""
    here = request.get_full_path()
    return [(code, NATIVE_NAMES[code], translate_url(here, code)) for code, _name in settings.LANGUAGES]
