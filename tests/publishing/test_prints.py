"""What is printed can be read aloud and kept: structure, titles, languages, in one language and in two side by side."""

from __future__ import annotations

import io
import re
import resource
from collections import Counter
from dataclasses import replace
from operator import itemgetter

import pikepdf
import pytest

from declarations.publishing import as_draft, as_pdf, beside
from declarations.publishing.as_draft import Draft
from declarations.publishing.reader import UnknownLanguage, read
from declarations.publishing.snapshot import Snapshot

from .factory import FIRST, GOVERNANCE, first_edition, second_edition
from .pdf_tags import languages, outline, tags
from .pdf_words import Page, pdf_words
from .test_files import A_DRAFT, all_words, bare

ALONE, BESIDE = ("fr", "en", "ar"), ("fr-en", "fr-ar")


@pytest.fixture(scope="module")
def prints() -> dict[str, bytes]:
    snapshot = second_edition()
    alone = {language: as_pdf.render(snapshot, language) for language in ALONE}
    return alone | {f"fr-{other}": as_pdf.render_beside(snapshot, other) for other in ("en", "ar")}


def of_side(snapshot: Snapshot, language: str) -> list[str]:
    """What stands on one side: everything but the origins, whose place is the file in one language."""
    reading = read(snapshot, language)
    sources = {source.words.text for section in reading.sections for each in section.clauses for source in each.sources}
    unsaid = {
        line
        for section in reading.sections
        for clause in section.clauses
        if clause.words.stands_in
        for line in [*(line for block in clause.words.blocks for line in block.lines), clause.heard]
    }
    if unsaid:
        unsaid |= {
            each.text for section in reading.sections for clause in section.clauses for each in clause.addressees
        }
    return [word for word in all_words(snapshot, language) if word not in sources | unsaid]


# What it is


@pytest.mark.parametrize("name", [*ALONE, *BESIDE])
def test_a_print_says_what_it_is_to_whoever_does_not_see_it(prints, name):
    first = name.split("-")[0]
    with pikepdf.open(io.BytesIO(prints[name])) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked) and str(pdf.Root.Lang) == first
        assert str(pdf.docinfo.Title).startswith(second_edition().title[first])
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        about = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfuaid:part>1" in about and "<pdfaid:part>2" in about and "<pdfaid:conformance>A" in about
        assert all(page.get("/StructParents") is not None for page in pdf.pages)
        assert all(page.get("/Tabs") == "/S" for page in pdf.pages if "/Annots" in page)


@pytest.mark.parametrize("name", [*ALONE, *BESIDE])
def test_headings_are_headings_and_no_level_is_skipped(prints, name):
    levels = [int(tag.name[1]) for tag in tags(prints[name]) if re.fullmatch(r"H[1-6]", tag.name)]
    assert levels[0] == 1 and {1, 2} <= set(levels)
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    reading = read(second_edition(), name.split("-")[0])
    shown = outline(prints[name])
    assert [title for title in shown if title == reading.label("adoption")] == [reading.label("adoption")]
    headings = [section.heading.text for section in reading.sections if section.kind != "done_at"]
    assert [title for title in shown if title in headings] == headings


def test_lists_and_tables_are_what_they_are(prints):
    names = [tag.name for tag in tags(prints["fr"])]
    assert {"L", "LI", "Table", "TR", "TH", "TD"} <= set(names)
    # Each numbered clause with figures has its line, and the line of heads.
    counted = [
        clause for section in read(second_edition(), "fr").sections for clause in section.clauses if clause.heard
    ]
    assert names.count("TR") == len(counted) + 1


# Two languages


@pytest.mark.parametrize(("other", "half"), [("en", "right"), ("ar", "right")])
def test_every_word_of_both_languages_stands_on_its_side(prints, other, half):
    left, right = (bare(pdf_words(prints[f"fr-{other}"], side)) for side in ("left", half))
    assert [word for word in of_side(second_edition(), "fr") if bare(word) not in left] == []
    words = of_side(second_edition(), other)
    if other == "ar":
        # Figures and Latin names inside a line of Arabic stand in an order of their own; the letters are compared.
        words = [part for word in words for part in re.findall(r"[^\W\d]+(?:\s[^\W\d]+)*", word)]
    assert [word for word in words if bare(word) not in right] == []


