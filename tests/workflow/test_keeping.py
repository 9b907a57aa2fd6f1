"""M2, M3: what is kept once, and the count of a card that is forgotten."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import timedelta

import pytest

from declarations import sealing
from declarations.models import Conflict, Quota, QuotaKey, SealedText, Testimony
from declarations.models.texts import is_invisible
from declarations.workflow import keeping, testimonies, withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum():
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


def give(forum, **changes):
    consent = testimonies.Consent(summarise=True, quote=False, voice=False, language="fr")
    given = {
        "id": uuid.uuid4(),
        "words": "Le puits est fermé.",
        "language": "fr",
        "taken_as": Testimony.TakenAs.OWN_PHONE,
        "consent": consent,
        "receipt": sealing.new_receipt(),
        **changes,
    }
    return testimonies.give(forum, **given)


def test_a_receipt_stands_for_one_testimony(forum):
    receipt = sealing.new_receipt()
    first = give(forum, receipt=receipt).testimony
    with pytest.raises(keeping.ReceiptTaken):
        give(forum, receipt=receipt)
    assert list(Testimony.objects.all()) == [first] and SealedText.objects.count() == 2


def test_nothing_is_kept_aside_of_a_testimony_that_is_withdrawn_meanwhile(forum):
    testimony = give(forum).testimony
    late = Testimony(id=testimony.pk, forum=forum, content_hash="of other words", given_on=forum.today())
    sealed = testimonies.seal(late, "Autre chose.", testimonies.Facts())
    before = Testimony.objects.get()
    withdrawals.withdraw(testimony, by=passing_seat(forum))
    with pytest.raises(keeping.AlreadyWithdrawn):
        keeping._known(before, late, sealed)
    assert not Conflict.objects.exists()


def test_a_spent_card_keeps_nothing_and_the_same_again_is_still_a_success(forum):
    forum.daily_quota = 2
    participant, sent = make.a_participant(forum), {"id": uuid.uuid4(), "receipt": sealing.new_receipt()}
    give(forum, participant=participant, **sent)
    give(forum, participant=participant)
    with pytest.raises(keeping.QuotaSpent):
        give(forum, participant=participant)
    assert give(forum, participant=participant, **sent).is_again
    assert Testimony.objects.count() == 2 and SealedText.objects.count() == 4


def test_one_card_sending_two_hundred_is_throttled_and_another_is_not(forum):
    """M12: two hundred from one code are stopped at its quota; the next code, and nobody's, still give."""
    eager, other = make.a_participant(forum), make.a_participant(forum)
    spent = 0
    for _ in range(200):
        try:
            give(forum, participant=eager)
        except keeping.QuotaSpent:
            spent += 1
    assert spent == 200 - forum.daily_quota
    give(forum, participant=other)
    give(forum)
    assert Testimony.objects.count() == forum.daily_quota + 2


def test_counts_and_their_key_are_forgotten(forum):
    today = forum.today()
    for days in (1, 2, 30):
        day = today - timedelta(days=days)
        QuotaKey.objects.create(day=day, key=bytes(32))
        Quota.objects.create(forum=forum, day=day, holder="a" * 64, count=1)
    give(forum, participant=make.a_participant(forum))
    kept = {today, today - timedelta(days=1)}
    assert set(QuotaKey.objects.values_list("day", flat=True)) == kept
    assert set(Quota.objects.values_list("day", flat=True)) == kept


def test_the_characters_that_are_refused_are_controls_halves_and_turns():
    """Compared with what Unicode says of every character there is."""
    turns = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069}
    wanted = {
        code
        for code in range(0x110000)
        if code in turns or (unicodedata.category(chr(code)) in ("Cc", "Cs") and chr(code) not in "\n\t\r")
    }
    assert {code for code in range(0x110000) if is_invisible(chr(code))} == wanted
