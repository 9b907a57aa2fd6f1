"""M8: a sentence is cleared by another person than proposed it, beside what it was before."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from declarations.forms.excerpts import name_of
from declarations.linting import flags
from declarations.models import Excerpt, Forum, HistoryEntry, Quote, Seat, Testimony
from declarations.models.texts import tidy
from declarations.workflow import excerpts, findings, reading, testimonies, withdrawals
from declarations.workflow.moves import Refused
from declarations.workflow.participants import public_seat
from declarations.workflow.telling import Linter
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
    with django_assert_num_queries(11):
        client.get(at("excerpt-clearance"))


# What could tell who spoke is left out, or kept for a reason by two people (M8)

TELLING = "Le préfet est venu avec Fatou en avril. Personne n'a dit pourquoi."
FLAGS = ["préfet", "Fatou", "avril"]


def named(words: str, n: int = 0) -> str:
    """The name of the field in which the n-th flag of a sentence is answered."""
    return name_of(flags(words)[n])


def answered(words: str, why: str = "many") -> dict[str, str]:
    return {flag.key: why for flag in flags(words)}


def test_what_could_tell_is_shown_with_its_cure(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, words=TELLING)
    sent = {"excerpt-words": TELLING, "act": "look"}
    page = text(client.post(at("excerpt-propose", testimony.pk), sent))
    for word in FLAGS:
        assert f'<mark lang="fr">{word}</mark>' in page
    assert "A name, or what looks like one" in page and "unless there are many of them" in page


def test_it_is_left_out_with_a_click_and_without_a_script(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, words=TELLING)
    sent = {"excerpt-words": TELLING, "act": "out-" + named(TELLING, 1)}
    response = client.post(at("excerpt-propose", testimony.pk), sent)
    assert response.status_code == 200
    assert response.context["excerpt"]["words"].value() == TELLING.replace("Fatou", "[.]")
    assert "<del> Fatou </del>" in text(response)
    assert not Excerpt.objects.exists()


def test_nothing_is_proposed_before_each_is_resolved(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum, words=TELLING)
    address = at("excerpt-propose", testimony.pk)
    sent = {"excerpt-words": TELLING, "excerpt-shown": TELLING, "excerpt-looked": "on", "act": "propose"}
    response = client.post(address, sent)
    assert response.status_code == 422 and text(response).count("Leave it out, or say why it may stay.") == 6
    almost = {f"excerpt-{named(TELLING, n)}": "many" for n in range(2)}
    assert client.post(address, {**sent, **almost, f"excerpt-{named(TELLING, 2)}": "because"}).status_code == 422
    assert not Excerpt.objects.exists()
    whole = {f"excerpt-{named(TELLING, n)}": "many" for n in range(3)}
    assert client.post(address, {**sent, **whole}).status_code == 302
    excerpt = Excerpt.objects.get()
    one = testimonies.open_key(testimony, make.reading_private(forum))
    assert excerpts.answers_of(excerpt, one) == answered(TELLING)
    # Sealed: what was pointed at stands nowhere in clear.
    assert b"fatou" not in bytes(excerpt.answers or b"").lower()


def proposed(forum: Forum) -> Excerpt:
    return excerpts.propose(
        make.a_testimony(forum, words=TELLING),
        by=make.a_seat(forum, Seat.Role.READER),
        reading_private=make.reading_private(forum),
        words=TELLING,
        answers=answered(TELLING),
    )


def test_a_second_person_answers_too(forum: Forum, client: Client) -> None:
    excerpt = proposed(forum)
    page = text(client.get(at("excerpt-clearance")))
    assert page.count("The first person said: <q>Many people could say this</q>") == 3
    response = client.post(at("excerpt-clear", excerpt.pk))
    assert response.status_code == 422 and "Leave it out, or say why it may stay." in text(response)
    assert not Quote.objects.exists()
    assert (
        client.post(at("excerpt-clear", excerpt.pk), {named(TELLING, n): "known" for n in range(3)}).status_code == 302
    )
    quote = Quote.objects.get()
    assert {kept["key"]: kept["why"] for kept in quote.kept} == {key: ["many", "known"] for key in answered(TELLING)}


def test_the_gate_asks_again_where_a_quote_becomes_public(forum: Forum) -> None:
    excerpt = make.an_excerpt(forum)
    assert excerpts.passes_gate(excerpt)
    finding = make.a_finding(forum, "agreed", (excerpt,), behind=forum.public_minimum)
    # As if a sentence had come past the linter: it stays cleared and unseen.
    Quote.objects.update(words="Fatou n'a pas dit pourquoi")
    findings.publish(finding, by=make.organiser_of(forum))
    excerpt.refresh_from_db()
    assert excerpt.state == State.CLEARED and not Excerpt.objects.public().exists()
    with pytest.raises(Refused):
        excerpts.publish(excerpt, by=make.organiser_of(forum))


@pytest.mark.parametrize("what", ["consent", "second", "copy", "answer", "mark"])
def test_each_part_of_the_gate_shuts_it(forum: Forum, what: str) -> None:
    excerpt = proposed(forum)
    private = make.reading_private(forum)
    clearer = make.a_seat(forum, Seat.Role.READER)
    excerpts.clear(excerpt, by=clearer, reading_private=private, answers=answered(TELLING))
    assert excerpts.passes_gate(excerpt)
    if what == "consent":
        excerpt.testimony.may_quote = False
    elif what == "second":
        excerpt.cleared_by = make.a_seat(forum, Seat.Role.ORGANISER, user=excerpt.proposed_by.user)
    elif what == "copy":
        Quote.objects.all().delete()
    elif what == "answer":
        Quote.objects.update(kept=[{"key": key, "why": ["many"]} for key in answered(TELLING)])
    else:
        Quote.objects.update(words="[.] n'a pas dit pourquoi")
    assert not excerpts.passes_gate(excerpt)


def test_too_few_people_who_are_like_that(forum: Forum) -> None:
    """M7: what a sentence tells, with how its speaker is described, is counted among those who registered."""
    for _ in range(forum.public_minimum - 1):
        make.a_participant(forum, "gao", "herder", sex="woman")
    make.a_participant(forum, "gao", "farmer", sex="man")
    testimony = make.a_testimony(forum)
    Testimony.objects.filter(pk=testimony.pk).update(described_region=forum.regions.get(code="gao"))
    testimony.refresh_from_db()
    assert [flag.rule for flag in Linter(forum).flags(testimony, "Je suis veuve.")] == ["rare"]
    make.a_participant(forum, "gao", "herder", sex="woman")
    linter = Linter(forum)
    assert [flag.rule for flag in linter.flags(testimony, "Je suis veuve.")] == []
    assert [(flag.rule, flag.words) for flag in linter.flags(testimony, "Je suis veuf.")] == [("rare", "veuf")]
    told = linter.flags(testimony, "Nous sommes des farmer à Kayes")
    assert [flag.words for flag in told if flag.rule == "rare"] == ["Nous sommes des farmer", "Kayes"]
    assert linter.flags(testimony, "Nous vivons à Gao") == []  # what the description says already


SAID = "Amadou a vu le puits fermé, et Fatoumata l'a dit au voisin. Nous avons marché deux jours."


@given(st.lists(st.integers(0, len(SAID)), min_size=2, max_size=8, unique=True))
def test_what_is_left_out_reaches_no_copy_and_the_order_stays(cuts: list[int]) -> None:
    """Any stretches cut out: either the sentence is refused, or each kept piece stands whole and in its order."""
    cuts = sorted(cuts)
    kept = [SAID[start:end] for start, end in zip([0, *cuts[1::2]], [*cuts[::2], len(SAID)], strict=False)]
    words = tidy("[.]".join(kept))
    try:
        excerpts.check(words, SAID)
    except ValidationError:
        return
    spans = excerpts.placed(words, SAID) or []
    public = excerpts.public_words(words)
    assert excerpts.REDACTED not in public
    pieces = [piece.strip() for piece in public.split(excerpts.LEFT_OUT) if piece.strip()]
    assert pieces == [SAID[start:end] for start, end in spans]
    assert all(end <= after for (_start, end), (after, _end) in itertools.pairwise(spans))
    whole = set(re.findall(r"\w+", SAID))
    assert set(re.findall(r"\w+", public)) <= whole, "a word was cut in two"


@pytest.mark.parametrize("words", ["[.]", "[.] [.]", "A[.] a vu le puits", "[.]dou a vu", "le puits fermé, Amadou"])
def test_a_sentence_that_is_no_redaction_of_what_was_said(words: str) -> None:
    with pytest.raises(ValidationError):
        excerpts.check(words, SAID)


def test_an_emptied_redaction_stays_empty(forum: Forum) -> None:
    excerpt = make.an_excerpt(forum, make.a_testimony(forum, words=SAID), "[.] a vu le puits [.][.] au voisin")
    quote = Quote.objects.get(excerpt=excerpt)
    assert quote.words == "[…] a vu le puits […][…] au voisin"
    excerpts.withdraw(excerpt, by=make.a_seat(forum, Seat.Role.READER))
    excerpt.refresh_from_db()
    assert excerpt.answers is None and excerpt.envelope is None


# From which text


def test_a_sentence_of_a_translation_says_so_and_by_whom(forum: Forum, client: Client, reader: Seat) -> None:
    testimony, private = make.a_testimony(forum, words="Dɔgɔ ma fɔ."), make.reading_private(forum)
    Testimony.objects.filter(pk=testimony.pk).update(language="bm")
    testimony.refresh_from_db()
    other = make.a_seat(forum, Seat.Role.READER)
    reading.write_text(
        testimony, by=other, reading_private=private, kind="translation", language="fr", text="Personne n'a parlé."
    )
    sentence = "Personne n'a parlé."
    sent = {"excerpt-words": sentence, "excerpt-shown": sentence, "excerpt-looked": "on", "act": "propose"}
    address = at("excerpt-propose", testimony.pk)
    assert client.post(address, sent).status_code == 422  # not what was said in Bambara
    assert client.post(address, {**sent, "excerpt-source": "translation/fr"}).status_code == 302
    excerpt = Excerpt.objects.get()
    assert (excerpt.source, excerpt.language, excerpt.translated_by) == ("translation", "fr", other)
    page = text(client.get(at("excerpt-clearance")))
    assert f"Taken from the translation into fr by {other.name}." in page
