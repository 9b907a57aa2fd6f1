"""What other programs read out of a file is what the snapshot says: word for word, in its order, nothing twice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from docx import Document

from declarations.publishing import as_docx, as_pdf
from declarations.publishing.reader import read
from declarations.publishing.reading import ReadClause, Reading
from declarations.publishing.snapshot import Snapshot

from .factory import second_edition, with_clause
from .pdf_words import pdf_words
from .test_files import bare

BAMBARA = {
    "fr": "Nous l’appelons écoute.",
    "bm": "An ka kɛlɛ ban, ɲɔgɔn lamɛn ni ŋaniya ɲuman ye.\n- Ɲɛnɛkoro Dɛnbɛlɛ ;\n- Ɔ, Ŋ, Ɛ.",
}


def in_bambara() -> Snapshot:
    edition = second_edition(languages=("fr", "en", "ar", "bm"))
    return with_clause(with_clause(edition, "c-7f3a", text=BAMBARA), "c-0a01", text=BAMBARA)


EDITIONS = {"fr": second_edition, "en": second_edition, "ar": second_edition, "bm": in_bambara}


# By pdftotext


def read_by_poppler(data: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def as_drawn(clause: ReadClause) -> str:
    lines = [("–" if block.is_list else "") + line for block in clause.words.blocks for line in block.lines]
    return bare("".join(lines))


needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not here")


@needs_poppler
@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_pdftotext_reads_every_clause_whole_and_in_order(language):
    snapshot = EDITIONS[language]()
    text, at = bare(read_by_poppler(as_pdf.render(snapshot, language))), 0
    for section in read(snapshot, language).sections:
        for clause in section.clauses:
            found = text.find(as_drawn(clause), at)
            assert found >= 0, clause.identifier
            at = found + len(as_drawn(clause))


@needs_poppler
@pytest.mark.parametrize("language", ["fr", "ar", "bm"])
def test_pdftotext_finds_each_letter_as_often_as_it_is_written(language):
    """It gives the words of a line of Arabic from left to right; that each letter is there once can be told."""
    data = as_pdf.render(EDITIONS[language](), language)
    assert letters(read_by_poppler(data)) == letters(pdf_words(data))


# It writes what runs from the right between two signs of embedding, stretch by stretch as they stand on the paper.
STRETCH = re.compile("\u202b[^\u202b\\s]*|[^\u202b\\s]+|\\s+")
# A letter with a mark upon it, at which it begins another line.
MARKED = re.compile("\\w[\u064b-\u0652]+")


def is_from_the_right(line: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in line)


def in_reading_order(text: str) -> str:
    lines = unicodedata.normalize("NFKC", text).split("\n")
    return "\n".join("".join(reversed(STRETCH.findall(line))) if is_from_the_right(line) else line for line in lines)


def arabic_words(text: str) -> Counter[str]:
    return Counter(re.findall("[\u0620-\u065f]+", re.sub("[\u202b\u202c]", "", text)))


@needs_poppler
def test_pdftotext_reads_every_arabic_word_at_least_as_often_as_the_snapshot_has_it():
    snapshot = second_edition()
    data = read_by_poppler(as_pdf.render(snapshot, "ar"))
    words = arabic_words("\n".join(clause.text.get("ar", "") for clause in snapshot.clauses))
    whole = Counter({word: count for word, count in words.items() if not MARKED.search(word)})
    assert whole.total() > 100 and whole.total() > 0.9 * words.total()
    assert whole - arabic_words(in_reading_order(data)) == Counter()
    # As it was drawn, from the left, some words are other words: the order is looked at.
    assert whole - arabic_words(unicodedata.normalize("NFKC", data))


@needs_poppler
@pytest.mark.parametrize("identifier", ["c-0a01", "c-7f3a", "c-4c02"])
def test_pdftotext_finds_each_letter_of_an_arabic_clause_as_often_as_the_snapshot_has_it(identifier):
    """What a clause adds to the letters of the file is that clause: once, with its marks, and nothing else."""
    words = next(clause.text["ar"] for clause in second_edition().clauses if clause.identifier == identifier)
    assert MARKED.search(words)
    short, whole = (
        read_by_poppler(as_pdf.render(with_clause(second_edition(), identifier, text={"fr": "x", "ar": text}), "ar"))
        for text in ("و", f"و {words}")
    )
    assert short.count("\f") == whole.count("\f"), "the head of a page would count too"
    assert arabic(whole) - arabic(short) == arabic(words)
    assert not arabic(short) - arabic(whole)


def arabic(text: str) -> Counter[str]:
    return Counter({sign: count for sign, count in letters(text).items() if "\u0600" <= sign <= "\u06ff"})


def letters(text: str) -> Counter[str]:
    """Count letters, figures and the marks upon them, in whatever form each is written."""
    apart = unicodedata.normalize("NFKD", text)
    return Counter(sign for sign in apart if sign.isalnum() or unicodedata.category(sign) == "Mn")


# By a word processor


def paragraphs(data: bytes, reading: Reading) -> list[str]:
    """Return the paragraphs from the first heading of the text to that of the adoption."""
    shown = [(each.style.name, each.text) for each in Document(io.BytesIO(data)).paragraphs]
    first = next(at for at, (style, _text) in enumerate(shown) if style == "Heading 1")
    last = shown.index(("Heading 1", reading.label("adoption")))
    return [text for _style, text in shown[first:last]]


def expected(reading: Reading) -> Iterator[str]:
    comma, colon = reading.label("list_comma"), reading.label("colon")
    for section in reading.sections:
        if section.kind != "done_at":
            yield section.heading.text
        for clause in section.clauses:
            if clause.number is not None:
                yield reading.label("clause", number=clause.number)
            if clause.words.note:
                yield clause.words.note
            yield from (line for block in clause.words.blocks for line in block.lines)
            if clause.addressees:
                yield reading.label("addressed_to") + colon + comma.join(each.text for each in clause.addressees)
            if clause.has_origin:
                heard = f"{reading.label('heard_in')} {clause.heard}." if clause.heard else ""
                yield f"{reading.label('whence')}. {heard}"
            for source in clause.sources:
                label = reading.label("recommendation", number=source.number)
                yield f"{label}{colon}{source.words.text} ({source.group.text})"


@pytest.mark.parametrize("language", EDITIONS)
def test_the_paragraphs_of_the_document_are_those_of_the_snapshot_and_no_others(language):
    snapshot = EDITIONS[language]()
    reading = read(snapshot, language)
    assert paragraphs(as_docx.render(snapshot, language), reading) == list(expected(reading))


@pytest.mark.parametrize("language", ["en", "bm"])
def test_the_words_of_every_clause_are_the_snapshot_s_own(language):
    """Not as our reader tells them: as they stand in the snapshot."""
    snapshot = EDITIONS[language]()
    shown = paragraphs(as_docx.render(snapshot, language), read(snapshot, language))
    for clause in snapshot.clauses:
        if text := clause.text.get(language):
            lines = [line.removeprefix("- ") for line in text.split("\n")]
            assert [line for line in lines if line not in shown] == []
