"""The outbox (M2, M5): what a phone sealed is kept once, never opened, and acknowledged by nobody but the server."""

from __future__ import annotations

import gzip
import json
import re
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import sealing
from declarations.forms import guesses
from declarations.forms.choices import mark_of
from declarations.forms.outbox import OwnBeside, TakenBeside
from declarations.forms.tickets import Ticket
from declarations.models import (
    Conflict,
    Forum,
    ForumKey,
    OpeningHours,
    RecordingChunk,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    TurnedAway,
)
from declarations.sealing import Header
from declarations.views.outbox import SAID
from declarations.workflow import (
    cards,
    describing,
    keeping,
    names,
    outbox,
    participants,
    people,
    reading,
    recordings,
    testimonies,
    withdrawals,
)
from declarations.workflow.describing import Description
from tests import factories as make
from tests.sealed import FACTS, WORDS, Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum() -> Forum:
    cache.clear()
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


def url(forum: Forum) -> str:
    return reverse("testimony-outbox", args=[forum.slug])


def send(forum: Forum, parcel: bytes, **extra: Any) -> Any:
    return Client().post(url(forum), parcel, content_type="application/octet-stream", **extra)


def sent(phone: Phone, **parts: bytes | None) -> str:
    return phone.says(send(phone.forum, phone.parcel(**parts)))


def read(testimony: Testimony, forum: Forum) -> testimonies.Opened:
    return testimonies.opened(testimony, make.reading_private(forum))


def crowd(forum: Forum, number: int = 10, **fields: Any) -> None:
    for _ in range(number):
        make.a_participant(forum, **fields)


# Somebody whom a desk without a network did not record


def turned_away(forum: Forum, why: str = "adult", **changes: Any) -> Phone:
    """What a desk sends of somebody under age, or who is not to be read: its answer, and no word."""
    seat, _token = people.give_link(forum, by=make.organiser_of(forum), role=Seat.Role.FACILITATOR, name="Fanta")
    ticket = Ticket.new(time.time() - 60, seat=seat.pk).sealed(forum)
    phone = Phone(forum, **{"ticket": ticket, "words": "", **changes})
    phone.outer["answers"] = {"adult": "yes", "may_read": "yes", "language": "fr", "website": "", why: "no"}
    return phone


@pytest.mark.parametrize(("answer", "why"), [("adult", "under_age"), ("may_read", "no_reading")])
def test_whom_a_desk_without_a_network_turned_away_is_counted_once(forum, answer, why):
    """M15: as on the page of a desk that has a network, and nothing else is kept."""
    phone = turned_away(forum, answer)
    parcel = phone.parcel()
    assert [phone.says(send(forum, parcel)) for _ in range(2)] == ["counted", "counted"]
    assert turned_away(forum, answer) and sent(turned_away(forum, answer)) == "counted"
    row = TurnedAway.objects.get()
    assert (row.why, row.count, row.day) == (why, 2, forum.today())
    assert not Testimony.objects.exists() and not SealedText.objects.exists()


def test_only_a_desk_says_later_whom_it_turned_away(forum):
    phone = turned_away(forum, ticket=Ticket.new(time.time() - 60).sealed(forum))
    assert sent(phone) == "refused" and not TurnedAway.objects.exists()


def test_whom_a_desk_turned_away_is_not_counted_long_after_the_form_closed(forum):
    old = turned_away(forum)
    OpeningHours.objects.create(
        forum=forum,
        form="testimonies",
        opens_at=timezone.now() - timedelta(days=30),
        closes_at=timezone.now() - timedelta(days=20),
    )
    assert sent(old) == "late" and not TurnedAway.objects.exists()


# The language in which somebody else wrote


