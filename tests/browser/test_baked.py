"""The baked site, as it is opened from a stick and as nginx sends it with the files of deploy/nginx (M11)."""

from __future__ import annotations

import gzip
import resource
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import brotli
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser

from declarations.models import Forum
from declarations.models.guards import remove_guards
from tests import factories as make
from tests.admin import world
from tests.served.server import Server, url_of

from .conftest import PHONE
from .web import Nginx

pytestmark = pytest.mark.django_db(transaction=True)

DECLARATION = "/fr/fleuve/declaration/"
FILE = "/fr/fleuve/declaration/editions/1/declaration.fr"


@pytest.fixture
def baked(tmp_path: Path) -> Iterator[Path]:
    forum = make.a_forum("fleuve", mode="live", title={"fr": "Forum", "en": "Forum", "ar": "منتدى"})
    world.furnish(forum)
    make.a_finding(forum, "published", excerpts=(make.an_excerpt(forum),))
    world.publish(forum)
    call_command("bake", str(tmp_path / "site"), "--forum", "fleuve", verbosity=0)
    yield tmp_path / "site"
    remove_guards(connection)


def test_from_a_stick(chromium: Browser, baked: Path) -> None:
    context = chromium.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{baked}/index.html")
    page.goto(page.evaluate("document.querySelector('a[href$=\"declaration/index.html\"]').href"))
    assert make.TEXTS["fr"] in page.inner_text("article")
    # At a clause the language changes as on the living site; what words are looked for with is there alone.
    clause = page.locator(".clause").last.get_attribute("id")
    page.goto(f"{page.url}#{clause}")
    page.locator(f"#{clause} .here a[lang=en]").click()
    page.wait_for_url(f"file://{baked}/en/fleuve/declaration/index.html#{clause}")
    assert page.locator(".find").get_attribute("action") == "http://localhost/en/fleuve/declaration/clauses/"
    page.go_back()
    page.goto(page.evaluate("document.querySelector('a[hreflang=ar][href$=\"declaration/index.html\"]').href"))
    assert page.evaluate("document.dir") == "rtl"
    page.goto(page.evaluate("document.querySelector('a[href*=\"recommendations/\"]').href"))
    assert page.locator("h1").count() == 1
    assert asked and all(url.startswith("file://") for url in asked)
    context.close()


def test_behind_nginx_alone(baked: Path, tmp_path: Path) -> None:
    with Nginx(tmp_path / "nginx", "static", baked) as web:
        living = Client().get(DECLARATION)
        for asked, said, unpack in (("br, gzip", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)):
            answer, body = web.ask(DECLARATION, Accept_Encoding=asked)
            assert answer.status == 200 and answer.headers["Content-Encoding"] == said
            assert unpack(body) == (baked / DECLARATION[1:] / "index.html").read_bytes()
            assert "Accept-Encoding" in answer.headers["Vary"]
        answer, body = web.ask(DECLARATION)
        assert answer.headers["Content-Encoding"] is None and make.TEXTS["fr"] in unescape(body.decode())
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = set(answer.headers["Content-Security-Policy"].split("; "))
        assert policy == set(living["Content-Security-Policy"].split("; ")) and "default-src 'none'" in policy
        for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"):
            assert answer.headers[name] == living[name]
        assert answer.headers["Cache-Control"] == living["Cache-Control"]
        assert answer.headers["Set-Cookie"] is None
        again, _body = web.ask(DECLARATION, If_None_Match=str(answer.headers["ETag"]))
        assert again.status == 304
        assert web.ask("/")[0].status == 200


def test_a_new_bake_is_told_a_second_later(baked: Path, tmp_path: Path) -> None:
    with Nginx(tmp_path / "nginx", "static", baked) as web:
        for _ in range(3):
            assert "Un autre nom" not in web.ask(DECLARATION)[1].decode(), "the control"
        Forum.objects.update(title={"fr": "Un autre nom"})
        call_command("bake", str(baked), "--forum", "fleuve", verbosity=0)
        time.sleep(1.5)
        assert "Un autre nom" in web.ask(DECLARATION)[1].decode()


def test_more_files_than_nginx_may_open(baked: Path, tmp_path: Path) -> None:
    """What it remembers stays open, and it may open 1,024 where nobody says more: none is missed for that."""
    for number in range(1500):
        (baked / "static" / f"{number}.txt").write_text(str(number))
    _soft, hard = limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        with Nginx(tmp_path / "nginx", "static", baked) as web:
            assert [number for number in range(1500) if web.ask(f"/static/{number}.txt")[0].status != 200] == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_what_is_not_there_behind_nginx_alone(baked: Path, tmp_path: Path) -> None:
    with Nginx(tmp_path / "nginx", "static", baked) as web:
        for path, language in (
            ("/fr/fleuve/nothing/", "fr"),
            ("/ar/x", "ar"),
            ("/headers.nginx", "fr"),
            ("/.baked", "fr"),
        ):
            answer, body = web.ask(path)
            assert answer.status == 404 and f'<html lang="{language}"' in body.decode(), path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for path in (f"{DECLARATION}index.html.br", "/index.html.gz", "/static/../headers.nginx"):
            assert web.ask(path)[0].status == 404, path
        # A query is nobody's to answer here: the page stands without it.
        assert web.ask("/fr/fleuve/heard/?theme=land")[0].status == 200


def test_files_of_editions_behind_nginx(baked: Path, tmp_path: Path) -> None:
    client = Client()
    with Nginx(tmp_path / "nginx", "static", baked) as web:
        for extension in ("html", "pdf", "docx", "epub", "akn", "xlsx", "csv", "json", "txt"):
            living, (answer, body) = client.get(f"{FILE}.{extension}"), web.ask(f"{FILE}.{extension}")
            assert answer.status == 200 and body == living.content, extension
            for name in ("Content-Disposition", "Cache-Control"):
                assert answer.headers[name] == living.get(name), extension
            kind = living["Content-Type"].partition(";")[0]
            assert answer.headers["Content-Type"].partition(";")[0] == kind, extension
            policy = str(answer.headers["Content-Security-Policy"])
            assert set(policy.split("; ")) == set(living["Content-Security-Policy"].split("; ")), extension


def test_the_living_site_behind_the_baked_one(baked: Path, tmp_path: Path) -> None:
    with (
        Server(url_of(connection.settings_dict)) as server,
        Nginx(tmp_path / "nginx", "live", baked, live_port=server.port) as web,
    ):
        # Nginx is known to the site by the site's own name: the test's server has a port in it.
        own = {"Host": f"127.0.0.1:{server.port}"}
        Forum.objects.update(purpose={"fr": "Autrement dit"})
        answer, body = web.ask(DECLARATION, **own)
        assert answer.status == 200 and body == (baked / DECLARATION[1:] / "index.html").read_bytes()
        for path in ("/fr/fleuve/search/?q=puits", "/fr/fleuve/heard/?theme=land", "/fr/fleuve/verify/"):
            answer, body = web.ask(path, **own)
            assert answer.status == 200 and b"index.html" not in body, path
        answer, body = web.ask("/fr/fleuve/nothing/", **own)
        assert answer.status == 404 and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert web.ask("/", **own)[0].status == 302
        assert web.ask("/admin/login/", **own)[0].status == 200
    assert not [
        path for path in (tmp_path / "nginx").rglob("*") if path.is_file() and path.parent.name == "client_body"
    ]
