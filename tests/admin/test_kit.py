"""The sheets of a working group: one file, in three languages, with paper forms behind them where asked for."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest

from declarations.models import CardBatch, Forum, Group, PaperForm, Seat
from declarations.publishing.kit_words import WORDS
from tests import factories as make
from tests.publishing.pdf_words import pdf_words
from tests.room.desk import at, signed_in

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
ASKED = {"language": "fr", "people": "20", "recommendations": "3", "papers": "0"}


def bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.fixture
def forum() -> Forum:
    forum = make.a_forum(mode=Forum.Mode.REHEARSAL)
    make.reading_private(forum)
    return forum


@pytest.fixture
def group(forum: Forum) -> Group:
    return make.a_group(forum)


def printed(group: Group, **changes: str) -> Any:
    client = signed_in(make.organiser_of(group.forum))
    return client.post(at("declarations_group_do", group.pk, "kit"), {**ASKED, **changes})


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_one_file_holds_presence_a_sheet_each_and_hands(group: Group, language: str) -> None:
    response = printed(group, language=language)
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"], response.context
    pages = pdf_words(response.content).split("\f")
    said, words = [bare(page) for page in pages], WORDS[language]
    # Twenty people need two pages of eighteen lines.
    assert len(pages) == 2 + 3 + 1
    assert bare(words["presence_kept"]) in said[0] and bare(words["presence_kept"]) in said[1]
    for number in (1, 2, 3):
        sheet = said[1 + number]
        assert f"{group.number}0{number}" in sheet and bare(words["asks"]) in sheet and bare(words["no_name"]) in sheet
        assert all(bare(str(label)) in sheet for row in group.forum.themes.all() for label in [row.label["fr"]])
        assert f"{group.number}0{number}" in said[-1]
    for name in ("agree", "disagree", "unsure", "hands_kept"):
        assert bare(words[name]) in said[-1]
    assert not CardBatch.objects.exists()


def test_a_rehearsal_is_marked_on_every_sheet_and_the_forum_named_on_none(group: Group) -> None:
    for page in pdf_words(printed(group, language="en", papers="1").content).split("\f")[:-1]:
        assert "rehearsal" in page.lower(), page
        assert bare(group.forum.title_in("en")).lower() not in bare(page).lower()


def test_paper_forms_come_behind_them_with_their_cards(group: Group) -> None:
    content = printed(group, papers="2").content
    pages = pdf_words(content).split("\f")
    assert len(pages) == 2 + 3 + 1 + 2 * 4 + 2
    assert len(CODE.findall("".join(pages))) == 2
    batch = CardBatch.objects.get()
    assert (batch.kind, batch.size) == (CardBatch.Kind.FORMS, 2)
    assert {form.language for form in PaperForm.objects.all()} == {"fr"}
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.docinfo.Title) == "A4", "a file in a folder of downloads says nothing either"


@pytest.mark.parametrize(
    "changes", [{"language": "bm"}, {"people": "0"}, {"recommendations": "41"}, {"papers": "101"}, {"people": "x"}]
)
def test_what_cannot_be_printed_is_said_beside_the_field(group: Group, changes: dict[str, str]) -> None:
    response = printed(group, **changes)
    assert set(response.context["form"].errors) == set(changes) and not CardBatch.objects.exists()


def test_as_many_lines_as_the_group_has_people_and_some_more(group: Group) -> None:
    client = signed_in(make.organiser_of(group.forum))
    form = client.get(at("declarations_group_do", group.pk, "kit")).context["form"]
    assert form["people"].value() == group.memberships.count() + 5


def test_a_rapporteur_prints_those_of_the_own_group_without_forms(forum: Forum, group: Group) -> None:
    seat = make.a_seat(forum, Seat.Role.RAPPORTEUR, group=group)
    other = signed_in(seat)
    page = other.get("/fr/peace/desk/recommendations/")
    assert "/fr/peace/desk/recommendations/kit/" in page.content.decode()
    answer = other.get("/fr/peace/desk/recommendations/kit/")
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    text = pdf_words(answer.content)
    assert bare(WORDS["fr"]["presence"]) in bare(text) and not CODE.findall(text)
    assert not CardBatch.objects.exists()


@pytest.mark.parametrize("role", [Seat.Role.EXPERT, Seat.Role.GENERAL_RAPPORTEUR, Seat.Role.READER])
def test_nobody_without_a_group_prints_one_from_the_desk(forum: Forum, role: str) -> None:
    answer = signed_in(make.a_seat(forum, role)).get("/fr/peace/desk/recommendations/kit/")
    assert answer.status_code in (403, 404)
