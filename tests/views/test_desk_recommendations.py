"""Handing in, a pasted list, drafts, what may follow, minutes: one group's rapporteur, who came by a link."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from declarations.models import Forum, OpeningHours, Recommendation, Seat
from declarations.workflow import groups, recommendations
from tests import factories as make

from .at_desk import at_desk, by_link, text, url

pytestmark = pytest.mark.django_db
State = Recommendation.State
Role = Seat.Role
WORDS = "Il faut un comité au puits."


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def desk(forum):
    group = make.a_group(forum)
    seat, client = by_link(forum, Role.RAPPORTEUR, group=group)
    return group, seat, client


def sent(group, **changes):
    return {"words": WORDS, "group": group.pk, "language": "fr", **changes}


def test_a_recommendation_is_handed_in_with_words_and_a_group(forum, desk):
    group, seat, client = desk
    assert "Hand in" in text(client.get(url("recommendation-desk", forum)))
    response = client.post(url("recommendation-desk", forum), sent(group), follow=True)
    row = Recommendation.objects.get()
    assert (row.state, row.handed_in_words, row.group, row.handed_in_by) == (State.HANDED_IN, WORDS, group, seat)
    hour = f"{row.handed_in_at.astimezone(forum.zone_info):%H:%M}"
    assert f"was handed in at {hour}" in text(response)
    assert f"handed in at {hour} on" in text(response)


def test_a_second_tap_hands_nothing_in_twice(forum, desk):
    group, _seat, client = desk
    for _ in range(2):
        response = client.post(url("recommendation-desk", forum), sent(group, once="the-same"))
        assert response.status_code == 302
    assert Recommendation.objects.count() == 1


def test_what_is_refused_keeps_the_words_and_may_be_sent_again(forum, desk):
    group, _seat, client = desk
    for words in ("x" * 4001, "un\x07deux"):
        response = client.post(url("recommendation-desk", forum), sent(group, words=words, once="page"))
        assert response.status_code == 422
        assert response.context["form"].errors["words"]
        assert response.context["form"]["words"].value() == words
    assert not Recommendation.objects.exists()
    assert client.post(url("recommendation-desk", forum), sent(group, once="page")).status_code == 302


def test_another_group_is_not_offered(forum, desk):
    other = make.a_group(forum)
    response = desk[2].post(url("recommendation-desk", forum), sent(other))
    assert response.status_code == 422
    assert not Recommendation.objects.exists()


def test_a_pasted_list_becomes_drafts_that_are_handed_in_together(forum, desk):
    group, _seat, client = desk
    data = sent(group, text="1. Un puits\n2. Une école\n   pour tous\n- Un juge")
    response = client.post(url("recommendation-paste", forum), data, follow=True)
    rows = list(Recommendation.objects.order_by("number"))
    assert [row.handed_in_words for row in rows] == ["Un puits", "Une école pour tous", "Un juge"]
    assert "Hand in these 3 drafts" in text(response)
    names = [f"{row.number}:{row.revision}" for row in rows]
    assert client.post(url("recommendation-hand-in", forum), {"draft": names}).status_code == 302
    assert set(Recommendation.objects.values_list("state", flat=True)) == {State.HANDED_IN}
    again = client.post(url("recommendation-hand-in", forum), {"draft": names})
    assert again.status_code == 409
    assert "Somebody was faster than you" in text(again)


def test_a_list_with_one_bad_line_keeps_the_list(forum, desk):
    group, _seat, client = desk
    response = client.post(url("recommendation-paste", forum), sent(group, text="Un\n" + "x" * 4001))
    assert response.status_code == 422
    assert "x" * 4001 in text(response)
    assert not Recommendation.objects.exists()


def test_a_draft_changed_since_is_not_handed_in(forum, desk):
    group, seat, client = desk
    row = recommendations.draft(group, by=seat, words=WORDS, language="fr")
    recommendations.edit_draft(row, by=seat, words="Autre", revision=0)
    assert client.post(url("recommendation-hand-in", forum), {"draft": [f"{row.number}:0"]}).status_code == 409
    row.refresh_from_db()
    assert row.state == State.DRAFT


@pytest.mark.parametrize("name", ["", "x", "1", "1:x", "999:0", "1" * 30 + ":0"])
def test_names_that_are_none_are_not_found(forum, desk, name):
    assert desk[2].post(url("recommendation-hand-in", forum), {"draft": [name]}).status_code == 404


def test_a_stale_page_comes_back_with_both_texts(forum, desk):
    group, seat, client = desk
    row = recommendations.draft(group, by=seat, words=WORDS, language="fr")
    here = url("recommendation-edit", forum, row.number)
    assert client.get(here).status_code == 200
    recommendations.edit_draft(row, by=seat, words="Les mots des autres", revision=0)
    response = client.post(here, {"words": "Mes mots", "revision": 0})
    assert response.status_code == 409
    assert "Les mots des autres" in text(response)
    assert "Mes mots" in text(response)
    assert client.post(here, {"words": "Les deux", "revision": 1}).status_code == 302
    row.refresh_from_db()
    assert row.handed_in_words == "Les deux"


def test_words_handed_in_stay(forum, desk):
    group, _seat, client = desk
    row = make.a_recommendation(forum, State.HANDED_IN, group)
    response = client.post(url("recommendation-edit", forum, row.number), {"words": "Autre", "revision": 0})
    assert response.status_code == 422
    assert "Autre" in text(response)
    row.refresh_from_db()
    assert row.handed_in_words == WORDS


def completed(forum, **changes):
    return {
        "themes": [forum.themes.get(code="land").pk],
        "addressees": [forum.addressees.get(code="chiefs").pk],
        "regions": [forum.regions.get(code="gao").pk],
        "level": "local",
        "horizon": "year",
        "reason": "Parce que.",
        "minority_view": "",
        "revision": 0,
        **changes,
    }


def test_the_rest_follows_later(forum, desk):
    row = make.a_recommendation(forum, State.HANDED_IN, desk[0])
    here = url("recommendation-complete", forum, row.number)
    assert desk[2].post(here, completed(forum)).status_code == 302
    row.refresh_from_db()
    assert (row.level, row.reason, row.themes.get().code) == ("local", "Parce que.", "land")
    stale = desk[2].post(here, completed(forum, reason="La mienne"))
    assert stale.status_code == 409
    assert "Parce que." in text(stale)
    assert "La mienne" in text(stale)
    bad = desk[2].post(here, completed(forum, reason="x\x00y", revision=1))
    assert bad.status_code == 422


def test_a_final_wording_stands_beside_the_first_words(forum, desk):
    row = make.a_recommendation(forum, State.HANDED_IN, desk[0])
    page = desk[2].get(url("recommendation-edit", forum, row.number))
    seen = page.context["wordings"][0]["form"]["seen"].value()
    data = {"language": "fr", "text": "Un comité par puits.", "seen": seen}
    here = url("recommendation-word", forum, row.number)
    assert desk[2].post(here, data).status_code == 302
    page = text(desk[2].get(url("recommendation-edit", forum, row.number)))
    assert WORDS in page
    assert "Un comité par puits." in page
    stale = desk[2].post(here, {**data, "text": "Le mien"})
    assert stale.status_code == 409
    assert "Le mien" in text(stale)
    assert "Un comité par puits." in text(stale)


def test_after_a_review_another_wording_has_a_reason(forum, desk):
    row = make.a_recommendation(forum, State.IN_REVIEW, desk[0])
    seen = desk[2].get(url("recommendation-edit", forum, row.number)).context["wordings"][0]["form"]["seen"].value()
    data = {"language": "fr", "text": "Plus clair.", "seen": seen}
    here = url("recommendation-word", forum, row.number)
    assert desk[2].post(here, data).status_code == 422
    assert desk[2].post(here, {**data, "reason": "L'expert l'a dit."}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.REVISED


def test_what_it_rests_on_is_named_one_by_one(forum, desk):
    row = make.a_recommendation(forum, State.HANDED_IN, desk[0])
    finding = make.a_finding(forum)
    here = url("recommendation-ground", forum, row.number)
    assert desk[2].post(here, {"finding": finding.pk}).status_code == 302
    assert desk[2].post(here, {"document": "Charte, archives du groupe"}).status_code == 302
    assert desk[2].post(here, {}).status_code == 422
    assert desk[2].post(here, {"finding": finding.pk, "document": "deux"}).status_code == 422
    ground = row.grounds.get(finding=finding)
    assert desk[2].post(url("recommendation-unground", forum, row.number, ground.pk)).status_code == 302
    assert row.grounds.count() == 1


def test_a_draft_finding_is_no_ground(forum, desk):
    row = make.a_recommendation(forum, State.HANDED_IN, desk[0])
    finding = make.a_finding(forum, "draft")
    here = url("recommendation-ground", forum, row.number)
    assert desk[2].post(here, {"finding": finding.pk}).status_code == 422


def test_minutes_are_kept_and_never_written_over(forum, desk):
    group, seat, client = desk
    session = groups.plan_session(group, by=make.organiser_of(forum), starts_at=timezone.now())
    here = url("session-minutes", forum, session.pk)
    assert client.get(here).status_code == 200
    data = {"minutes": "On a parlé d'eau.", "minutes_language": "fr", "revision": 0}
    assert client.post(here, data).status_code == 302
    stale = client.post(here, {**data, "minutes": "Autre chose"})
    assert stale.status_code == 409
    assert "On a parlé d'eau." in text(stale)
    assert "Autre chose" in text(stale)
    assert client.post(here, {**data, "minutes": "x" * 20001, "revision": 1}).status_code == 422
    other = groups.plan_session(make.a_group(forum), by=make.organiser_of(forum), starts_at=timezone.now())
    assert client.get(url("session-minutes", forum, other.pk)).status_code == 404


# Who may


def test_a_group_sees_its_own_alone(forum, desk):
    row = make.a_recommendation(forum, State.HANDED_IN, make.a_group(forum), words="Les mots d'un autre groupe")
    assert "un autre groupe" not in text(desk[2].get(url("recommendation-desk", forum)))
    for name in ("edit", "complete", "word", "ground"):
        here = url(f"recommendation-{name}", forum, row.number)
        assert desk[2].post(here, {}).status_code == 404, name
    assert desk[2].post(url("recommendation-hand-in", forum), {"draft": [f"{row.number}:0"]}).status_code == 404


def test_another_forum_is_closed(forum, desk):
    other = make.a_forum("other")
    row = make.a_recommendation(other, State.HANDED_IN)
    assert desk[2].get(url("recommendation-desk", other)).status_code == 403
    assert desk[2].get(url("recommendation-edit", other, row.number)).status_code == 403


@pytest.mark.parametrize("role", [Role.EXPERT, Role.TRANSLATOR, Role.FACILITATOR])
def test_other_seats_do_not_hand_in(forum, role):
    fields = {"language": "fr"} if role == Role.TRANSLATOR else {}
    _seat, client = by_link(forum, role, **fields)
    assert client.get(url("recommendation-desk", forum)).status_code == 403
    assert Client().get(url("recommendation-desk", forum)).status_code == 403


def test_a_seat_taken_back_is_closed_at_once(forum, desk):
    Seat.objects.filter(pk=desk[1].pk).update(revoked_at=timezone.now())
    assert desk[2].get(url("recommendation-desk", forum)).status_code == 403


def test_the_general_rapporteur_writes_for_any_group(forum, desk):
    _seat, client = by_link(forum, Role.GENERAL_RAPPORTEUR)
    assert client.post(url("recommendation-desk", forum), sent(desk[0])).status_code == 302
    assert client.post(url("recommendation-desk", forum), sent(make.a_group(forum))).status_code == 302
    assert client.get(url("recommendation-desk", forum)).status_code == 200


def test_closed_hours_are_said_and_nothing_typed_is_lost(forum, desk):
    opens = timezone.now() + timedelta(days=1)
    OpeningHours.objects.create(
        forum=forum, form="recommendations", opens_at=opens, closes_at=opens + timedelta(hours=2)
    )
    page = text(desk[2].get(url("recommendation-desk", forum)))
    assert "Handing in is closed for now." in page
    assert f"{opens.astimezone(forum.zone_info):%H:%M}" in page
    for name, data in (("desk", sent(desk[0])), ("paste", sent(desk[0], text=WORDS))):
        response = desk[2].post(url(f"recommendation-{name}", forum), data)
        assert response.status_code == 403
        assert WORDS in text(response)
    assert not Recommendation.objects.exists()


# Questions asked


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_a_constant_number_of_questions(forum, desk, n, django_assert_num_queries):
    for _ in range(n):
        make.a_recommendation(forum, State.DRAFT, desk[0])
        make.a_recommendation(forum, State.HANDED_IN, desk[0])
        groups.plan_session(
            desk[0], by=make.organiser_of(forum), starts_at=datetime(2026, 11, 16, tzinfo=forum.zone_info)
        )
    with django_assert_num_queries(DESK):
        desk[2].get(url("recommendation-desk", forum))


@pytest.mark.parametrize("n", [1, 3])
def test_a_recommendation_asks_a_constant_number_of_questions(forum, desk, n, django_assert_num_queries):
    row = make.a_recommendation(forum, State.HANDED_IN, desk[0])
    by = make.organiser_of(forum)
    for number in range(n):
        recommendations.ground(row, by=by, finding=make.a_finding(forum))
        recommendations.ground(row, by=by, document=f"Document {number}")
    with django_assert_num_queries(EDIT):
        desk[2].get(url("recommendation-edit", forum, row.number))


DESK, EDIT = 10, 19


def test_leaving_the_seat_closes_the_desk(forum, desk):
    page = text(desk[2].get(url("recommendation-desk", forum)))
    assert "/seats/leave/" in page
    desk[2].post("/en/seats/leave/")
    assert desk[2].get(url("recommendation-desk", forum)).status_code == 403


def test_the_page_is_offered_in_each_language(forum, desk):
    page = text(desk[2].get(url("recommendation-desk", forum)))
    assert f"/fr/{forum.slug}/desk/recommendations/" in page
    assert at_desk(desk[1]).get(f"/ar/{forum.slug}/desk/recommendations/").status_code == 200
