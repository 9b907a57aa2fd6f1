"""Public pages are kept ready and packed, and no change to anything public leaves one standing (M4, M11)."""

from __future__ import annotations

import gzip
import re
import threading
import time
from typing import Any

import brotli
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.models import Forum, news
from declarations.shelf import shelf
from declarations.views import ready
from declarations.views.packing import taken
from tests import factories as make
from tests.admin import world
from tests.databases import on_postgresql
from tests.running.test_withdrawn import public_addresses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forum() -> Forum:
    return make.a_forum("fleuve", mode="live")


def look(client: Client, path: str = "/fr/fleuve/", **headers: str) -> Any:
    return client.get(path, headers=headers)


def keep(client: Client, path: str = "/fr/fleuve/") -> Any:
    """Look twice: from its second reader on, a page is kept."""
    look(client, path)
    return look(client, path)


def retitle(forum: Forum, title: str) -> None:
    Forum.objects.filter(pk=forum.pk).update(title={"fr": title, "en": title})


# What is kept


def test_a_kept_page_costs_one_question(client, forum, django_assert_num_queries, monkeypatch):
    """The one for the mark, which goes to the driver itself; none by way of Django."""
    kept, asked = keep(client), []
    monkeypatch.setattr(ready.news, "mark", lambda mark=news.mark: asked.append(1) or mark())
    with django_assert_num_queries(0):
        again = look(client)
    assert asked == [1]
    assert again.content == kept.content
    assert {**again.headers} == {**kept.headers}


def test_what_is_somebodys_is_neither_packed_nor_kept(client, forum):
    for path in ("/admin/login/", "/fr/fleuve/testimonies/receipt/"):
        answer = keep(client, path)
        assert answer.status_code == 200 and "Accept-Encoding" not in answer.get("Vary", "")
        assert look(client, path, **{"accept-encoding": "br"}).get("Content-Encoding") is None


def test_any_change_throws_it_away(client, forum):
    keep(client)
    retitle(forum, "Un autre nom")
    assert "Un autre nom" in look(client).content.decode()


def test_a_change_is_seen_by_every_process(client, forum):
    other = Client()
    keep(client), keep(other)
    retitle(forum, "Un autre nom")
    assert "Un autre nom" in look(client).content.decode()
    assert "Un autre nom" in look(other).content.decode()


def test_what_is_never_committed_is_never_kept(client, forum):
    before = keep(client).content
    with pytest.raises(RuntimeError), transaction.atomic():
        retitle(forum, "Jamais dit")
        assert "Jamais dit" in keep(client).content.decode()
        raise RuntimeError
    assert look(client).content == before


def test_without_a_mark_nothing_is_kept(client, forum):
    keep(client)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {news.TABLE}")
    try:
        retitle(forum, "Un autre nom")
        assert "Un autre nom" in look(client).content.decode()
    finally:
        news.install_news()


@on_postgresql
def test_a_connection_that_was_lost_is_made_anew(client, forum):
    kept, other = keep(client), connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    finally:
        other.close()
    assert look(client).content == kept.content
    retitle(forum, "Un autre nom")
    assert "Un autre nom" in look(client).content.decode()


def test_a_closed_forum_is_gone(client, forum):
    keep(client)
    Forum.objects.update(closed_on=forum.ends_on)
    assert look(client).status_code == look(client).status_code == 404
    Forum.objects.update(closed_on=None)
    assert look(client).status_code == 200


def test_the_hour_is_not_forgotten(client, forum, monkeypatch):
    monkeypatch.setattr(ready.news, "mark", lambda: "the same")
    keep(client)
    retitle(forum, "Plus tard")
    assert "Plus tard" not in look(client).content.decode(), "the control: nobody told of the change"
    monkeypatch.setattr(ready, "LONGEST", 0)
    shelf.places.clear()  # rows say nothing of the hour, and may lie there
    assert "Plus tard" in look(client).content.decode()


def read_at_once(middleware: ready.ReadyPagesMiddleware, readers: int = 8) -> None:
    go = threading.Barrier(readers)

    def read() -> None:
        go.wait()
        try:
            middleware(RequestFactory().get("/fr/"))
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


@pytest.mark.parametrize("is_public", [True, False])
def test_all_readers_of_a_page_wait_for_one_making(forum, is_public):
    made = []

    def page(request: Any) -> HttpResponse:
        made.append(request)
        if len(made) == 1:
            time.sleep(0.3)  # until the others have come
        response = HttpResponse("x" * 1000, headers={"ETag": '"x"'})
        response.is_for_everybody = is_public  # type: ignore[attr-defined]
        return response

    middleware = ready.ReadyPagesMiddleware(page)
    read_at_once(middleware)
    # Of a public page the first makes its own, the second the one that is kept; any other is made for each.
    assert len(made) == (2 if is_public else 8)
    assert not middleware.first
    made.clear()
    middleware.let_go("another mark")
    read_at_once(middleware)
    assert len(made) == (1 if is_public else 8)


def test_a_page_that_cannot_be_made_holds_up_nobody_after_it(forum):
    def page(request: Any) -> HttpResponse:
        raise ValueError

    middleware = ready.ReadyPagesMiddleware(page)
    for _ in range(2):
        with pytest.raises(ValueError):
            middleware(RequestFactory().get("/fr/"))
    assert not middleware.first


