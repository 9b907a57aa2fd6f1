"""What programs are told of a page: its one address, its languages, what it is about, and where they may look."""

from __future__ import annotations

import html
import json
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from declarations.models import Excerpt, Finding, Forum, Recommendation
from declarations.views.passing_on import LONGEST_SUMMARY
from declarations.workflow import recommendations
from declarations.workflow.editions import snapshot_of
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
    make.an_edition(forum)
    for _ in range(number):
        make.a_recommendation(forum, "adopted")
    with django_assert_num_queries(4):
        assert client.get("/sitemap.xml").content.count(b"recommendations/") >= number * 3


def test_clauses_data_and_proofs_are_told_too(client: Client) -> None:
    forum = forum_named()
    edition = make.an_edition(forum)
    said = client.get("/sitemap.xml").content.decode()
    clauses = list(snapshot_of(edition).clauses)
    places = [f"declaration/clauses/{clause.identifier}/" for clause in clauses]
    for place in ("data/", "verify/", "verify/yourself/", *places):
        assert f"<loc>{settings.SITE_URL}/ar/fleuve/{place}</loc>" in said
    assert len(places) > 1


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


def test_a_link_that_is_passed_on_shows_a_picture_of_ours(client: Client) -> None:
    forum_named()
    page = client.get("/fr/fleuve/").content.decode()
    [address] = re.findall(r'<meta property="og:image" content="([^"]*)">', page)
    assert address == f"{settings.SITE_URL}{static('passed-on.png')}"
    content = Path(str(finders.find("passed-on.png"))).read_bytes()
    # What the picture is, as its own head says it: PNG, 1200 × 630.
    assert content.startswith(b"\x89PNG") and struct.unpack(">II", content[16:24]) == (1200, 630)
    assert len(content) < 30_000


def test_the_declaration_is_a_work(client: Client) -> None:
    forum = forum_named()
    edition = make.an_edition(forum)
    page = client.get("/fr/fleuve/declaration/").content.decode()
    said = about(page)
    assert (said["@type"], said["version"], said["inLanguage"]) == ("CreativeWork", edition.number, "fr")
    title = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
    assert title and f'<meta property="og:title" content="{title[1]}">' in page


SENTENCE = "avons marché deux jours"


def passed_on(page: str) -> tuple[str, str]:
    """What somebody sees who is sent the address: its title and what is said of it."""
    [title] = re.findall(r'<meta property="og:title" content="([^"]*)">', page)
    [said] = re.findall(r'<meta name="description" property="og:description" content="([^"]*)">', page)
    return html.unescape(title), html.unescape(said)


def test_what_is_passed_on_looks_like_itself(client: Client) -> None:
    purpose = {"fr": "Pour la paix", "en": "For peace", "ar": "من أجل السلام"}
    forum = make.a_forum("fleuve", title=TITLE, purpose=purpose)
    clause = list(snapshot_of(make.an_edition(forum)).clauses)[-1]
    source = Recommendation.objects.get(number=clause.sources[0].number)
    excerpt = make.an_excerpt(forum, words=SENTENCE)
    finding = make.a_finding(forum, Finding.State.PUBLISHED, (excerpt,))
    recommendations.ground(source, by=make.organiser_of(forum), finding=finding)
    assert Excerpt.objects.public().exists()
    places = ["", f"declaration/clauses/{clause.identifier}/", f"recommendations/{source.number}/", "heard/"]
    places.append("declaration/editions/1/")
    for code in ("fr", "en", "ar"):
        pages = [client.get(f"/{code}/fleuve/{place}").content.decode() for place in places]
        assert sum(SENTENCE in page for page in pages) >= 3, "the control"
        told = list(map(passed_on, pages))
        assert told[0] == (TITLE[code], purpose[code])
        for part in range(2):
            assert len({each[part] for each in told}) == len(places), (code, part)
        for title, said in told:
            assert SENTENCE not in title + said and "  " not in title + said
            assert 0 < len(title) < LONGEST_SUMMARY and 0 < len(said) <= LONGEST_SUMMARY, said
    assert told[1][1] == clause.text["fr"] and source.wordings.get(language="fr").text == told[2][1]


def test_what_is_long_or_hostile_is_passed_on_in_short_and_as_text(client: Client) -> None:
    forum = forum_named()
    row = make.a_recommendation(forum, "adopted", words='"><script>alert(1)</script>\n- un ;\n' + "encore " * 100)
    page = client.get(f"/fr/fleuve/recommendations/{row.number}/").content.decode()
    said = passed_on(page)[1]
    assert said.startswith('"><script>alert(1)</script> - un ; encore') and said.endswith("…")
    assert len(said) <= LONGEST_SUMMARY and "<script>alert" not in page


def test_a_list_goes_on_under_its_own_address(client: Client) -> None:
    forum = forum_named()
    for _ in range(26):
        make.a_recommendation(forum, "adopted")
    page = client.get("/fr/fleuve/recommendations/?page=2&theme=").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/fr/fleuve/recommendations/?page=2">' in page