@pytest.mark.parametrize(("written", "kept"), [("fr", "fr"), ("", "bm"), (None, "bm")])
def test_words_written_in_another_language_than_was_spoken_are_of_that_language(forum, written, kept):
    """Also from a phone that sealed before this was asked."""
    phone = turned_away(forum, words=WORDS)
    phone.typed = {"adult": "yes", "may_read": "yes", "summarise": "yes", "quote": "yes", "language": "bm"}
    phone.typed |= {"read_aloud": "yes", "interpreted": "yes", "seen": "", "code": "", "serial": "", "website": ""}
    if written is not None:
        phone.typed["written"] = written
    phone.outer["answers"] = phone.typed
    if written == "":
        assert sent(phone) == "refused"  # our page has no such choice
        return
    assert sent(phone) == "kept"
    row = Testimony.objects.get()
    assert row.language == "bm" and read(row, forum).words == WORDS
    assert [text.language for text in reading.told(row, make.reading_private(forum)).texts] == [kept]


def test_words_kept_aside_open_in_the_language_in_which_they_were_written(forum):
    consent = testimonies.Consent(summarise=True, quote=True, voice=False, language="fr")
    given = {"id": uuid.uuid4(), "language": "bm", "written": "fr", "taken_as": "facilitator", "consent": consent}
    testimonies.give(forum, words=WORDS, receipt=sealing.new_receipt(), **given)
    with pytest.raises(keeping.Conflicting):
        testimonies.give(forum, words="Autre chose.", receipt=sealing.new_receipt(), **given)
    [aside] = Conflict.objects.all()
    assert aside.language == "fr"
    assert outbox.opened_aside(aside, make.reading_private(forum)).words == "Autre chose."


# A name, sealed to custody by the phone (M1, M5)


def a_name_of(phone: Phone, text: str = "Awa, 76 12 34 56", row: str = "") -> dict[str, bytes]:
    """The parts of a name as the phone seals them, by the same function as the server."""
    sealed = names.seal(Testimony(id=row or phone.id, forum=phone.forum), names.custody(phone.forum), text)
    return {
        "name": sealed.envelope,
        f"name/first_half/{sealed.first_key.version}": sealed.first_share,
        f"name/other_half/{sealed.other_key.version}": sealed.other_share,
    }


def test_a_name_that_the_phone_sealed_opens_for_two_custodians(forum):
    (one, its), (other, theirs) = make.custodians(forum)
    phone = Phone(forum)
    parcel = phone.parcel(**a_name_of(phone))
    assert [phone.says(send(forum, parcel)) for _ in range(2)] == ["kept", "kept"]
    opening = names.ask(Testimony.objects.get(), by=one, reason="Il le demande.", private=its)
    names.agree(opening, by=other, private=theirs)
    assert names.show(opening, by=one, private=its) == "Awa, 76 12 34 56"


def test_a_name_never_travels_in_the_outer_layer(forum):
    """What the intake key opens must not hold it, and the page that seals says to whom."""
    make.custodians(forum)
    script = Path("static/js/telling.js").read_text(encoding="utf-8")
    assert '"name"' not in re.search(r"const OPEN = \[(.*?)\]", script, re.DOTALL)[1]
    data = Client().get(url(forum)).context["data"]
    assert set(data["custody"]) == {"first_half", "other_half"}


def test_a_name_of_another_shape_is_not_taken(forum):
    make.custodians(forum)
    phone = Phone(forum)
    good = a_name_of(phone)
    [first, other] = [field for field in good if "/" in field]
    for broken in (
        {first: None},
        {"name": None},
        {other: good[other][:-1]},
        {"name": b"Awa"},
        {"name/first_half/99": good[first], first: None},
        {"name/reading/1": good[first], first: None},
        {"name/first_half": good[first], first: None},
        {"name/first_half/x": good[first], first: None},
        {"name": sealing.seal(b"x" * 9000, phone.key, Header("testimony", phone.id, "name"))},
    ):
        assert sent(phone, **{**good, **broken}) != "kept", broken
        assert not Testimony.objects.exists()


# Kept, once


