"""Somebody tells on a small phone, comes back with the receipt, and takes everything back."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest

from declarations.models import Forum, HelpContact, Testimony, TestimonyKey
from declarations.workflow import testimonies
from tests import factories as make

from .conftest import Phone

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "fr": "Le puits a été fermé un matin. Nous avons marché deux jours.",
    "ar": "أُغلقت البئر ذات صباح. مشينا يومين.",
}


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    forum = make.a_forum(
        title={"fr": "Forum de la paix", "en": "Peace forum", "ar": "منتدى السلام"},
        place={"fr": "Bamako", "ar": "باماكو"},
    )
    make.reading_private(forum)
    HelpContact.objects.create(forum=forum, label={"fr": "Écoute", "ar": "خط الاستماع"}, phone="80 00 11 22")
    for _ in range(forum.public_minimum):
        make.a_participant(forum)
    return forum


@pytest.fixture
def quickly():
    """A test types faster than anybody."""
    with patch("declarations.forms.tickets.QUICKEST", 0):
        yield


@pytest.fixture(params=[("fr", False), ("fr", True), ("ar", False), ("ar", True)], ids=lambda p: f"{p[0]}-{p[1]}")
def own(request: pytest.FixtureRequest, phone: Callable[..., Phone]) -> Phone:
    language, scripts = request.param
    return phone(language, scripts=scripts)


def only(own: Phone, step: str) -> None:
    """One screen shows, and no other."""
    shown = own.page.locator(".step:visible")
    assert [one.get_attribute("id") for one in shown.all()] == [step]
    own.look()


def go_on(own: Phone, step: str) -> None:
    only(own, step)
    own.page.click(f"#{step} .ways a.first")


def answer(own: Phone, name: str, yes: bool) -> None:
    own.page.check(f"#id_{name}_{0 if yes else 1}")


def tell(own: Phone, forum: Forum) -> None:
    """Answer every screen as far as the last."""
    page = own.page
    own.go(f"{forum.slug}/testimonies/new/")
    go_on(own, "before")
    answer(own, "adult", True)
    go_on(own, "age")
    answer(own, "may_read", True)
    go_on(own, "reading")
    page.select_option("#id_language", own.language)
    go_on(own, "language-and-card")
    page.fill("#id_words", WORDS[own.language])
    go_on(own, "telling")
    go_on(own, "speaking")
    answer(own, "summarise", True)
    go_on(own, "summary")
    answer(own, "quote", True)
    go_on(own, "sentence")
    if not own.has_scripts:
        go_on(own, "voice")  # a script knows that there is none
    page.select_option("#id_region", "gao")
    page.select_option("#id_capacity", "herder")
    page.check("#id_precision_2")
    go_on(own, "described")
    only(own, "send")


def test_tell_come_back_and_take_it_back(own, forum, quickly):
    page = own.page
    tell(own, forum)
    # The description is shown before anything is kept.
    page.click("#send [name=send]")
    page.wait_for_selector("#send .note")
    only(own, "send")
    assert not Testimony.objects.exists()
    page.click("#send [name=send]")
    page.wait_for_selector(".receipt")
    own.look()
    if own.has_scripts:
        page.wait_for_selector(".note.ok[role=status]")  # sealed here, sent, and acknowledged
    receipt = page.inner_text(".receipt output")
    testimony = Testimony.objects.get()
    assert testimonies.opened(testimony, make.reading_private(forum)).words == WORDS[own.language]
    assert testimony.described_capacity.code == "herder"
    # The two numbers read from left to right in either direction of the page.
    assert page.eval_on_selector(".receipt bdi", "one => getComputedStyle(one).direction") == "ltr"

    own.go(f"{forum.slug}/testimonies/receipt/")
    page.fill("#id_receipt", "12")
    page.click("main [type=submit]")
    page.wait_for_selector("#id_receipt_error")
    own.look()
    page.fill("#id_receipt", receipt)
    page.click("main [type=submit]")
    page.wait_for_selector("[name=pass]", state="attached")
    own.look()
    assert WORDS[own.language] not in page.content() and receipt not in page.content()
    page.click(".btn.risk")
    page.wait_for_selector("[name=sure]")
    own.look()
    page.click("[name=sure]")
    page.wait_for_selector("[name=pass]", state="detached")
    own.look()
    assert Testimony.objects.get().state == "withdrawn" and not TestimonyKey.objects.exists()


def test_what_is_missing_is_shown_and_nothing_typed_is_lost(own, forum, quickly):
    page = own.page
    own.go(f"{forum.slug}/testimonies/new/#telling")
    page.fill("#id_words", WORDS[own.language])
    page.evaluate("location.hash='send'")
    page.click("#send [name=send]")
    page.wait_for_selector(".summary")
    only(own, "age")
    assert page.input_value("#id_words") == WORDS[own.language]
    page.click(".summary a >> nth=1")
    only(own, "reading")


def test_no_answers_at_once_and_keeps_nothing(own, forum):
    page = own.page
    own.go(f"{forum.slug}/testimonies/new/")
    go_on(own, "before")
    answer(own, "adult", False)
    assert page.locator("#age .ways a.first").is_hidden()
    page.click("#age .ends")
    page.wait_for_selector(".calls")
    own.look()
    assert not page.locator("form.steps").count() and not Testimony.objects.exists()


def test_leave_quickly_is_on_every_page_and_covers_nothing(own, forum):
    for path in ("testimonies/new/", "testimonies/receipt/", "testimonies/stopped/"):
        own.go(f"{forum.slug}/{path}")
        exit = own.page.locator("a.exit")
        assert exit.bounding_box()["height"] >= 48
        assert "wikipedia" in exit.get_attribute("href")


def test_leaving_quickly_blanks_the_page_and_leaves_no_way_back_to_it(phone, forum):
    own = phone("fr", scripts=True)
    page = own.page
    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="<title>neutral</title>"))
    own.go(f"{forum.slug}/promises/")
    own.go(f"{forum.slug}/testimonies/new/")
    page.evaluate("location.hash='telling'")
    page.fill("#id_words", WORDS["fr"])
    page.click("a.exit")
    page.wait_for_url("https://www.wikipedia.org/")
    page.go_back()
    assert WORDS["fr"] not in page.content()
    assert not page.locator("#id_words").count() or page.input_value("#id_words") == ""


def test_the_promise_reads_on_a_phone(own, forum):
    own.go(f"{forum.slug}/promises/")
