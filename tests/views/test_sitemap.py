"""What programs are told of a page: its one address, its languages, what it is about, and where they may look."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from declarations.models import Forum
from tests import factories as make

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
TITLE = {"fr": "Forum </script><b>& co", "en": "Peace forum", "ar": "منتدى"}


def forum_named(slug: str = "fleuve", mode: str = "live") -> Forum:
    return make.a_forum(slug, mode=mode, title=TITLE)


def about(page: str) -> dict[str, str]:
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(found)


def test_every_address_of_the_sitemap_is_a_page(client: Client) -> None:
    forum = forum_named()
    make.an_edition(forum)
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"].startswith("application/xml") and not answer.cookies
    addresses = [each.text or "" for each in ElementTree.fromstring(answer.content).iter(f"{SITEMAP}loc")]
    assert len(addresses) == len(set(addresses)) >= 33
    assert {address.split("/")[3] for address in addresses} == {"fr", "en", "ar"}
    for address in addresses:
        assert address.startswith(f"{settings.SITE_URL}/")
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200, address


@pytest.mark.parametrize("number", [1, 3])
def test_more_recommendations_ask_no_more_questions(client: Client, number: int, django_assert_num_queries) -> None:
    forum = forum_named()
    for _ in range(number):
        make.a_recommendation(forum, "adopted")
    with django_assert_num_queries(3):
        assert client.get("/sitemap.xml").content.count(b"recommendations/") >= number * 3


def test_what_is_closed_or_rehearsed_is_nobodys_to_find(client: Client) -> None:
    rehearsed, closed = forum_named("colline", "rehearsal"), forum_named("rivage")
    Forum.objects.filter(pk=closed.pk).update(closed_on=closed.ends_on)
    said = client.get("/sitemap.xml").content.decode()
    assert rehearsed.slug not in said and closed.slug not in said
    assert '<meta name="robots" content="noindex">' in client.get("/fr/colline/").content.decode()


def test_crawlers_are_told_where_they_have_no_business(client: Client) -> None:
    said = client.get("/robots.txt").content.decode()
    for place in ("/admin/", "/*/*/testimonies/", "/*/*/desk/", "/*/enter/"):
        assert f"Disallow: {place}\n" in said
    assert said.endswith(f"Sitemap: {settings.SITE_URL}/sitemap.xml\n")


def test_the_forum_is_an_event(client: Client) -> None:
    forum = forum_named()
    page = client.get("/fr/fleuve/?from=chat").content.decode()
    said = about(page)
    assert (said["@type"], said["name"]) == ("Event", TITLE["fr"])
    assert said["startDate"] == forum.starts_on.isoformat()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/fr/fleuve/">' in page
    for code in ("fr", "en", "ar"):
        assert f'<link rel="alternate" hreflang="{code}" href="{settings.SITE_URL}/{code}/fleuve/' in page
    assert '<meta property="og:title"' in page and f'property="og:url" content="{settings.SITE_URL}/fr/fleuve/"' in page


def test_the_declaration_is_a_work(client: Client) -> None:
    forum = forum_named()
    edition = make.an_edition(forum)
    page = client.get("/fr/fleuve/declaration/").content.decode()
    said = about(page)
    assert (said["@type"], said["version"], said["inLanguage"]) == ("CreativeWork", edition.number, "fr")
    title = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
    assert title and f'<meta property="og:title" content="{title[1]}">' in page


def test_a_list_goes_on_under_its_own_address(client: Client) -> None:
    forum = forum_named()
    for _ in range(26):
        make.a_recommendation(forum, "adopted")
    page = client.get("/fr/fleuve/recommendations/?page=2&theme=").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/fr/fleuve/recommendations/?page=2">' in page
