"""The desk of an addressee: answers, promises and reports on the clauses addressed to them, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from declarations.models import Commitment, Declaration, Response, Seat
from declarations.workflow import followup
from tests import factories as make

from .at_desk import by_link, text, url

pytestmark = pytest.mark.django_db
Role = Seat.Role


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def forum():
    forum = make.a_forum()
    make.an_edition(forum)
    return forum


@pytest.fixture
def clause(forum):
    return make.last_clause(forum.declaration)


@pytest.fixture
def government(forum):
    return by_link(forum, Role.ADDRESSEE, addressee=forum.addressees.get(code="government"))


def answered(forum, **changes):
    return {
        "position": "partly",
        "text": "Nous commencerons à Gao.",
        "language": "fr",
        "answered_on": forum.today().isoformat(),
        "seen": "",
        **changes,
    }


def promised(forum, **changes):
    due = (forum.today() + timedelta(days=90)).isoformat()
    return {"text": "Vingt puits", "language": "fr", "due_on": due, **changes}


def test_each_clause_is_answered_and_earlier_answers_stay(forum, clause, government):
    seat, client = government
    desk = client.get(url("response-desk", forum))
    assert [row[0] for row in desk.context["rows"]] == [clause]
    here = url("response-edit", forum, clause.identifier)
    assert client.get(here).status_code == 200
    assert client.post(here, answered(forum)).status_code == 302
    first = Response.objects.get()
    assert (first.addressee, first.channel, first.recorded_by) == (seat.addressee, "link", seat)
    again = client.post(here, answered(forum, text="Encore une fois."))
    assert again.status_code == 409
    assert "Encore une fois." in text(again)
    assert "Nous commencerons à Gao." in text(again)
    data = answered(forum, text="Et à Kidal.", position="accepted", seen=str(first.pk))
    assert client.post(here, data).status_code == 302
    page = text(client.get(here))
    assert "Nous commencerons à Gao." in page
    assert "Et à Kidal." in page
    assert Response.objects.standing().get().text == "Et à Kidal."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"position": "perhaps"}, "position"),
        ({"text": ""}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "un\x07deux"}, "text"),
        ({"language": "bm"}, "language"),
        ({"answered_on": "2999-01-01"}, "answered_on"),
        ({"answered_on": "hier"}, "answered_on"),
    ],
)
def test_what_is_wrong_is_said_beside_and_the_words_stay(forum, clause, government, changes, field):
    response = government[1].post(url("response-edit", forum, clause.identifier), answered(forum, **changes))
    assert response.status_code == 422
    assert field in response.context["answer"].errors
    assert response.context["answer"]["text"].value() == answered(forum, **changes)["text"]
    assert not Response.objects.exists()


def test_a_promise_has_a_day_and_is_reported_on(forum, clause, government):
    _seat, client = government
    here = url("response-promise", forum, clause.identifier)
    assert client.post(here, promised(forum, due_on="2020-01-01")).status_code == 422
    for _ in range(2):
        assert client.post(here, promised(forum)).status_code == 302
    commitment = Commitment.objects.get()
    assert commitment.text == {"fr": "Vingt puits"}
    there = url("commitment-report", forum, commitment.pk)
    assert client.get(there).status_code == 200
    report = {
        "state": "done",
        "text": "Vingt puits creusés.",
        "language": "fr",
        "reported_on": forum.today().isoformat(),
    }
    assert client.post(there, {**report, "text": ""}).status_code == 422
    assert client.post(there, report).status_code == 302
    commitment.refresh_from_db()
    assert commitment.state == "done"
    late = client.post(there, {**report, "state": "planned", "text": "Je reviens."})
    assert late.status_code == 409
    assert "Je reviens." in text(late)
    page = text(client.get(url("response-edit", forum, clause.identifier)))
    assert "Vingt puits creusés." in page


def test_a_promise_too_long_keeps_the_words(forum, clause, government):
    response = government[1].post(url("response-promise", forum, clause.identifier), promised(forum, text="x" * 601))
    assert response.status_code == 422
    assert "x" * 601 in text(response)


def test_what_is_addressed_to_others_is_not_there(forum, clause):
    _seat, client = by_link(forum, Role.ADDRESSEE, addressee=forum.addressees.get(code="chiefs"))
    assert client.get(url("response-desk", forum)).context["n_all"] == 0
    for name in ("response-edit", "response-promise"):
        assert client.post(url(name, forum, clause.identifier), answered(forum)).status_code == 404
    organiser, donors = make.organiser_of(forum), forum.addressees.get(code="donors")
    theirs = followup.promise(clause, by=organiser, addressee=donors, text={"fr": "De l'argent"}, due_on=forum.today())
    assert client.get(url("commitment-report", forum, theirs.pk)).status_code == 404


def test_what_is_not_published_is_not_asked():
    forum = make.a_forum("quiet")
    clause = make.last_clause(make.a_declaration(forum, Declaration.State.ADOPTED))
    _seat, client = by_link(forum, Role.ADDRESSEE, addressee=forum.addressees.get(code="government"))
    assert "No published clause" in text(client.get(url("response-desk", forum)))
    assert client.post(url("response-edit", forum, clause.identifier), answered(forum)).status_code == 404


def test_another_forum_and_other_seats_are_closed(forum, clause, government):
    other = make.a_forum("other")
    assert government[1].get(url("response-desk", other)).status_code == 403
    _seat, expert = by_link(forum, Role.EXPERT)
    assert expert.get(url("response-desk", forum)).status_code == 403
    assert expert.post(url("response-edit", forum, clause.identifier), answered(forum)).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_a_constant_number_of_questions(forum, clause, government, n, django_assert_num_queries):
    seat, client = government
    for number in range(n):
        words = {"fr": f"Promesse {number}"}
        row = followup.promise(clause, by=seat, addressee=seat.addressee, text=words, due_on=forum.today())
        followup.report(row, by=seat, state="planned", text="Bientôt.", language="fr", reported_on=forum.today())
        followup.answer(
            clause,
            by=seat,
            addressee=seat.addressee,
            position="noted",
            text="Vu.",
            language="fr",
            channel="link",
            answered_on=forum.today(),
        )
    with django_assert_num_queries(9):
        client.get(url("response-desk", forum))
    with django_assert_num_queries(12):
        client.get(url("response-edit", forum, clause.identifier))
