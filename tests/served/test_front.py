"""M4: what is told at the door is what the site itself would tell, and nothing that changed since."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from declarations.models import Forum, news
from declarations.views import packing, ready
from forum import front
from tests import factories as make
from tests.databases import on_postgresql

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/fr/fleuve/"


class Site:
    """The whole site on the thread of the test; it counts what it is asked."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked += 1
        pages = self.handler(environ, start_response)
        try:
            return [b"".join(pages)]
        finally:
            pages.close()


@pytest.fixture
def forum() -> Forum:
    return make.a_forum("fleuve", mode="live")


@pytest.fixture
def door() -> Iterator[front.Front]:
    door = front.Front(Site())
    yield door
    for _ in range(door.asking.qsize()):
        door.asking.get().close()


def look(door: Any, path: str = HOME, method: str = "GET", secure: bool = False, **headers: str) -> Any:
    """Return the status, the headers and the bytes of an answer."""
    said: list[Any] = []
    request = RequestFactory().generic(method, path, secure=secure, headers=headers)
    page = door(request.environ, lambda *given: said.extend(given))
    return said[0], dict(said[1]), b"".join(page)


def keep(door: front.Front, *given: Any, **asked: Any) -> Any:
    """Look three times: the first makes a page, the second one that is kept, the third is told from it."""
    return [look(door, *given, **asked) for _ in range(3)][-1]


def asks_the_site(door: front.Front, *given: Any, **asked: Any) -> bool:
    before = door.site.asked
    look(door, *given, **asked)
    return bool(door.site.asked > before)


def retitle(title: str) -> None:
    Forum.objects.update(title={"fr": title, "en": title})


def test_it_is_told_word_for_word_whichever_way_it_is_asked(door, forum):
    ways = list(
        product(
            (HOME, "/ar/fleuve/participants/", "/fr/"),
            (False, True),
            ("testserver", "testserver:8000"),
            ("", "br", "gzip, br;q=0"),
        )
    )
    kept = []
    for path, secure, host, accepted in ways * 3:
        kept.append(look(door, path, secure=secure, host=host, **{"accept-encoding": accepted}))
    asked, told = door.site.asked, kept[-len(ways) :]
    for (path, secure, host, accepted), answer in zip(ways, told, strict=True):
        assert not asks_the_site(door, path, secure=secure, host=host, **{"accept-encoding": accepted})
        assert answer == look(door.site, path, secure=secure, host=host, **{"accept-encoding": accepted})
        assert answer[0] == "200 OK"
    assert asked == 3 + len(ways), "each page is made once for its first reader and once to be kept, packed or not"


def test_any_change_is_told_at_once(door, forum):
    keep(door)
    for title in ("Un autre nom", "Et encore un"):
        retitle(title)
        assert title in look(door)[2].decode()
        assert not asks_the_site(door), "the control: it is kept again"


def test_what_is_taken_back_stays_in_no_memory(door, forum):
    keep(door), keep(door, "/fr/fleuve/groups/")
    assert len(door.pages) == 2, "the control"
    retitle("Un autre nom")
    look(door.site, "/fr/fleuve/groups/")
    assert len(door.pages) == 0


def test_the_hour_is_not_forgotten(door, forum, monkeypatch):
    keep(door)
    assert not asks_the_site(door), "the control"
    monkeypatch.setattr(ready, "LONGEST", 0)
    assert asks_the_site(door)


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        {"path": f"{HOME}?page=2"},
        {"if-none-match": '"x"'},
        {"path": "/en/fleuve/"},
        {"host": "evil.example"},
        {"secure": True},
    ],
)
def test_what_is_asked_otherwise_is_asked_of_the_site(door, forum, asked):
    keep(door)
    assert not asks_the_site(door), "the control"
    assert asks_the_site(door, **asked)


def test_another_name_than_ours_is_refused(door, forum):
    keep(door)
    assert look(door, host="evil.example")[0].startswith("400")
    assert look(door, host="evil.example")[0].startswith("400")


@pytest.mark.parametrize("safe", [{"secure": True}, {"x-forwarded-proto": "https"}])
def test_nothing_is_told_over_a_line_that_is_not_safe(forum, settings, safe):
    """nginx says over which line somebody came; the one to the site is always the same."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if "secure" not in safe else None
    door = front.Front(Site())
    told = keep(door, **safe)
    assert told[0] == "200 OK" and "max-age=60" in told[1]["Strict-Transport-Security"]
    assert not asks_the_site(door, **safe), "the control"
    for unsafe in ({}, {"x-forwarded-proto": "http"}):
        assert keep(door, **unsafe)[0].startswith("301")
    for _ in range(front.ASKING):
        door.asking.get().close()


def test_a_failure_is_told_once(door, forum, monkeypatch):
    """Packing fails once, as where memory is short: the next reader is told the page."""
    look(door), look(door)
    monkeypatch.setitem(packing.ONCE, "br", lambda body: 1 / 0)
    broken = look(door, **{"accept-encoding": "br"})
    monkeypatch.undo()
    assert broken[0].startswith("500")
    assert look(door, **{"accept-encoding": "br"})[0] == "200 OK"


def test_what_is_somebodys_is_never_kept(door, forum):
    for path in ("/admin/login/", "/fr/fleuve/testimonies/receipt/", "/healthz"):
        assert keep(door, path)[0] == "200 OK"
    assert len(door.pages) == 0


def test_no_more_ways_than_there_is_room_for(door, forum):
    for port in range(front.WAYS * 2):
        assert keep(door, host=f"testserver:{port + 1}")[0] == "200 OK"
    (kept,) = door.pages.values()
    assert len(kept.told) == front.WAYS
    look(door)
    assert not asks_the_site(door), "whoever comes by our own name is told at the door all the same"


def test_without_a_mark_the_site_is_asked(door, forum):
    keep(door)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {news.TABLE}")
    try:
        assert asks_the_site(door)
    finally:
        news.install_news()


def test_without_a_free_connection_the_site_is_asked(door, forum, monkeypatch):
    keep(door)
    monkeypatch.setattr(front, "PATIENCE", 0.01)
    busy = [door.asking.get() for _ in range(front.ASKING)]
    assert asks_the_site(door)
    door.asking.put(busy.pop())
    assert not asks_the_site(door)
    for each in busy:
        door.asking.put(each)


@on_postgresql
def test_connections_that_were_lost_are_made_anew(door, forum):
    for _ in range(front.ASKING):
        keep(door)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.rowcount == front.ASKING, "the control"
    for _ in range(front.ASKING * 2):
        assert not asks_the_site(door)
    retitle("Un autre nom")
    assert "Un autre nom" in look(door)[2].decode()
