"""The sentences quoted, as they stand today: a page and a print beside the editions, and never among their files."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from lxml import html as lxml_html

from declarations.models import Excerpt, Forum, Testimony
from declarations.publishing import as_voices
from declarations.publishing.as_voices import Heard, Said, Voices
from declarations.views import voices
from declarations.workflow import editions, excerpts, withdrawals
from tests import factories as make
from tests.publishing.pdf_tags import languages, outline
from tests.publishing.pdf_words import pdf_words
from tests.publishing.test_files import bare

from .test_editions import published as published_edition

pytestmark = pytest.mark.django_db
SENTENCE = "dit pourquoi"  # of factories.an_excerpt
ARABIC = "كنا نشرب من البئر نفسها."
FORMS = ("html", "pdf")


@pytest.fixture
def forum() -> Forum:
    published_edition()
    return Forum.objects.get()


@pytest.fixture(autouse=True)
def nothing_printed_yet() -> None:
    voices.PRESS.made.clear()


def url(extension: str = "html", language: str = "fr") -> str:
    return f"/{language}/peace/declaration/voices.{language}.{extension}"


def said(client: Client, extension: str, language: str = "fr") -> str:
    answer = client.get(url(extension, language))
    assert answer.status_code == 200, answer
    shown = pdf_words(answer.content) if extension == "pdf" else lxml_html.fromstring(answer.content).text_content()
    return bare(shown)


@pytest.mark.parametrize("extension", FORMS)
def test_a_cleared_sentence_stands_beside_its_finding_with_the_day(
    client: Client, forum: Forum, extension: str
) -> None:
    text = said(client, extension)
    quote = Excerpt.objects.get().quote
    assert bare(quote.words) in text and bare(quote.speaker["fr"]) in text
    assert "Constat1" in text and bare(f"au {day(forum)}") in text
    assert bare("On ferme les puits sans le dire.") in text


def day(forum: Forum) -> str:
    from declarations.publishing.labels import day as in_words

    return in_words(forum.today().isoformat(), "fr")


@pytest.mark.parametrize("extension", FORMS)
@pytest.mark.parametrize("how", ["sentence", "testimony", "consent"])
def test_m4_a_sentence_taken_back_is_gone_at_the_next_look(
    client: Client, forum: Forum, extension: str, how: str
) -> None:
    """Also from what was typeset before, in whatever language, and from the memory of the process."""
    words = bare(Excerpt.objects.get().quote.words)
    for language in ("fr", "en", "ar"):
        assert words in said(client, extension, language)
    by, testimony = make.organiser_of(forum), Testimony.objects.get(excerpts__isnull=False)
    if how == "sentence":
        excerpts.withdraw(Excerpt.objects.get(), by=by)
    elif how == "testimony":
        withdrawals.withdraw(testimony, by=by)
    else:
        withdrawals.change_consent(testimony, by=by, summarise=True, quote=False, voice=False)
    text = said(client, extension)
    assert words not in text and bare("Aucune phrase n’est citée aujourd’hui.") in text
    # Nothing is kept but what is true now.
    now = voices.voices_of(forum, forum.declaration.editions.get()).digest
    assert {digest for digest, _content in voices.PRESS.made.values()} <= {now}
    assert len(voices.PRESS.made) == (extension == "pdf")
    assert editions.verify(forum.declaration.editions.get()) == []


def test_a_sentence_taken_back_while_the_print_is_made_is_not_in_it(
    client: Client, forum: Forum, monkeypatch: Any
) -> None:
    words, set_once = bare(Excerpt.objects.get().quote.words), as_voices.pdf

    def slow(told: Voices, language: str) -> bytes:
        if Excerpt.objects.public().exists():
            excerpts.withdraw(Excerpt.objects.get(), by=make.organiser_of(forum))
        return set_once(told, language)

    monkeypatch.setattr(as_voices, "pdf", slow)
    assert words not in said(client, "pdf")


def test_whoever_waits_too_long_is_told_to_come_again(client: Client, forum: Forum, monkeypatch: Any) -> None:
    monkeypatch.setattr(voices, "PATIENCE", 0.01)
    with voices.PRESS.lock:
        answer = client.get(url("pdf"))
        assert answer.status_code == 503 and answer["Retry-After"]
        assert client.get(url("html")).status_code == 200
    assert client.get(url("pdf")).status_code == 200


def test_one_print_serves_many_until_a_word_moves(client: Client, forum: Forum, monkeypatch: Any) -> None:
    first = client.get(url("pdf"))
    monkeypatch.setattr(as_voices, "pdf", lambda *_: pytest.fail("set again"))
    assert client.get(url("pdf")).content == first.content
    assert client.get(url("pdf"), headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("extension", FORMS)
def test_it_asks_to_be_looked_at_anew_and_not_to_be_indexed(client: Client, forum: Forum, extension: str) -> None:
    answer = client.get(url(extension))
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "noindex" in answer["X-Robots-Tag"] and "Set-Cookie" not in answer
    assert answer["Content-Language"] == "fr"


def test_it_is_linked_from_the_edition_and_from_the_declaration_and_is_none_of_the_files(
    client: Client, forum: Forum
) -> None:
    for page in ("declaration/editions/1/", "declaration/"):
        shown = client.get(f"/en/peace/{page}").content.decode()
        assert "/en/peace/declaration/voices.en.html" in shown and "/en/peace/declaration/voices.en.pdf" in shown
    edition = forum.declaration.editions.get()
    for file in edition.files.all():
        assert SENTENCE.encode() not in bytes(file.content)
    assert not edition.files.filter(language__contains="voices").exists()


@pytest.mark.parametrize("tail", ["voices.xx.html", "voices.fr.docx", "voices.fr-en.pdf"])
def test_what_is_not_made_is_not_found(client: Client, forum: Forum, tail: str) -> None:
    assert client.get(f"/fr/peace/declaration/{tail}").status_code == 404


def test_before_the_first_edition_there_is_none(client: Client) -> None:
    make.a_forum()
    assert client.get(url()).status_code == 404


def test_it_asks_no_more_for_three_than_for_one(
    client: Client, forum: Forum, django_assert_max_num_queries: Any
) -> None:
    client.get(url())
    with django_assert_max_num_queries(100) as first:
        client.get(url())
    most = len(first.captured_queries)
    for _ in range(2):
        excerpt = make.an_excerpt(forum)
        finding = make.a_finding(forum, "published", excerpts=(excerpt,))
        assert finding.voices.count() == 1
    # The figures of the day take the new findings in, once.
    client.get(url())
    with django_assert_max_num_queries(most):
        assert client.get(url()).content.decode().count("<blockquote>") == 3


# The sheet itself


TOLD = Voices(
    forum={"fr": "Forum pour la paix", "ar": "منتدى السلام"},
    mode="rehearsal",
    title={"fr": "Déclaration pour une paix qui dure", "ar": "إعلان من أجل سلام يدوم"},
    edition=2,
    control_code="2TKH-48K2-AHND-BDA3",
    authentic=("fr",),
    on="2026-11-14",
    heard=(
        Heard(
            3,
            {"fr": "Quand le puits ferme, on cesse de se parler.", "ar": "حين تُغلق البئر يتوقف الكلام."},
            (
                Said("Nous buvions au même puits […].", "fr", {"fr": "Une femme, le Nord", "ar": "امرأة، الشمال"}),
                Said(ARABIC, "ar", {"fr": "Un éleveur, le Centre", "ar": "راعٍ، الوسط"}),
                Said("An ka kɛlɛ ban, ɲɔgɔn lamɛn.", "bm", {"fr": "Un jeune, le Sud", "ar": "شاب، الجنوب"}),
            ),
        ),
    ),
)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_every_sentence_is_in_both_in_its_own_language_and_direction(language: str) -> None:
    page, print_ = as_voices.html(TOLD, language).decode(), as_voices.pdf(TOLD, language)
    words = bare(pdf_words(print_))
    for sentence in TOLD.heard[0].sentences:
        assert bare(sentence.words) in bare(page)
        letters = re.findall(r"[^\W\d]+(?:\s[^\W\d]+)*", sentence.words)
        assert [part for part in letters if bare(part) not in words] == []
    assert language == "ar" or f'lang="ar" dir="rtl">{ARABIC}' in page
    assert {"bm", "ar"} - {language} <= languages(print_)
    label = {"fr": "Constat 3", "en": "Finding 3", "ar": "الخلاصة 3"}[language]
    assert outline(print_) == [label]


def test_a_rehearsal_says_so_and_hostile_words_are_words() -> None:
    hostile = "</style><script>alert(1)</script> #panic() $x$"
    told = replace(TOLD, heard=(replace(TOLD.heard[0], sentences=(Said(hostile, "fr", {"fr": hostile}),)),))
    page = as_voices.html(told, "fr").decode()
    assert "<script>" not in page and "Répétition" in page
    assert bare(hostile) in bare(pdf_words(as_voices.pdf(told, "fr")))
