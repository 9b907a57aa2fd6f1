"""Is it ours? Anybody asks, of a file or a code; and proves it without us, with the commands of our own page."""

from __future__ import annotations

import hashlib
import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from declarations import sealing
from declarations.models import Edition, EditionFile, ForumKey, guards
from declarations.publishing import FORMATS
from declarations.workflow import editions, keys
from tests import factories as make

from .test_declarations import published
from .test_editions import corrected

pytestmark = pytest.mark.django_db

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


def sent(content: bytes, address: str = VERIFY) -> str:
    """What the page says of a file that comes from another site, without any cookie."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address, {"file": SimpleUploadedFile("any name", content)}, headers={"origin": "http://else"})
    assert not client.cookies and "Set-Cookie" not in answer and "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def file_of(edition: Edition, language: str = "fr", extension: str = "txt") -> EditionFile:
    return EditionFile.objects.get(edition=edition, language=language, extension=extension)


def test_of_a_file_everything_is_said(client: Client) -> None:
    edition = published()
    page = sent(bytes(file_of(edition, "en", "csv").content))
    for words in (
        "Yes. This is edition 1, to the last byte.",
        "English · Table, plain text",
        "Adopted text",
        "It is the newest edition.",
        "Its signature is right.",
        "Every edition follows the one before it.",
    ):
        assert words in page, words
    corrected(edition, "No well is closed by night.")
    page = sent(bytes(file_of(edition).content))
    assert "A later edition followed: edition 2" in page and "It is the newest" not in page
    assert "Every edition follows the one before it." in page


@pytest.mark.parametrize("extension", ["html", "pdf", "docx", "epub", "akn", "xlsx", "csv", "json", "txt"])
def test_every_form_is_known_and_one_changed_byte_is_not(
    client: Client, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    monkeypatch.setattr(editions, "FORMATS", {extension: FORMATS[extension]})
    content = bytearray(file_of(published(), "en", extension).content)
    assert "This is edition 1, to the last byte." in sent(bytes(content))
    content[len(content) // 2] ^= 1
    page = sent(bytes(content))
    assert "No. This file is none of ours, or something in it was changed." in page and "Yes." not in page


def test_the_digits_that_a_browser_counted_get_the_same_answer_as_the_file(client: Client) -> None:
    content = bytes(file_of(published()).content)
    page = client.get(VERIFY, {"code": hashlib.sha256(content).hexdigest()}).content.decode()
    assert "Yes. This is edition 1, to the last byte." in page and "Its signature is right." in page
    page = client.get(VERIFY, {"code": hashlib.sha256(content + b" ").hexdigest()}).content.decode()
    assert "No. This file is none of ours" in page


def test_the_signed_list_is_known_too(client: Client) -> None:
    edition = published()
    assert "Yes. This is the signed list of the files of edition 1." in sent(bytes(edition.manifest))
    assert "No. This file" in sent(bytes(edition.manifest) + b"\n")


def test_a_file_that_was_exchanged_in_the_database_is_not_ours(client: Client) -> None:
    """Somebody who has the database, not the key."""
    file = file_of(published())
    other = b"Other words."
    with guards.guards_lifted():
        EditionFile._base_manager.filter(pk=file.pk).update(
            content=other, size=len(other), sha256=hashlib.sha256(other).hexdigest()
        )
    assert "No. This file is none of ours" in sent(other)


def test_a_signature_and_a_chain_that_do_not_hold_are_said(client: Client) -> None:
    first = published()
    second = corrected(first, "No well is closed by night.")
    with guards.guards_lifted():
        Edition._base_manager.filter(pk=first.pk).update(signature=b"x" * 64)
    page = sent(bytes(file_of(first).content))
    assert "Its signature is not right." in page and "The chain of the editions is broken." in page
    assert 'class="note bad"' in page and 'class="note ok"' not in page
    page = sent(bytes(file_of(second).content))
    assert "Its signature is right." in page and "The chain of the editions is broken." in page


def test_every_version_of_the_key_is_shown_and_can_be_taken(client: Client) -> None:
    edition = published()
    forum = edition.declaration.forum
    make.signing_private(make.a_seat(forum))
    keys.rotate(forum, ForumKey.Purpose.SIGNING, by=make.organiser_of(forum))
    keys.retire(edition.signed_with, by=make.organiser_of(forum))
    page = client.get(VERIFY).content.decode()
    for key in ForumKey.objects.filter(forum=forum, purpose=ForumKey.Purpose.SIGNING):
        assert bytes(key.public).hex() in page
        pem = client.get(f"{VERIFY}signing-key-{key.version}.pem")
        assert pem.content.startswith(b"-----BEGIN PUBLIC KEY-----\n") and "Set-Cookie" not in pem
    for version in (0, 3):
        assert client.get(f"{VERIFY}signing-key-{version}.pem").status_code == 404


def test_the_keys_that_seal_are_not_shown(client: Client) -> None:
    forum = published().declaration.forum
    make.reading_private(forum)
    page = client.get(VERIFY).content.decode()
    for key in ForumKey.objects.exclude(purpose=ForumKey.Purpose.SIGNING):
        assert bytes(key.public).hex() not in page


@pytest.mark.parametrize("editions", [1, 3])
def test_as_many_questions_whatever_came_before(client: Client, django_assert_num_queries, editions: int) -> None:
    edition = published()
    for number in range(editions - 1):
        edition = corrected(edition, f"No well is closed by night, {number}.")
    digest = file_of(edition).sha256
    for code in (edition.control_code, digest):
        with django_assert_num_queries(6):
            client.get(VERIFY, {"code": code})
    with django_assert_num_queries(6):
        client.get(f"{VERIFY}yourself/")


# Without us


def test_before_the_first_edition_there_is_nothing_to_check(client: Client) -> None:
    make.a_forum()
    assert "There is no edition yet." in client.get(f"{VERIFY}yourself/").content.decode()


@pytest.fixture
def folder(client: Client, tmp_path: Path) -> Path:
    """What the page asks to be put into one folder, taken from the links of the page itself."""
    corrected(published(), "No well is closed by night.")
    page = client.get(f"{VERIFY}yourself/").content.decode()
    for address, renamed in re.findall(r'<a href="([^"]+\.(?:pdf|json|sig|pem))"(?: download="([^"]+)")?>', page):
        (tmp_path / (renamed or address.rsplit("/", 1)[1])).write_bytes(client.get(address).content)
    return tmp_path


def commands(client: Client) -> list[str]:
    page = client.get(f"{VERIFY}yourself/").content.decode()
    return [html.unescape(text) for text in re.findall(r'<pre class="hash">(.*?)</pre>', page, re.S)]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # PyNaCl is the one thing to install: it is in the environment of the tests.
    mine = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": mine}
    )


def test_the_commands_of_the_page_prove_a_true_edition(client: Client, folder: Path) -> None:
    answers = [run(command, folder) for command in commands(client)]
    assert [answer.returncode for answer in answers] == [0] * 5, [answer.stderr for answer in answers]
    signed, digits, listed, follows, at_once = (answer.stdout.strip() for answer in answers)
    assert "Signature Verified Successfully" in signed
    assert digits.split()[0] == listed == hashlib.sha256((folder / "declaration.en.pdf").read_bytes()).hexdigest()
    assert follows.endswith(hashlib.sha256((folder / "before.json").read_bytes()).hexdigest())
    assert at_once.startswith("declaration.en.pdf is edition 2 of peace of ")


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("declaration.en.pdf", {2, 4}),
        ("manifest.json", {0, 4}),
        ("manifest.json.sig", {0, 4}),
        ("before.json", {3}),
    ],
)
def test_one_changed_byte_makes_them_fail(client: Client, folder: Path, name: str, fails: set[int]) -> None:
    content = bytearray((folder / name).read_bytes())
    content[10] ^= 1
    (folder / name).write_bytes(content)
    failed = {number for number, command in enumerate(commands(client)) if run(command, folder).returncode}
    assert failed == fails


def test_the_list_signed_by_another_key_fails(client: Client, folder: Path) -> None:
    pair = sealing.new_signing_pair()
    said = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json.sig").write_bytes(sealing.sign(pair.private, said))
    failed = {number for number, command in enumerate(commands(client)) if run(command, folder).returncode}
    assert failed == {0, 4}
