"""Paper forms are printed in a language of the forum, numbered, each with its code and its card."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils.translation import override

from declarations import sealing
from declarations.forms.sheets import words_of
from declarations.forms.taking import TakenForm
from declarations.models import CardBatch, Forum, HelpContact, PaperForm, Seat, Testimony
from declarations.workflow import papers, testimonies
from tests import canary
from tests import factories as make
from tests.admin.test_cards import digits, receipts_of
from tests.publishing.pdf_words import pdf_words
from tests.room.desk import at, signed_in

pytestmark = pytest.mark.django_db
PRINT = at("declarations_cardbatch_list_do", "forms")
CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


def bare(text: str) -> str:
    """Letters alone: how a line is broken or hyphenated says nothing."""
    return "".join(character for character in text if character.isalnum())


@pytest.fixture
def forum() -> Forum:
    forum = make.a_forum(mode=Forum.Mode.LIVE)
    make.reading_private(forum)
    HelpContact.objects.create(forum=forum, label={"fr": "Écoute"}, phone="80 00 11 22")
    return forum


def printed(forum: Forum, language: str, size: int = 2) -> bytes:
    response = signed_in(make.organiser_of(forum)).post(PRINT, {"language": language, "size": str(size)})
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"], response.context
    return bytes(response.content)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_a_form_asks_what_the_screen_asks_in_its_language(forum: Forum, language: str) -> None:
    pages = pdf_words(printed(forum, language)).split("\f")
    # Four pages a form, one sheet of cards with its back.
    assert len(pages) == 2 * 4 + 2
    said = bare("".join(pages))
    with override(language):
        asked = TakenForm(forum).fields
        for name in ("adult", "may_read", "read_aloud", "interpreted", "language", "words", "summarise", "quote"):
            assert bare(str(asked[name].label)) in said and bare(str(asked[name].help_text)) in said, name
        for label in (asked["region"].label, asked["capacity"].label, asked["precision"].label, "80 00 11 22"):
            assert bare(str(label)) in said
    numbers = [row.card.serial for row in PaperForm.objects.select_related("card")]
    for number in numbers:
        assert [sealing.format_serial(number) in page for page in pages].count(True) == 4 + 1
    # Words and consent never share a page.
    assert not any(bare(words_of(forum, language)["words"]["quote"]["label"]) in bare(page) for page in pages[1:3])
    assert {row.language for row in PaperForm.objects.all()} == {language}


def test_what_is_printed_locks_and_opens_what_is_typed(forum: Forum) -> None:
    pdf = printed(forum, "fr", 1)
    text = pdf_words(pdf)
    [code], [receipt], paper = CODE.findall(text), receipts_of(pdf), PaperForm.objects.get()
    assert digits(text).count(paper.card.serial) >= 5
    papers.type_once(paper, by=make.organiser_of(forum), code=code, answers={"words": "Le puits."})
    assert papers.typed_first(paper, code.lower()) == {"words": "Le puits."}
    consent = testimonies.Consent(summarise=True, quote=False, voice=False, language="fr")
    taken_as = Testimony.TakenAs.PAPER
    given = {"words": "Le puits.", "language": "fr", "taken_as": taken_as, "consent": consent}
    papers.enter(paper, by=make.a_seat(forum, Seat.Role.FACILITATOR), to_give=given)
    assert testimonies.of_receipt(forum, receipt) == Testimony.objects.get()


def test_no_code_and_no_digit_of_a_form_is_kept(forum: Forum) -> None:
    pdf = printed(forum, "fr", 3)
    codes, receipts = CODE.findall(pdf_words(pdf)), receipts_of(pdf)
    assert len(codes) == len(receipts) == 3
    secrets = {
        str(n): secret for n, secret in enumerate([*codes, *receipts, *[code.replace("-", "") for code in codes]])
    }
    assert not canary.sweep(secrets, canary.kept())


def test_the_name_of_the_forum_stands_on_no_sheet(forum: Forum) -> None:
    assert bare(forum.title_in("fr")).lower() not in bare(pdf_words(printed(forum, "fr"))).lower()


@pytest.mark.parametrize("changes", [{"language": "bm"}, {"language": ""}, {"size": "0"}, {"size": "101"}])
def test_what_cannot_be_printed_is_said_beside_the_field(forum: Forum, changes: dict[str, Any]) -> None:
    client = signed_in(make.organiser_of(forum))
    response = client.post(PRINT, {"language": "fr", "size": "1", **changes})
    assert set(response.context["form"].errors) == set(changes) and not CardBatch.objects.exists()