def test_what_was_sealed_is_kept_and_only_readers_open_it(forum):
    phone = Phone(forum, typed={"quote": "yes"})
    assert sent(phone) == "kept"
    kept = Testimony.objects.get()
    assert str(kept.pk) == phone.id and kept.taken_as == "own_phone" and kept.language == "fr"
    assert (kept.may_summarise, kept.may_quote, kept.may_keep_voice) == (True, True, False)
    assert (kept.consent_language, kept.consent_read_aloud) == ("fr", False)
    assert testimonies.of_receipt(forum, phone.receipt) == kept
    assert read(kept, forum).words == WORDS and read(kept, forum).facts.region == "gao"
    # The intake key, which the server has, opens nothing that was kept.
    with pytest.raises(sealing.SealBroken):
        sealing.open_from(settings.INTAKE_KEY, TestimonyKey.objects.get().sealed)


def test_the_same_bytes_again_are_the_same_testimony(forum):
    phone = Phone(forum)
    parcel = phone.parcel()
    assert [phone.says(send(forum, parcel)) for _ in range(3)] == ["kept"] * 3
    assert Testimony.objects.count() == 1 and not Conflict.objects.exists()


def test_other_words_under_one_identifier_are_kept_aside(forum):
    phone = Phone(forum)
    assert sent(phone) == "kept"
    other = Phone(forum, id=phone.id, words="Autre chose.")
    assert [sent(other), sent(phone)] == ["conflict", "conflict"]  # sealed anew is other bytes
    assert Testimony.objects.count() == 1 and read(Testimony.objects.get(), forum).words == WORDS
    assert Conflict.objects.count() == 2
    with patch.object(keeping, "MOST_ASIDE", 2):
        # Not kept, so the phone must not forget it.
        assert sent(phone) == "refused" and Conflict.objects.count() == 2


def test_above_the_limit_without_a_card_a_phone_keeps_it_and_tries_later(forum):
    """M12: by lot, so nobody is shut out; a card and a desk are exempt, and what was kept is answered again (M2)."""
    first, second = Phone(forum), Phone(forum)
    known, parcel = first.parcel(), second.parcel()
    first.says(send(forum, known))
    _card, code = a_card(forum)
    with patch.dict(guesses.MOST, testimony=1), patch.object(guesses, "draw", return_value=0.99) as draw:
        response = send(forum, parcel)
        assert (second.says(response), response.status_code) == ("many", 429) and Testimony.objects.count() == 1
        assert first.says(send(forum, known)) == "kept"
        assert sent(Phone(forum, typed={"code": code})) == "kept"
        assert sent(Phone(forum, ticket=of_days_ago(forum, 0.1, a_link(forum)), typed=ALOUD)) == "kept"
        assert sent(Phone(forum, typed={"code": "AAAAA-AAAAA"})) == "many"  # nobody's card is no card
        draw.return_value = 0.01
        assert second.says(send(forum, parcel)) == "kept"
    assert Testimony.objects.count() == 4
    script = Path(finders.find("js/outbox.js")).read_text()
    assert '"many"' not in re.search(r"const DONE = \[(.*?)\]", script)[1]


@pytest.mark.parametrize("said", sorted(SAID))
def test_the_page_has_words_for_whatever_is_answered(forum, client, said):
    assert f'data-say="{said}"' in client.get(url(forum)).content.decode() or said == "counted"


def test_a_late_copy_of_what_was_taken_back_is_not_kept(forum):
    phone = Phone(forum)
    parcel = phone.parcel()
    phone.says(send(forum, parcel))
    withdrawals.withdraw(Testimony.objects.get(), by=participants.passing_seat(forum))
    assert phone.says(send(forum, parcel)) == "withdrawn"
    assert not TestimonyKey.objects.exists() and not SealedText.objects.exists()


def test_a_voice_comes_sealed_in_parts(forum):
    voice = bytes(range(256)) * 1000
    phone = Phone(forum, words="", voice=voice)
    assert sent(phone) == "kept"
    kept = Testimony.objects.get()
    assert recordings.opened(kept, phone.key, "original") == voice
    assert RecordingChunk.objects.count() == 3 and read(kept, forum).words == ""


