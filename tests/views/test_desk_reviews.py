"""The experts' desk: blind until given, kept to the forum, and too late once decided."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from declarations.models import Recommendation, Review, Seat
from declarations.workflow import recommendations
from tests import factories as make

from .at_desk import by_link, text, url

pytestmark = pytest.mark.django_db
State = Recommendation.State
Role = Seat.Role
GIVEN = {"verdict": "support", "clarity": "4", "feasibility": "3", "urgency": "5", "comment": "Bien dit."}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture
def expert(forum):
    return by_link(forum, Role.EXPERT)


def test_what_waits_is_reviewed_and_moves_to_what_was_given(forum, expert):
    seat, client = expert
    row = make.a_recommendation(forum, State.HANDED_IN)
    make.a_recommendation(forum, State.DRAFT)
    make.a_recommendation(forum, State.ADOPTED)
    page = client.get(url("review-desk", forum))
    assert [each[0] for each in page.context["rows"]] == [row]
    here = url("review-edit", forum, row.number)
    assert client.get(here).status_code == 200
    assert client.post(here, GIVEN).status_code == 302
    review = Review.objects.get()
    assert (review.seat, review.verdict, review.urgency) == (seat, "support", 5)
    row.refresh_from_db()
    assert row.state == State.IN_REVIEW
    assert "Nothing waits for you." in text(client.get(url("review-desk", forum)))
    assert "You advised: support" in text(client.get(url("review-desk", forum) + "?given=1"))


def test_others_are_shown_only_after_ones_own(forum, expert):
    row = make.a_recommendation(forum, State.IN_REVIEW)
    other = make.a_seat(forum, Role.EXPERT)
    recommendations.review(row, by=other, verdict="against", clarity=1, feasibility=1, urgency=1, comment="Pas ainsi.")
    here = url("review-edit", forum, row.number)
    assert "Pas ainsi." not in text(expert[1].get(here))
    expert[1].post(here, GIVEN)
    assert "Pas ainsi." in text(expert[1].get(here))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"clarity": "6"}, "clarity"),
        ({"urgency": ""}, "urgency"),
        ({"comment": "x" * 4001}, "comment"),
        ({"comment": "un\x07deux"}, "comment"),
    ],
)
def test_what_is_wrong_is_said_beside_and_the_comment_stays(forum, expert, changes, field):
    row = make.a_recommendation(forum, State.IN_REVIEW)
    response = expert[1].post(url("review-edit", forum, row.number), {**GIVEN, **changes})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert response.context["form"]["comment"].value() == {**GIVEN, **changes}["comment"]
    assert not Review.objects.exists()


def test_decided_meanwhile_is_too_late_and_keeps_the_comment(forum, expert):
    row = make.a_recommendation(forum, State.ADOPTED)
    response = expert[1].post(url("review-edit", forum, row.number), GIVEN)
    assert response.status_code == 409
    assert "Bien dit." in text(response)
    assert "reviews are closed" in text(expert[1].get(url("review-edit", forum, row.number)))


def test_drafts_and_other_forums_are_not_there(forum, expert):
    draft = make.a_recommendation(forum, State.DRAFT)
    assert expert[1].get(url("review-edit", forum, draft.number)).status_code == 404
    other = make.a_forum("other")
    row = make.a_recommendation(other, State.HANDED_IN)
    assert expert[1].get(url("review-edit", other, row.number)).status_code == 403
    assert expert[1].post(url("review-edit", other, row.number), GIVEN).status_code == 403


def test_a_rapporteur_does_not_review(forum):
    _seat, client = by_link(forum, Role.RAPPORTEUR, group=make.a_group(forum))
    assert client.get(url("review-desk", forum)).status_code == 403


def test_a_clause_that_rests_on_it_may_be_worded_otherwise(forum, expert):
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    row = clause.sources.get().recommendation
    assert url("amendment-propose", forum, clause.identifier) in text(
        expert[1].get(url("review-edit", forum, row.number))
    )


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_a_constant_number_of_questions(forum, expert, n, django_assert_num_queries):
    for _ in range(n):
        make.a_recommendation(forum, State.REVISED)
    with django_assert_num_queries(8):
        expert[1].get(url("review-desk", forum))


@pytest.mark.parametrize("n", [1, 3])
def test_a_review_asks_a_constant_number_of_questions(forum, expert, n, django_assert_num_queries):
    row = make.a_recommendation(forum, State.REVISED)
    for seat in [expert[0], *(make.a_seat(forum, Role.EXPERT) for _ in range(n))]:
        recommendations.review(row, by=seat, verdict="support", clarity=1, feasibility=1, urgency=1, comment="Oui.")
        recommendations.ground(row, by=seat, finding=make.a_finding(forum))
    with django_assert_num_queries(14):
        expert[1].get(url("review-edit", forum, row.number))
