"""The files of an edition: the same bytes each time, every word in them, nothing hostile, nothing private."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pikepdf
import pytest
from lxml import etree
from lxml import html as lxml_html

from declarations.publishing import FORMATS, RENDERER, as_draft, as_html, as_json, as_pdf, as_text, files, labels, signs
from declarations.publishing.as_voices import Heard, Said, Voices
from declarations.publishing.checks import is_unshowable
from declarations.publishing.kit import Kit
from declarations.publishing.reader import UnknownLanguage, read
from declarations.publishing.reading import blocks, spans
from declarations.publishing.snapshot import Change, ForumFacts, Snapshot, UnfitSnapshot, Votes, from_bytes, to_bytes

from .factory import FIRST, first_edition, second_edition, with_clause
from .pdf_words import pdf_words

HOSTILE = "</style><script>alert(1)</script> <img src=x onerror=alert(2)> & \"quotes\" 'and' #panic() $x$ \\ @c-7f3a"
LANGUAGES = ("fr", "en", "ar")


def bare(text: str) -> str:
    """A text without what a line break or a justified line may add: spaces, hyphens, direction marks."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2010\u2011\u2060\u202a-\u202e\u2066-\u2069-]", "", text)


def all_words(snapshot: Snapshot, language: str) -> list[str]:
    """Every line of the declaration, as it is read in a language."""
    reading = read(snapshot, language)
    words = [reading.title.text, reading.notice, reading.citation, reading.control_code]
    for section in reading.sections:
        words += [] if section.kind == "done_at" else [section.heading.text]
        for clause in section.clauses:
            words += [line for block in clause.words.blocks for line in block.lines]
            words += [each.text for each in clause.addressees]
            words += [source.words.text for source in clause.sources]
            words.append(clause.heard)
    words += [person.name for person in reading.signatories]
    words += [line for each in reading.reservations for line in each.words.text.split("\n")]
    return [word for word in words if word]


