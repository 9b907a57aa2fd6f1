"""M2, M3: what is kept once, and the count of a card that no disk can be asked about."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from declarations import sealing
from declarations.models import Conflict, Forum, SealedText, Testimony
from declarations.models.texts import is_invisible
from declarations.workflow import cards, keeping, quotas, testimonies, withdrawals
from declarations.workflow.participants import passing_seat
from forum.counts import TABLE
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
    with pytest.raises(quotas.QuotaSpent):
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
        except quotas.QuotaSpent:
            spent += 1
    assert spent == 200 - forum.daily_quota
    give(forum, participant=other)
    give(forum)
    assert Testimony.objects.count() == forum.daily_quota + 2


def test_a_new_day_where_the_forum_meets_begins_with_new_counts(forum):
    forum.daily_quota, participant = 1, make.a_participant(forum)
    give(forum, participant=participant)
    with pytest.raises(quotas.QuotaSpent):
        give(forum, participant=participant)
    with mock.patch.object(Forum, "today", lambda self: timezone.localdate() + timedelta(days=1)):
        give(forum, participant=participant)


def test_what_is_not_kept_in_the_end_does_not_count(forum):
    """Its receipt card is spent by somebody else in the moment after it was counted."""
    forum.daily_quota, participant = 1, make.a_participant(forum)
    card = cards.of_serial(forum, make.a_card(forum).serial)
    for _ in range(3):
        with mock.patch.object(cards, "take", side_effect=cards.CardSpent), pytest.raises(cards.CardSpent):
            give(forum, participant=participant, card=card, receipt="")
    assert not Testimony.objects.exists()
    give(forum, participant=participant)


def test_nothing_that_is_stored_names_the_card_that_was_counted(forum):
    """M3: whoever has the database and every key on the disk cannot make the name again: it is keyed in memory."""
    forum.daily_quota, participant = 1, make.a_participant(forum)
    give(forum, participant=participant)
    kept = counted()
    with override_settings(RUN_KEY=bytes(32)):
        give(forum, participant=participant)  # another server knows nothing of the count
        assert counted() - kept != set() and quotas._name(forum, participant) not in str(kept), "the control"
    assert quotas._name(forum, participant) in str(kept)
    for key in (settings.PEPPER, settings.INTAKE_KEY, settings.SECRET_KEY.encode()[:32]):
        with override_settings(RUN_KEY=key):
            assert quotas._name(forum, participant) not in str(kept)


def counted() -> set[str]:
    """The names under which something is counted, wherever that is."""
    if isinstance(counts := caches["quotas"], LocMemCache):
        return set(counts._cache)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {TABLE}")
        return {name for (name,) in cursor.fetchall()}


def test_the_characters_that_are_refused_are_controls_halves_and_turns():
    """Compared with what Unicode says of every character there is."""
    turns = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069}
    wanted = {
        code
        for code in range(0x110000)
        if code in turns or (unicodedata.category(chr(code)) in ("Cc", "Cs") and chr(code) not in "\n\t\r")
    }
    assert {code for code in range(0x110000) if is_invisible(chr(code))} == wanted
