"""One testimony at a time: who reads, what a page may change, and what is never lost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from declarations import sealing
from declarations.admin.room.queue import wide_enough
from declarations.forms.excerpts import before_and_after
from declarations.linting import flags
from declarations.models import Excerpt, Forum, HistoryEntry, Seat, Testimony
from declarations.models.texts import LONGEST_TEXT
from declarations.workflow import excerpts, testimonies, withdrawals
from declarations.workflow.participants import public_seat
from tests import factories as make

from .desk import a_reader, a_sentence, at, at_work, signed_in, summarised

pytestmark = pytest.mark.django_db
State = Testimony.State


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum) -> Seat:
    return a_reader(forum)


@pytest.fixture
def client(reader: Seat) -> Client:
    return at_work(reader)


def text(response: Any) -> str:
    return response.content.decode()


def opened(forum: Forum, testimony: Testimony) -> testimonies.Opened:
    return testimonies.opened(testimony, make.reading_private(forum))


def spoken(forum: Forum, language: str, group: Any = None) -> Testimony:
    row = make.a_testimony(forum)
    Testimony.objects.filter(pk=row.pk).update(language=language, group=group)
    return row


# Who


@pytest.mark.parametrize("role", [role for role in Seat.Role if role not in (*Seat.PASSING, Seat.Role.READER)])
def test_only_readers_come_in(forum: Forum, role: str) -> None:
    testimony = make.a_testimony(forum)
    fields: dict[str, Any] = {"group": make.a_group(forum)} if role == Seat.Role.RAPPORTEUR else {}
    fields |= {"addressee": forum.addressees.first()} if role == Seat.Role.ADDRESSEE else {}
    fields |= {"language": "en"} if role in (Seat.Role.TRANSLATOR, Seat.Role.APPROVER) else {}
    client = signed_in(make.a_seat(forum, role, **fields))
    for name in ("reading-room", "reading-next", "reading-unlock", "excerpt-clearance", "finding-compose"):
        assert client.get(at(name)).status_code == 403, name
    assert client.get(at("reading-testimony", testimony.pk)).status_code == 403
    for name in ("reading-mark", "reading-summarise", "reading-refuse", "excerpt-propose"):
        assert client.post(at(name, testimony.pk)).status_code == 403, name


def test_nobody_comes_in_without_an_account() -> None:
    response = Client().get(at("reading-room"))
    assert response.status_code == 302 and "login" in response["Location"]


def test_a_reader_of_another_forum_finds_nothing(client: Client) -> None:
    other = make.a_forum("other")
    testimony, sentence = make.a_testimony(other), a_sentence(other, make.a_seat(other, Seat.Role.READER))
    assert str(testimony) not in text(client.get(at("reading-room")))
    assert client.get(at("reading-testimony", testimony.pk)).status_code == 404
    for name in ("reading-mark", "reading-summarise", "reading-refuse", "excerpt-propose"):
        assert client.post(at(name, testimony.pk), {"summary-words": "x"}).status_code == 404, name
    for name in ("excerpt-clear", "excerpt-withdraw"):
        assert client.post(at(name, sentence.pk), {"reason": "harm"}).status_code == 404, name


# The page


def test_the_words_are_shown_in_their_language(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, words="<b>Le puits</b> a été fermé.")
    page = text(client.get(at("reading-testimony", testimony.pk)))
    assert "&lt;b&gt;Le puits&lt;/b&gt; a été fermé." in page
    assert 'lang="fr" dir="ltr"' in page
    assert "a participant of the forum" in page


def test_a_spoken_language_of_the_country_is_named(forum: Forum, client: Client) -> None:
    page = text(client.get(at("reading-testimony", make.a_testimony(forum, language="bm").pk)))
    assert 'lang="bm"' in page


def test_reading_by_get_changes_nothing(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    before = HistoryEntry.objects.count()
    for name in ("reading-mark", "reading-summarise", "reading-refuse", "excerpt-propose"):
        assert client.get(at(name, testimony.pk)).status_code == 405
    for address in (at("reading-room"), at("reading-next"), at("reading-testimony", testimony.pk)):
        client.get(address)
    testimony.refresh_from_db()
    assert testimony.state == State.RECEIVED and HistoryEntry.objects.count() == before


def test_having_read_is_said_by_a_button(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    client.post(at("reading-mark", testimony.pk))
    testimony.refresh_from_db()
    assert testimony.state == State.READ


def test_a_summary_is_sealed_and_leads_to_the_next(forum: Forum, reader: Seat, client: Client) -> None:
    testimony = make.a_testimony(forum)
    sent = {"summary-words": "Un puits fermé.", "then": "next"}
    response = client.post(at("reading-summarise", testimony.pk), sent)
    assert response["Location"].startswith(at("reading-next"))
    testimony.refresh_from_db()
    assert testimony.state == State.SUMMARISED
    assert opened(forum, testimony).summary == "Un puits fermé."
    assert "Un puits fermé." in text(client.get(at("reading-testimony", testimony.pk)))


def test_the_next_one_begins_anew_at_the_end(forum: Forum, client: Client) -> None:
    rows = sorted([make.a_testimony(forum) for _ in range(3)], key=lambda row: row.pk)
    for here, there in zip(rows, [*rows[1:], rows[0]], strict=True):
        onward = client.get(at("reading-next"), {"after": here.pk})
        assert onward["Location"] == at("reading-testimony", there.pk)
        back = client.get(at("reading-next"), {"before": there.pk})
        assert back["Location"] == at("reading-testimony", here.pk)
    assert client.get(at("reading-next"), {"after": "nonsense"}).status_code == 302


def test_the_last_one_leads_back_to_the_room(forum: Forum, client: Client) -> None:
    only = make.a_testimony(forum)
    assert client.get(at("reading-next"), {"after": only.pk})["Location"] == at("reading-room")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "There are no words yet."),
        ("a\u202eb", "invisible character"),
        ("a\x07b", "invisible character"),
        ("é" * (LONGEST_TEXT + 1), "longer than"),
    ],
)
def test_bad_words_are_said_beside_the_field_and_kept(forum: Forum, client: Client, words: str, said: str) -> None:
    testimony = make.a_testimony(forum)
    response = client.post(at("reading-summarise", testimony.pk), {"summary-words": words})
    assert response.status_code == 422
    assert said in text(response)
    assert words in text(response)
    testimony.refresh_from_db()
    assert testimony.state == State.RECEIVED


def test_two_readers_at_once_are_told_and_neither_loses_a_word(forum: Forum, client: Client) -> None:
    [testimony] = summarised(forum, 1, "Celui d'avant")
    response = client.post(at("reading-summarise", testimony.pk), {"summary-words": "Le mien", "summary-seen": ""})
    assert response.status_code == 409
    assert "Le mien" in text(response) and "Celui d&#x27;avant" in text(response)
    assert opened(forum, testimony).summary.startswith("Celui d'avant")
    seen = response.context["summary"]["seen"].value()
    client.post(at("reading-summarise", testimony.pk), {"summary-words": "Les deux", "summary-seen": seen})
    assert opened(forum, testimony).summary == "Les deux"


def test_without_consent_there_is_no_summary(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, summarise=False)
    assert "does not want to be added" in text(client.get(at("reading-testimony", testimony.pk)))
    response = client.post(at("reading-summarise", testimony.pk), {"summary-words": "Ce que j'ai écrit"})
    assert response.status_code == 409
    assert "Ce que j&#x27;ai écrit" in text(response)
    assert opened(forum, testimony).summary == ""


def test_a_refusal_needs_a_reason(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    response = client.post(at("reading-refuse", testimony.pk), {"summary-words": "déjà écrit"})
    assert response.status_code == 422 and "Say why it is refused." in text(response)
    client.post(at("reading-refuse", testimony.pk), {"refuse-reason": "attack"})
    testimony.refresh_from_db()
    assert testimony.state == State.REFUSED
    assert HistoryEntry.objects.of(testimony).last().reason == "It attacks somebody"


def test_what_was_refused_meanwhile_is_a_409_that_hands_the_words_back(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    testimonies.refuse(testimony, by=make.a_seat(forum, Seat.Role.READER), reason="…")
    response = client.post(at("reading-summarise", testimony.pk), {"summary-words": "Mon résumé"})
    assert response.status_code == 409 and "Mon résumé" in text(response)
    assert client.post(at("reading-refuse", testimony.pk), {"refuse-reason": "attack"}).status_code == 409


def test_what_was_taken_back_is_gone_and_no_word_about_it_returns(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    withdrawals.withdraw(testimony, by=public_seat(forum))
    assert client.get(at("reading-testimony", testimony.pk)).status_code == 409
    response = client.post(at("reading-summarise", testimony.pk), {"summary-words": "Mon résumé"})
    assert response.status_code == 409 and "Mon résumé" not in text(response)
    assert "took it back" in text(response)


def test_an_unknown_testimony_is_not_found(client: Client) -> None:
    assert client.get(at("reading-testimony", uuid.uuid4())).status_code == 404


# A sentence


def test_a_sentence_is_looked_at_then_proposed(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    address, words = at("excerpt-propose", testimony.pk), "Le puits [.]. Personne n'a dit pourquoi"
    response = client.post(address, {"excerpt-words": words, "act": "look"})
    page = text(response)
    assert response.status_code == 200 and "<del> a été fermé un matin</del>" in page.replace("&#x27;", "'")
    sent = {"excerpt-words": words, "excerpt-shown": words, "act": "propose"}
    response = client.post(address, sent)
    assert response.status_code == 422 and "Look once more" in text(response)
    response = client.post(address, {**sent, "excerpt-looked": "on"})
    assert response.status_code == 302
    excerpt = Excerpt.objects.get(testimony=testimony)
    assert excerpts.open_words(excerpt, make.reading_private(forum)) == words


def test_a_sentence_that_changed_is_looked_at_again(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    sent = {"excerpt-words": "Personne n'a dit pourquoi", "excerpt-shown": "Personne", "excerpt-looked": "on"}
    response = client.post(at("excerpt-propose", testimony.pk), {**sent, "act": "propose"})
    assert response.status_code == 422 and "The sentence changed" in text(response)
    assert not Excerpt.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [("Il a ri", "do not stand in the testimony"), ("", "no words yet"), ("x" * 401, "too long to be quoted")],
)
def test_a_sentence_that_cannot_be_quoted(forum: Forum, client: Client, words: str, said: str) -> None:
    testimony = make.a_testimony(forum)
    response = client.post(at("excerpt-propose", testimony.pk), {"excerpt-words": words, "summary-words": "À moi"})
    assert response.status_code == 422
    assert said in text(response) and words in text(response) and "À moi" in text(response)


def test_nobody_is_quoted_without_consent(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, quote=False)
    words = "Personne n'a dit pourquoi"
    sent = {"excerpt-words": words, "excerpt-shown": words, "excerpt-looked": "on", "act": "propose"}
    assert client.post(at("excerpt-propose", testimony.pk), sent).status_code == 409
    assert not Excerpt.objects.exists()


def test_sending_one_field_keeps_the_other(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    both = {"summary-words": "Mon résumé", "excerpt-words": "Personne n'a dit pourquoi", "then": "next"}
    page = text(client.post(at("reading-summarise", testimony.pk), both)).replace("&#x27;", "'")
    assert "Personne n'a dit pourquoi</textarea>" in page and "Mon résumé</textarea>" in page
    assert opened(forum, testimony).summary == "Mon résumé"
    page = text(client.post(at("reading-testimony", testimony.pk), {"summary-words": "Autre chose"}))
    assert "Autre chose</textarea>" in page
    assert opened(forum, testimony).summary == "Mon résumé"


def test_before_and_after() -> None:
    said = "Je viens de Gao. Le puits d'Amadou a été fermé un matin. Nous avons marché."
    pieces = before_and_after("[.] a été fermé [.].", said)
    assert [(piece.text, piece.is_kept) for piece in pieces] == [
        (" Le puits d'Amadou ", False),
        ("a été fermé", True),
        (" un matin", False),
        (".", True),
    ]
    assert before_and_after("autre chose", said) == []
    assert before_and_after("[.]", said) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Le puits d'Amadou a été fermé", ["puits d'Amadou"]),
        ("Nous étions 14 à Gao en 2019", ["14", "Gao", "2019"]),
        ("Personne n'a dit pourquoi. Nous avons marché", []),
        ("أغلقوا البئر", []),
    ],
)
def test_what_may_tell_who_spoke_is_pointed_at(words: str, found: list[str]) -> None:
    assert [flag.words for flag in flags(words)] == found


# M7: no filter fine enough


@pytest.mark.parametrize(
    ("cells", "wide"),
    [
        ({"fr": 20, "bm": 9, "taq": 2}, {"fr"}),  # without bm hidden too, taq would be what remains
        ({"fr": 20, "bm": 9, "taq": 2, "ff": 3}, {"fr", "bm"}),
        ({"fr": 20, "bm": 9}, {"fr", "bm"}),
        ({"fr": 4}, set()),
        ({"fr": 20, "taq": 1}, set()),
        ({}, set()),
    ],
)
def test_no_cell_is_given_away_by_what_remains(cells: dict[str, int], wide: set[str]) -> None:
    assert wide_enough(cells, 5) == wide


def test_a_rare_language_is_neither_named_nor_filtered(forum: Forum, client: Client) -> None:
    rare = spoken(forum, "ar")
    for _ in range(12):
        spoken(forum, "fr")
    for _ in range(5):
        spoken(forum, "bm")
    page = text(client.get(at("reading-room")))
    assert "?language=fr" in page and "?language=ar" not in page
    assert "?language=bm" not in page  # it is hidden with the rare one
    refused = client.get(at("reading-room"), {"language": "ar"})
    assert "would tell who spoke" in text(refused)
    assert refused.context["page_obj"].paginator.count == 18
    onward = client.get(at("reading-next"), {"language": "ar", "after": rare.pk})
    assert at("reading-testimony", rare.pk) not in onward["Location"]


def test_enough_of_a_group_can_be_read_together_but_not_with_a_language(forum: Forum, client: Client) -> None:
    group = make.a_group(forum)
    for _ in range(6):
        spoken(forum, "fr", group)
    for _ in range(6):
        spoken(forum, "bm")
    assert client.get(at("reading-room"), {"group": group.pk}).context["page_obj"].paginator.count == 6
    both = client.get(at("reading-room"), {"group": group.pk, "language": "fr"})
    assert both.context["page_obj"].paginator.count == 12


def test_what_waits_is_said_in_hours(forum: Forum, client: Client) -> None:
    for _ in range(8):
        make.a_testimony(forum)
    page = text(client.get(at("reading-room")))
    assert "8 testimonies to read" in page and "about one hour" in page


# Nothing read or typed is left anywhere in clear


def test_no_word_is_left_in_any_table(forum: Forum, reader: Seat, client: Client, caplog: Any) -> None:
    words, summary = "Zagalassou le puits fermé et deux jours de marche", "Kikirikou un puits"
    testimony = make.a_testimony(forum, words=words)
    client.get(at("reading-testimony", testimony.pk))
    client.post(at("reading-summarise", testimony.pk), {"summary-words": summary + "\x07"})
    client.post(at("excerpt-propose", testimony.pk), {"excerpt-words": "Zagalassou", "summary-words": summary})
    shown = {"excerpt-words": "Zagalassou", "excerpt-shown": "Zagalassou", "excerpt-looked": "on", "act": "propose"}
    client.post(at("excerpt-propose", testimony.pk), shown)
    client.post(at("reading-summarise", testimony.pk), {"summary-words": summary})
    client.post(at("finding-compose"), {"q": "Kikirikou", "act": "look"})
    client.post(at("reading-lock"))
    client.post(at("reading-summarise", testimony.pk), {"summary-words": summary})
    kept = " ".join(morsel.OutputString() for morsel in client.cookies.values()) + caplog.text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                kept += " ".join(
                    bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row
                )
    assert opened(forum, testimony).words == words
    assert reader.name in kept  # the sweep sees what is there
    for secret in ("Zagalassou", "Kikirikou"):
        assert secret not in kept


# The same number of questions however much there is


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_room(forum: Forum, client: Client, django_assert_num_queries: Any, n: int) -> None:
    for _ in range(n):
        make.a_testimony(forum)
    client.get(at("reading-room"))
    with django_assert_num_queries(16):
        client.get(at("reading-room"))


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_a_testimony(forum: Forum, client: Client, django_assert_num_queries: Any, n: int) -> None:
    testimony = make.a_testimony(forum)
    for _ in range(n):
        a_sentence(forum, make.a_seat(forum, Seat.Role.READER), testimony)
    with django_assert_num_queries(15):
        client.get(at("reading-testimony", testimony.pk))


def test_a_retired_key_still_opens_what_was_sealed_to_it(forum: Forum, reader: Seat, client: Client) -> None:
    from declarations.models import ForumKey, KeyHolding
    from declarations.workflow import people

    old = make.a_testimony(forum, words="Sous l'ancienne clé")
    ForumKey.objects.filter(forum=forum).update(retired_on=forum.today())
    people.make_forum_keys(forum, by=make.organiser_of(forum), holders={ForumKey.Purpose.READING: [reader.user.key]})
    new = make.a_testimony(forum, words="Sous la nouvelle clé")
    assert "ancienne" in text(client.get(at("reading-testimony", old.pk)))
    assert "nouvelle" in text(client.get(at("reading-testimony", new.pk)))
    KeyHolding.objects.filter(key__retired_on=None, person=reader.user.key).delete()
    assert "handed you the reading key" in text(client.get(at("reading-testimony", new.pk)))
    assert sealing.public_of(make.reading_private(forum))