def test_nothing_is_acknowledged_before_it_is_stored(forum):
    """A disk that is full, a database that is gone: whatever fails in the transaction, no proof is made (M2)."""
    client, phone = Client(raise_request_exception=False), Phone(forum)
    with patch.object(SealedText._default_manager.__class__, "bulk_create", side_effect=OSError):
        response = client.post(url(forum), phone.parcel(), content_type="application/octet-stream")
    assert response.status_code == 500 and b"proof" not in response.content and not Testimony.objects.exists()
    assert sent(phone) == "kept"


def test_a_receipt_that_is_taken_is_not_told(forum):
    """Sending guessed receipts must not say which exist (M4, M12)."""
    first = Phone(forum)
    sent(first)
    guess = Phone(forum, receipt=first.receipt)
    parcel = guess.parcel()
    assert [guess.says(send(forum, parcel)) for _ in range(2)] == ["kept", "kept"]
    assert str(testimonies.of_receipt(forum, first.receipt).pk) == first.id


# What the address asks of whoever sends


def test_it_knows_no_cookie_and_sets_none(forum):
    phone = Phone(forum)
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(url(forum), phone.parcel(), content_type="application/octet-stream")
    assert phone.says(response) == "kept" and not response.cookies
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("body", [b"", b"{}", b"\x05", b"\x05" + b"x" * 2000, b"<html>"])
def test_what_does_not_open_is_not_acknowledged(forum, body):
    response = send(forum, body)
    assert response.status_code == 400 and response.json() == {"said": "unopened"}


def test_a_parcel_for_one_forum_opens_in_no_other(forum):
    response = send(make.a_forum("other"), Phone(forum).parcel())
    assert response.status_code == 400 and not Testimony.objects.exists()


def test_what_is_too_large_is_not_read(forum):
    assert send(forum, b"x" * ((12 << 20) + 1)).status_code == 413


def test_an_earlier_intake_key_still_opens_what_was_on_phones(forum, settings):
    phone = Phone(forum)
    parcel, before = phone.parcel(), settings.INTAKE_KEY
    settings.INTAKE_KEYS = [sealing.new_pair().private]
    assert send(forum, parcel).status_code == 400
    settings.INTAKE_KEYS = [sealing.new_pair().private, before]
    assert phone.says(send(forum, parcel)) == "kept"


# What cannot be kept is refused, and stays on the phone


@pytest.mark.parametrize(
    "changes",
    [
        {"typed": {"adult": "no"}},
        {"typed": {"may_read": "no"}},
        {"typed": {"summarise": ""}},
        {"typed": {"language": "xx"}},
        {"typed": {"website": "https://spam.example"}},
        {"reading": 9},
        {"reading": "1"},
        {"reading": True},
        {"reading": 1 << 40},
        {"page": "xx"},
        {"receipt": "1234"},
        {"lent": "00"},
        {"id": "not an identifier"},
        {"answers": ["yes"]},
        {"answers": {"adult": ["yes"]}},
        {"ticket": "forged"},
    ],
)
def test_what_our_page_would_not_send_is_refused(forum, changes):
    assert sent(Phone(forum, **changes)) == "refused"
    assert not Testimony.objects.exists() and not SealedText.objects.exists()


@pytest.mark.parametrize(
    "parts",
    [
        {"key": None},
        {"key": b"x" * 79},
        {"facts": None},
        {"words/fr": None},
        {"words/fr": b"\x01" + b"x" * 100},
        {"words/fr": b"\x02" + b"x" * 552},
        {"words/fr": b"\x01" + b"x" * ((512 << 10) + 40)},
        {"facts": b"\x01" + b"x" * ((8 << 10) + 40)},
        {"summary": b"\x01" + b"x" * 552},
        {"recording/1/original/0": b"\x01" + b"x" * 552},
        {f"recording/{uuid.uuid4()}/original/1": b"\x01" + b"x" * 552},
        {f"recording/{uuid.uuid4()}/cleaned/0": b"\x01" + b"x" * 552},
        {
            f"recording/{uuid.uuid4()}/original/0": b"\x01" + b"x" * 552,
            f"recording/{uuid.uuid4()}/original/0 ": b"\x01" + b"x" * 552,
        },
    ],
)
def test_parts_without_the_shape_of_sealed_words_are_refused(forum, parts):
    assert sent(Phone(forum), **parts) == "refused"
    assert not Testimony.objects.exists()


