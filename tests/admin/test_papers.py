"""Paper forms: typed twice by two people, sealed in between, compared word by word, only then given (M1, M2, M3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from declarations import sealing
from declarations.models import (
    CardBatch,
    Forum,
    HistoryEntry,
    PaperForm,
    ReceiptCard,
    SealedText,
    Seat,
    Testimony,
    TurnedAway,
)
from declarations.workflow import cards, testimonies
from tests import canary
from tests import factories as make
from tests.room.desk import at, signed_in

pytestmark = pytest.mark.django_db
Role = Seat.Role
SECRET = "tamarinier sous la lune de Tessit"
WORDS = f"Le puits a été fermé. {SECRET}. Nous avons marché deux jours."


@pytest.fixture
def forum() -> Forum:
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


@pytest.fixture
def sheet(forum: Forum) -> cards.Blank:
    return make.a_card(forum, CardBatch.Kind.FORMS)


@pytest.fixture
def one(forum: Forum) -> Client:
    return signed_in(make.organiser_of(forum))


@pytest.fixture
def other(forum: Forum) -> Client:
    return signed_in(make.a_seat(forum, Role.FACILITATOR))


def typed(sheet: cards.Blank, **changes: Any) -> dict[str, Any]:
    """What a page sends of a sheet; an answer of None is left out."""
    given = {
        "sheet_code": sheet.code,
        "adult": "yes",
        "may_read": "yes",
        "read_aloud": "yes",
        "interpreted": "no",
        "asked_by": "Oumou Sangaré",
        "language": "bm",
        "words": WORDS,
        "summarise": "yes",
        "quote": "no",
        "region": "gao",
        "capacity": "herder",
        "precision": "",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def paper_of(sheet: cards.Blank) -> PaperForm:
    return PaperForm.objects.get(card__serial=sheet.serial)


def type_(client: Client, sheet: cards.Blank, **changes: Any) -> Any:
    return client.post(at("paper-type", paper_of(sheet).pk), typed(sheet, **changes))


def enter(client: Client, sheet: cards.Blank, **changes: Any) -> Any:
    return client.post(at("paper-enter", paper_of(sheet).pk), typed(sheet, **changes))


def marks(response: Any) -> dict[str, str]:
    return dict(re.findall(r'name="(mark_\w+)" value="(\w+)"', text(response)))


def text(response: Any) -> str:
    return str(response.content.decode())


def state(sheet: cards.Blank) -> str:
    return str(paper_of(sheet).state)


# Twice the same


def test_two_people_type_the_same_and_a_testimony_is_given(forum, sheet, one, other) -> None:
    assert type_(one, sheet).status_code == 302 and state(sheet) == "typed"
    assert enter(other, sheet).status_code == 302 and state(sheet) == "entered"
    testimony = Testimony.objects.get()
    assert (testimony.taken_as, testimony.language, testimony.consent_language) == ("paper", "bm", "fr")
    assert testimony.may_summarise and not testimony.may_quote and testimony.consent_read_aloud
    opened = testimonies.opened(testimony, make.reading_private(forum))
    assert opened.words == WORDS
    assert (opened.facts.asked_by, opened.facts.region) == ("Oumou Sangaré", "gao")
    # The stub that the speaker took home is the receipt.
    assert testimonies.of_receipt(forum, sheet.receipt) == testimony
    paper = paper_of(sheet)
    assert (paper.draft, paper.wrapped_key, paper.typed_by) == (None, None, None)


def test_m1_what_was_typed_first_is_nowhere_in_clear(forum, sheet, one, other) -> None:
    type_(one, sheet)
    secrets = {"words": SECRET, "asker": "Oumou Sangaré", "code": sheet.code, "bare code": sheet.code.replace("-", "")}
    assert not canary.sweep(secrets, canary.kept())
    paper = paper_of(sheet)
    planted = {**canary.rows(), "planted": WORDS.encode()}
    assert {place for _name, place, _how in canary.sweep(secrets, planted)} == {"planted"}
    # Not by the server alone: the key is wrapped with the code, which stands on the paper only.
    with pytest.raises(sealing.WrongPassphrase):
        sealing.unwrap(paper.wrapped_key, "AAAAA-AAAAA")
    enter(other, sheet)
    assert not canary.sweep(secrets, canary.kept())


def test_a_draft_opens_in_its_own_form_only(forum, sheet, one) -> None:
    type_(one, sheet)
    paper, another = paper_of(sheet), make.a_paper_form(forum)
    key = sealing.unwrap(paper.wrapped_key, sheet.code)
    from declarations.workflow import papers

    with pytest.raises(sealing.SealBroken):
        sealing.open_text(paper.draft, key, papers.header(another))


def test_m3_nothing_ties_the_form_to_the_testimony(forum, sheet, one, other) -> None:
    type_(one, sheet)
    enter(other, sheet)
    testimony, paper = Testimony.objects.get(), paper_of(sheet)
    needles = {"id": str(testimony.pk), "bare": testimony.pk.hex, "receipt": testimony.receipt_hash}
    of_paper = {name: kept for name, kept in canary.rows().items() if re.search("paper|card|history", name)}
    assert len(of_paper) == 4 and not canary.sweep(needles, of_paper)
    needles = {"id": str(paper.pk), "bare": paper.pk.hex, "number": sheet.serial, "card": str(paper.card_id)}
    of_words = {name: kept for name, kept in canary.rows().items() if re.search("testimony|sealed", name)}
    assert not canary.sweep(needles, of_words)


def test_the_history_tells_who_and_never_what(forum, sheet, one, other) -> None:
    type_(one, sheet)
    enter(other, sheet)
    lines = list(HistoryEntry.objects.of(paper_of(sheet)))
    assert [line.verb for line in lines] == ["type_once", "enter_paper"]
    assert lines[0].seat != lines[1].seat and not any(line.reason for line in lines)


# Two people


def test_one_person_does_not_type_twice(forum, sheet, one) -> None:
    type_(one, sheet)
    assert "Somebody else types it again" in text(one.get(at("paper", paper_of(sheet).pk)))
    assert enter(one, sheet).status_code == 403
    # Not from another seat of the same account either.
    make.a_seat(forum, Role.FACILITATOR, make.organiser_of(forum).user)
    seat = Seat.objects.get(forum=forum, role=Role.FACILITATOR)
    one.post(at("seat-choose", seat.pk))
    assert enter(one, sheet).status_code == 403
    assert state(sheet) == "typed" and not Testimony.objects.exists()


@pytest.mark.parametrize("role", [Role.READER, Role.CUSTODIAN, Role.CHAIR, Role.EXPERT])
def test_nobody_else_types(forum, sheet, role) -> None:
    client = signed_in(make.a_seat(forum, role))
    for address in (at("paper-desk"), at("paper", paper_of(sheet).pk)):
        assert client.get(address).status_code == 403
    assert type_(client, sheet).status_code == 403 and state(sheet) == "printed"


def test_a_facilitator_closes_no_form(forum, sheet, other) -> None:
    assert "paper-close" not in text(other.get(at("paper", paper_of(sheet).pk)))
    for name in ("paper-close", "paper-anew"):
        assert other.post(at(name, paper_of(sheet).pk), {"reason": "x"}).status_code == 403


# What differs


def test_a_changed_word_is_shown_with_both_and_decided_on_the_page(forum, sheet, one, other) -> None:
    type_(one, sheet)
    wrong = WORDS.replace("deux jours", "dix jours")
    response = enter(other, sheet, words=wrong)
    assert response.status_code == 422 and not Testimony.objects.exists() and state(sheet) == "typed"
    page = text(response)
    assert "<del>deux</del>" in page and "<ins>dix</ins>" in page and wrong in page
    assert set(marks(response)) == {"mark_words"}
    assert "no-store" in response["Cache-Control"]
    assert enter(other, sheet, words=wrong, **marks(response), which_words="first").status_code == 302
    assert testimonies.opened(Testimony.objects.get(), make.reading_private(forum)).words == WORDS


def test_the_second_typing_may_be_the_right_one(forum, sheet, one, other) -> None:
    type_(one, sheet, quote="yes", words="Le puit.")
    response = enter(other, sheet)
    assert set(marks(response)) == {"mark_words", "mark_quote"}
    # One decision of two is not enough, and is not forgotten for the wrong words.
    half = enter(other, sheet, **marks(response), which_words="second")
    assert half.status_code == 422 and set(marks(half)) == {"mark_quote"}
    assert enter(other, sheet, **marks(response), which_words="second", which_quote="second").status_code == 302
    testimony = Testimony.objects.get()
    assert not testimony.may_quote
    assert testimonies.opened(testimony, make.reading_private(forum)).words == WORDS


def test_a_decision_holds_for_what_was_shown_only(forum, sheet, one, other) -> None:
    type_(one, sheet)
    response = enter(other, sheet, words="Autre chose.")
    again = enter(other, sheet, words="Encore autre chose.", **marks(response), which_words="second")
    assert again.status_code == 422 and set(marks(again)) == {"mark_words"} and not Testimony.objects.exists()


def test_spaces_alone_are_no_difference(forum, sheet, one, other) -> None:
    type_(one, sheet)
    assert enter(other, sheet, words="  " + WORDS.replace(" ", "\n ") + "\r\n").status_code == 302


# The code


@pytest.mark.parametrize("code", ["", "AAAAA-AAAAB", "0000000000"])
def test_a_wrong_code_opens_nothing_and_shows_nothing(forum, sheet, one, other, code) -> None:
    type_(one, sheet)
    response = enter(other, sheet, sheet_code=code, words="Autre chose.")
    assert response.status_code == 422 and set(response.context["form"].errors) == {"sheet_code"}
    assert SECRET not in text(response) and "Autre chose." in text(response)
    assert state(sheet) == "typed"


def test_a_form_is_typed_anew_when_its_first_typing_went_wrong(forum, sheet, one, other) -> None:
    wrong = sealing.new_code()
    type_(one, sheet, sheet_code=wrong)
    assert enter(other, sheet).status_code == 422
    assert one.post(at("paper-anew", paper_of(sheet).pk), {"reason": ""}).status_code == 200
    assert one.post(at("paper-anew", paper_of(sheet).pk), {"reason": "le code est mauvais"}).status_code == 302
    assert state(sheet) == "printed" and paper_of(sheet).draft is None
    type_(other, sheet)
    assert enter(one, sheet).status_code == 302


# Nothing is kept of whom nobody may read


@pytest.mark.parametrize(("answer", "why"), [("adult", "under_age"), ("may_read", "no_reading")])
def test_nothing_is_kept_and_the_form_is_closed_once_it_is_sure(forum, sheet, one, answer, why) -> None:
    sent = {answer: "no", "words": None, "quote": None}
    asked = type_(one, sheet, **sent)
    assert asked.status_code == 200 and 'name="sure"' in text(asked) and state(sheet) == "printed"
    for status in (302, 409):
        assert type_(one, sheet, **sent, sure="1").status_code == status
    assert state(sheet) == "void" and not Testimony.objects.exists()
    assert (TurnedAway.objects.get().why, TurnedAway.objects.get().count) == (why, 1)
    assert ReceiptCard.objects.get().is_void
    # The history does not say why: it would say of a numbered sheet that its speaker is a child.
    entry = HistoryEntry.objects.of(paper_of(sheet)).last()
    assert (entry.verb, entry.reason) == ("close_paper", "")


def test_a_no_in_the_second_typing_is_compared_before_it_closes(forum, sheet, one, other) -> None:
    type_(one, sheet)
    asked = enter(other, sheet, may_read="no")
    assert asked.status_code == 422 and set(marks(asked)) == {"mark_may_read"} and 'name="sure"' not in text(asked)
    sure = enter(other, sheet, may_read="no", **marks(asked), which_may_read="second")
    assert 'name="sure"' in text(sure) and state(sheet) == "typed"
    done = enter(other, sheet, may_read="no", **marks(asked), which_may_read="second", sure="1")
    assert done.status_code == 302 and state(sheet) == "void" and paper_of(sheet).draft is None
    assert TurnedAway.objects.get().count == 1 and not SealedText.objects.exists()


def test_a_slip_of_no_is_put_right_by_the_first_typing(forum, sheet, one, other) -> None:
    type_(one, sheet)
    asked = enter(other, sheet, adult="no")
    assert enter(other, sheet, adult="no", **marks(asked), which_adult="first").status_code == 302
    assert state(sheet) == "entered"


# Bad input, and somebody faster


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sheet_code": ""}, "sheet_code"),
        ({"sheet_code": "AAAAA-AAAAB"}, "sheet_code"),
        ({"words": " "}, "words"),
        ({"words": "un\u202edeux"}, "words"),
        ({"adult": None}, "adult"),
        ({"quote": "perhaps"}, "quote"),
        ({"language": "tlh"}, "language"),
        ({"region": "atlantis"}, "region"),
        ({"asked_by": "x" * 121}, "asked_by"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_typed_is_lost(forum, sheet, one, changes, field) -> None:
    response = type_(one, sheet, **changes)
    assert response.status_code == 422 and set(response.context["form"].errors) == {field}
    assert f'id="id_{field}_error"' in text(response)
    if field != "words":
        assert WORDS in text(response)
    assert state(sheet) == "printed" and paper_of(sheet).draft is None


def test_somebody_faster_is_said_and_the_words_come_back(forum, sheet, one, other) -> None:
    type_(one, sheet)
    late = type_(other, sheet)
    assert late.status_code == 409 and WORDS in text(late)
    # What was typed as the first can be sent as the second.
    assert at("paper-enter", paper_of(sheet).pk) in text(late)
    assert enter(other, sheet).status_code == 302
    again = enter(other, sheet)
    assert again.status_code == 409 and "entered" in text(again) and Testimony.objects.count() == 1


def test_a_reason_that_could_tell_who_spoke_is_refused(forum, sheet, one) -> None:
    """It stays in the history, and whoever writes it holds the sheet."""
    type_(one, sheet)
    for name in ("paper-anew", "paper-close"):
        for reason in ("La feuille d’Aminata Touré est tachée.", "Elle a appelé du 76 12 34 56."):
            response = one.post(at(name, paper_of(sheet).pk), {"reason": reason})
            assert response.status_code == 200 and state(sheet) == "typed"
    assert not any(line.reason for line in HistoryEntry.objects.filter(forum=forum))


def test_a_lost_form_is_closed_with_a_reason(forum, sheet, one) -> None:
    type_(one, sheet)
    address = at("paper-close", paper_of(sheet).pk)
    assert one.post(address, {"reason": " "}).status_code == 200 and state(sheet) == "typed"
    assert one.post(address, {"reason": "la feuille a brûlé"}).status_code == 302
    assert state(sheet) == "void" and paper_of(sheet).draft is None and ReceiptCard.objects.get().is_void
    assert HistoryEntry.objects.of(paper_of(sheet)).last().reason == "la feuille a brûlé"


def test_a_batch_of_forms_is_given_up_with_what_was_typed(forum, sheet, one) -> None:
    type_(one, sheet)
    cards.void(CardBatch.objects.get(), by=make.organiser_of(forum), reason="Perdues.")
    assert state(sheet) == "void" and paper_of(sheet).draft is None


def test_the_stub_of_a_form_is_no_card_for_the_desk(forum, sheet) -> None:
    assert cards.of_serial(forum, sheet.serial) is None


# The list


def test_a_sheet_is_found_by_its_number(forum, sheet, one) -> None:
    found = one.post(at("paper-desk"), {"number": sealing.format_serial(sheet.serial)})
    assert found.url == at("paper", paper_of(sheet).pk)
    elsewhere = make.a_card(make.a_forum("elsewhere"), CardBatch.Kind.FORMS)
    slip = sheet.serial[:-1] + str((int(sheet.serial[-1]) + 1) % 10)
    for wrong in ("", slip, elsewhere.serial, make.a_card(forum).serial):
        response = one.post(at("paper-desk"), {"number": wrong})
        assert response.status_code == 422 and set(response.context["form"].errors) == {"number"}


def test_the_list_asks_no_more_for_three_than_for_one(forum, sheet, one, other, django_assert_max_num_queries) -> None:
    type_(one, sheet)
    with django_assert_max_num_queries(100) as first:
        other.get(at("paper-desk"))
    most = len(first.captured_queries)
    for _ in range(2):
        type_(one, make.a_card(forum, CardBatch.Kind.FORMS))
    with django_assert_max_num_queries(most):
        assert text(other.get(at("paper-desk"))).count("Type it again") == 3
    assert text(one.get(at("paper-desk"))).count("You typed this one") == 3


def test_the_road_says_what_waits(forum, sheet, one) -> None:
    assert "second typing" not in text(one.get(at("index")))
    type_(one, sheet)
    page = text(one.get(at("index")))
    assert "1 paper form waits for its second typing" in page and at("paper-desk") in page
