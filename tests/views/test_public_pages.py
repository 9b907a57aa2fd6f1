"""The reading pages of a forum: the same for everybody, no cookie, an ETag, and questions that do not grow."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from declarations.models import Commitment, Excerpt, Finding, Forum, Recommendation, Session
from declarations.workflow import followup, recommendations
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGES = ("recommendation-list", "finding-list", "group-list", "participant-list", "followup-list", "search")
Decided = Recommendation.State


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def url(name: str, forum: Forum, *args: Any, language: str = "fr") -> str:
    with override(language):
        return reverse(name, args=[forum.slug, *args])


def get(client: Client, name: str, forum: Forum, *args: Any, **query: str) -> str:
    response = client.get(url(name, forum, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def adopted(forum: Forum, number: int = 1) -> list[Recommendation]:
    """Recommendations with everything that can stand on one, each in its own group."""
    rows = []
    for _ in range(number):
        by, row = make.organiser_of(forum), make.a_recommendation(forum, group=make.a_group(forum))
        recommendations.complete(
            row,
            by=by,
            revision=row.revision,
            themes=forum.themes.all(),
            addressees=forum.addressees.all(),
            regions=forum.regions.all(),
        )
        recommendations.hand_in(row, by=by)
        recommendations.ground(row, by=by, finding=make.a_finding(forum, Finding.State.PUBLISHED))
        recommendations.adopt(row, by=by)
        rows.append(row)
    return rows


def published(forum: Forum) -> Any:
    """The clause of an edition that addressees are asked about."""
    return make.last_clause(make.an_edition(forum).declaration)


def answer(
    clause: Any, to: str, text: str = "Nous le ferons.", position: str = "accepted", channel: str = "letter"
) -> Any:
    forum = clause.section.declaration.forum
    return followup.answer(
        clause,
        by=make.organiser_of(forum),
        addressee=forum.addressees.get(code=to),
        position=position,
        text=text,
        language="fr",
        channel=channel,
        answered_on=date(2026, 12, 1),
    )


def promise(clause: Any, to: str, text: str = "Un comité par puits") -> Commitment:
    forum = clause.section.declaration.forum
    return followup.promise(
        clause,
        by=make.organiser_of(forum),
        addressee=forum.addressees.get(code=to),
        text={"fr": text},
        due_on=date(2027, 3, 1),
    )


class WhenAnyPageIsRead:
    @pytest.mark.parametrize("language", ["fr", "en", "ar"])
    @pytest.mark.parametrize("name", PAGES)
    def test_it_answers_before_anything_is_there(self, client, forum, name, language):
        response = client.get(url(name, forum, language=language))
        assert response.status_code == 200
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in response.content.decode()

    @pytest.mark.parametrize("name", PAGES)
    def test_it_is_the_same_for_everybody_and_sets_no_cookie(self, client, forum, name):
        first = client.get(url(name, forum))
        client.force_login(make.a_seat(forum).user)
        second = client.get(url(name, forum))
        assert first.content == second.content
        assert not first.cookies and not second.cookies
        assert "public" in first["Cache-Control"] and "must-revalidate" in first["Cache-Control"]
        assert "Cookie" not in first.get("Vary", "")

    @pytest.mark.parametrize("name", PAGES)
    def test_what_has_not_changed_is_not_sent_again(self, client, forum, name):
        etag = client.get(url(name, forum))["ETag"]
        again = client.get(url(name, forum), headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize("name", PAGES)
    def test_it_is_read_and_never_written_to(self, client, forum, name):
        assert client.post(url(name, forum)).status_code == 405

    @pytest.mark.parametrize("name", PAGES)
    def test_hostile_addresses_are_harmless(self, client, forum, name):
        for value in ("' OR 1=1 --", "<script>alert(1)</script>", "\x00", "9" * 4000, "%", "مرحبا"):
            query = dict.fromkeys(("theme", "addressee", "state", "position", "factor", "page", "q"), value)
            page = get(client, name, forum, **query)
            assert "<script>alert" not in page and "\x00" not in page

    def test_a_closed_forum_has_no_pages(self, client, forum):
        Forum.objects.filter(pk=forum.pk).update(closed_on=date(2026, 12, 1))
        assert {client.get(url(name, forum)).status_code for name in PAGES} == {404}

    def test_another_forum_does_not_show(self, client, forum):
        adopted(forum)
        other = make.a_forum("other")
        assert all("Il faut un comité" not in get(client, name, other, q="comité") for name in PAGES)


class WhenRecommendationsAreRead:
    def test_what_is_not_decided_is_not_there(self, client, forum):
        for state in (Decided.DRAFT, Decided.HANDED_IN, Decided.IN_REVIEW, Decided.REVISED):
            row = make.a_recommendation(forum, state, words=f"Encore {state}.")
            assert client.get(url("recommendation-detail", forum, row.number)).status_code == 404
        assert "Encore" not in get(client, "recommendation-list", forum)

    def test_what_was_not_kept_stays_with_the_reason(self, client, forum):
        row = make.a_recommendation(forum, Decided.SET_ASIDE)
        assert "Il faut un comité au puits." in get(client, "recommendation-list", forum)
        assert "Cela se décide ailleurs." in get(client, "recommendation-detail", forum, row.number)

    def test_the_words_of_the_group_stand_beside_the_final_ones(self, client, forum):
        row = make.a_recommendation(forum, Decided.REVISED)
        recommendations.adopt(row, by=make.organiser_of(forum))
        page = get(client, "recommendation-detail", forum, row.number)
        assert "Il faut un comité au puits." in page and "annoncée sept jours" in page

    def test_a_list_is_narrowed_by_what_is_asked(self, client, forum):
        adopted(forum)
        make.a_recommendation(forum, Decided.SET_ASIDE, words="Fermer les puits.")
        everything = get(client, "recommendation-list", forum)
        assert "Il faut un comité" in everything and "Fermer les puits" in everything
        for narrow in ({"theme": "land"}, {"addressee": "donors"}, {"region": "gao"}, {"state": "adopted"}):
            page = get(client, "recommendation-list", forum, **narrow)
            assert "Il faut un comité" in page and "Fermer les puits" not in page
        assert "Il faut un comité" not in get(client, "recommendation-list", forum, level="national")
        unknown = get(client, "recommendation-list", forum, theme="nowhere")
        assert "Fermer les puits" in unknown

    @pytest.mark.parametrize(
        ("name", "value", "other"), [("level", "local", "national"), ("horizon", "months", "years")]
    )
    def test_a_list_is_narrowed_by_how_far_and_by_when(self, client, forum, name, value, other):
        for chosen in (value, other):
            row = make.a_recommendation(forum, words=f"Demande {chosen}.")
            by = make.organiser_of(forum)
            recommendations.complete(row, by=by, revision=row.revision, **{name: chosen})
            recommendations.hand_in(row, by=by)
            recommendations.adopt(row, by=by)
        everything = get(client, "recommendation-list", forum)
        assert f"Demande {value}." in everything and f"Demande {other}." in everything
        page = get(client, "recommendation-list", forum, **{name: value})
        assert f"Demande {value}." in page and f"Demande {other}." not in page

    def test_a_recommendation_of_several_themes_is_listed_once(self, client, forum):
        adopted(forum)
        assert get(client, "recommendation-list", forum).count("Il faut un comité") == 1

    def test_the_table_says_who_is_asked_for_what(self, client, forum):
        for row in adopted(forum, 2):
            row.themes.set(forum.themes.filter(code="land"))
        page = get(client, "recommendation-list", forum)
        cell = re.search(r'theme=land&amp;addressee=donors&amp;state=adopted" aria-label="2, land, donors">2</a>', page)
        assert cell
        assert re.search(r"<caption>.*</caption>\s*<thead><tr><td></td><th scope=\"col\">land</th>", page)
        assert re.search(
            r'<tr><th scope="row">donors</th><td class="v4"><a[^>]*>2</a></td><td class="v0">0</td></tr>', page
        )

    def test_a_narrowed_list_leads_to_the_table_and_does_not_carry_it(self, client, forum):
        adopted(forum)
        whole, narrowed = (get(client, "recommendation-list", forum, **asked) for asked in ({}, {"theme": "land"}))
        assert '<section id="matrix">' in whole and '<a href="#matrix">' in whole
        assert '<section id="matrix">' not in narrowed and '<a href="?#matrix">' in narrowed
        assert len(narrowed) < len(whole) * 0.8

    def test_every_number_of_the_table_is_the_length_of_the_list_it_leads_to(self, client, forum):
        one, *_others = adopted(forum, 3)
        one.themes.set(forum.themes.filter(code="justice"))
        one.addressees.set(forum.addressees.filter(code="chiefs"))
        make.a_recommendation(forum, Decided.SET_ASIDE)
        page = get(client, "recommendation-list", forum)
        cells = re.findall(r'<a href="\?(theme=[^"]+)" aria-label="(\d+), ', page)
        assert sorted(int(number) for _query, number in cells) == [2, 2, 2, 2, 2, 3]
        for query, number in cells:
            narrowed = client.get(url("recommendation-list", forum), dict(parse_qsl(query.replace("&amp;", "&"))))
            assert narrowed.context["page_obj"].paginator.count == int(number)

    def test_what_was_chosen_stays_chosen(self, client, forum):
        chosen = {
            "theme": "land", "addressee": "donors", "region": "gao", "level": "local", "horizon": "year",
            "state": "adopted",
        }  # fmt: skip
        page = get(client, "recommendation-list", forum, **chosen)
        assert re.findall(r'<option value="([^"]+)" selected', page) == list(chosen.values())

    def test_what_was_chosen_is_said_above_the_list(self, client, forum):
        page = get(client, "recommendation-list", forum, region="gao", theme="land", level="nowhere")
        told = re.findall(r'<li class="tag">(\w+).: <span>(\w+)</span>', page)
        assert told == [("Thème", "land"), ("Région", "gao")]
        assert '<a class="btn" href="?">' in page
        assert 'class="tag"' not in get(client, "recommendation-list", forum)

    def test_a_merge_is_seen_from_both_sides(self, client, forum):
        whole = adopted(forum)[0]
        part = make.a_recommendation(forum, Decided.HANDED_IN, words="Un comité pour l'eau.")
        recommendations.merge(part, whole, by=make.organiser_of(forum), reason={"fr": "La même chose."})
        assert f"/recommendations/{whole.number}/" in get(client, "recommendation-detail", forum, part.number)
        assert "Un comité pour l&#x27;eau." in get(client, "recommendation-detail", forum, whole.number)

    def test_it_shows_the_clauses_it_led_to_and_their_answers(self, client, forum):
        clause = published(forum)
        answer(clause, "donors", "Oui, dès mars.")
        row = clause.sources.get().recommendation
        page = get(client, "recommendation-detail", forum, row.number)
        assert f"declaration/#{clause.identifier}" in page and "Oui, dès mars." in page

    def test_few_stands_give_no_number(self, client, forum):
        row = adopted(forum)[0]
        seat = make.a_seat(forum, make.Role.PARTICIPANT)
        for _ in range(3):
            recommendations.take_stand(row, by=seat, participant=make.a_participant(forum), stance="agree")
        page = get(client, "recommendation-detail", forum, row.number)
        assert 'class="heat"' not in page
        assert url("recommendation-stand", forum, row.number) in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        rows = adopted(forum, number)
        with django_assert_num_queries(13):
            get(client, "recommendation-list", forum)
        with django_assert_num_queries(31):
            get(client, "recommendation-detail", forum, rows[0].number)

    def test_a_long_list_has_pages(self, client, forum):
        for number in range(26):
            make.a_recommendation(forum, Decided.ADOPTED, words=f"Demande {number}.")
        first = get(client, "recommendation-list", forum, state="adopted")
        assert first.count("Demande ") == 25
        assert "?state=adopted&amp;page=2" in first
        assert get(client, "recommendation-list", forum, state="adopted", page="2").count("Demande ") == 1


class WhenWhatWasHeardIsRead:
    def test_a_finding_shows_its_sentences_until_they_are_taken_back(self, client, forum):
        excerpt = make.an_excerpt(forum, words="Personne n'a dit pourquoi")
        make.a_finding(forum, Finding.State.PUBLISHED, (excerpt,))
        assert "Personne n&#x27;a dit pourquoi" in get(client, "finding-list", forum)
        Excerpt.objects.get().testimony.__class__.objects.update(may_quote=False)
        page = get(client, "finding-list", forum)
        assert "On ferme les puits" in page and "Personne n&#x27;a dit pourquoi" not in page

    def test_only_published_findings_show_and_small_numbers_do_not(self, client, forum):
        make.a_finding(forum, Finding.State.AGREED)
        assert "On ferme les puits" not in get(client, "finding-list", forum)
        make.a_finding(forum, Finding.State.PUBLISHED)
        page = get(client, "finding-list", forum)
        assert "On ferme les puits" in page
        assert not re.search(r"\b5\s(témoignages|testimonies)", page)

    def test_a_list_is_narrowed_by_theme(self, client, forum):
        finding = make.a_finding(forum, Finding.State.PUBLISHED)
        finding.themes.set([forum.themes.get(code="land")])
        assert "On ferme les puits" in get(client, "finding-list", forum, theme="land")
        assert "On ferme les puits" not in get(client, "finding-list", forum, theme="justice")

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        for _ in range(number):
            make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum),))
        adopted(forum)
        with django_assert_num_queries(23):
            get(client, "finding-list", forum)


class WhenGroupsAreRead:
    def test_days_are_public_and_minutes_are_not(self, client, forum):
        group = make.a_group(forum)
        day = "2026-11-16T10:00:00Z"
        Session.objects.create(group=group, starts_at=day, minutes="Ce qui fut dit", minutes_language="fr")
        page = get(client, "group-list", forum)
        assert 'datetime="2026-11-16"' in page and "Ce qui fut dit" not in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        adopted(forum, number)
        with django_assert_num_queries(7):
            get(client, "group-list", forum)


class WhenTheRoomIsRead:
    def test_a_small_room_is_shown_as_fewer(self, client, forum):
        for _ in range(4):
            make.a_participant(forum)
        page = get(client, "participant-list", forum)
        assert "moins de 10" in page and 'class="heat"' not in page
        assert not re.search(r">\s*4\s*<", page)

    def test_a_name_never_shows(self, client, forum):
        participant = make.a_participant(forum)
        assert participant.serial not in get(client, "participant-list", forum)

    def test_a_larger_room_is_shown_in_bands_with_a_table(self, client, forum):
        for region in ("gao", "kayes"):
            for capacity in ("herder", "official"):
                for _ in range(12):
                    make.a_participant(forum, region, capacity, sex="woman", age="young")
        page = get(client, "participant-list", forum)
        assert "plus de 30" in page and 'class="heat"' in page
        assert "48" not in re.sub(r"<svg.*?</svg>|<style.*?</style>|<head.*?</head>", "", page, flags=re.S)

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        for _ in range(number):
            make.a_participant(forum)
        with django_assert_num_queries(12):
            get(client, "participant-list", forum)
        # The figures of a day are worked out once.
        with django_assert_num_queries(3):
            get(client, "participant-list", forum)


class WhenTheFollowUpIsRead:
    def test_it_shows_to_whom_it_was_handed_what_they_said_and_what_they_promised(self, client, forum):
        clause = published(forum)
        edition = clause.section.declaration.editions.get()
        followup.record_delivery(
            edition,
            by=make.organiser_of(forum),
            addressee=forum.addressees.get(code="donors"),
            delivered_on=date(2026, 11, 20),
            how={"fr": "En mains propres"},
        )
        answer(clause, "donors", "Nous lirons d'abord.", "noted")
        answer(clause, "donors", "Oui, en partie.", "partly", "link")
        done = promise(clause, "donors")
        followup.report(
            done,
            by=make.organiser_of(forum),
            state="done",
            text="Le comité siège.",
            language="fr",
            reported_on=date(2027, 1, 5),
        )
        page = get(client, "followup-list", forum)
        for said in (
            "En mains propres",
            "Nous lirons d&#x27;abord.",
            "Oui, en partie.",
            "Un comité par puits",
            "Le comité siège.",
        ):
            assert said in page
        assert page.index("Oui, en partie.") < page.index("Nous lirons d&#x27;abord.")

    def test_what_is_done_is_not_added_to_what_is_under_way(self, client, forum):
        clause = published(forum)
        for to, state in (("donors", "done"), ("government", "under_way"), ("government", "under_way")):
            followup.report(
                promise(clause, to),
                by=make.organiser_of(forum),
                state=state,
                text="Voilà.",
                language="fr",
                reported_on=date(2027, 1, 5),
            )
        response = client.get(url("followup-list", forum))
        assert [(part["state"], part["count"]) for part in response.context["promise_parts"]] == [
            ("under_way", 2),
            ("done", 1),
        ]

    def test_who_has_not_answered_is_counted_apart(self, client, forum):
        clause = published(forum)
        answer(clause, "donors")
        parts = client.get(url("followup-list", forum)).context["answer_parts"]
        assert [(part["state"], part["count"]) for part in parts] == [("accepted", 1), ("silent", 1)]

    def test_a_list_is_narrowed_by_addressee_and_state(self, client, forum):
        clause = published(forum)
        answer(clause, "donors", "Les bailleurs.")
        answer(clause, "government", "Le gouvernement.", "refused")
        promise(clause, "donors")
        page = get(client, "followup-list", forum, addressee="government")
        assert "Le gouvernement." in page and "Les bailleurs." not in page and "Un comité par puits" not in page
        assert "Les bailleurs." not in get(client, "followup-list", forum, position="refused")
        assert "Un comité par puits" not in get(client, "followup-list", forum, state="done")

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        clause = published(forum)
        for _ in range(number):
            answer(clause, "donors")
            promise(clause, "donors")
        with django_assert_num_queries(9):
            get(client, "followup-list", forum)


class WhenSomethingIsLookedFor:
    def test_it_finds_what_is_public_and_marks_the_words(self, client, forum):
        published(forum)
        make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum, words="Le puits a été fermé un matin"),))
        page = get(client, "search", forum, q="PUÏTS")
        assert page.count("<mark>puits</mark>") >= 4
        assert "#finding-1" in page and "/recommendations/1/" in page and "declaration/#c-" in page

    def test_what_is_not_public_is_not_found(self, client, forum):
        make.a_recommendation(forum, Decided.HANDED_IN)
        make.a_finding(forum, Finding.State.AGREED)
        assert "<mark>" not in get(client, "search", forum, q="puits")

    def test_without_words_nothing_is_searched(self, client, forum):
        adopted(forum)
        assert "<mark>" not in get(client, "search", forum, q="  ' -- % ")

    @pytest.mark.parametrize("number", [1, 3])
    def test_more_rows_ask_no_more_questions(self, client, forum, number, django_assert_num_queries):
        adopted(forum, number)
        make.an_excerpt(forum)
        with django_assert_num_queries(9):
            get(client, "search", forum, q="puits")