def test_a_ticket_of_another_forum_is_refused(forum):
    other = make.a_forum("other")
    assert sent(Phone(forum, ticket=Ticket.new().sealed(other))) == "refused"
    stranger = make.a_seat(other, Seat.Role.FACILITATOR, user=False)
    assert sent(Phone(forum, ticket=Ticket.new(seat=stranger.pk).sealed(forum))) == "refused"


# Words that nobody could check


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("un\u202emot\u0007", "unmot"),
        ("a" * 30_000, "a" * 20_000),
        ("  ", ""),
    ],
)
def test_readers_see_unchecked_words_without_harm(forum, words, shown):
    sent(Phone(forum, words=words))
    opened = read(Testimony.objects.get(), forum)
    assert opened.words == shown and opened.is_changed and not opened.is_broken


@pytest.mark.parametrize(
    "facts",
    [[], "x", {"region": {"a": 1}}, {"region": "x" * 900}, {"unknown": "y"}, {"lent": "zz"}, {"lent": "00"}, None],
)
def test_facts_of_any_shape_are_shown_without_harm(forum, facts):
    crowd(forum)
    _card, code = a_card(forum)
    phone = Phone(forum, facts=facts, typed={"code": code})
    assert sent(phone) == "kept"
    opened = read(Testimony.objects.get(), forum)
    assert opened.words == WORDS and all(len(value) <= 200 for value in vars(opened.facts).values())


def test_words_sealed_with_another_key_are_shown_as_broken(forum):
    phone = Phone(forum)
    other = sealing.seal_to(phone.reading.public, sealing.new_key())
    assert sent(phone, key=other) == "kept"
    assert read(Testimony.objects.get(), forum).is_broken
    phone = Phone(forum)
    assert sent(phone, key=b"k" * 80) == "kept"
    assert read(Testimony.objects.get(pk=phone.id), forum).is_broken


# How the speaker is described (M7)


def herder_from_gao(forum: Forum) -> Description:
    return Description(forum.regions.get(code="gao"), forum.capacities.get(code="herder"))


def test_a_description_is_kept_if_it_was_agreed_and_is_safe(forum):
    agreed = mark_of(herder_from_gao(forum))
    phone = Phone(forum, typed={"seen": agreed})
    assert sent(phone) == "kept"
    kept = Testimony.objects.get(pk=phone.id)
    assert (kept.described_place, kept.described_standing) == (None, None)
    crowd(forum)
    phone = Phone(forum, typed={"seen": agreed})
    assert sent(phone) == "kept"
    kept = Testimony.objects.get(pk=phone.id)
    assert (kept.described_region.code, kept.described_capacity.code) == ("gao", "herder")


def test_the_list_for_phones_is_what_the_form_offers_each(forum):
    crowd(forum, 10)
    crowd(forum, 10, region="kidal", capacity="farmer")
    crowd(forum, 11, region="kayes", capacity="chief")
    everything = set(outbox.descriptions_of_all(forum))
    offered = {
        one
        for region in [None, *forum.regions.select_related("zone")]
        for capacity in [None, *forum.capacities.select_related("family")]
        for one in describing.descriptions(forum, region, capacity)
    }
    assert everything == offered and len(offered) > 5


def a_card(forum: Forum, **fields: Any) -> Any:
    return participants.register(
        forum,
        by=make.organiser_of(forum),
        region=forum.regions.get(code="gao"),
        capacity=forum.capacities.get(code="herder"),
        **fields,
    )