def page(snapshot: Snapshot, language: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(as_html.render(snapshot, language).decode("utf-8"))


@pytest.fixture(scope="module")
def pdfs() -> dict[str, bytes]:
    return {language: as_pdf.render(second_edition(), language) for language in LANGUAGES}


# Every format


@pytest.mark.parametrize("extension", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes(extension):
    render = FORMATS[extension].render
    once, again = second_edition(), from_bytes(to_bytes(second_edition()))
    assert render(once, "ar") == render(again, "ar")


# Every print: the files of an edition, what stands beside them, and the draft before them.
DIGESTS = """
import json, sys, time
ahead = float(sys.argv[1])
really = {name: getattr(time, name) for name in ("time", "localtime", "gmtime")}
time.time = lambda: really["time"]() + ahead
time.localtime = lambda at=None: really["localtime"](time.time() if at is None else at)
time.gmtime = lambda at=None: really["gmtime"](time.time() if at is None else at)
from declarations.publishing import as_draft, as_voices, files, kit
from declarations.publishing.encoding import sha256
from tests.publishing.factory import FIRST, second_edition
from tests.publishing.test_files import A_DRAFT, SOME_VOICES, A_KIT
made = files(second_edition())
made["draft"], made["kit"] = as_draft.render(A_DRAFT), kit.render(A_KIT)
made["voices.html"], made["voices.pdf"] = as_voices.html(SOME_VOICES, "ar"), as_voices.pdf(SOME_VOICES, "ar")
print(json.dumps({name: sha256(content) for name, content in sorted(made.items())}))
"""
A_DRAFT = as_draft.Draft(
    forum=FIRST.forum.title,
    mode="rehearsal",
    title=FIRST.title,
    sections=FIRST.sections[:2],
    authentic=("fr",),
    languages=("fr", "ar"),
    made_on="2026-11-11",
    made_at="16:41",
)
A_KIT = Kit(3, "الأرض", "ar", 20, 2, ("Foncier",), ("le Gouvernement",), "تمرين")
SOME_VOICES = Voices(
    forum=FIRST.forum.title,
    mode="live",
    title=FIRST.title,
    edition=1,
    control_code="2TKH-48K2-AHND-BDA3",
    authentic=("fr",),
    on="2026-11-14",
    heard=(Heard(2, {"fr": "Le puits ferme."}, (Said("Nous buvions […].", "fr", {"fr": "Une femme, le Nord"}),)),),
)


def test_bytes_depend_on_the_snapshot_alone(tmp_path):
    """Twice, each in a process of its own, with another clock, time zone, home, language and seed of hashes."""
    found = []
    for at, (lang, zone, seed, ahead) in enumerate(
        (("C", "UTC", "1", "0"), ("ar_EG.UTF-8", "Pacific/Kiritimati", "2", "40000000"))
    ):
        home = tmp_path / f"home{at}"
        home.mkdir()
        env = {"LANG": lang, "LC_ALL": lang, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": ".", "HOME": str(home)}
        env |= {"USER": f"somebody{at}", "TMPDIR": str(home)}
        done = subprocess.run([sys.executable, "-c", DIGESTS, ahead], env=env, capture_output=True, check=True)
        found.append(json.loads(done.stdout))
        assert list(home.iterdir()) == [], "nothing is written down on the way"
    assert found[0] == found[1]
    assert len(found[0]) == 3 * len(FORMATS) + 2 + 4


@pytest.mark.parametrize("extension", FORMATS)
def test_a_language_the_edition_has_not_is_refused(extension):
    with pytest.raises(UnknownLanguage):
        FORMATS[extension].render(first_edition(), "ar")


@pytest.mark.parametrize("extension", FORMATS)
def test_control_characters_are_refused(extension):
    with pytest.raises(UnfitSnapshot):
        FORMATS[extension].render(with_clause(FIRST, "c-7f3a", text={"fr": "zéro\x00"}), "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_the_page_and_in_the_text(language):
    texts = (page(second_edition(), language).text_content(), as_text.render(second_edition(), language).decode())
    for text in map(bare, texts):
        assert [word for word in all_words(second_edition(), language) if bare(word) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_the_pdf(pdfs, language):
    text = bare(pdf_words(pdfs[language]))
    # Figures and Latin names inside a line of Arabic stand in an order of their own; the letters are compared.
    words = all_words(second_edition(), language)
    if language == "ar":
        words = [part for word in words for part in re.findall(r"[^\W\d]+(?:\s[^\W\d]+)*", word)]
    assert [word for word in words if bare(word) not in text] == []


@pytest.mark.xfail(reason="Typst 0.15 names a letter twice when it carries two marks", strict=True)
def test_a_letter_with_two_marks_is_read_once():
    word = "وتُعلَّق"
    snapshot = with_clause(second_edition(), "c-7f3a", text={"fr": "x", "ar": word})
    assert bare(word) in bare(pdf_words(as_pdf.render(snapshot, "ar")))


def test_files_are_named_by_language_and_extension():
    alone = {f"declaration.{language}.{kind}" for language in ("fr", "en") for kind in FORMATS}
    assert set(files(first_edition())) == {*alone, "declaration.fr-en.pdf"}


# The page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_well_formed_and_needs_nothing_else(language):
    data = as_html.render(second_edition(), language)
    parser = etree.HTMLParser(recover=False)
    root = etree.fromstring(data, parser)
    assert [entry for entry in parser.error_log if "Tag " not in entry.message] == []
    assert len(root.findall(".//style")) == 1
    assert not root.findall(".//script") and not root.findall(".//link") and not root.findall(".//img")
    assert not [element for element in root.iter() if "style" in element.attrib]
    assert b"http:" not in data and b"https:" not in data and b"url(" not in data
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {link.get("href") for link in root.iter("a")} <= {f"#{identifier}" for identifier in identifiers}


def test_the_page_says_its_language_and_direction():
    for language, direction in (("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")):
        root = page(second_edition(), language)
        assert (root.get("lang"), root.get("dir")) == (language, direction)


def test_the_policy_of_the_page_allows_its_own_style_only():
    policy = page(first_edition(), "fr").xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src '") and as_html.STYLE_HASH in policy


def test_clause_numbers_are_links_to_identifiers_that_stay():
    root = page(first_edition(), "fr")
    link = root.get_element_by_id("c-7f3a").find("a[@class='number']")
    assert (link.text, link.get("href"), link.get("aria-label")) == ("1", "#c-7f3a", "Article 1")


def test_a_missing_wording_shows_the_authentic_text_in_its_own_direction_and_says_so():
    clause = page(second_edition(), "ar").get_element_by_id("c-a310")
    words = clause.find_class("words")[0]
    assert (words.get("lang"), words.get("dir")) == ("fr", "ltr")
    assert "الفرنسية" in clause.find_class("note")[0].text
    assert page(second_edition(), "ar").xpath("//header/p[contains(@class, 'quiet')]")
    assert not page(second_edition(), "en").find_class("note")


@pytest.mark.parametrize(
    ("mode", "notice"), [("demonstration", "démonstration"), ("rehearsal", "Répétition"), ("live", None)]
)
def test_what_is_not_the_real_thing_says_so(mode, notice):
    facts = {field: getattr(FIRST.forum, field) for field in ForumFacts.__dataclass_fields__} | {"mode": mode}
    notices = page(first_edition(forum=ForumFacts(**facts)), "fr").find_class("notice")
    assert [notice in each.text for each in notices] == ([True] if notice else [])


def test_hostile_text_is_text():
    snapshot = with_clause(first_edition(title={"fr": HOSTILE}), "c-7f3a", text={"fr": HOSTILE, "en": HOSTILE})
    root = page(snapshot, "fr")
    assert not root.findall(".//script") and not root.findall(".//img")
    assert root.findtext(".//h1") == HOSTILE
    assert HOSTILE in root.get_element_by_id("c-7f3a").text_content()
    assert bare(HOSTILE) in bare(pdf_words(as_pdf.render(snapshot, "fr")))
    assert json.loads(as_json.render(snapshot, "fr"))["snapshot"]["title"] == {"fr": HOSTILE}


def test_the_first_view_of_a_page_is_light():
    """Without its clauses a page must leave most of the first 14 KB to the text."""
    assert len(as_html.STYLE.encode()) < 9_000


# The PDF


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_it_is_and_nothing_about_the_machine(pdfs, language):
    with pikepdf.open(io.BytesIO(pdfs[language])) as pdf:
        assert str(pdf.docinfo.Title) == second_edition().title[language]
        assert str(pdf.Root.Lang) == language
        assert bool(pdf.Root.MarkInfo.Marked) and "/StructTreeRoot" in pdf.Root and "/Outlines" in pdf.Root
        assert str(pdf.docinfo.CreationDate) == "D:20270201000000Z"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        about = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfuaid:part>1" in about and "<pdfaid:part>2" in about and "<pdfaid:conformance>A" in about
        fonts = {str(font.BaseFont).split("+")[1] for page in pdf.pages for font in page.Resources.Font.values()}
        plain = b"".join(
            item.read_bytes() if isinstance(item, pikepdf.Stream) else str(item).encode() for item in pdf.objects
        )
    assert fonts <= {"CharisSIL", "CharisSIL-Bold", "CharisSIL-Italic", "Amiri-Regular", "Amiri-Bold"}
    for trace in (b"/home", b"/root", b"/usr", b"/tmp", b"declarations/publishing", b".typ"):
        assert trace not in plain


def test_the_edition_and_control_code_stand_on_every_page(pdfs):
    code = read(second_edition(), "fr").control_code
    for one in pdf_words(pdfs["fr"]).split("\f"):
        assert "2e édition" in one and code in one


def test_a_pdf_that_cannot_be_made_is_refused_with_a_reason():
    with pytest.raises(as_pdf.TypesettingFailed, match="."):
        as_pdf.typeset({"edition": {}, "timestamp": 0})
    with pytest.raises(as_pdf.TypesettingFailed, match="seconds"):
        as_pdf.typeset({"edition": {}, "timestamp": 0}, patience=0.001)


def test_a_sign_no_font_has_is_refused_with_its_name():
    with pytest.raises(as_pdf.TypesettingFailed, match="漢|U\\+6F22|font|glyph"):
        as_pdf.render(with_clause(first_edition(), "c-7f3a", text={"fr": "漢"}), "fr")


def test_every_sign_that_we_say_our_fonts_have_is_set():
    every = [chr(code) for code in sorted(signs.drawn()) if not is_unshowable(chr(code))]
    shown = [sign for sign in every if not signs.without_font(sign)]
    # Two angle brackets become those of another script.
    assert len(shown) > 3000 and {*every} - {*shown} <= {"\u2329", "\u232a"}
    words = " ".join([*shown, "e\u0323\u0302 \u1ec7", "a\u00adb\u200bc\u200dd\u2060e\ufe0ff\u034fg\u061ch"])
    assert not signs.without_font(words)
    as_pdf.render(with_clause(first_edition(), "c-7f3a", text={"fr": words}), "fr")


@pytest.mark.parametrize("sign", ["漢", "\U0001f600", "\u0c05", "\ue123", "\uf130", "\u0378"])
def test_every_sign_that_we_say_our_fonts_lack_is_refused(sign):
    snapshot = with_clause(first_edition(), "c-7f3a", text={"fr": f"a{sign}b"})
    [(path, lacking)] = signs.unset(snapshot)
    assert lacking == sign and "c-7f3a" in path and path[-1] == "fr"
    with pytest.raises(as_pdf.TypesettingFailed):
        as_pdf.render(snapshot, "fr")


def test_signs_count_only_where_they_are_read():
    snapshot = replace(first_edition(), title={"fr": "Les puits", "zh": "漢"})
    assert list(signs.unset(snapshot)) == []
    as_pdf.render(snapshot, "fr")
    snapshot = replace(snapshot, title={"zh": "漢"})
    assert [path for path, _signs in signs.unset(snapshot)] == [("title", "zh")]


@pytest.mark.parametrize("words", ["ɛ ɔ ɲ ŋ Ɛ Ɔ Ɲ Ŋ ɓ ɗ ƴ ə ɣ", "ߞߊ߬ߙߊ߲߬ߘߊ", "ⵜⵉⴼⵉⵏⴰⵖ", "إصغاء"])
def test_the_letters_of_the_region_are_there(words):
    snapshot = with_clause(first_edition(), "c-7f3a", text={"fr": words})
    text = bare(pdf_words(as_pdf.render(snapshot, "fr")))
    assert sorted(set(bare(words))) == sorted(set(bare(words)) & set(text))


# Data


def test_the_data_rebuild_the_snapshot_and_verify_it():
    document = json.loads(as_json.render(second_edition(), "fr"))
    assert (document["format"], document["version"], document["renderer"]) == ("declaration-edition", 1, RENDERER)
    snapshot = from_bytes(json.dumps(document["snapshot"]).encode())
    assert snapshot == second_edition()
    assert document["digests"]["edition"] == snapshot.digest()
    assert document["digests"]["text"] == snapshot.text_digest


def test_the_schema_describes_every_field():
    schema = as_json.schema()
    raw = json.loads(as_json.render(second_edition(), "fr"))["snapshot"]
    assert set(schema["properties"]) == set(schema["required"]) == set(raw)
    clause = schema["properties"]["sections"]["items"]["properties"]["clauses"]["items"]
    assert clause["properties"]["number"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert set(clause["properties"]) == set(raw["sections"][0]["clauses"][0])


# What is read


def test_figures_are_said_as_bands():
    reading = read(first_edition(), "fr")
    heard = {clause.identifier: clause.heard for section in reading.sections for clause in section.clauses}
    assert heard["c-7f3a"] == "plus de 30\u00a0témoignages, 9\u00a0régions sur 20, 6\u00a0groupes sociaux"
    assert heard["c-a311"].startswith("moins de 10\u00a0témoignages")
    assert heard["c-d001"] == ""
    english = read(first_edition(), "en").sections[1].clauses[0].heard
    assert english == "more than 30\u00a0testimonies, 9 of 20\u00a0regions, 6\u00a0social groups"


def test_a_part_of_the_regions_is_said_in_each_language():
    assert labels.counted_of("regions", "≥5", 20, "fr") == ("au moins 5", "régions sur 20")
    assert labels.counted_of("regions", "≥5", 20, "en") == ("at least 5 of 20", "regions")
    assert labels.counted_of("regions", 9, 20, "en") == ("9 of 20", "regions")  # of editions made before


def test_what_changed_is_said_clause_by_clause_and_translations_together():
    changes = (
        Change("c-7f3a", "reworded", {"fr": "Avant."}, {"fr": "Après."}),
        Change("c-19be", "translated", {"fr": "x"}, {"fr": "x", "ar": "y"}),
        Change("c-4c02", "translated", {"fr": "x"}, {"fr": "x", "ar": "y"}),
    )
    snapshot = second_edition(changes=changes, text_unchanged_since_adoption=False)
    reworded, translated = read(snapshot, "fr").changes
    assert (reworded.label, reworded.where, reworded.before.text) == ("Reformulé", "Article 1", "Avant.")
    assert (translated.label, translated.where) == ("Traduction ajoutée (arabe)", "Articles 2–3")
    assert "Après." in page(snapshot, "fr").get_element_by_id("changes").text_content()


def test_a_translation_that_was_corrected_is_told_from_one_that_was_added():
    english = "Ask that nobody pay the same right of way twice."
    changes = (
        Change("c-4c02", "translated", {"en": "Ask that nobody pay."}, {"en": english, "ar": "y"}),
        Change("c-19be", "translated", {"en": "x"}, {"en": "x", "ar": "y"}),
        Change("c-7f3a", "translated", {"en": "x"}, None),
    )
    snapshot = second_edition(kind="erratum", changes=changes)
    corrected, added, left_out = read(snapshot, "fr").changes
    assert (corrected.label, corrected.where) == ("Traduction corrigée (anglais)", "Article 3")
    assert corrected.before and corrected.after and not corrected.after.note
    assert (corrected.before.text, corrected.after.text, corrected.after.language) == (
        "Ask that nobody pay.",
        english,
        "en",
    )
    assert (added.label, added.where, added.before) == ("Traduction ajoutée (arabe)", "Articles 2–3", None)
    assert (left_out.label, left_out.where) == ("Retiré (anglais)", "Article 1")
    section = page(snapshot, "fr").get_element_by_id("changes")
    assert "Le texte faisant foi n’a pas changé depuis son adoption." in section.text_content()
    assert english in [each.text for each in section.xpath(".//*[@lang='en']//p | .//p[@lang='en']")]
    assert bare(english) in bare(pdf_words(as_pdf.render(snapshot, "fr")))


def test_a_vote_and_every_other_adoption_have_words():
    for method in ("consensus", "acclamation", "vote"):
        for language in LANGUAGES:
            adoption = FIRST.adoption.__class__(method, "2026-11-12", {"fr": "Bamako"}, votes=Votes(80, 3, 2))
            reading = read(second_edition(adoption=adoption), language)
            assert "80" in reading.votes and reading.adoption


def test_a_language_without_labels_takes_those_of_the_authentic_text():
    snapshot = first_edition(languages=("fr", "bm"))
    root = page(with_clause(snapshot, "c-7f3a", text={"fr": "Parlons.", "bm": "An ka kuma."}), "bm")
    assert root.get("lang") == "fr"
    assert root.get_element_by_id("c-7f3a").find_class("words")[0].get("lang") == "bm"


def test_texts_are_cut_into_paragraphs_and_lists():
    cut = [(block.is_list, block.lines) for block in blocks("Un :\n- deux ;\n- trois.\n\nQuatre")]
    assert cut == [(False, ("Un :",)), (True, ("deux ;", "trois.")), (False, ("Quatre",))]


def test_numbers_in_short():
    assert spans([3, 1, 2, 7, 9, 10]) == "1–3, 7, 9–10"
