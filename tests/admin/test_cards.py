"""M4: cards are printed once, kept nowhere, and counted so that nobody counts testimonies by them."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations import counting, sealing
from declarations.counting import band
from declarations.models import CardBatch, Forum, HistoryEntry, ReceiptCard, Seat
from declarations.publishing import sheets
from declarations.publishing.as_pdf import TypesettingFailed
from declarations.workflow import cards
from tests import canary
from tests import factories as make
from tests.publishing.pdf_words import pdf_words
from tests.room.desk import at, signed_in

pytestmark = pytest.mark.django_db
Role = Seat.Role
PRINT, LIST = at("declarations_cardbatch_list_do", "cards"), at("declarations_cardbatch_changelist")


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def receipts_of(pdf: bytes) -> list[str]:
    """The two numbers of every card: two cards stand side by side, their numbers on two lines, and no word."""
    lines = re.findall(r"^(?:\d\d(?:\s\d\d){3}){1,2}$", pdf_words(pdf).replace("\f", "\n"), re.MULTILINE)
    halves = [re.findall(r"\d{8}", digits(line)) for line in lines]
    assert len(halves) % 2 == 0
    return [
        first + second
        for upper, lower in zip(halves[::2], halves[1::2], strict=True)
        for first, second in zip(upper, lower, strict=True)
    ]


def organiser(forum: Forum) -> Any:
    return signed_in(make.organiser_of(forum))


def test_a_batch_is_handed_over_once_and_no_digit_is_kept() -> None:
    forum = make.a_forum(mode=Forum.Mode.LIVE)
    client = organiser(forum)
    response = client.post(PRINT, {"size": "9"})
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == 'attachment; filename="A4.pdf"'
    receipts = receipts_of(response.content)
    assert len(set(receipts)) == ReceiptCard.objects.filter(forum=forum).good().count() == 9
    assert all(ReceiptCard.objects.filter(receipt_hash=cards.receipt_hash(receipt)).exists() for receipt in receipts)
    halves = {str(n): half for n, receipt in enumerate(receipts) for half in (receipt[:8], receipt[8:], receipt)}
    assert not canary.sweep(halves, canary.kept())
    # Neither the list nor the batch shows a digit or a serial, and asking again makes another batch.
    batch = CardBatch.objects.get()
    pages = (
        client.get(LIST).content.decode() + client.get(at("declarations_cardbatch_change", batch.pk)).content.decode()
    )
    # Drawings, tokens and names of sheets hold digits of their own.
    shown = re.sub(r'<svg.*?</svg>|name="csrfmiddlewaretoken" value="\w+"|/static/[^"]*', "", pages, flags=re.DOTALL)
    assert not any(row.serial in digits(shown) for row in ReceiptCard.objects.all())
    assert HistoryEntry.objects.of(batch).get().verb == "print_cards"


def test_a_card_looks_like_nothing_in_particular() -> None:
    forum = make.a_forum(mode=Forum.Mode.LIVE)
    pdf = organiser(forum).post(PRINT, {"size": "1"}).content
    assert re.fullmatch(r"[\d\s·/]+", pdf_words(pdf)), pdf_words(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.docinfo.get("/Title")) == "A4" and len(opened.pages) == 1
        assert not {"/Author", "/Subject", "/Keywords"} & set(opened.docinfo.keys())


def test_a_rehearsal_is_marked_outside_the_cards() -> None:
    words = pdf_words(organiser(make.a_forum(mode=Forum.Mode.REHEARSAL)).post(PRINT, {"size": "9"}).content)
    assert [page.splitlines()[-1] for page in words.split("\f")] == ["1 · 1/2 · rehearsal", "1 · 2/2 · rehearsal"]


def test_where_no_sheet_can_be_made_no_card_is_left() -> None:
    forum = make.a_forum()
    with patch.object(sheets, "typeset", side_effect=TypesettingFailed("76 12 34 56")):
        response = organiser(forum).post(PRINT, {"size": "3"})
    assert response.status_code == 200 and "76 12 34 56" not in response.content.decode()
    assert "could not be made" in response.content.decode()
    assert not ReceiptCard.objects.exists() and not CardBatch.objects.exists()


@pytest.mark.parametrize("size", ["0", "401", "many", ""])
def test_a_size_that_cannot_be_is_said_beside_the_field(size: str) -> None:
    response = organiser(make.a_forum()).post(PRINT, {"size": size})
    assert response.context["form"].errors.keys() == {"size"} and not CardBatch.objects.exists()


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.READER, Role.CUSTODIAN, Role.CHAIR])
def test_nobody_else_prints_or_gives_up(role: str) -> None:
    forum = make.a_forum()
    make.a_card(forum)
    client = signed_in(make.a_seat(forum, role))
    for address in (PRINT, LIST, at("declarations_cardbatch_do", CardBatch.objects.get().pk, "void")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"size": "1", "reason": "x"}).status_code == 403
    assert CardBatch.objects.count() == 1 and ReceiptCard.objects.good().count() == 1


def test_cards_are_given_up_by_number_or_all_together() -> None:
    forum = make.a_forum()
    client = organiser(forum)
    client.post(PRINT, {"size": "3"})
    batch = CardBatch.objects.get()
    serial = ReceiptCard.objects.first().serial
    address = at("declarations_cardbatch_do", batch.pk, "void")
    slip = serial[:-1] + str((int(serial[-1]) + 1) % 10)
    wrong = client.post(address, {"serials": f"{serial}, {slip}", "reason": "Perdue."})
    assert wrong.context["form"].errors.keys() == {"serials"} and slip in wrong.content.decode()
    assert client.post(address, {"serials": sealing.format_serial(serial), "reason": ""}).status_code == 200
    assert ReceiptCard.objects.good().count() == 3
    client.post(address, {"serials": sealing.format_serial(serial), "reason": "Perdue."})
    assert ReceiptCard.objects.good().count() == 2
    client.post(address, {"reason": "Toutes perdues."})
    assert not ReceiptCard.objects.good().exists()


def test_the_list_asks_no_more_for_three_than_for_one(django_assert_max_num_queries: Any) -> None:
    forum = make.a_forum()
    client = organiser(forum)
    make.a_card(forum)
    with django_assert_max_num_queries(100) as first:
        client.get(LIST)
    most = len(first.captured_queries)
    for _ in range(2):
        make.a_card(forum)
    with django_assert_max_num_queries(most):
        assert client.get(LIST).content.decode().count("field-left") == 3


def test_m7_what_is_left_stands_still_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the list open sees no number move while somebody testifies with a card; what is given up moves it."""
    forum = make.a_forum()
    batch = cards.print_batch(forum, by=make.organiser_of(forum), blanks=cards.drawn(forum, 30))
    printed = list(batch.cards.all())

    def left() -> tuple[int, int]:
        [row] = counting.with_given_up(CardBatch.objects.filter(pk=batch.pk))
        return counting.at_least_left(row), counting.cards_left(forum, CardBatch.Kind.CARDS)

    assert left() == (26, 26)
    for card in printed[:6]:
        cards.take(card)
    assert left() == (26, 26)
    cards.void(batch, by=make.organiser_of(forum), reason="Perdue.", serials=[printed[6].serial])
    assert left() == (20, 20)
    for card in printed[7:17]:
        cards.take(card)
    assert left() == (20, 20)
    tomorrow = forum.today() + timedelta(days=1)
    monkeypatch.setattr(Forum, "today", lambda _self: tomorrow)
    assert left() == (10, 10)


def test_the_road_says_when_to_print() -> None:
    forum = make.a_forum()
    client = organiser(forum)
    assert "No receipt cards are printed" in client.get(at("index")).content.decode()
    cards.print_batch(forum, by=make.organiser_of(forum), blanks=cards.drawn(forum, 30))
    assert "Receipt cards left: at least 26" in client.get(at("index")).content.decode()
    assert "Receipt cards" not in signed_in(make.a_seat(forum, Role.CUSTODIAN)).get(at("index")).content.decode()


@given(size=st.integers(1, 400), spent=st.integers(0, 400), minimum=st.integers(5, 20))
def test_m7_what_is_left_tells_no_more_than_a_band_of_what_was_used(size: int, spent: int, minimum: int) -> None:
    spent = min(spent, size)

    def left(used: int) -> int:
        return counting.surely_left(size, band(used, minimum))

    assert 0 <= left(spent) <= size - spent
    # Whoever reads it cannot tell this number from any other of its band; zero reads like any small number.
    same = [used for used in range(size + 1) if band(used, minimum) == band(spent, minimum)]
    assert {left(used) for used in same} == {left(spent)}
    assert left(0) == left(min(size, minimum - 1))
