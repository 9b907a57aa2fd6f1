"""Public pages kept ready to be sent, packed, by their address; thrown away with the first change to anything public.

A page is known by its whole address, language included, and is the same for everybody. It is sent again only while the
mark of `models.news` is the one that was read before the page was made: one short question to the database, asked at
each request, so that what was taken back is gone from every page of every process with its commit (M4).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any
from weakref import ref

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from declarations.models import news
from declarations.shelf import shelf

from .packing import ONCE, SMALLEST, mark_packed, pack, taken

READY = "forum.ready"  # under which a request says from which page it was answered
MOST = 1000  # pages
LARGEST = 1 << 20  # bytes of one
# Seconds: what a page says of the hour (a form that opens, the figures of a new day) is no change in the database.
LONGEST = 60
PATIENCE = 5  # seconds for which those who come next wait for the first reader's page
# What a browser is told that has the page already.
OF_304 = ("Cache-Control", "Content-Security-Policy", "ETag", "Vary", "Access-Control-Allow-Origin")


class Ready:
    """One page as it was made: its headers, its bytes, and those bytes packed as they were asked for."""

    def __init__(self, response: HttpResponse, mark: str, before: Ready | None) -> None:
        """Keep an answer; what `before` packed is still good where the bytes are the same."""
        patch_vary_headers(response, ["Accept-Encoding"])
        self.mark, self.made_at = mark, time.monotonic()
        self.headers = dict(response.items())
        self.bodies = {"": response.content}
        if before and before.bodies[""] == response.content:
            self.bodies = dict(before.bodies)
        # Whole answers, by the way they were asked for, the oldest first: `forum.front`.
        self.told: OrderedDict[Hashable, tuple[Any, ...]] = OrderedDict()

    def is_good(self, mark: str | None) -> bool:
        """Whether nothing public changed since, and the page is not a minute old."""
        return self.mark == mark and time.monotonic() - self.made_at < LONGEST

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer with the bytes, or with 304 where the browser named them in If-None-Match."""
        accepted, known = (request.META.get(name, "") for name in ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH"))
        if self.headers["ETag"] in known:
            return HttpResponse(
                status=304, headers={name: self.headers[name] for name in OF_304 if name in self.headers}
            )
        encoding = taken(accepted) if len(self.bodies[""]) >= SMALLEST else ""
        response = HttpResponse(self.packed(encoding), headers=self.headers)
        if encoding:
            mark_packed(response, encoding)
        request.META[READY] = ref(self)  # requests are remembered for a while, pages may not be
        return response

    def packed(self, encoding: str) -> bytes:
        if encoding not in self.bodies:
            self.bodies[encoding] = ONCE[encoding](self.bodies[""])
        return self.bodies[encoding]


class Place:
    """Where the page of one address is kept; all readers of a page that just changed wait for one making of it."""

    def __init__(self) -> None:
        self.making = threading.Lock()
        self.ready: Ready | None = None


class ReadyPagesMiddleware:
    """Answer a public page from those that are ready, else let it be made and keep it. Stands near the front."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.places: OrderedDict[str, Place] = OrderedDict()
        self.first: dict[str, threading.Event] = {}  # by address, while its page is made for somebody
        self.lock = threading.Lock()
        self.mark = ""  # the last one that was read

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = self.places.get(request.path)
        if place is None or request.method not in {"GET", "HEAD"} or request.META.get("QUERY_STRING"):
            return self.met(request)
        request.get_host()  # refuses a name that is not ours, as a page that is made would
        mark = news.mark()
        if mark is None:
            return self.met(request)
        self.let_go(mark)
        if (ready := place.ready) and ready.is_good(mark):
            return ready.answer(request)
        with place.making:
            if (ready := place.ready) and ready.is_good(mark):
                return ready.answer(request)
            known = request.META.pop("HTTP_IF_NONE_MATCH", "")  # the whole page is wanted, to be kept
            response = self.get_response(request)
            if not may_be_kept(response):
                self.forget(request.path)
                return pack(request, response)
            ready = Ready(response, mark, place.ready)
            # Made while something changed: it may hold what was taken back meanwhile.
            place.ready = ready if mark == self.mark else None
            request.META["HTTP_IF_NONE_MATCH"] = known
            return ready.answer(request)

    def met(self, request: HttpRequest) -> HttpResponse:
        """Answer what has no place. Whoever carries nothing of their own waits for the first reader of the same page:
        after a start a hall asks at once, and if it turns out to be a public page, one making is enough for all.
        """
        if request.method != "GET" or request.META.get("QUERY_STRING") or request.COOKIES:
            return self.made(request)
        with self.lock:
            first = self.first.get(request.path)
            if first is None:
                self.first[request.path] = threading.Event()
        if first is not None:
            first.wait(PATIENCE)
            return self(request) if request.path in self.places else self.made(request)
        try:
            return self.made(request)
        finally:
            self.first.pop(request.path).set()

    def made(self, request: HttpRequest) -> HttpResponse:
        """Let a page be made for one reader; where it turns out to be a public one, it has a place from now on."""
        response = self.get_response(request)
        if may_be_kept(response) and not request.META.get("QUERY_STRING"):
            with self.lock:
                self.places.setdefault(request.path, Place())
                while len(self.places) > MOST:
                    self.places.popitem(last=False)
        return pack(request, response)

    def let_go(self, mark: str) -> None:
        """Let every page go that was made before this mark, asked for again or not: one may hold a sentence that was
        taken back, and would stand in memory for as long as nobody wants it (M4).
        """
        shelf.let_go(mark)
        if mark != self.mark:
            with self.lock:
                self.mark = mark
                for place in self.places.values():
                    place.ready = None

    def forget(self, path: str) -> None:
        with self.lock:
            self.places.pop(path, None)


def may_be_kept(response: HttpResponse) -> bool:
    """Whether an answer is a whole page that is the same for everybody."""
    return (
        getattr(response, "is_for_everybody", False)
        and response.status_code == 200
        and not response.cookies
        and len(response.content) <= LARGEST
    )