def test_arabic_stands_on_the_right_also_where_it_is_authentic():
    snapshot = replace(second_edition(), authentic=("fr", "ar"))
    data = as_pdf.render_beside(replace(snapshot, authentic=("ar", "fr"), sections=snapshot.sections[:2]), "fr")
    title = snapshot.title
    assert bare(title["ar"]) in bare(pdf_words(data, "right")) and bare(title["fr"]) in bare(pdf_words(data, "left"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "ar" and str(pdf.docinfo.Title).startswith(title["ar"])


@pytest.mark.parametrize("name", BESIDE)
def test_a_clause_begins_at_the_same_height_on_both_sides(prints, name):
    with pikepdf.open(io.BytesIO(prints[name])) as pdf:
        pages = [Page(page) for page in pdf.pages]
    for clause in [clause for clause in second_edition().clauses if clause.number is not None]:
        numbers = [
            (page, y, x < page.middle)
            for page in pages
            for y, x, units in page.runs
            if "".join(units) == str(clause.number)
        ]
        # Letters of the two scripts do not stand on quite the same line.
        assert any(
            one[0] is other[0] and abs(one[1] - other[1]) < 3 and one[2] and not other[2]
            for one in numbers
            for other in numbers
        ), clause.number


def test_the_other_language_is_marked_as_such(prints):
    assert "ar" in languages(prints["fr-ar"])
    assert "en" in languages(prints["fr-en"])


def test_what_is_not_translated_is_said_and_not_repeated(prints):
    right = bare(pdf_words(prints["fr-ar"], "right"))
    assert bare("Demandons que les chantiers publics") not in right
    assert bare(read(second_edition(), "ar").label("not_yet", wanted="العربية")) in right


@pytest.mark.parametrize("name", BESIDE)
def test_the_edition_and_its_code_stand_on_every_page_of_two_languages(prints, name):
    for page in pdf_words(prints[name]).split("\f"):
        assert "2e édition" in page and read(second_edition(), "fr").control_code in page
        assert re.search(r"page \d sur \d", page)


def test_a_language_the_edition_has_not_is_refused_beside_another():
    with pytest.raises(UnknownLanguage):
        as_pdf.render_beside(first_edition(), "ar")


@pytest.mark.parametrize(
    ("name", "languages", "other"),
    [
        ("fr-en", ("fr", "en"), "en"),
        ("fr", ("fr", "en"), ""),
        ("ff-Adlm", ("fr", "ff-Adlm"), ""),
        ("fr-ff-Adlm", ("fr", "ff-Adlm", "fr-ff-Adlm"), "ff-Adlm"),
        ("fr-fr", ("fr",), ""),
    ],
)
def test_the_name_of_a_file_in_two_languages_is_told_from_one_with_a_script(name, languages, other):
    assert beside(name, languages) == other


@pytest.mark.parametrize("render", [as_pdf.render, as_pdf.render_beside])
def test_three_hundred_clauses_are_set_in_seconds(render):
    """Typst weighs what a function is given at each call: a whole edition handed to one made this ten times as slow."""
    one, numbers = GOVERNANCE.clauses[0], range(1, 301)
    clauses = tuple(replace(one, identifier=f"c-{number:04}", number=number) for number in numbers)
    snapshot = second_edition(sections=(replace(GOVERNANCE, clauses=clauses),), changes=())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    render(snapshot, "ar")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


# The annex


@pytest.mark.parametrize("language", ALONE)
def test_the_annex_holds_the_figures_and_the_findings(prints, language):
    reading, text = read(second_edition(), language), bare(pdf_words(prints[language]))
    said = [reading.label("annex_figures"), reading.label("annex_kept"), *(each.label for each in reading.findings)]
    said += [line for each in reading.findings for block in each.words.blocks for line in block.lines]
    if language == "ar":
        said = [part for word in said for part in re.findall(r"[^\W\d]+(?:\s[^\W\d]+)*", word)]
    assert said and [word for word in said if bare(word) not in text] == []


def test_an_edition_without_figures_has_no_annex():
    bare_one = first_edition(
        figures=first_edition().figures.__class__(), findings=(), sections=second_edition().sections[:1]
    )
    reading = read(bare_one, "fr")
    assert not reading.has_annex
    assert bare(reading.label("annex_figures")) not in bare(pdf_words(as_pdf.render(bare_one, "fr")))


# The draft before it

A_LONG_DRAFT = replace(A_DRAFT, sections=FIRST.sections)
LINE_NUMBER = 7.5  # points; nothing else in a draft is as small
DRAFTS = {"fr": ("fr",), "ar": ("ar",), "fr-ar": ("fr", "ar"), "fr-en": ("fr", "en"), "ar-fr": ("ar", "fr")}


def pages_of(draft: Draft) -> list[Page]:
    with pikepdf.open(io.BytesIO(as_draft.render(draft))) as pdf:
        return [Page(page) for page in pdf.pages]


def sized(page: Page, size: float) -> list[tuple[float, float, str]]:
    """Return what stands on a page in letters of this size: how high, how far from the left, and the words."""
    runs = zip(page.runs, page.sizes, strict=True)
    return [(y, x, "".join(units)) for (y, x, units), found in runs if abs(found - size) < 0.01]


@pytest.mark.parametrize("name", DRAFTS)
@pytest.mark.parametrize("is_large", [False, True], ids=["small", "large"])
def test_the_lines_of_each_page_are_numbered_from_one(name, is_large):
    pages = pages_of(replace(A_LONG_DRAFT, languages=DRAFTS[name], is_large=is_large))
    margin = (32 if len(DRAFTS[name]) == 1 else 22) / 25.4 * 72
    assert len(pages) > 1 and len(sized(pages[0], LINE_NUMBER)) > 12
    for page in pages:
        numbers = sized(page, LINE_NUMBER)
        assert numbers and [text for _y, _x, text in numbers] == [str(at) for at in range(1, len(numbers) + 1)]
        assert [y for y, _x, _text in numbers] == sorted(y for y, _x, _text in numbers)
        # Outside the text, on the side on which its lines begin.
        edges = [2 * page.middle - margin < x if name.startswith("ar") else x < margin for _y, x, _text in numbers]
        assert all(edges)


@pytest.mark.parametrize("name", ["fr", "fr-en", "fr-ar"])
def test_a_number_stands_beside_each_line_of_the_first_column(name):
    for page in pages_of(replace(A_LONG_DRAFT, languages=DRAFTS[name])):
        numbered = [y for y, _x, _text in sized(page, LINE_NUMBER)]
        body = sized(page, 11)
        lines = [y for y, x, _text in body if x == min(x for _y, x, _text in body)]
        assert lines and [y for y in lines if not any(abs(y - each) < 1 for each in numbered)] == []


@pytest.mark.parametrize("name", DRAFTS)
def test_large_letters_are_larger(name):
    small, large = (
        max(Counter(size for page in pages_of(draft) for size in page.sizes if size > 10).items(), key=itemgetter(1))[0]
        for draft in (replace(A_LONG_DRAFT, languages=DRAFTS[name], is_large=each) for each in (False, True))
    )
    assert (small, large) == ((12.1, 17.6) if name.startswith("ar") else (11, 16))
