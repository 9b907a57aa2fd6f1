"""Other words for a clause, proposed by a group or an expert, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from declarations.models import Amendment, Declaration, OpeningHours, Seat
from declarations.workflow import amendments, declarations
from tests import factories as make

from .at_desk import by_link, text, url

pytestmark = pytest.mark.django_db
Role = Seat.Role
GIVEN = {"text": "Aucun puits n'est fermé sans un mois.", "language": "fr", "reason": "Sept jours sont trop peu."}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture
def clause(forum):
    return make.last_clause(make.a_declaration(forum))


@pytest.fixture
def rapporteur(forum):
    return by_link(forum, Role.RAPPORTEUR, group=make.a_group(forum))


def test_a_proposal_carries_its_group_and_reason_and_shows_what_became_of_it(forum, clause, rapporteur):
    seat, client = rapporteur
    here = url("amendment-propose", forum, clause.identifier)
    assert make.TEXTS["fr"] in text(client.get(here))
    assert client.post(here, GIVEN).status_code == 302
    row = Amendment.objects.get()
    assert (row.group, row.proposed_by, row.reason) == (seat.group, seat, GIVEN["reason"])
    amendments.reject(row, by=make.organiser_of(forum), reason="Déjà dit ailleurs.")
    assert "Déjà dit ailleurs." in text(client.get(url("amendment-desk", forum)))


def test_a_second_tap_proposes_nothing_twice(forum, clause, rapporteur):
    for _ in range(2):
        rapporteur[1].post(url("amendment-propose", forum, clause.identifier), {**GIVEN, "once": "one"})
    assert Amendment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 4001}, "text"),
        ({"text": "un\x07deux"}, "text"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"language": "bm"}, "language"),
    ],
)
def test_what_is_wrong_is_said_beside_and_the_words_stay(forum, clause, rapporteur, changes, field):
    response = rapporteur[1].post(url("amendment-propose", forum, clause.identifier), {**GIVEN, **changes})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert response.context["form"]["text"].value() == {**GIVEN, **changes}["text"]
    assert not Amendment.objects.exists()


def test_a_clause_changed_since_is_read_again(forum, clause, rapporteur):
    here = url("amendment-propose", forum, clause.identifier)
    seen = rapporteur[1].get(here).context["form"]["seen"].value()
    declarations.word_clause(clause, by=make.organiser_of(forum), language="fr", text="Autre texte.")
    response = rapporteur[1].post(here, {**GIVEN, "seen": seen})
    assert response.status_code == 409
    assert "Autre texte." in text(response)
    assert "Sept jours sont trop peu." in text(response)


def test_an_adopted_text_is_not_proposed_otherwise(forum, rapporteur):
    clause = make.last_clause(make.a_declaration(forum, Declaration.State.ADOPTED))
    response = rapporteur[1].post(url("amendment-propose", forum, clause.identifier), GIVEN)
    assert response.status_code == 422
    assert "Sept jours sont trop peu." in text(response)


def test_closed_hours_are_said_and_nothing_typed_is_lost(forum, clause, rapporteur):
    opens = timezone.now() + timedelta(days=1)
    OpeningHours.objects.create(forum=forum, form="amendments", opens_at=opens, closes_at=opens + timedelta(hours=2))
    response = rapporteur[1].post(url("amendment-propose", forum, clause.identifier), GIVEN)
    assert response.status_code == 403
    assert "Sept jours sont trop peu." in text(response)
    assert "Proposing is closed" in text(rapporteur[1].get(url("amendment-desk", forum)))


def test_who_may_propose(forum, clause, rapporteur):
    _seat, translator = by_link(forum, Role.TRANSLATOR, language="fr")
    assert translator.get(url("amendment-desk", forum)).status_code == 403
    _seat, expert = by_link(forum, Role.EXPERT)
    assert expert.post(url("amendment-propose", forum, clause.identifier), GIVEN).status_code == 302
    assert not text(rapporteur[1].get(url("amendment-desk", forum))).count("un mois")
    other = make.a_forum("other")
    theirs = make.last_clause(make.a_declaration(other))
    assert expert.get(url("amendment-propose", other, theirs.identifier)).status_code == 403
    assert expert.get(url("amendment-propose", forum, theirs.identifier)).status_code == 404


def test_what_was_proposed_from_here_is_taken_back_until_it_is_decided(forum, clause, rapporteur):
    seat, client = rapporteur
    mine = amendments.propose(clause, by=seat, group=seat.group, **GIVEN)
    _other, expert = by_link(forum, Role.EXPERT)
    assert expert.post(url("amendment-withdraw", forum, mine.pk)).status_code == 404
    assert client.get(url("amendment-withdraw", forum, mine.pk)).status_code == 405
    assert "Take it back" in text(client.get(url("amendment-desk", forum)))
    assert client.post(url("amendment-withdraw", forum, mine.pk)).status_code == 302
    mine.refresh_from_db()
    assert mine.state == Amendment.State.WITHDRAWN
    assert "Take it back" not in text(client.get(url("amendment-desk", forum)))
    assert client.post(url("amendment-withdraw", forum, mine.pk)).status_code == 409


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_a_constant_number_of_questions(forum, clause, rapporteur, n, django_assert_num_queries):
    for _ in range(n):
        amendments.propose(clause, by=rapporteur[0], group=rapporteur[0].group, **GIVEN)
    with django_assert_num_queries(11):
        rapporteur[1].get(url("amendment-desk", forum))
    with django_assert_num_queries(10):
        rapporteur[1].get(url("amendment-propose", forum, clause.identifier))
