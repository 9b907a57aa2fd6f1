"""M4: receipt cards are drawn, printed, given up, and lend their receipt once; nothing ties one to a testimony."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction

from declarations import sealing
from declarations.models import CardBatch, Forum, HistoryEntry, ReceiptCard, Testimony, TestimonyKey
from declarations.workflow import cards, forums, testimonies
from declarations.workflow.cards import Blank, CardSpent
from declarations.workflow.moves import Refused
from tests import canary
from tests import factories as make

pytestmark = pytest.mark.django_db


def printed(forum: Forum, size: int = 3) -> tuple[CardBatch, list[Blank]]:
    blanks = cards.drawn(forum, size)
    return cards.print_batch(forum, by=make.organiser_of(forum), blanks=blanks), blanks


def give(forum: Forum, serial: str, words: str = make.WORDS, id: uuid.UUID | None = None) -> Any:
    make.reading_private(forum)
    return testimonies.give(
        forum,
        id=id or uuid.uuid4(),
        words=words,
        language="fr",
        taken_as=Testimony.TakenAs.FACILITATOR,
        consent=testimonies.Consent(summarise=True, quote=False, voice=False, language="fr"),
        card=cards.of_serial(forum, serial),
    )


def test_a_batch_has_as_many_serials_as_cards_and_keeps_no_digit() -> None:
    forum = make.a_forum()
    batch, blanks = printed(forum, 40)
    assert batch.size == ReceiptCard.objects.filter(forum=forum).good().count() == len({b.serial for b in blanks}) == 40
    secrets = {blank.serial: blank.receipt for blank in blanks}
    assert not canary.sweep(secrets, canary.rows())
    # A serial is there to be found: the sweep sees what is kept.
    assert canary.sweep({"serial": blanks[0].serial}, canary.rows())
    assert blanks[0].receipt not in repr(blanks[0])


def test_batches_count_from_one_in_each_forum_and_serials_never_meet() -> None:
    here, there = make.a_forum("here"), make.a_forum("there")
    drawn = iter(["000000", "000000", "111113", "000000"])
    with patch("declarations.workflow.cards.sealing.new_serial", side_effect=drawn):
        first = printed(here, 1)[1][0].serial
        second, other = printed(here, 1)[1][0].serial, printed(there, 1)[1][0].serial
    assert (first, second, other) == ("000000", "111113", "000000")
    assert [batch.number for batch in CardBatch.objects.filter(forum=here).order_by("number")] == [1, 2]
    assert CardBatch.objects.get(forum=there).number == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        cards.print_batch(here, by=make.organiser_of(here), blanks=[Blank("000000", sealing.new_receipt())])


@pytest.mark.parametrize("size", [0, -1, cards.MOST + 1])
def test_a_batch_has_a_size(size: int) -> None:
    with pytest.raises(Refused):
        cards.drawn(make.a_forum(), size)


def test_a_testimony_takes_the_receipt_of_its_card() -> None:
    forum = make.a_forum()
    _batch, blanks = printed(forum)
    given = give(forum, blanks[1].serial)
    assert testimonies.of_receipt(forum, blanks[1].receipt) == given.testimony
    assert testimonies.of_receipt(forum, blanks[0].receipt) is None


def test_m2_the_same_testimony_again_succeeds_and_another_is_refused_whole() -> None:
    forum = make.a_forum()
    _batch, blanks = printed(forum)
    one = uuid.uuid4()
    assert not give(forum, blanks[0].serial, id=one).is_again
    assert give(forum, blanks[0].serial, id=one).is_again
    with pytest.raises(CardSpent):
        give(forum, blanks[0].serial, "D'autres mots.")
    assert Testimony.objects.count() == TestimonyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_m2_the_same_at_the_same_moment_is_one_and_all_succeed() -> None:
    forum = make.a_forum()
    _batch, blanks = printed(forum)
    make.reading_private(forum)
    one, gate = uuid.uuid4(), threading.Barrier(8)

    def send(_number: int) -> bool:
        try:
            gate.wait(10)
            return give(forum, blanks[0].serial, id=one).is_again
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [False, *[True] * 7]
    assert Testimony.objects.count() == 1
    assert testimonies.of_receipt(forum, blanks[0].receipt) == Testimony.objects.get()


def test_m3_a_used_card_forgets_its_receipt_and_is_written_with_its_whole_batch() -> None:
    forum = make.a_forum()
    _batch, blanks = printed(forum)
    testimony = give(forum, blanks[0].serial).testimony
    card = ReceiptCard.objects.get(serial=blanks[0].serial)
    assert (card.is_used, card.receipt_hash) == (True, "")
    # Nothing of the testimony stands in any row of the card, and nothing of the card in any row of the testimony.
    for needle in (str(testimony.pk), testimony.pk.hex, testimony.receipt_hash):
        assert not canary.sweep({"it": needle}, {k: v for k, v in canary.rows().items() if "card" in k})
    places = {k: v for k, v in canary.rows().items() if "card" not in k}
    assert not canary.sweep({"serial": card.serial, "card": str(card.pk), "bare": card.pk.hex}, places)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM declarations_receiptcard")
            assert cursor.fetchone() == (1,)


def test_m3_using_a_card_leaves_no_line_in_the_history() -> None:
    forum = make.a_forum()
    _batch, blanks = printed(forum)
    make.reading_private(forum)
    before = HistoryEntry.objects.count()
    give(forum, blanks[0].serial)
    assert HistoryEntry.objects.count() == before


def test_a_lost_card_is_given_up_and_the_others_stay() -> None:
    forum = make.a_forum()
    batch, blanks = printed(forum)
    give(forum, blanks[0].serial)
    lost = [blank.serial for blank in blanks[:2]]
    cards.void(batch, by=make.organiser_of(forum), reason="Une enveloppe est perdue.", serials=lost)
    rows = {row.serial: row for row in ReceiptCard.objects.filter(batch=batch)}
    # The used one is not said to be used; its receipt stays good.
    assert rows[lost[0]].is_used and not rows[lost[0]].is_void
    assert testimonies.of_receipt(forum, blanks[0].receipt)
    assert rows[lost[1]].is_void and rows[blanks[2].serial].receipt_hash
    with pytest.raises(CardSpent):
        give(forum, lost[1])
    entry = HistoryEntry.objects.of(batch).last()
    assert (entry.verb, entry.reason) == ("void_cards", "Une enveloppe est perdue.")


def test_a_batch_is_given_up_whole_with_a_reason() -> None:
    forum = make.a_forum()
    batch, blanks = printed(forum)
    with pytest.raises(Refused):
        cards.void(batch, by=make.organiser_of(forum), reason=" ")
    with pytest.raises(Refused, match="99 99 94".replace(" ", "\xa0")):
        cards.void(batch, by=make.organiser_of(forum), reason="x", serials=["999994"])
    assert ReceiptCard.objects.good().count() == 3
    cards.void(batch, by=make.organiser_of(forum), reason="Perdues.")
    assert batch.voided_on == forum.today() and not ReceiptCard.objects.good().exists()


def test_a_card_of_another_forum_is_no_card_here() -> None:
    here, there = make.a_forum("here"), make.a_forum("there")
    _batch, blanks = printed(there, 1)
    assert cards.of_serial(here, blanks[0].serial) is None


@pytest.mark.parametrize("fields", [{"is_used": True}, {"is_void": True}, {"receipt_hash": ""}])
def test_the_database_holds_no_receipt_of_a_spent_card(fields: dict[str, Any]) -> None:
    printed(make.a_forum(), 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptCard.objects.update(**fields)


def test_cards_go_with_the_rehearsal() -> None:
    forum = make.a_forum(mode=Forum.Mode.REHEARSAL)
    printed(forum)
    assert forums.is_rehearsed(forum)
    forums.erase_rehearsal(forum, by=make.organiser_of(forum))
    assert not ReceiptCard.objects.exists() and not CardBatch.objects.exists() and not forums.is_rehearsed(forum)
