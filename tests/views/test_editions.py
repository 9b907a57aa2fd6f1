"""Editions and their files: kept for ever, known again by anybody."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from declarations.models import Edition, EditionFile, Excerpt, Forum, Kind
from declarations.publishing import as_html
from declarations.workflow import declarations, excerpts
from tests import factories as make

from .test_declarations import published

pytestmark = pytest.mark.django_db

ALL = "/en/peace/declaration/editions/"


def corrected(edition: Edition, text: str) -> Edition:
    """Another edition, in which the English of the last clause is another."""
    declaration = edition.declaration
    forum = declaration.forum
    clause = make.last_clause(declaration)
    declarations.word_clause(clause, by=make.organiser_of(forum), language="en", text=text)
    wording = clause.wordings.get(language="en")
    declarations.approve_wording(wording, by=make.a_seat(forum, "approver", language="en"))
    return make.an_edition(forum, make.a_proof(forum, declaration, Kind.ERRATUM))


def test_the_list_names_every_edition(client: Client) -> None:
    edition = published()
    page = client.get(ALL).content.decode()
    assert f'href="{ALL}1/"' in page and edition.control_code in page
    assert "A later one followed." not in page


def test_before_the_first_edition_the_list_says_so(client: Client) -> None:
    make.a_forum()
    assert "There is no edition yet." in client.get(ALL).content.decode()


@pytest.mark.parametrize("editions", [1, 3])
def test_as_many_questions_for_three_editions_as_for_one(
    client: Client, django_assert_num_queries, editions: int
) -> None:
    edition = published()
    for number in range(editions - 1):
        edition = corrected(edition, f"No well is closed by night, {number}.")
    with django_assert_num_queries(4):
        client.get(ALL)
    with django_assert_num_queries(6):
        client.get(f"{ALL}1/")


def test_an_edition_tells_what_it_changed_and_that_another_followed(client: Client) -> None:
    corrected(published(), "No well is closed by night.")
    first, second = (client.get(f"{ALL}{number}/").content.decode() for number in (1, 2))
    assert "A later edition followed: edition 2" in first
    assert "A later edition followed" not in second
    assert "No well is closed by night." not in first and "Article 3" in second
    assert "The text has not changed since it was adopted." in second


def test_how_many_sentences_were_taken_back_is_told_but_not_which(client: Client) -> None:
    published()
    assert "taken back" not in client.get(f"{ALL}1/").content.decode()
    excerpts.withdraw(Excerpt.objects.get(), by=make.organiser_of(Forum.objects.get()))
    page = client.get(f"{ALL}1/").content.decode()
    assert "1 sentence was taken back" in page
    assert "dit pourquoi" not in page


@pytest.mark.parametrize(
    ("extension", "kind", "attached"),
    [
        ("html", "text/html; charset=utf-8", False),
        ("pdf", "application/pdf", True),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", True),
        ("epub", "application/epub+zip", True),
        ("akn", "application/akn+xml", True),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True),
        ("csv", "text/csv; charset=utf-8", True),
        ("json", "application/json", True),
        ("txt", "text/plain; charset=utf-8", True),
    ],
)
def test_a_file_is_the_stored_bytes_for_ever(client: Client, extension: str, kind: str, attached: bool) -> None:
    stored = EditionFile.objects.get(edition=published(), language="fr", extension=extension)
    answer = client.get(f"{ALL}1/declaration.fr.{extension}")
    assert answer.content == bytes(stored.content)
    assert answer["Content-Type"] == kind
    assert answer["ETag"] == f'"{stored.sha256}"'
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Language"] == "fr"
    assert answer.has_header("Content-Disposition") == attached
    assert "Set-Cookie" not in answer and "Vary" not in answer
    assert (
        client.get(f"{ALL}1/declaration.fr.{extension}", headers={"if-none-match": answer["ETag"]}).status_code == 304
    )


def test_a_file_in_two_languages_is_offered_with_the_translation_and_served(client: Client) -> None:
    edition = published()
    stored = EditionFile.objects.get(edition=edition, language="fr-en", extension="pdf")
    for page, name in (("en", "PDF, two languages side by side"), ("fr", "FR-EN PDF")):
        listed = client.get(f"/{page}/peace/declaration/editions/1/").content.decode()
        assert listed.count("declaration.fr-en.pdf") == 1 and name in listed
    answer = client.get(f"{ALL}1/declaration.fr-en.pdf")
    assert answer.content == bytes(stored.content) and answer["Content-Language"] == "fr, en"
    file = SimpleUploadedFile("any name.pdf", bytes(stored.content))
    page = client.post(VERIFY, {"file": file}).content.decode()
    assert "Français · English · PDF, two languages side by side" in page
    assert client.get(f"{ALL}1/declaration.fr-ar.pdf").status_code == 404


def test_the_page_in_one_file_keeps_its_sheet(client: Client) -> None:
    published()
    policy = client.get(f"{ALL}1/declaration.fr.html")["Content-Security-Policy"]
    assert as_html.STYLE_HASH in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("tail", ["7/", "1/declaration.xx.pdf", "1/declaration.fr.odt", "7/declaration.fr.pdf"])
def test_what_was_never_published_is_not_found(client: Client, tail: str) -> None:
    published()
    assert client.get(ALL + tail).status_code == 404


@pytest.mark.parametrize("path", [ALL, f"{ALL}1/", "/en/peace/verify/"])
def test_they_are_the_same_for_everybody(client: Client, path: str) -> None:
    published()
    answer = client.get(path)
    assert "Set-Cookie" not in answer
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304


# Is it ours?

VERIFY = "/en/peace/verify/"


def test_a_file_of_ours_is_known_to_the_last_byte() -> None:
    client = Client(enforce_csrf_checks=True)
    stored = EditionFile.objects.get(edition=published(), language="fr", extension="txt")
    answer = client.post(VERIFY, {"file": SimpleUploadedFile("any name.txt", bytes(stored.content))})
    page = answer.content.decode()
    assert "Yes. This is edition 1, to the last byte." in page
    assert "Français" in page and "Plain text" in page
    assert "Set-Cookie" not in answer and "no-store" in answer["Cache-Control"]


def test_a_file_with_one_letter_changed_is_none_of_ours(client: Client) -> None:
    stored = EditionFile.objects.get(edition=published(), language="fr", extension="txt")
    content = bytes(stored.content).replace(b"puits", b"Puits", 1)
    page = client.post(VERIFY, {"file": SimpleUploadedFile("a.txt", content)}).content.decode()
    assert "No. This file is none of ours" in page


def test_a_file_of_another_forum_is_none_of_this_one(client: Client) -> None:
    stored = EditionFile.objects.get(edition=published(), language="fr", extension="txt")
    make.a_forum("water")
    file = SimpleUploadedFile("a.txt", bytes(stored.content))
    assert "none of ours" in client.post("/en/water/verify/", {"file": file}).content.decode()


def test_nothing_sent_is_said_beside_the_field(client: Client) -> None:
    published()
    assert "Choose a file first." in client.post(VERIFY).content.decode()


def test_a_code_is_known_however_it_was_typed(client: Client) -> None:
    code = published().control_code
    for typed in (code, code.lower().replace("-", " "), code.replace("0", "O").replace("1", "l")):
        page = client.get(VERIFY, {"code": typed}).content.decode()
        assert "Yes. This is the code of edition 1." in page


def test_the_digits_of_sha256sum_name_the_file(client: Client) -> None:
    stored = EditionFile.objects.get(edition=published(), language="en", extension="json")
    digest = hashlib.sha256(bytes(stored.content)).hexdigest()
    assert "This is edition 1, to the last byte." in client.get(VERIFY, {"code": digest}).content.decode()


def test_a_code_of_nothing_is_told(client: Client) -> None:
    published()
    page = client.get(VERIFY, {"code": "AAAA-BBBB-CCCC-DDDD"}).content.decode()
    assert "No edition of this forum has this code." in page


@pytest.mark.parametrize("typed", ["", "AAAA", "AAAA-BBBB-CCCC-DDDU", "\x00" * 16, "<b>" * 20])
def test_a_slip_keeps_what_was_typed(client: Client, typed: str) -> None:
    published()
    answer = client.get(VERIFY, {"code": typed})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