def test_a_card_lends_its_facts_sealed_and_goes_before_what_was_chosen(forum):
    crowd(forum)
    _card, code = a_card(forum, sex="woman")
    chosen = {**FACTS, "region": "kayes", "capacity": "chief"}
    phone = Phone(forum, typed={"code": code, "seen": mark_of(herder_from_gao(forum))})
    phone.facts = {**chosen, "lent": phone.lent.hex()}
    assert sent(phone) == "kept"
    kept = Testimony.objects.get()
    assert kept.described_region.code == "gao"
    facts = read(kept, forum).facts
    assert (facts.region, facts.capacity, facts.sex) == ("gao", "herder", "woman")
    # A description that is not the card's is not kept, safe or not.
    crowd(forum, region="kayes")
    other = mark_of(Description(forum.regions.get(code="kayes"), None))
    phone = Phone(forum, typed={"code": code, "seen": other})
    sent(phone)
    assert Testimony.objects.get(pk=phone.id).described_place is None


def test_a_card_that_nobody_has_loses_no_words_and_is_not_told(forum):
    phone = Phone(forum, typed={"code": "AAAAA-AAAAA"})
    assert sent(phone) == "kept"
    assert not SealedText.objects.filter(language="card").exists()


def test_a_card_that_gave_all_it_can_waits_on_the_phone(forum):
    _card, code = a_card(forum)
    Forum.objects.filter(pk=forum.pk).update(daily_quota=1)
    phones = [Phone(forum, typed={"code": code}) for _ in range(2)]
    assert [sent(phone) for phone in phones] == ["kept", "quota"]
    assert Testimony.objects.count() == 1


# Receipt cards: the phone names one by the number outside


def printed(forum: Forum) -> Any:
    """A card, and the receipt inside it."""
    [blank] = cards.drawn(forum, 1)
    cards.print_batch(forum, by=make.organiser_of(forum), blanks=[blank])
    return blank


def test_a_card_lends_its_receipt(forum):
    seat, blank = a_link(forum), printed(forum)
    phone = Phone(forum, ticket=of_days_ago(forum, 0.1, seat), typed={**ALOUD, "serial": blank.serial})
    parcel = phone.parcel()
    assert [phone.says(send(forum, parcel)) for _ in range(2)] == ["kept", "kept"]
    assert str(testimonies.of_receipt(forum, blank.receipt).pk) == phone.id
    assert testimonies.of_receipt(forum, phone.receipt) is None


def test_a_card_that_is_spent_loses_no_words_and_no_way_back(forum):
    """Two people were given one number: both are kept, and the second comes back with what the phone had made."""
    seat, blank = a_link(forum), printed(forum)
    for serial in (blank.serial, blank.serial, "123456", "no number"):
        phone = Phone(forum, ticket=of_days_ago(forum, 0.1, seat), typed={**ALOUD, "serial": serial})
        parcel = phone.parcel()
        said = [phone.says(send(forum, parcel)) for _ in range(2)]
        if serial != blank.serial or Testimony.objects.count() > 1:
            assert said == [f"card {phone.receipt}"] * 2
            assert str(testimonies.of_receipt(forum, phone.receipt).pk) == phone.id
        else:
            assert said == ["kept", "kept"]
    assert Testimony.objects.count() == 4


# Keys that changed


def test_a_retired_reading_key_takes_what_was_sealed_before(forum):
    day = forum.today()
    ForumKey.objects.filter(forum=forum).update(retired_on=day)
    assert sent(Phone(forum)) == "kept"
    ForumKey.objects.filter(forum=forum).update(retired_on=day - timedelta(days=2))
    assert sent(Phone(forum)) == "refused"
    early = Ticket.new(time.time() - timedelta(days=3).total_seconds()).sealed(forum)
    assert sent(Phone(forum, ticket=early)) == "kept"


# In time


def open_between(forum: Forum, opened: float, closed: float) -> None:
    """Let the form have been open between so many days ago and so many."""
    now = timezone.now()
    OpeningHours.objects.filter(forum=forum).delete()
    OpeningHours.objects.create(
        forum=forum,
        form="testimonies",
        opens_at=now - timedelta(days=opened),
        closes_at=now - timedelta(days=closed),
    )


