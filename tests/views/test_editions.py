"""Editions and their files: kept for ever, known again by anybody."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from declarations.models import Edition, EditionFile, Excerpt, Forum, Kind
from declarations.models.guards import guards_lifted
from declarations.publishing import FORMATS, as_html
from declarations.views.editions import changes_since_adoption
from declarations.workflow import declarations, editions, excerpts
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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One short file a language: what is tried is the page, not the drawing."""
    monkeypatch.setattr(editions, "FORMATS", {"txt": FORMATS["txt"]})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("count", [1, 3])
def test_as_many_questions_for_three_editions_as_for_one(client: Client, django_assert_num_queries, count: int) -> None:
    edition = published()
    for number in range(count - 1):
        edition = corrected(edition, f"No well is closed by night, {number}.")
    with django_assert_num_queries(4):
        client.get(ALL)
    with django_assert_num_queries(7):
        client.get(f"{ALL}1/")


@pytest.mark.usefixtures("quick")
def test_an_edition_tells_what_it_changed_and_that_another_followed(client: Client) -> None:
    corrected(published(), "No well is closed by night.")
    first, second = (client.get(f"{ALL}{number}/").content.decode() for number in (1, 2))
    assert "A later edition followed: edition 2" in first
    assert "A later edition followed" not in second
    # The old edition stays as it was; what the new one says otherwise stands below it, and here is what it changed.
    own, since = first.split('<section id="since">')
    since = since.split("</section>")[0]
    assert "No well is closed by night." not in own
    changes = second.split('<section id="changes">')[1].split("</section>")[0]
    for said in (since, changes):
        assert "Translation corrected (English)" in said and "Article 3" in said
        assert said.index("Well 0 stays open.") < said.index("No well is closed by night.")
    assert "The authentic text has not changed since it was adopted." in second


def changes_on(client: Client, number: int) -> str:
    page = client.get(f"{ALL}{number}/").content.decode()
    return page.split('<section id="changes">')[1].split("</section>")[0]


@pytest.mark.usefixtures("quick")
def test_an_edition_tells_what_changed_since_its_adoption(client: Client) -> None:
    edition = published()
    said = changes_on(client, 1)
    assert "Since its adoption" in said and "This is the first edition." in said and "<blockquote>" not in said
    edition = corrected(edition, "No well is closed by night.")
    said = changes_on(client, 2)
    # One list, where both are the same.
    assert "Since its adoption, and since the edition before" in said and said.count("Well 0 stays open.") == 1
    corrected(edition, "No well is closed by day.")
    adopted, before = changes_on(client, 3).split("Since the edition before")
    assert adopted.index("Well 0 stays open.") < adopted.index("No well is closed by day.")
    assert "by night" not in adopted and "Well 0 stays open." not in before
    assert before.index("No well is closed by night.") < before.index("No well is closed by day.")


@pytest.mark.usefixtures("quick")
def test_words_that_are_not_the_adopted_ones_are_told(client: Client) -> None:
    """No snapshot is taken of them; this is what the page would say of one that was, and how it would be found."""
    edition = published()
    version = edition.adoption.version
    words = bytes(version.words).replace(b"reste ouvert", b"reste clos")
    assert words != bytes(version.words)
    changes = changes_since_adoption(bytes(edition.snapshot), words, bytes(edition.snapshot), "en")
    assert [change.kind for change in changes] and changes[0].before.text.endswith("reste clos.")


@pytest.mark.usefixtures("quick")
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
def test_a_file_is_the_stored_bytes_for_ever(
    client: Client, monkeypatch: pytest.MonkeyPatch, extension: str, kind: str, attached: bool
) -> None:
    monkeypatch.setattr(editions, "FORMATS", {extension: FORMATS[extension]})
    stored = EditionFile.objects.get(edition=published(), language="fr", extension=extension)
    answer = client.get(f"{ALL}1/declaration.fr.{extension}")
    assert answer.content == bytes(stored.content)
    assert answer["Content-Type"] == kind
    assert answer["ETag"] == f'"{stored.sha256}"'
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Language"] == "fr"
    assert answer.has_header("Content-Disposition") == attached
    assert "Set-Cookie" not in answer
    # What is text may be packed on its way; the others were packed when they were made.
    assert answer.get("Vary") == ("Accept-Encoding" if extension in {"html", "akn", "csv", "json", "txt"} else None)
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
    page = client.post("/en/peace/verify/", {"file": file}).content.decode()
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


def test_the_manifest_and_its_signature_are_kept_as_they_were_signed(client: Client) -> None:
    edition = published()
    manifest, signature = (client.get(f"{ALL}1/manifest.json{tail}") for tail in ("", ".sig"))
    assert manifest.content == bytes(edition.manifest) and signature.content == bytes(edition.signature)
    assert signature["Content-Type"] == "application/octet-stream" and len(signature.content) == 64
    for answer in (manifest, signature):
        assert "immutable" in answer["Cache-Control"] and "Set-Cookie" not in answer
        address = answer.request["PATH_INFO"]
        assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
        assert client.get(address.replace("/1/", "/7/")).status_code == 404
    page = client.get(f"{ALL}1/").content.decode()
    assert bytes(edition.signed_with.public).hex() in page and f'href="{ALL}1/manifest.json.sig"' in page
    listed = {each["name"]: each["sha256"] for each in manifest.json()["files"]}
    pdf = client.get(f"{ALL}1/declaration.fr.pdf").content
    assert listed["declaration.fr.pdf"] == hashlib.sha256(pdf).hexdigest()


@pytest.mark.usefixtures("quick")
def test_an_edition_without_a_signature_says_so(client: Client) -> None:
    edition, said = published(), "It carries no signature"
    assert said not in client.get(f"{ALL}1/").content.decode()
    with guards_lifted():
        Edition._base_manager.filter(pk=edition.pk).update(manifest=b"", signature=b"", signed_with=None)
    page = client.get(f"{ALL}1/").content.decode()
    assert said in page and "manifest.json" not in page


@pytest.mark.usefixtures("quick")
def test_an_edition_that_was_superseded_says_what_the_newest_says_otherwise(client: Client) -> None:
    corrected(corrected(published(), "No well is closed by day."), "No well is closed by night.")
    first, second, third = (client.get(f"{ALL}{number}/").content.decode() for number in (1, 2, 3))
    for page in (first, second):
        since = page.partition('id="since"')[2].partition("</section>")[0]
        assert "What edition 3 says otherwise" in since and "Article 3" in since
    assert 'id="since"' not in third and "says otherwise" not in third
