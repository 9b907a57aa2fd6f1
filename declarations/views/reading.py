"""What every reading page shares: the same bytes for everybody, an ETag, no cookie, its address in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info

from declarations.models import Forum
from declarations.models.texts import Worded
from declarations.search import LONGEST_QUERY

PAGE_SIZE = 25
# As they stand at the head of a page, where Django writes them otherwise.
NATIVE_NAMES = {"ar": "العربية"}


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
        response.is_for_everybody = True  # type: ignore[attr-defined]  # it may be packed, and kept ready
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return get_conditional_response(request, etag=etag, response=response) or response

    return answered


def alternates(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return the page's address in each language of the interface: (code, its own name, address)."""
    # Nothing but its beginning says the language of an address (forum/urls.py).
    start = get_script_prefix()
    rest = request.get_full_path().removeprefix(f"{start}{get_language()}/")
    return [(code, native_name(code), f"{start}{code}/{rest}") for code, _name in settings.LANGUAGES]


def native_name(code: str) -> str:
    """Return what a language of the interface calls itself."""
    return NATIVE_NAMES.get(code) or capfirst(get_language_info(code)["name_local"])


class Words(NamedTuple):
    """A text with the language it is in."""

    text: str
    language: str


def asked_for(request: HttpRequest) -> str:
    """Return the words that are looked for, as they were typed."""
    return "".join(sign for sign in request.GET.get("q", "") if sign.isprintable()).strip()[:LONGEST_QUERY]


def words_of(row: Worded, forum: Forum) -> Words:
    """Return the words of a row in the page's language, else in an authentic one, else as they were handed in."""
    found = row.wording_in(get_language() or "fr", *forum.authentic_languages(), "fr", "en")
    if found:
        return Words(found.text, found.language)
    return Words(getattr(row, "handed_in_words", ""), getattr(row, "handed_in_language", ""))


def read(request: HttpRequest, template: str, page: str, **context: Any) -> HttpResponse:
    """Answer with a reading page of the forum; `page` is its word in the menu."""
    forum = request.forum  # type: ignore[attr-defined]
    shared = {"forum": forum, "page": page, "alternates": alternates(request)}
    return render(request, f"declarations/{template}", {**shared, **context})


def one_page(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
    """Return the page of a list that is asked for; a number that makes no sense asks for the nearest."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def query_of(chosen: Mapping[str, str]) -> str:
    """Return what stands before `page=` in the address of another page of the same list."""
    return f"{urlencode(chosen)}&" if chosen else ""
