"""Asking the site for its pages as any reader would, in this process, without a server."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

# Pages that are of no use without the site behind them: they compute what is asked of them, or take what is told.
LIVING = frozenset({"search", "verify", "testimony-new", "testimony-receipt"})


class Failed(Exception):
    """A page that cannot be made: a tree without it would not be whole."""


class Page(NamedTuple):
    """What the site answered to one address."""

    body: bytes
    content_type: str
    headers: dict[str, str]


class Site:
    """The site, middleware and all, as somebody sees it who brings no cookie."""

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def page(self, address: str) -> Page | None:
        """Return a public page or a file of an edition by its address, query included; None for everything else."""
        path = urlsplit(address).path
        if path.startswith(settings.STATIC_URL):
            return static_file(unquote(path).removeprefix(settings.STATIC_URL))
        if name_of(unquote(path)) in {None, *LIVING}:
            return None
        response = self.answer(address)
        if response.status_code >= 500:
            raise Failed(f"{address} answers {response.status_code}.")
        if response.status_code != 200 or "public" not in response.get("Cache-Control", "") or response.cookies:
            return None
        return Page(response.content, response["Content-Type"], dict(response.items()))

    def not_found(self, language: str) -> Page:
        """Return the page that says there is nothing at an address."""
        response = self.answer(f"/{language}/-/")
        return Page(response.content, response["Content-Type"], dict(response.items()))

    def answer(self, address: str) -> HttpResponse:
        parts, site = urlsplit(address), urlsplit(settings.SITE_URL)
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": site.hostname or "",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "HTTP_X_FORWARDED_PROTO": site.scheme,  # heard where a proxy is trusted, and the same as the next
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": BytesIO(),
        }
        response = self.handler.get_response(WSGIRequest(environ))
        assert isinstance(response, HttpResponse)
        return response


def name_of(path: str) -> str | None:
    """Return the name of an address, which is known in its own language alone; None where there is none."""
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path).url_name
        except Resolver404:
            return None


def static_file(name: str) -> Page | None:
    """Return a style sheet, a script or a picture, as it was collected or as it stands in the source."""
    root = settings.STATIC_ROOT / name
    found = root if root.is_file() else finders.find(name)
    if not found:
        return None
    with open(str(found), "rb") as file:
        return Page(file.read(), "", {})