def test_no_more_pages_than_there_is_room_for(client, forum, monkeypatch):
    monkeypatch.setattr(ready, "MOST", 2)
    for path in ("", "participants/", "groups/", "heard/"):
        assert keep(client, f"/fr/fleuve/{path}").status_code == 200


# What is news


def test_whatever_public_pages_read_is_watched():
    forum = make.a_forum("fleuve", mode="live")
    world.furnish(forum)
    make.a_finding(forum, "published", excerpts=(make.an_excerpt(forum),))
    world.publish(forum)
    read: set[str] = set()
    client = Client()
    for address in [*public_addresses(forum), "/fr/", reverse("search", args=[forum.slug]) + "?q=puits"]:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if "public" in answer.get("Cache-Control", ""):
            read |= {table for each in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"])}
    assert len(read) > 30, "the control"
    # Both only for figures, which stand still for a day.
    assert read - set(news.watched()) <= {"declarations_participant", "declarations_support"}


def test_each_watched_table_that_has_rows_changes_the_mark():
    forum = make.a_forum("fleuve", mode="live")
    world.furnish(forum)
    make.a_finding(forum, "published", excerpts=(make.an_excerpt(forum),))
    silent, tried = [], 0
    for table in news.watched():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if not cursor.fetchone()[0] or table in {"declarations_version", "declarations_adoption"}:
                continue
            tried += 1
            before = news.mark()
            column = news.COLUMNS.get(table, ("id",))[0]
            cursor.execute(f"UPDATE {table} SET {column} = {column}")
        silent += [table] * (news.mark() == before)
    assert silent == [] and tried > 25


def test_a_testimony_that_is_given_changes_nothing(forum):
    """M3, and three hundred phones at once: the mark neither tells of it nor makes anybody wait."""
    make.a_testimony(forum)
    before = news.mark()
    make.a_testimony(forum)
    make.a_participant(forum)
    assert news.mark() == before


def test_a_trigger_that_is_lost_is_missed(client):
    assert news.missing_news(connection) == set()
    name = "declarations_quote_is_news" + ("_delete" if connection.vendor == "sqlite" else "")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (" ON declarations_quote" if connection.vendor != "sqlite" else ""))
    try:
        assert news.missing_news(connection) == {name}
        assert client.get("/healthz").status_code == 503
    finally:
        news.install_news()
    assert news.missing_news(connection) == set()


# How it is packed


@pytest.mark.parametrize("path", ["/fr/fleuve/", "/fr/fleuve/search/?q=eau"])
def test_it_is_packed_for_who_takes_it(client, forum, path):
    plain = keep(client, path)
    assert plain.get("Content-Encoding") is None
    for asked, said, unpack in (("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)):
        for _turn in range(2):
            answer = look(client, path, **{"accept-encoding": asked})
            assert answer["Content-Encoding"] == said
            assert unpack(answer.content) == plain.content
            assert int(answer["Content-Length"]) == len(answer.content) < len(plain.content) / 2
            assert "Accept-Encoding" in answer["Vary"] and "Cookie" not in answer["Vary"]
            assert answer["ETag"] == f"W/{plain['ETag']}"
            assert not answer.cookies


@pytest.mark.parametrize(
    ("accepted", "packing"),
    [("", ""), ("br;q=0, gzip", "gzip"), ("BR", "br"), ("br; q=0.5", "br"), ("gzip;q=0", ""), ("deflate", "")],
)
def test_which_packing(accepted, packing):
    assert taken(accepted) == packing


@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
def test_who_has_the_page_is_told_so(client, forum, encoding):
    keep(client)
    had = look(client, **{"accept-encoding": encoding})
    answer = look(client, **{"accept-encoding": encoding, "if-none-match": had["ETag"]})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"].removeprefix("W/") == had["ETag"].removeprefix("W/")
    assert "Accept-Encoding" in answer["Vary"] and "default-src 'none'" in answer["Content-Security-Policy"]
    retitle(forum, "Un autre nom")
    assert look(client, **{"accept-encoding": encoding, "if-none-match": had["ETag"]}).status_code == 200


def test_a_file_of_an_edition_is_packed_and_stays_what_it_is(client):
    forum = make.a_forum("fleuve", mode="live")
    edition = make.an_edition(forum)
    for extension, packed in (("json", True), ("html", True), ("pdf", False)):
        file = edition.files.get(language="fr", extension=extension)
        path = reverse("edition-file", args=[forum.slug, edition.number, "fr", extension])
        keep(client, path)
        answer = look(client, path, **{"accept-encoding": "br"})
        assert (answer.get("Content-Encoding") == "br") is packed
        content = brotli.decompress(answer.content) if packed else answer.content
        assert content == bytes(file.content)
        assert "immutable" in answer["Cache-Control"]


# At whose door


def test_another_name_than_ours_is_refused_at_a_kept_page_too(client, forum):
    keep(client)
    assert client.get("/fr/fleuve/", headers={"host": "evil.example"}).status_code == 400


def test_a_kept_page_is_not_told_over_a_line_that_is_not_safe(client, forum, settings):
    settings.SECURE_SSL_REDIRECT = True
    other = Client()
    other.get("/fr/fleuve/", secure=True), other.get("/fr/fleuve/", secure=True)
    assert other.get("/fr/fleuve/").status_code == 301
