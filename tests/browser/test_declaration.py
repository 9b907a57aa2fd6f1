"""The declaration as it is read aloud and as it is printed: its own words, in their order, whole."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from declarations.publishing.reader import Reader
from declarations.publishing.reading import Reading
from declarations.publishing.snapshot import from_bytes
from tests.served.server import Server

from .conftest import LAPTOP, PHONE

pytestmark = pytest.mark.xdist_group("demonstration")

# What is for the screen alone.
FOR_THE_SCREEN = ".drop, .skip, .side, .acts, .here, form, input, button, .foot ul"
# Where each passage begins and ends, told to a PDF as links, which say on which page they stand.
MARKED = """() => document.querySelectorAll(".text section > div").forEach(one => {
  for (const [end, place] of [["begins", "afterbegin"], ["ends", "beforeend"]])
    one.insertAdjacentHTML(place, `<a href="https://${end}.example/${one.id}">·</a>`)
})"""
MAY_BE_CUT = """() => {
  const [sheet] = document.styleSheets
  sheet.insertRule("@media print { .text div { break-inside: auto !important } }", sheet.cssRules.length)
}"""
SWAPPED = """() => { const [one, other] = document.querySelectorAll(".clause"); one.before(other) }"""


@pytest.fixture(params=["fr", "ar"])
def page(request: pytest.FixtureRequest, chromium: Browser, demonstration: Server) -> Iterator[Page]:
    context = chromium.new_context(base_url=demonstration.address, viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"/{request.param}/mali/declaration/")
    yield page
    context.close()


def edition_of(page: Page) -> Reading:
    """The edition on the page, as its own file has it, read in the page's language."""
    language = page.evaluate("document.documentElement.lang")
    shown = str(page.locator(".title a[href*='/editions/']").get_attribute("href"))
    file = page.request.get(f"{shown}declaration.{language}.json").json()
    return Reader(from_bytes(json.dumps(file["snapshot"]).encode()), language).reading()


def words_of(reading: Reading) -> list[str]:
    """Everything that was adopted, in its order: title, headings, and each clause after its number."""
    words = [reading.title.text]
    for section in reading.sections:
        words.append(section.heading.text)
        for clause in section.clauses:
            words += [str(clause.number)] if clause.number else []
            words += [line for block in clause.words.blocks for line in block.lines]
    return [bare(each) for each in words if bare(each)]


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def read_aloud(page: Page) -> str:
    """What a screen reader is given of the text, in its order, without white space."""
    ears = page.context.new_cdp_session(page)
    nodes = ears.send("Accessibility.getFullAXTree")["nodes"]
    by_number = {node["nodeId"]: node for node in nodes}

    def said(node: dict[str, object]) -> Iterator[str]:
        if node.get("role", {}).get("value") == "StaticText":  # type: ignore[attr-defined]
            yield str(node["name"]["value"])  # type: ignore[index]
        else:
            for number in node.get("childIds", []):  # type: ignore[attr-defined]
                yield from said(by_number[number])

    return bare("".join(said(nodes[0])))


def first_out_of_order(words: list[str], text: str) -> str:
    """Return the first of the words that does not stand behind the one before it; nothing where all do."""
    at = 0
    for each in words:
        found = text.find(each, at)
        if found < 0:
            return each
        at = found + len(each)
    return ""


def test_it_is_read_aloud_in_the_order_in_which_it_was_adopted(page: Page) -> None:
    words = words_of(edition_of(page))
    assert len(words) > 100
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        assert first_out_of_order(words, read_aloud(page)) == ""
        # Nobody sees it in another order either.
        tops = page.evaluate("[...document.querySelectorAll('.text [id]')].map(one => one.getBoundingClientRect().top)")
        assert len(tops) > 40 and tops == sorted(tops)
    page.evaluate(SWAPPED)
    assert first_out_of_order(words, read_aloud(page)) != "", "the control"


def test_what_is_for_the_screen_is_not_printed(page: Page) -> None:
    assert page.locator(FOR_THE_SCREEN).locator("visible=true").count() > 5, "the control"
    clause = page.locator(".clause").first.get_attribute("id")
    page.goto(f"{page.url}#{clause}")
    page.locator(".clause .whence summary").first.click()
    page.emulate_media(media="print")
    assert page.locator(FOR_THE_SCREEN).locator("visible=true").count() == 0
    # Where it stands is printed, and what was opened is.
    address = page.url.partition("#")[0]
    assert address in page.inner_text("#adoption")
    assert page.locator(".whence[open] .pairs").is_visible() and page.locator(".whence:visible").count() == 1
    assert first_out_of_order(words_of(edition_of(page)), bare(page.inner_text("main"))) == ""


def test_addresses_elsewhere_are_printed(page: Page) -> None:
    after = "getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content"
    page.goto(page.url.replace("declaration/", "data/"))
    assert page.evaluate(after) == "none"
    page.emulate_media(media="print")
    assert "http" in page.evaluate(after)


def test_what_narrows_a_list_is_not_printed(page: Page) -> None:
    whole = page.url.removesuffix("declaration/")
    for path in ("recommendations/?theme=governance", "declaration/clauses/?q=eau", "search/?q=eau"):
        page.goto(f"{whole}{path}")
        page.emulate_media(media="screen")
        page.evaluate("document.querySelectorAll('.fold').forEach(fold => fold.open = true)")
        assert page.locator(".sift:visible").count() == 1, path
        page.emulate_media(media="print")
        assert page.locator("main .btn:visible").count() == 0, path
        assert page.locator("main :is(form, input, select, button):visible").count() == 0, path
        assert page.locator("h1").is_visible(), path


def test_no_passage_is_cut_by_the_end_of_a_sheet(page: Page) -> None:
    page.evaluate(MARKED)
    passages = page.locator(".text section > div").count()
    begins, ends = sheets(page)
    assert len(begins) == passages > 40 and begins == ends and max(begins.values()) > 3
    page.evaluate(MAY_BE_CUT)
    begins, ends = sheets(page)
    assert begins != ends, "the control"


def sheets(page: Page) -> tuple[dict[str, int], dict[str, int]]:
    """Print the page; returns on which sheet each passage begins, and on which it ends."""
    places: dict[str, dict[str, int]] = {"begins": {}, "ends": {}}
    with pikepdf.open(io.BytesIO(page.pdf(format="A4"))) as pdf:
        for number, sheet in enumerate(pdf.pages):
            for link in sheet.get("/Annots", []):
                said = re.fullmatch(r"https://(begins|ends)\.example/(.+)", str(link.get("/A", {}).get("/URI", "")))
                if said:
                    places[said[1]][said[2]] = number
    return places["begins"], places["ends"]
