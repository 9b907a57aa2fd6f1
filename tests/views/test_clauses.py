"""A clause on a page of its own, and how it and a recommendation are passed on."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from lxml import html as markup

from declarations.models import ClauseWording, Excerpt, Finding, Forum
from declarations.views.passing_on import snippet
from declarations.workflow import declarations, excerpts, recommendations
from tests import factories as make

from .test_public_pages import answer, get, published, url

pytestmark = pytest.mark.django_db
HOSTILE = """Un </textarea><script>alert("1")</script> & l'autre"""


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def set_elsewhere(page: str) -> Any:
    """The blockquote that whoever copies the snippet sets on their own page."""
    [copied] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, flags=re.S)
    return markup.fragment_fromstring(html.unescape(copied.removeprefix("\n")))


class WhenAClauseIsRead:
    def test_it_says_all_that_the_whole_text_says_of_it_and_leads_back(self, client: Client, forum: Forum) -> None:
        clause = published(forum)
        answer(clause, "donors", "Oui, dès mars.")
        source = clause.sources.get().recommendation
        excerpt = make.an_excerpt(forum)
        finding = make.a_finding(forum, Finding.State.PUBLISHED, (excerpt,))
        recommendations.ground(source, by=make.organiser_of(forum), finding=finding)
        page = get(client, "clause-detail", forum, clause.identifier)
        for said in ("Aucun puits", "Oui, dès mars.", "On ferme les puits", "Personne n&#x27;a dit", "donors"):
            assert said in page
        assert f'/declaration/#{clause.identifier}"' in page and f"/recommendations/{source.number}/" in page
        excerpts.withdraw(Excerpt.objects.get(), by=make.organiser_of(forum))
        assert "Personne n&#x27;a dit" not in get(client, "clause-detail", forum, clause.identifier)

    def test_the_numbers_of_the_whole_text_lead_to_it_and_one_leads_to_the_next(
        self, client: Client, forum: Forum
    ) -> None:
        published(forum)
        whole = get(client, "declaration-detail", forum)
        numbered = re.findall(r'<a class="no" href="([^"]+)"', whole)
        assert len(numbered) == 2 and all("/declaration/clauses/" in path for path in numbered)
        first = client.get(numbered[0]).content.decode()
        assert f'rel="next" href="{numbered[1]}"' in first and 'rel="prev"' in first
        assert 'rel="next"' not in client.get(numbered[1]).content.decode()

    def test_another_language_stays_on_the_clause(self, client: Client, forum: Forum) -> None:
        clause = published(forum)
        page = get(client, "clause-detail", forum, clause.identifier)
        for language in ("fr", "en", "ar"):
            path = url("clause-detail", forum, clause.identifier, language=language)
            assert f'hreflang="{language}" href="{settings.SITE_URL}{path}"' in page
            there = client.get(path).content.decode()
            assert f'<html lang="{language}"' in there and f"declaration/#{clause.identifier}" in there
        assert (
            "No well is closed"
            in client.get(url("clause-detail", forum, clause.identifier, language="en")).content.decode()
        )

    def test_where_a_language_is_missing_it_says_so_and_shows_the_authentic_words(
        self, client: Client, forum: Forum
    ) -> None:
        clause = published(forum)
        page = client.get(url("clause-detail", forum, clause.identifier, language="ar")).content.decode()
        assert re.search(r'<p class="missing">[^<]+</p><p lang="fr" dir="ltr">Aucun puits', page)
        assert 'class="missing"' not in get(client, "clause-detail", forum, clause.identifier)

    def test_what_is_no_clause_of_the_edition_is_not_there(self, client: Client, forum: Forum) -> None:
        declaration = make.a_declaration(forum)
        path = url("clause-detail", forum, make.last_clause(declaration).identifier)
        assert client.get(path).status_code == 404
        clause = published(make.a_forum("other"))
        assert client.get(url("clause-detail", forum, clause.identifier)).status_code == 404
        assert client.get(url("clause-detail", forum, "nothing")).status_code == 404

    def test_it_is_read_as_every_page_is(self, client: Client, forum: Forum) -> None:
        path = url("clause-detail", forum, published(forum).identifier)
        first = client.get(path)
        assert not first.cookies and "must-revalidate" in first["Cache-Control"]
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
        assert client.post(path).status_code == 405

    def test_more_rows_ask_no_more_questions(self, client: Client, django_assert_num_queries: Any) -> None:
        for number in (1, 3):
            forum = make.a_forum(f"forum{number}")
            clause = published(forum)
            source = clause.sources.get().recommendation
            for _ in range(number):
                finding = make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum),))
                recommendations.ground(source, by=make.organiser_of(forum), finding=finding)
                answer(clause, "donors")
            with django_assert_num_queries(20):
                get(client, "clause-detail", forum, clause.identifier)


