"""What readers do beside the summary: texts with their authors, a judgement, what is half written, what cannot wait."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from declarations import counting, sealing
from declarations.models import Draft, Factor, Forum, HistoryEntry, SealedText, Seat, Share, Testimony, Urgent
from declarations.workflow import excerpts, reading, testimonies, withdrawals
from declarations.workflow.moves import IllegalMove, Refused
from declarations.workflow.participants import public_seat
from declarations.workflow.telling import Linter
from tests import factories as make

from .desk import PASSPHRASE, a_reader, at, at_work, signed_in
from .test_unlocking import later

pytestmark = pytest.mark.django_db
Kind = SealedText.Kind


@pytest.fixture
def forum() -> Forum:
    forum = make.a_forum()
    for code in ("scarcity", "impunity"):
        Factor.objects.create(forum=forum, code=code, **make.label(code))
    return forum


@pytest.fixture
def reader(forum: Forum) -> Seat:
    return a_reader(forum)


@pytest.fixture
def client(reader: Seat) -> Client:
    return at_work(reader)


def text(response: Any) -> str:
    return response.content.decode().replace("&#x27;", "'")


def told(forum: Forum, testimony: Testimony, by: Seat | None = None) -> reading.Told:
    return reading.told(testimony, make.reading_private(forum), by=by)


# Texts


def test_a_transcript_and_translations_are_sealed_with_their_authors(
    forum: Forum, client: Client, reader: Seat
) -> None:
    testimony = make.a_testimony(forum)
    address = at("reading-text", testimony.pk)
    for kind, words in (("transcript", "Mot à mot."), ("translation/en", "Word for word."), ("translation/ar", "كلمة")):
        assert client.post(address, {"text-as": kind, "text-words": words}).status_code == 302
    found = [(each.key, each.words, each.written_by) for each in told(forum, testimony).texts]
    assert found == [
        ("words/fr", make.WORDS, None),
        ("transcript/fr", "Mot à mot.", reader),
        ("translation/ar", "كلمة", reader),
        ("translation/en", "Word for word.", reader),
    ]
    page = text(client.get(at("reading-testimony", testimony.pk)))
    assert f"by {reader.name}" in page and 'data-source="translation/ar" lang="ar" dir="rtl"' in page


@pytest.mark.parametrize(
    ("kind", "words"), [("translation/fr", "x"), ("translation/xx", "x"), ("", "x"), ("transcript", " ")]
)
def test_a_text_that_is_none_is_said_beside_its_field(forum: Forum, client: Client, kind: str, words: str) -> None:
    testimony = make.a_testimony(forum)
    response = client.post(at("reading-text", testimony.pk), {"text-as": kind, "text-words": words})
    assert response.status_code == 422 and len(told(forum, testimony).texts) == 1


def test_the_verb_refuses_a_translation_into_the_language_spoken(forum: Forum, reader: Seat) -> None:
    given: dict[str, Any] = {"by": reader, "reading_private": make.reading_private(forum), "text": "x"}
    with pytest.raises(ValidationError):
        reading.write_text(make.a_testimony(forum), kind="translation", language="fr", **given)


# A judgement


def test_a_judgement_is_sealed_and_stands_there_again(forum: Forum, client: Client, reader: Seat) -> None:
    testimony = make.a_testimony(forum)
    sent = {"judge-there": "1", "judge-factors": ["scarcity"], "judge-risk_speaker": "high"}
    assert client.post(at("reading-judge", testimony.pk), sent).status_code == 302
    assert told(forum, testimony).judgement == reading.Judgement(("scarcity",), "high", "")
    row = SealedText.objects.get(kind=Kind.JUDGEMENT)
    assert row.written_by == reader and b"scarcity" not in bytes(row.envelope)
    page = text(client.get(at("reading-testimony", testimony.pk)))
    assert f"Judged by {reader.name}." in page
    assert 'value="scarcity" id="id_judge-factors_0" checked' in page
    assert {entry.reason for entry in HistoryEntry.objects.of(testimony)} == {""}


def test_sealing_the_summary_seals_the_judgement_too(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    sent = {"summary-words": "Un puits.", "judge-there": "1", "judge-risk_others": "some"}
    client.post(at("reading-summarise", testimony.pk), sent)
    assert told(forum, testimony).judgement.risk_others == "some"
    client.post(at("reading-summarise", testimony.pk), {"summary-words": "Un autre.", "summary-seen": "x"})
    # A page without these questions takes nothing away.
    assert told(forum, testimony).judgement.risk_others == "some"


@pytest.mark.parametrize("sent", [{"judge-factors": ["unknown"]}, {"judge-risk_speaker": "deadly"}])
def test_what_is_not_in_the_lists_is_refused(forum: Forum, client: Client, sent: dict[str, Any]) -> None:
    testimony = make.a_testimony(forum)
    assert client.post(at("reading-judge", testimony.pk), {"judge-there": "1", **sent}).status_code == 422
    assert not SealedText.objects.filter(kind=Kind.JUDGEMENT).exists()


# Half written


def test_what_is_half_written_is_sealed_and_comes_back(forum: Forum, client: Client, reader: Seat) -> None:
    testimony = make.a_testimony(forum)
    sent = {"summary-words": "Un puits fer", "excerpt-words": "Personne", "quiet": "1"}
    response = client.post(at("reading-keep", testimony.pk), sent)
    assert (response.status_code, response.content) == (204, b"")
    assert b"puits" not in bytes(Draft.objects.get().envelope)
    assert not HistoryEntry.objects.of(testimony).exists()
    page = text(client.get(at("reading-testimony", testimony.pk)))
    assert "Un puits fer</textarea>" in page and "Personne</textarea>" in page and "half written" in page
    assert "Half written by me" in text(client.get(at("reading-room")))
    # Nobody else sees it.
    other = at_work(a_reader(forum))
    assert "Un puits fer" not in text(other.get(at("reading-testimony", testimony.pk)))
    assert told(forum, testimony, reader).half_written["summary-words"] == "Un puits fer"


def test_it_is_gone_once_it_is_kept(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    client.post(at("reading-keep", testimony.pk), {"summary-words": "Un puits fer", "quiet": "1"})
    client.post(at("reading-summarise", testimony.pk), {"summary-words": "Un puits fermé."})
    assert not Draft.objects.exists()


def test_nothing_is_lost_when_the_fifteen_minutes_run_out(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    address = at("reading-keep", testimony.pk)
    client.post(address, {"summary-words": "Un puits fer", "quiet": "1"})
    with later(16 * 60):
        late = client.post(address, {"summary-words": "Un puits fermé un matin", "quiet": "1"})
        # Only an empty answer means kept; this one asks for the passphrase and carries the words along.
        assert late.status_code == 200 and "Un puits fermé un matin" in text(late)
        sent = {"summary-words": "Un puits fermé un matin", "act": "keep", "passphrase": PASSPHRASE}
        page = text(client.post(at("reading-testimony", testimony.pk), sent))
        assert "Un puits fermé un matin</textarea>" in page
        again = signed_in(Seat.objects.get(pk=Draft.objects.get().seat_id))
        again.post(at("reading-unlock"), {"passphrase": PASSPHRASE})
        assert "Un puits fer</textarea>" in text(again.get(at("reading-testimony", testimony.pk)))


def test_saying_that_it_cannot_wait_leaves_what_is_half_written(forum: Forum, client: Client) -> None:
    testimony = make.a_testimony(forum)
    client.post(at("reading-keep", testimony.pk), {"summary-words": "Un puits fer", "quiet": "1"})
    client.post(at("reading-urgent", testimony.pk))
    assert "Un puits fer</textarea>" in text(client.get(at("reading-testimony", testimony.pk)))


def test_a_draft_overtaken_by_another_summary_overwrites_nothing(forum: Forum, client: Client) -> None:
    testimony, private = make.a_testimony(forum), make.reading_private(forum)
    client.post(at("reading-keep", testimony.pk), {"summary-words": "Le mien", "summary-seen": "", "quiet": "1"})
    other = make.a_seat(forum, Seat.Role.READER)
    testimonies.summarise(testimony, by=other, reading_private=private, text="Celui de l'autre")
    page = client.get(at("reading-testimony", testimony.pk))
    seen = page.context["summary"]["seen"].value()
    sent = {"summary-words": "Le mien", "summary-seen": seen}
    assert client.post(at("reading-summarise", testimony.pk), sent).status_code == 409
    assert told(forum, testimony).summary == "Celui de l'autre"


def test_a_draft_opens_for_its_writer_and_its_testimony_alone(forum: Forum, client: Client, reader: Seat) -> None:
    """M1: moved to another testimony or another reader, the envelope does not open."""
    one, other = make.a_testimony(forum), make.a_testimony(forum)
    client.post(at("reading-keep", one.pk), {"summary-words": "Un puits", "quiet": "1"})
    Draft.objects.update(testimony=other)
    with pytest.raises(sealing.SealBroken):
        told(forum, other, reader)
    Draft.objects.update(testimony=one, seat=make.a_seat(forum, Seat.Role.READER))
    with pytest.raises(sealing.SealBroken):
        told(forum, one, Draft.objects.get().seat)


def test_taking_it_back_takes_all_of_this_away(forum: Forum, client: Client, reader: Seat) -> None:
    testimony = make.a_testimony(forum)
    client.post(at("reading-keep", testimony.pk), {"summary-words": "Un puits", "quiet": "1"})
    client.post(at("reading-text", testimony.pk), {"text-as": "translation/en", "text-words": "A well."})
    client.post(at("reading-urgent", testimony.pk))
    withdrawals.withdraw(testimony, by=public_seat(forum))
    assert not Draft.objects.exists() and not Urgent.objects.exists() and not SealedText.objects.exists()
    response = client.post(at("reading-keep", testimony.pk), {"summary-words": "Encore", "quiet": "1"})
    assert response.status_code == 409 and not Draft.objects.exists()


# What cannot wait


def test_the_custodians_are_told_which_and_nothing_of_what(forum: Forum, client: Client, reader: Seat) -> None:
    testimony = make.a_testimony(forum, words="Zagalassou")
    for _ in range(2):
        assert client.post(at("reading-urgent", testimony.pk)).status_code == 302
    urgent = Urgent.objects.get()
    custodian = make.a_seat(forum, Seat.Role.CUSTODIAN)
    assert list(Urgent.objects.for_seat(custodian).waiting()) == [urgent]
    assert (urgent.raised_by, urgent.raised_on, str(urgent)) == (reader, forum.today(), str(testimony))
    assert not Urgent.objects.for_seat(make.organiser_of(forum)).exists()
    organisers = text(signed_in(make.organiser_of(forum)).get(at("index")))
    assert "cannot wait" not in organisers and str(testimony) not in organisers
    assert "1 testimony cannot wait" in text(signed_in(custodian).get(at("index")))
    assert "1 testimony cannot wait" in text(client.get(at("index")))
    assert client.post(at("urgent-noted", urgent.pk)).status_code == 403
    assert signed_in(custodian).post(at("urgent-noted", urgent.pk)).status_code == 302
    assert signed_in(custodian).post(at("urgent-noted", urgent.pk)).status_code == 409
    urgent.refresh_from_db()
    assert (urgent.noted_by, urgent.noted_on) == (custodian, forum.today())
    assert not Urgent.objects.waiting().exists()
    with pytest.raises(IllegalMove):
        reading.take_note(urgent, by=make.a_seat(forum, Seat.Role.CUSTODIAN))
    client.post(at("reading-urgent", testimony.pk))
    assert Urgent.objects.waiting().count() == 1 and Urgent.objects.count() == 2


def test_a_withdrawn_testimony_is_not_urgent(forum: Forum, reader: Seat) -> None:
    testimony = make.a_testimony(forum)
    withdrawals.withdraw(testimony, by=public_seat(forum))
    with pytest.raises(IllegalMove):
        reading.raise_urgent(testimony, by=reader)


# Who takes what first


def spoken(forum: Forum, language: str, n: int, group: Any = None) -> None:
    for _ in range(n):
        Testimony.objects.filter(pk=make.a_testimony(forum).pk).update(language=language, group=group)


def listed(client: Client, **query: str) -> int:
    count: int = client.get(at("reading-room"), query).context["page_obj"].paginator.count
    return count


def test_in_a_group_a_language_of_few_stays_unsaid(forum: Forum, client: Client) -> None:
    """M7: many of the forum speak it, one of this group: the group and the language together would be one person."""
    group = make.a_group(forum)
    spoken(forum, "bm", 6)
    spoken(forum, "bm", 1, group)
    spoken(forum, "fr", 12, group)
    rows = client.get(at("reading-room"), {"group": group.pk}).context["listed"]
    assert len(rows) == 13
    # The one is hidden beside all others: alone among them it would be known.
    assert not any(language for _row, language in rows)
    assert "A language few people speak here" in text(client.get(at("reading-room"), {"group": group.pk}))
    assert "A language few people speak here" not in text(client.get(at("reading-room")))


def test_a_share_comes_first_and_everything_stays_at_hand(forum: Forum, client: Client, reader: Seat) -> None:
    spoken(forum, "fr", 6)
    spoken(forum, "bm", 7)
    reading.share_out(reader, by=make.organiser_of(forum), languages=["bm"])
    page = text(client.get(at("reading-room")))
    assert listed(client) == 7 and "My share: 7 testimonies" in page and "about one hour" in page
    assert listed(client, share="none") == 13
    onward = client.get(at("reading-next"))["Location"]
    assert Testimony.objects.get(pk=uuid.UUID(onward.split("/")[-2])).language == "bm" and "share=language" in onward


def test_no_share_is_fine_enough_to_single_somebody_out(forum: Forum, client: Client, reader: Seat) -> None:
    """M7: a rare language given as a share narrows nothing, and a language and a group are never looked at together."""
    group = make.a_group(forum)
    spoken(forum, "fr", 11)
    spoken(forum, "bm", 6, group)
    spoken(forum, "ar", 1)
    by = make.organiser_of(forum)
    reading.share_out(reader, by=by, languages=["ar"])
    assert listed(client) == 18 and listed(client, share="language") == 18
    # The smallest other language hides with the rare one.
    reading.share_out(reader, by=by, languages=["ar", "bm", "fr"], groups=[group])
    assert listed(client) == 11
    assert listed(client, share="group") == 6
    assert listed(client, share="group", language="fr") in (11, 18)


def test_shares_are_given_by_organisers_and_readers(forum: Forum, reader: Seat) -> None:
    organiser = signed_in(make.organiser_of(forum))
    group = make.a_group(forum)
    assert "Who reads what" in text(organiser.get(at("reading-shares")))
    sent = {"reader": reader.pk, f"{reader.pk}-languages": ["bm"], f"{reader.pk}-groups": [group.pk]}
    assert organiser.post(at("reading-shares"), sent).status_code == 302
    assert {(row.language, row.group) for row in reader.shares.all()} == {("bm", None), ("", group)}
    assert signed_in(reader).post(at("reading-shares"), {"reader": reader.pk}).status_code == 302
    assert not Share.objects.exists()
    assert (
        organiser.post(at("reading-shares"), {"reader": reader.pk, f"{reader.pk}-languages": ["xx"]}).status_code == 422
    )
    assert organiser.post(at("reading-shares"), {"reader": "x"}).status_code == 404
    assert signed_in(make.a_seat(forum, Seat.Role.CUSTODIAN)).get(at("reading-shares")).status_code == 403


def test_nobody_is_given_a_share_of_another_forum(forum: Forum, reader: Seat) -> None:
    other = make.a_forum("other")
    with pytest.raises(Refused):
        reading.share_out(reader, by=make.organiser_of(forum), groups=[make.a_group(other)])
    with pytest.raises(Refused):
        reading.share_out(make.organiser_of(forum), by=make.organiser_of(forum), languages=["fr"])
    there = a_reader(other)
    assert signed_in(make.organiser_of(forum)).post(at("reading-shares"), {"reader": there.pk}).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_shares(forum: Forum, django_assert_num_queries: Any, n: int) -> None:
    make.a_group(forum)
    for _ in range(n):
        reading.share_out(make.a_seat(forum, Seat.Role.READER), by=make.organiser_of(forum), languages=["bm"])
    client = signed_in(make.organiser_of(forum))
    with django_assert_num_queries(7):
        client.get(at("reading-shares"))


# The load, in hours


def test_the_load_is_told_from_classes_of_size(forum: Forum) -> None:
    for _ in range(6):
        make.a_testimony(forum, words="Un puits. " * 700)
    rows = Testimony.objects.filter(forum=forum)
    assert counting.hours_to_read(rows) == round(6 * 14 / 60)
    before = counting.hours_to_read(rows)
    make.a_testimony(forum, words="Court.")
    assert counting.hours_to_read(rows) in (before, before + 1)
    assert counting.hours_to_read(rows.none()) == 0


def test_words_that_a_facilitator_wrote_in_another_language_are_read_and_quoted_in_it(
    forum: Forum, client: Client, reader: Seat
) -> None:
    """The language spoken stays apart: readers, sentences and quotes say in which language the words stand."""
    row = make.a_testimony(forum, language="bm", written="ar", words="أُغلقت البئر ذات صباح.")
    page = text(client.get(at("reading-testimony", row.pk)))
    assert 'data-source="words/ar" lang="ar" dir="rtl"' in page and "The words, in ar" in page
    assert "Said in bm," in page
    private = make.reading_private(forum)
    sentence = "أُغلقت البئر ذات صباح"
    answers = {flag.key: "many" for flag in Linter(forum).flags(row, sentence)}
    excerpt = excerpts.propose(row, by=reader, reading_private=private, words=sentence, answers=answers)
    assert (row.language, excerpt.language) == ("bm", "ar")
    page = text(at_work(a_reader(forum)).get(at("excerpt-clearance")))
    assert "Said in bm, written down in ar." in page
