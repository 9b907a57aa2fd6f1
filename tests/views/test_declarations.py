"""The declaration as it is read: word for word, with its way back, the same bytes for everybody."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from lxml import html as markup

from declarations.models import Edition, Excerpt, Finding, Forum, Recommendation, Section
from declarations.workflow import declarations, excerpts, followup, recommendations
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE = "/fr/peace/declaration/"
# The forum, its languages, the edition, its files, its clauses, its answers, and the way back of all clauses at once.
QUERIES = 17


def published(clauses: int = 1, forum: Forum | None = None) -> Edition:
    """An edition whose clauses each rest on a recommendation, with a finding and a sentence beneath."""
    forum = forum or make.a_forum()
    declaration = make.a_declaration(forum)
    by = make.organiser_of(forum)
    section = declaration.sections.get(kind=Section.Kind.OPERATIVE)
    for number in range(clauses):
        finding = make.a_finding(forum, Finding.State.PUBLISHED, excerpts=(make.an_excerpt(forum),))
        row = make.a_recommendation(forum)
        recommendations.hand_in(row, by=by)
        recommendations.ground(row, by=by, finding=finding)
        recommendations.adopt(row, by=by)
        texts = {"fr": f"Le puits {number} reste ouvert.", "en": f"Well {number} stays open."}
        declarations.add_clause(section, by=by, texts=texts, addressees=forum.addressees.all()[:1], sources=[row])
    declarations.send_for_review(declaration, by=by)
    declarations.freeze(declaration, by=by)
    make.an_adoption(declaration)
    return make.an_edition(forum, make.a_proof(forum, declaration))


def test_before_the_first_edition_it_is_being_written(client: Client) -> None:
    make.a_forum()
    answer = client.get("/en/peace/declaration/")
    assert answer.status_code == 200
    assert "The declaration is being written." in answer.content.decode()


def test_the_words_stand_with_their_numbers_and_where_they_come_from(client: Client) -> None:
    edition = published()
    page = client.get("/en/peace/declaration/").content.decode()
    assert "We, gathered," in page and "Well 0 stays open." in page
    clause = edition.declaration.sections.get(kind="operative").clauses.last()
    own = f"/en/peace/declaration/clauses/{clause.identifier}/"
    assert f'<a class="no" href="{own}" aria-label="Article 3">3</a>' in page
    assert 'href="/en/peace/recommendations/2/"' in page
    assert 'href="/en/peace/heard/#finding-1"' in page
    assert edition.control_code in page
    assert "Demonstration text." in page


def test_a_merged_recommendation_is_shown_beside_the_one_it_went_into(client: Client) -> None:
    forum = make.a_forum()
    edition = published(forum=forum)
    part = make.a_recommendation(forum, Recommendation.State.IN_REVIEW)
    into = Recommendation.objects.get(forum=forum, number=2)
    recommendations.merge(part, into, by=make.organiser_of(forum), reason={"fr": "La même chose."})
    page = client.get("/en/peace/declaration/").content.decode()
    assert edition.number == 1
    assert f'href="/en/peace/recommendations/{part.number}/">{part.number}</a> (merged)' in page


def test_a_sentence_taken_back_is_gone_at_the_next_look(client: Client) -> None:
    published()
    words = "Personne n&#x27;a dit pourquoi"
    before = client.get(PAGE)
    assert words in before.content.decode()
    excerpts.withdraw(Excerpt.objects.get(), by=make.organiser_of(Forum.objects.get()))
    after = client.get(PAGE, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert words not in after.content.decode()


def test_an_answer_stands_beneath_its_clause(client: Client) -> None:
    edition = published()
    forum = edition.declaration.forum
    followup.answer(
        make.last_clause(edition.declaration),
        by=make.organiser_of(forum),
        addressee=forum.addressees.all()[0],
        position="accepted",
        text="Oui.",
        language="fr",
        channel="letter",
        answered_on=date(2026, 12, 1),
    )
    page = client.get("/en/peace/declaration/").content.decode()
    assert re.search(r'follow-up/#answers">.*?government.*?accepted', page, re.S)


def test_a_language_without_words_says_so_and_shows_the_authentic_text(client: Client) -> None:
    published()
    page = client.get("/ar/peace/declaration/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p lang="fr" dir="ltr">Le puits 0 reste ouvert.</p>' in page
    assert '<p class="note">' in page


def test_the_address_in_another_language_is_this_page(client: Client) -> None:
    published()
    page = client.get(PAGE).content.decode()
    assert '<link rel="alternate" hreflang="ar" href="http://localhost/ar/peace/declaration/">' in page


def test_every_place_leads_to_itself_in_the_other_languages(client: Client) -> None:
    edition = published(2)
    page = markup.fromstring(client.get(PAGE).content.decode())
    places = page.xpath("//article//*[@id and starts-with(@id, 's-') or starts-with(@id, 'c-')]")
    clauses = [clause.identifier for section in edition.declaration.sections.all() for clause in section.clauses.all()]
    assert len(places) > len(clauses) and {place.get("id") for place in places} > set(clauses)
    for place in places:
        links = place.xpath("./p[contains(@class, 'here')]/a")
        assert [(link.get("lang"), link.get("href")) for link in links] == [
            (code, f"/{code}/peace/declaration/#{place.get('id')}") for code in ("en", "ar")
        ]
    # What is led to is there.
    for code in ("en", "ar"):
        there = markup.fromstring(client.get(f"/{code}/peace/declaration/").content.decode())
        assert {place.get("id") for place in places} <= set(there.xpath("//@id"))


def test_it_is_the_same_for_everybody(client: Client) -> None:
    published()
    answer = client.get(PAGE)
    assert "Set-Cookie" not in answer and "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(PAGE, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_one_request_carries_the_page(client: Client) -> None:
    published()
    # What programs read of it is data, and never run.
    page = client.get(PAGE).content.decode().replace('<script type="application/ld+json">', "")
    assert "<script" not in page and "<img" not in page and 'rel="stylesheet"' not in page
    assert "style=" not in page


def test_what_stands_around_the_words_is_light(client: Client) -> None:
    published()
    page = client.get(PAGE).content
    # Half of one round trip: the other half is for the clauses of a real declaration.
    assert len(gzip.compress(page)) <= 7 * 1024


@pytest.mark.parametrize("clauses", [1, 3])
def test_as_many_questions_for_three_clauses_as_for_one(
    client: Client, django_assert_num_queries, clauses: int
) -> None:
    published(clauses)
    client.get(PAGE)  # the figures of the day are worked out once
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


def test_an_unknown_forum_is_not_found(client: Client) -> None:
    published()
    assert client.get("/fr/elsewhere/declaration/").status_code == 404


def test_a_closed_forum_is_not_found(client: Client) -> None:
    forum = published().declaration.forum
    Forum.objects.filter(pk=forum.pk).update(closed_on=date(2026, 12, 1))
    cache.clear()
    assert client.get(PAGE).status_code == 404
