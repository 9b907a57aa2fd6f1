"""Every page that the public can reach by links: its colours, its keys, and its width when it is enlarged four times.

The demonstration forum is walked from its door, one page of each kind; a page of a new kind is walked with the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.served.server import Server

from .conftest import PHONE, Phone

# Made once: whoever reads the demonstration stays in one process.
pytestmark = pytest.mark.xdist_group("demonstration")

# A screen of 1280 × 1024, enlarged four times.
ENLARGED: ViewportSize = {"width": 320, "height": 256}
# By clicking alone: what is answered to a form, or stands on a page of its own, is looked at by name.
BY_NAME = (
    "search/?q=puits", "declaration/clauses/?q=puits", "recommendations/?theme=governance", "declaration/editions/1/",
    "nowhere/",
)  # fmt: skip
KINDS = {
    "clause-detail", "data-detail", "declaration-detail", "edition-detail", "edition-file", "edition-list",
    "finding-list", "followup-list", "forum-detail", "group-list", "home", "participant-list", "promise-detail",
    "recommendation-detail", "recommendation-list", "search", "testimony-new", "testimony-receipt", "verify",
    "verify-yourself", "voices",
}  # fmt: skip
# A sheet to be read and kept: nothing on it leads anywhere.
STILL = {"voices"}
LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"
# What the Tab key stops at, in the order in which it is read aloud.
STOPS = """() => {
  const all = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  const seen = new Set();
  window.stops = all.filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled).filter(one => {
    if (one.type !== "radio") return true;
    return seen.has(one.name) ? false : seen.add(one.name);
  });
  return window.stops.length;
}"""
# Where the Tab key is: which stop it is, and whether that can be seen.
STANDING = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const label = one.matches("input[type=radio], input[type=checkbox]") ? one.nextElementSibling ?? one : one;
  const rings = [one, label].map(each => getComputedStyle(each));
  const box = one.getBoundingClientRect();
  return {
    at: window.stops.indexOf(one),
    ringed: rings.some(ring => ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2),
    inside: box.bottom > 0 && box.top < innerHeight,
    what: one.outerHTML.slice(0, 120),
  };
}"""


@pytest.fixture(params=["fr", "en", "ar"])
def own(request: pytest.FixtureRequest, chromium: Browser, demonstration: Server) -> Iterator[Phone]:
    context: BrowserContext = chromium.new_context(
        base_url=demonstration.address, viewport=PHONE, locale=request.param, reduced_motion="reduce"
    )
    yield Phone.of(context, request.param, scripts=True)
    context.close()


def kind_of(address: str) -> str:
    """Return the name of the page there, nothing for what is none of ours; a file counts where a browser opens it."""
    path = urlsplit(address).path
    if not path.endswith(("/", ".html")):
        return ""
    try:
        with override(path[1:3]):  # an address is known in its own language alone
            return str(resolve(path).url_name)
    except Resolver404:
        return ""


def walked(own: Phone) -> Iterator[str]:
    """Open one page of each kind that links lead to in this language, and then those that are named; gives its kind."""
    waiting, known = [f"/{own.language}/"], {"home"}
    while waiting:
        address = waiting.pop(0)
        answer = own.page.goto(address)
        assert answer is not None and answer.ok, address
        yield kind_of(address)
        for link in own.page.evaluate(LINKS):
            parts, kind = urlsplit(link), kind_of(link)
            is_ours = parts.netloc == urlsplit(own.page.url).netloc and parts.path.startswith(f"/{own.language}/")
            if is_ours and kind in KINDS and kind not in known:
                known.add(kind)
                waiting.append(parts.path)
    for address in BY_NAME:
        own.page.goto(f"/{own.language}/mali/{address}")
        yield address


def test_no_rule_is_broken_in_light_or_dark_or_enlarged_four_times(own: Phone) -> None:
    page, faults, kinds = own.page, [], set()
    for kind in walked(own):
        kinds.add(kind)
        own.look()
        page.emulate_media(color_scheme="dark")
        faults += [f"{kind}, dark: {rule}" for rule in own.broken_rules("color-contrast")]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(ENLARGED)
        width = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{kind}, enlarged: {width} pixels wide"] if width > ENLARGED["width"] else []
        page.set_viewport_size(PHONE)
    assert faults == []
    assert kinds >= KINDS, KINDS - kinds


@pytest.mark.parametrize("own", ["fr", "ar"], indirect=True)
def test_the_keys_reach_everything_in_order_and_it_is_seen_where_they_stand(own: Phone) -> None:
    """In forced colours: there the ring around what is reached must be one that the system draws."""
    own.page.emulate_media(forced_colors="active")
    for kind in walked(own):
        if kind in STILL:
            assert own.page.evaluate(STOPS) == 0, kind
        else:
            assert faults_of_keys(own.page) == [], kind


def faults_of_keys(page: Page) -> list[str]:
    number, faults = page.evaluate(STOPS), []
    assert number > 3
    for at in range(number):
        page.keyboard.press("Tab")
        standing = page.evaluate(STANDING)
        if standing["at"] != at:
            return [*faults, f"stop {at} is stop {standing['at']}: {standing['what']}"]
        if not (standing["ringed"] and standing["inside"]):
            faults.append(f"not seen: {standing['what']}")
    return faults


@pytest.mark.parametrize("own", ["fr"], indirect=True)
def test_a_page_that_keys_cannot_use_is_noticed(own: Phone) -> None:
    """The control: without a ring, out of order, and out of reach."""
    spoilt = {
        "ring": "document.querySelectorAll('a').forEach(one => (one.style.outline = '0'))",
        "order": "document.querySelector('.foot a').tabIndex = 1",
        "reach": "document.querySelector('.foot a').tabIndex = -1",
    }
    for change in spoilt.values():
        own.page.goto(f"/{own.language}/mali/participants/")
        own.page.evaluate(change)
        assert faults_of_keys(own.page) != []
