"""
Pages that are kept ready are told at the door, in front of the threads that work.

Most of what such a page cost was the way to a thread and through Django. Here it costs the one question whether
anything public changed, over one of a few connections that ask nothing else. What is told is word for word what the
site told the last who asked for this page in the same way: to the same name, over the same kind of line (ADR 23).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from queue import Empty, SimpleQueue
from typing import Any
from weakref import WeakValueDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from declarations.models import news
from declarations.views.packing import taken
from declarations.views.ready import READY, Ready

ASKING = 4  # connections that ask whether anything changed
PATIENCE = 1  # seconds for which one of them is waited for; after that the site answers
WAYS = 16  # of asking for one page that are kept
# Whoever says one of these may be due another answer.
OTHERWISE = ("QUERY_STRING", "HTTP_IF_NONE_MATCH", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")


class Front:
    """A WSGI application in front of the site: tells kept pages, and passes on whatever else is asked."""

    def __init__(self, site: Any) -> None:
        """Keep the site; no connection is opened before there is a page to tell."""
        self.site = site
        # The site lets a page go with the first change that it knows of, and what was told of it goes along (M4).
        self.pages: WeakValueDictionary[str, Ready] = WeakValueDictionary()
        self.asking: SimpleQueue[BaseDatabaseWrapper] = SimpleQueue()
        for _ in range(ASKING):
            connection = connections.create_connection(DEFAULT_DB_ALIAS)
            connection.inc_thread_sharing()
            self.asking.put(connection)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Tell a kept page again, else let the site answer."""
        if environ["REQUEST_METHOD"] != "GET" or any(map(environ.get, OTHERWISE)):
            return self.passed_on(environ, start_response)
        path, way = environ["PATH_INFO"], way_of(environ)
        ready = self.pages.get(path)
        told = ready and ready.told.get(way)
        if ready and told and ready.is_good(self.mark()):
            status, headers, page = told
            start_response(status, headers)
            return page
        return self.learned(path, way, environ, start_response)

    def passed_on(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.site(environ, start_response)
        return answer

    def learned(self, path: str, way: Hashable, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the site answer, and keep what it told of a page that it keeps ready itself."""
        said: list[Any] = []

        def started(status: str, headers: list[tuple[str, str]]) -> None:
            said[:] = status, headers
            start_response(status, headers)

        page = self.passed_on(environ, started)
        ready: Ready | None = environ.get(READY, nothing)()
        if ready and said[0].startswith("200 "):
            while len(ready.told) >= WAYS:  # the oldest goes: whoever makes up ports shuts nobody out
                ready.told.popitem(last=False)
            ready.told[way] = (*said, page)
            self.pages[path] = ready
        return page

    def mark(self) -> str | None:
        """Return the mark of what is public, asked for now; None where the site had better see for itself."""
        try:
            connection = self.asking.get(timeout=PATIENCE)
        except Empty:
            return None
        try:
            connection.close_if_unusable_or_obsolete()
            return news.mark(connection)
        finally:
            self.asking.put(connection)


def nothing() -> None:
    """Stand for the page of an answer that came from none."""


def way_of(environ: dict[str, Any]) -> Hashable:
    """Return all that an answer depends on beside its address: over which line, to which name, packed how."""
    packing = taken(environ.get("HTTP_ACCEPT_ENCODING", ""))
    names = ("wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SCRIPT_NAME")
    return packing, *map(environ.get, names)
