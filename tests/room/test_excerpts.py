"""M8: a sentence is cleared by another person than proposed it, beside what it was before."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from declarations.models import Excerpt, Forum, HistoryEntry, Quote, Seat
from declarations.workflow import excerpts, withdrawals
from declarations.workflow.participants import public_seat
from tests import factories as make

from .desk import a_reader, a_sentence, at, at_work

pytestmark = pytest.mark.django_db
State = Excerpt.State


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum) -> Seat:
    return a_reader(forum)


@pytest.fixture
def client(reader: Seat) -> Client:
    return at_work(reader)


@pytest.fixture
def sentence(forum: Forum) -> Excerpt:
    return a_sentence(forum, make.a_seat(forum, Seat.Role.READER))


def text(response: Any) -> str:
    return response.content.decode().replace("&#x27;", "'")


def test_a_sentence_stands_beside_what_it_was(client: Client, sentence: Excerpt) -> None:
    page = text(client.get(at("excerpt-clearance")))
    assert "<del> Personne n'a dit pourquoi, et </del>nous avons marché deux jours" in page
    assert "[.] nous avons marché deux jours" in page
    assert at("excerpt-clear", sentence.pk) in page


def test_another_person_clears_it(client: Client, reader: Seat, sentence: Excerpt) -> None:
    assert client.post(at("excerpt-clear", sentence.pk)).status_code == 302
    sentence.refresh_from_db()
    assert (sentence.state, sentence.cleared_by) == (State.CLEARED, reader)
    assert Quote.objects.get(excerpt=sentence).words == "[…] nous avons marché deux jours"
    assert "cleared by" in text(client.get(at("excerpt-clearance"), {"stage": "cleared"}))


def test_nobody_clears_their_own(forum: Forum, client: Client, reader: Seat) -> None:
    own = a_sentence(forum, reader)
    page = text(client.get(at("excerpt-clearance")))
    assert "You proposed this one" in page and at("excerpt-clear", own.pk) not in page
    assert client.post(at("excerpt-clear", own.pk)).status_code == 403
    own.refresh_from_db()
    assert own.state == State.PROPOSED


def test_reading_clears_nothing(client: Client, sentence: Excerpt) -> None:
    for name in ("excerpt-clear", "excerpt-withdraw"):
        assert client.get(at(name, sentence.pk)).status_code == 405


def test_a_sentence_taken_away_loses_its_words_and_keeps_its_reason(client: Client, sentence: Excerpt) -> None:
    response = client.post(at("excerpt-withdraw", sentence.pk), {"reason": "told in full by Awa"})
    assert response.status_code == 422
    client.post(at("excerpt-withdraw", sentence.pk), {"reason": "recognised"})
    sentence.refresh_from_db()
    assert (sentence.state, sentence.envelope) == (State.WITHDRAWN, None)
    assert HistoryEntry.objects.of(sentence).last().reason == "Somebody could be recognised"


def test_too_late_is_a_409(forum: Forum, client: Client, sentence: Excerpt) -> None:
    private = make.reading_private(forum)
    excerpts.clear(sentence, by=make.a_seat(forum, Seat.Role.READER), reading_private=private)
    assert client.post(at("excerpt-clear", sentence.pk)).status_code == 409
    excerpts.withdraw(sentence, by=make.a_seat(forum, Seat.Role.READER))
    assert client.post(at("excerpt-clear", sentence.pk)).status_code == 409
    assert client.post(at("excerpt-withdraw", sentence.pk), {"reason": "harm"}).status_code == 409


def test_a_consent_taken_back_takes_the_sentence_away(forum: Forum, client: Client, sentence: Excerpt) -> None:
    withdrawals.change_consent(sentence.testimony, by=public_seat(forum), summarise=True, quote=False, voice=False)
    assert "nous avons marché" not in text(client.get(at("excerpt-clearance")))
    assert client.post(at("excerpt-clear", sentence.pk)).status_code == 409
    assert not Quote.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_clearance(forum: Forum, client: Client, django_assert_num_queries: Any, n: int) -> None:
    for _ in range(n):
        a_sentence(forum, make.a_seat(forum, Seat.Role.READER))
    with django_assert_num_queries(8):
        client.get(at("excerpt-clearance"))