class WhenWordsAreLookedForInTheText:
    def test_the_page_of_the_declaration_leads_there(self, client: Client, forum: Forum) -> None:
        published(forum)
        [form] = markup.fromstring(get(client, "declaration-detail", forum)).xpath("//form")
        assert (form.get("action"), form.get("method", "get")) == (url("clause-list", forum), "get")
        [field] = form.xpath(".//input")
        assert field.get("name") == "q" and form.xpath(f".//label[@for='{field.get('id')}']")

    def test_it_shows_the_clauses_that_hold_every_word_however_it_is_written(
        self, client: Client, forum: Forum
    ) -> None:
        clause = published(forum)
        page = get(client, "clause-list", forum, q="FERMÉ puïts")
        assert "<mark>puits</mark>" in page and "<mark>ferm" in page
        assert f'/declaration/#{clause.identifier}"' in page
        assert page.count("<h2>") == 1 and re.search(r'role="status"><b>1</b> ', page)
        assert "<h2>" not in get(client, "clause-list", forum, q="puits chameau")

    def test_it_reads_the_text_in_the_language_of_the_page_or_says_what_it_stands_in(
        self, client: Client, forum: Forum
    ) -> None:
        published(forum)
        english = client.get(url("clause-list", forum, language="en"), {"q": "well"}).content.decode()
        assert "<mark>well</mark>" in english.lower() and "<h2>" not in get(client, "clause-list", forum, q="well")
        arabic = client.get(url("clause-list", forum, language="ar"), {"q": "puits"}).content.decode()
        assert re.search(r'<p lang="fr" dir="ltr">[^<]*<mark>puits</mark>', arabic)
        # Whoever changes the language looks for the same.
        assert f'href="{url("clause-list", forum, language="fr")}?q=puits"' in arabic

    def test_where_nothing_is_found_it_says_so_and_leads_on(self, client: Client, forum: Forum) -> None:
        published(forum)
        page = get(client, "clause-list", forum, q="chameau & eau")
        assert "Aucun texte ne contient" in page and f"{url('search', forum)}?q=chameau%20%26%20eau" in page

    def test_without_words_nothing_is_found(self, client: Client, forum: Forum) -> None:
        published(forum)
        for nothing in ({}, {"q": ""}, {"q": "  ' -- % "}):
            assert "<h2>" not in get(client, "clause-list", forum, **nothing)

    def test_hostile_words_are_harmless(self, client: Client, forum: Forum) -> None:
        published(forum)
        for words in (HOSTILE, "\x00puits", "9" * 4000, "(?", "[", "\\"):
            page = get(client, "clause-list", forum, q=words)
            assert "<script>alert" not in page and "\x00" not in page

    def test_before_the_first_edition_there_is_nothing_to_look_in(self, client: Client, forum: Forum) -> None:
        make.a_declaration(forum)
        assert client.get(url("clause-list", forum), {"q": "puits"}).status_code == 404

    def test_it_is_read_as_every_page_is(self, client: Client, forum: Forum) -> None:
        published(forum)
        first = client.get(url("clause-list", forum), {"q": "puits"})
        assert not first.cookies and "must-revalidate" in first["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in first.content.decode()
        assert client.post(url("clause-list", forum)).status_code == 405

    def test_more_clauses_ask_no_more_questions(self, client: Client, django_assert_num_queries: Any) -> None:
        for number in (1, 3):
            forum = make.a_forum(f"forum{number}")
            declaration = make.a_declaration(forum)
            for _ in range(number):
                section = make.last_clause(declaration).section
                texts = {"fr": "Un puits reste ouvert."}
                declarations.add_clause(section, by=make.organiser_of(forum), texts=texts)
            declarations.send_for_review(declaration, by=make.organiser_of(forum))
            declarations.freeze(declaration, by=make.organiser_of(forum))
            make.an_adoption(declaration)
            make.an_edition(forum, make.a_proof(forum, declaration))
            with django_assert_num_queries(3):  # the forum, its languages, the edition
                assert get(client, "clause-list", forum, q="reste").count("<h2>") == number


class WhenATextIsPassedOn:
    @pytest.mark.parametrize("kind", ["clause-detail", "recommendation-detail"])
    def test_it_can_be_set_on_another_page_as_a_plain_quotation(self, client: Client, forum: Forum, kind: str) -> None:
        clause = published(forum)
        row = clause.sources.get().recommendation
        of = clause.identifier if kind == "clause-detail" else row.number
        quoted = set_elsewhere(get(client, kind, forum, of))
        words = "Aucun puits n'est fermé" if kind == "clause-detail" else "Il faut un comité au puits."
        address = settings.SITE_URL + url(kind, forum, of)
        assert (quoted.tag, quoted.get("cite"), quoted.get("lang"), quoted.get("dir")) == (
            "blockquote",
            address,
            "fr",
            "ltr",
        )
        assert quoted.find("p").text.startswith(words)
        assert quoted.find("footer/a").get("href") == address
        assert {each.tag for each in quoted.iter()} == {"blockquote", "p", "footer", "a"}
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200

    def test_what_is_shared_is_shared_by_plain_links_that_count_nobody(self, client: Client, forum: Forum) -> None:
        clause = published(forum)
        page = markup.fromstring(get(client, "clause-detail", forum, clause.identifier))
        shares = [urlsplit(a.get("href")) for a in page.xpath("//*[@id='pass-on']//p[@class='acts']/a")]
        assert [(each.scheme, each.netloc) for each in shares] == [("mailto", ""), ("sms", ""), ("https", "wa.me")]
        for each in shares:
            said = next(value for name, [value] in parse_qs(each.query).items() if name in ("body", "text"))
            assert said.endswith(settings.SITE_URL + url("clause-detail", forum, clause.identifier))
            assert set(parse_qs(each.query)) <= {"subject", "body", "text"}
        assert not page.xpath("//script | //iframe | //img")

    def test_hostile_words_stay_words(self) -> None:
        made = snippet(f"{HOSTILE}\n- un\n- deux", "fr", HOSTILE, "https://x/?a=1&b=2")
        quoted = markup.fragment_fromstring(made)
        assert {each.tag for each in quoted.iter()} == {"blockquote", "p", "ul", "li", "footer", "a"}
        assert quoted.find("p").text == HOSTILE and quoted.find("footer/a").text == HOSTILE
        assert [item.text for item in quoted.findall("ul/li")] == ["un", "deux"]

    def test_hostile_words_do_not_leave_their_box(self, client: Client, forum: Forum) -> None:
        declaration = make.a_declaration(forum)
        ClauseWording.objects.filter(clause=make.last_clause(declaration)).update(text=HOSTILE)
        declarations.send_for_review(declaration, by=make.organiser_of(forum))
        declarations.freeze(declaration, by=make.organiser_of(forum))
        make.an_adoption(declaration)
        make.an_edition(forum, make.a_proof(forum, declaration))
        page = get(client, "clause-detail", forum, make.last_clause(declaration).identifier)
        assert "<script>alert" not in page and set_elsewhere(page).find("p").text == HOSTILE