def of_days_ago(forum: Forum, days: float, seat: Seat | None = None) -> str:
    made_at = time.time() - timedelta(days=days).total_seconds()
    return Ticket.new(made_at, seat.pk if seat else None).sealed(forum)


@pytest.mark.parametrize(
    ("opened", "closed", "page", "said"),
    [
        (3, -1, 0.1, "kept"),  # open
        (3, -1, 30, "kept"),  # an old page, and the form is open again
        (3, 1, 2, "kept"),  # told before closing
        (3, 1, 0.5, "late"),  # the page was handed out after closing, which we never do
        (3, 1, 4, "late"),  # and before opening
        (20, 6.9, 10, "kept"),
        (20, 7.1, 10, "late"),
    ],
)
def test_what_was_told_before_closing_is_taken_for_seven_days(forum, opened, closed, page, said):
    open_between(forum, opened, closed)
    assert sent(Phone(forum, ticket=of_days_ago(forum, page))) == said


def test_what_was_kept_in_time_is_acknowledged_however_late_it_is_asked(forum):
    phone = Phone(forum)
    parcel = phone.parcel()
    phone.says(send(forum, parcel))
    open_between(forum, 30, 20)
    assert phone.says(send(forum, parcel)) == "kept"


# The desk of a facilitator


def a_link(forum: Forum) -> Seat:
    return make.a_seat(forum, Seat.Role.FACILITATOR, user=False)


ALOUD = {"read_aloud": "yes", "interpreted": "no"}


def test_a_desk_says_how_it_was_taken(forum):
    seat = a_link(forum)
    phone = Phone(forum, ticket=of_days_ago(forum, 0.1, seat), typed=ALOUD, facts={**FACTS, "asked_by": seat.name})
    assert sent(phone) == "kept"
    kept = Testimony.objects.get()
    assert kept.taken_as == "facilitator" and kept.consent_read_aloud
    assert read(kept, forum).facts.asked_by == seat.name
    seat.refresh_from_db()
    assert seat.came_late == 0


def test_a_desk_must_say_whether_it_read_aloud(forum):
    assert sent(Phone(forum, ticket=of_days_ago(forum, 0.1, a_link(forum)))) == "refused"


def revoked(seat: Seat, days: float) -> None:
    Seat.objects.filter(pk=seat.pk).update(revoked_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "page", "said"), [(1, 2, "kept"), (6.9, 8, "kept"), (7.1, 8, "late"), (2, 1, "late")])
def test_a_link_taken_back_brings_in_what_it_had_for_seven_days(forum, days, page, said):
    seat = a_link(forum)
    revoked(seat, days)
    assert sent(Phone(forum, ticket=of_days_ago(forum, page, seat), typed=ALOUD)) == said
    seat.refresh_from_db()
    assert seat.came_late == (said == "kept")


def test_a_link_taken_back_brings_in_fifty_and_no_more(forum):
    seat = a_link(forum)
    people.revoke_seat(seat, by=make.organiser_of(forum))
    Seat.objects.filter(pk=seat.pk).update(came_late=48)
    phones = [Phone(forum, ticket=of_days_ago(forum, 1, seat), typed=ALOUD) for _ in range(3)]
    parcels = [phone.parcel() for phone in phones]
    said = [phone.says(send(forum, parcel)) for phone, parcel in zip(phones, parcels, strict=True)]
    assert said == ["kept", "kept", "late"]
    # A retry of what was kept is no further one.
    assert phones[0].says(send(forum, parcels[0])) == "kept"
    seat.refresh_from_db()
    assert seat.came_late == 50 and Testimony.objects.count() == 2


def test_organisers_see_how_many_came_late_as_a_band(forum, client):
    seat = a_link(forum)
    revoked(seat, 1)
    Seat.objects.filter(pk=seat.pk).update(came_late=7)
    client.force_login(make.organiser_of(forum).user)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admin:declarations_seat_change", args=[seat.pk])).content.decode()
    assert "5" in page and ">7<" not in page and "came after" in page.lower()


