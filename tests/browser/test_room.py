"""A reader works through the room by keyboard alone, on a laptop and on a phone; what is half written is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from declarations.models import Draft, Excerpt, Factor, Forum, Testimony
from declarations.workflow import reading
from tests import factories as make
from tests.room import desk

from .conftest import LAPTOP, PHONE, Phone
from .test_reading import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Le préfet est venu en avril. Personne n'a dit pourquoi, et nous avons marché deux jours."
State = Testimony.State


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    forum = make.a_forum("salle")
    for code in ("scarcity", "impunity"):
        Factor.objects.create(forum=forum, code=code, **make.label(code))
    for _ in range(2):
        make.a_testimony(forum, words=WORDS)
    return forum


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def own(request: pytest.FixtureRequest, phone: Callable[..., Phone], forum: Forum) -> Phone:
    """A reader at the door of the room, who has no mouse."""
    own = phone("fr", scripts=True)
    own.page.set_viewport_size(request.param)
    sign_in(own, desk.a_reader(forum))
    own.page.goto(desk.at("reading-room"))
    return own


def fits(own: Phone) -> None:
    """No rule broken, nothing wider than the screen, no complaint."""
    assert own.broken_rules() == [], own.page.url
    assert own.page.evaluate("document.documentElement.scrollWidth") <= own.page.viewport_size["width"]  # type: ignore[index]
    assert own.complaints == []


def press(own: Phone, *keys: str) -> None:
    for key in keys:
        own.page.keyboard.press(key)


def unlock(own: Phone) -> None:
    # The field takes the focus by itself, a moment after the page is there; nobody types before they see it.
    expect(own.page.locator("[name=passphrase]")).to_be_focused()
    own.page.keyboard.type(desk.PASSPHRASE)
    press(own, "Enter")
    own.page.wait_for_url(re.compile(r"/room/(\?.*)?$"))


def tab_to(own: Phone, selector: str, most: int = 60) -> None:
    """Move by Tab until the focus is there: what cannot be reached so is not there for some."""
    for _ in range(most):
        if own.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        press(own, "Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_one_after_another_by_keyboard(own: Phone, forum: Forum) -> None:
    page = own.page
    unlock(own)
    fits(own)
    press(own, "n")
    page.wait_for_url(re.compile(r"/room/[0-9a-f-]{36}/"))
    fits(own)
    # A letter typed in a field is a letter, not a command.
    press(own, "s")
    page.keyboard.type("n'importe quoi, joué")
    assert page.input_value("#id_summary-words") == "n'importe quoi, joué"
    press(own, "Escape", "r", "e")
    page.keyboard.type(WORDS)
    tab_to(own, "button[value=look]")
    press(own, "Enter")
    page.wait_for_selector(".telling")
    fits(own)
    # Each thing that could tell is left out or answered without a mouse.
    tab_to(own, ".telling li:nth-child(1) button", 90)
    press(own, "Enter")
    page.wait_for_selector(".before-after del")
    assert page.input_value("#id_excerpt-words").startswith("Le [.] est venu")
    tab_to(own, ".telling select", 90)
    press(own, "ArrowDown")
    tab_to(own, "#id_excerpt-looked")
    press(own, "Space")
    tab_to(own, "button[value=propose]")
    press(own, "Enter")
    expect(page.locator(".quoted")).to_contain_text("Le [.] est venu en avril.")
    assert page.input_value("#id_summary-words") == "n'importe quoi, joué"
    assert Excerpt.objects.get().state == "proposed"
    press(own, "n")
    expect(page.locator(".quoted")).to_have_count(0)
    assert Testimony.objects.filter(state=State.SUMMARISED).count() == 1
    fits(own)


def test_what_is_half_written_comes_back_after_the_door_closed(own: Phone, forum: Forum) -> None:
    page = own.page
    unlock(own)
    press(own, "n")
    page.wait_for_url(re.compile(r"/room/[0-9a-f-]{36}/"))
    address = page.url
    press(own, "s")
    page.keyboard.type("Un puits fer")
    expect(page.locator("#saved")).not_to_be_empty()
    assert Draft.objects.count() == 1
    assert "puits" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    # The session is closed elsewhere, as after fifteen minutes; what is typed on goes through the passphrase.
    page.context.clear_cookies(name="reading_key")
    page.keyboard.type("mé")
    expect(page.locator("#saved")).to_have_text(str(page.locator("#saved").get_attribute("data-lost")))
    # The browser is thrown away: what was kept last is there behind the passphrase.
    page.evaluate("window.onbeforeunload = null")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    expect(page.locator("[name=passphrase]")).to_be_focused()
    page.keyboard.type(desk.PASSPHRASE)
    press(own, "Enter")
    page.wait_for_selector("#id_summary-words")
    assert page.input_value("#id_summary-words") == "Un puits fer"
    fits(own)


def test_single_keys_can_be_turned_off(own: Phone) -> None:
    if own.page.viewport_size == PHONE:
        pytest.skip("there are no keys on a phone, and no switch")
    page = own.page
    unlock(own)
    address = page.url
    tab_to(own, "#keys-on")
    press(own, "Space", "n")
    page.wait_for_timeout(300)
    assert page.url == address
    page.reload()
    press(own, "n")
    page.wait_for_timeout(300)
    assert page.url == address
    tab_to(own, "#keys-on")
    press(own, "Space", "n")
    page.wait_for_url(re.compile(r"/room/[0-9a-f-]{36}/"))


def test_every_page_of_the_room_at_both_sizes(own: Phone, forum: Forum) -> None:
    reader = desk.a_reader(forum)
    private = make.reading_private(forum)
    [testimony, _other] = Testimony.objects.filter(forum=forum)
    given: dict[str, Any] = {"by": reader, "reading_private": private}
    reading.write_text(testimony, kind="translation", language="ar", text="أُغلقت البئر", **given)
    reading.judge(testimony, judgement=reading.Judgement(("scarcity",), "high", "some"), **given)
    reading.raise_urgent(testimony, by=reader)
    desk.a_sentence(forum, reader, make.a_testimony(forum))
    unlock(own)
    for name, args in (
        ("reading-testimony", (testimony.pk,)),
        ("excerpt-clearance", ()),
        ("finding-desk", ()),
        ("finding-compose", ()),
        ("reading-shares", ()),
    ):
        own.page.goto(desk.at(name, *args))
        fits(own)
