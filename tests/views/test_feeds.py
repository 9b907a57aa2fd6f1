"""Feeds: what is new, the same bytes at each look, and nothing that was not public on its page."""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import etree

from declarations.models import Forum
from declarations.workflow import excerpts, followup
from tests import factories as make
from tests.admin import world

from .test_public_pages import url

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def read(client: Client, name: str, forum: Forum, language: str = "fr") -> etree._Element:
    answer = client.get(url(name, forum, language=language))
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "Set-Cookie" not in answer and "public" in answer["Cache-Control"]
    return etree.fromstring(answer.content)


def titles(feed: etree._Element) -> list[str]:
    return [str(title) for title in feed.xpath("a:entry/a:title/text()", namespaces=ATOM)]


def test_editions_are_told_in_each_language(client, forum):
    world.publish(forum)
    edition = forum.declaration.editions.get()
    for language, title in (("fr", "Édition 1"), ("en", "Edition 1")):
        found = read(client, "edition-feed", forum, language)
        assert titles(found) == [title]
        link = found.find("a:entry/a:link", ATOM).get("href")
        assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
        assert edition.control_code in found.findtext("a:entry/a:summary", namespaces=ATOM)


def test_what_became_of_the_words_is_told_the_newest_first(client, forum):
    world.publish(forum)
    found = read(client, "followup-feed", forum, "en")
    assert len(titles(found)) == 3  # a delivery, an answer, a report
    moments = found.xpath("a:entry/a:updated/text()", namespaces=ATOM)
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("name", ["edition-feed", "followup-feed"])
def test_nothing_new_is_the_same_bytes(client, forum, name):
    once, again = (client.get(url(name, forum)) for _ in range(2))
    assert once.content == again.content and not titles(etree.fromstring(once.content))
    assert client.get(url(name, forum), headers={"if-none-match": once["ETag"]}).status_code == 304


def test_no_quote_is_in_a_feed(client, forum):
    excerpt = make.an_excerpt(forum)
    make.a_finding(forum, "published", excerpts=(excerpt,))
    world.publish(forum)
    words = excerpt.quote.words
    for name in ("edition-feed", "followup-feed"):
        assert words not in client.get(url(name, forum)).content.decode()
    excerpts.withdraw(excerpt, by=make.organiser_of(forum))
    assert words not in client.get(url("edition-feed", forum)).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_a_feed_asks_a_constant_number_of_questions(client, forum, times, django_assert_num_queries):
    world.publish(forum)
    clause, by = make.last_clause(forum.declaration), make.organiser_of(forum)
    for _ in range(times - 1):
        commitment = followup.promise(
            clause, by=by, addressee=clause.addressees.first(), text={"fr": "Un puits."}, due_on=world.DAY
        )
        followup.report(commitment, by=by, state="done", text="Creusé.", language="fr", reported_on=world.DAY)
    with django_assert_num_queries(3):
        client.get(url("edition-feed", forum))
    with django_assert_num_queries(7):
        client.get(url("followup-feed", forum))
