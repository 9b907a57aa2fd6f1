"""What organisers take with them: no name, no testimony, no formula."""

import csv
import io
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from declarations import exports
from declarations.models import Recommendation, Testimony

from . import factories
from .test_counting import a_clause, a_recommendation, a_section

pytestmark = pytest.mark.django_db

HOSTILE = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=HYPERLINK("http://x","y")']


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


class WhenAFileIsWritten:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_in_it_is_a_formula(self, text):
        rows = [{"text": text, text: "x"}]
        heading, line = read_csv(exports.as_csv(rows))
        assert heading[1].startswith("'") and line[0].startswith("'")
        book = load_workbook(io.BytesIO(exports.as_xlsx(rows)))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert all(cell.data_type == "s" for cell in cells)
        assert book.active["A2"].value.startswith("'")

    def test_numbers_stay_numbers_and_texts_stay_themselves(self):
        rows = [{"n": -3, "text": "Ségou, « l’eau »\nencore"}]
        assert read_csv(exports.as_csv(rows))[1] == ["-3", "Ségou, « l’eau »\nencore"]
        assert read_xlsx(exports.as_xlsx(rows))[1] == (-3, "Ségou, « l’eau »\nencore")

    def test_control_characters_do_not_break_a_workbook(self):
        assert read_xlsx(exports.as_xlsx([{"text": "a\x00b\x0bc"}]))[1] == ("abc",)

    def test_a_workbook_names_nobody(self):
        with ZipFile(io.BytesIO(exports.as_xlsx([{"a": 1}]))) as parts:
            about = parts.read("docProps/core.xml").decode()
        assert "creator" not in about and "lastModifiedBy" not in about

    def test_no_rows_make_an_empty_file(self):
        assert exports.as_csv([]) == b"\xef\xbb\xbf"
        assert read_xlsx(exports.as_xlsx([])) == []


class WhenOrganisersExport:
    def test_recommendations_carry_the_words_as_handed_in_and_the_reason(self):
        forum = factories.a_forum()
        factories.a_recommendation(forum, Recommendation.State.SET_ASIDE, words="Un comité au puits.")
        (row,) = exports.rows_of_recommendations(forum, "en")
        assert (row["number"], row["state"], row["words as handed in"]) == (1, "set aside", "Un comité au puits.")
        assert row["reason of the decision"] == "Cela se décide ailleurs."

    def test_clauses_are_numbered_as_they_are_read(self):
        declaration = factories.a_declaration(factories.a_forum())
        rows = exports.rows_of_clauses(declaration, "en")
        assert [row["number"] for row in rows] == ["", 1, 2]
        assert (rows[2]["text"], rows[2]["recommendations"]) == (factories.TEXTS["en"], "1")
        assert rows[2]["addressees"] == "government, donors"

    def test_participants_have_no_name_in_them(self):
        forum = factories.a_forum()
        participant = factories.a_participant(forum)
        (row,) = exports.rows_of_participants(forum, "en")
        assert list(row) == ["number on the card", "region", "capacity", "sex", "age band", "state"]
        assert row["number on the card"] == participant.serial

    def test_another_forum_is_not_in_it(self):
        one, other = factories.a_forum("one"), factories.a_forum("other")
        factories.a_participant(one)
        factories.a_recommendation(one)
        assert exports.rows_of_participants(other) == exports.rows_of_recommendations(other, "fr") == []

    def test_there_is_no_export_of_testimonies(self):
        names = [name for name in vars(exports) if "testimon" in name.lower()]
        assert names == [] and Testimony not in vars(exports).values()

    @pytest.mark.parametrize("number", [1, 3])
    def test_they_ask_a_fixed_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        section = a_section(forum)
        for _ in range(number):
            a_clause(section, a_recommendation(forum))
            factories.a_participant(forum)
        with django_assert_num_queries(5):
            exports.rows_of_recommendations(forum, "fr")
        with django_assert_num_queries(5):
            exports.rows_of_clauses(section.declaration, "fr")
        with django_assert_num_queries(1):
            exports.rows_of_participants(forum)