# What the page is given


def test_the_sheet_is_the_same_for_everybody_and_holds_no_secret(forum, django_assert_num_queries):
    crowd(forum)
    with django_assert_num_queries(12):
        response = Client().get(url(forum))
    crowd(forum, 12, region="kayes", capacity="chief")
    with django_assert_num_queries(12):
        response = Client().get(url(forum))
    page = response.content.decode()
    assert not response.cookies
    data = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    assert data["intake"] == sealing.public_of(settings.INTAKE_KEY).hex()
    assert data["reading"]["version"] == 1
    assert settings.INTAKE_KEY.hex() not in page and make.reading_private(forum).hex() not in page
    assert data["described"][mark_of(herder_from_gao(forum))]
    assert Client().get(url(forum)).content == response.content


def test_what_seals_weighs_little_and_waits_for_the_page(forum, client):
    """The scripts come after the page, apart from its 14 KB: all of them in two round trips and a half."""
    page = client.get(reverse("testimony-new", args=[forum.slug])).content.decode()
    names = re.findall(r'<script src="/static/(js/[^"]+)"[^>]* defer>', page)
    assert page.count("<script") == len(names) and "js/sealing.js" in names
    sealing_alone = [name for name in names if re.search("tweetnacl|sealing|telling|outbox", name)]
    weights = [len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in sealing_alone]
    assert len(weights) == 4 and sum(weights) < 22 * 1024


def test_the_script_opens_to_the_server_what_the_form_asks_and_nothing_more(forum):
    """A question that is added is sealed away from the server until somebody decides otherwise, here and there."""
    script = Path(finders.find("js/telling.js")).read_text()
    named = set(re.findall(r'"(\w+)"', re.search(r"const OPEN = \[(.*?)\]", script, re.DOTALL)[1]))
    asked = set(OwnBeside(forum).fields) | set(TakenBeside(forum).fields)
    assert named == asked - {"ticket", "seen"} and not named & {"words", "name", "region", "capacity"}


def test_a_forum_without_a_key_hands_out_none():
    page = Client().get(url(make.a_forum("bare"))).content.decode()
    assert '"reading": null' in page


def test_a_desk_that_is_closed_still_sends(forum):
    response = Client().get(reverse("testimony-take", args=[forum.slug]))
    page = response.content.decode()
    assert response.status_code == 403 and "outbox.js" in page and "<form" not in page and "worker" not in page


def at_desk(forum: Forum) -> tuple[Client, str]:
    """A browser in which a facilitator's link was opened, and the token of the link."""
    link = {"role": Seat.Role.FACILITATOR, "name": "Fanta"}
    _seat, token = people.give_link(forum, by=make.organiser_of(forum), **link)
    client = Client()
    client.post(reverse("seat-enter", args=[token]))
    return client, token


def test_a_desk_page_holds_no_token_of_its_link(forum):
    client, token = at_desk(forum)
    page = client.get(reverse("testimony-take", args=[forum.slug])).content.decode()
    assert token not in page and sealing.token_hash(token) not in page
    assert client.cookies["sessionid"].value not in page
    assert 'data-asker="Fanta"' in page


def test_the_worker_answers_below_the_desk(forum):
    client, _token = at_desk(forum)
    response = client.get(reverse("desk-worker", args=[forum.slug]))
    assert response["Content-Type"] == "text/javascript" and b"fetch" in response.content
    assert Client().get(reverse("desk-worker", args=[forum.slug])).status_code == 403


def test_each_forum_chooses_where_leaving_quickly_leads(forum, client):
    Forum.objects.filter(pk=forum.pk).update(exit_url="https://meteo.example/")
    for name in ("testimony-new", "testimony-receipt", "testimony-stopped"):
        assert (
            'class="exit" href="https://meteo.example/"'
            in client.get(reverse(name, args=[forum.slug])).content.decode()
        )
