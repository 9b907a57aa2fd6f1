"""Every page on which somebody tells, takes, types or brings a recording: no rule broken, nothing too wide."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from declarations.models import CardBatch, Forum, PaperForm, Seat
from declarations.workflow import people, screens
from tests import factories as make
from tests.room.desk import at

from .conftest import Phone
from .test_outbox import answer, fetched, form_of, press_send
from .test_reading import sign_in
from .test_testimony import forum, quickly  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = {"read_aloud": "yes", "interpreted": "no"}


@pytest.fixture(params=[("fr", True), ("ar", True), ("ar", False)], ids=lambda p: f"{p[0]}-{p[1]}")
def own(request: pytest.FixtureRequest, phone: Callable[..., Phone]) -> Phone:
    language, scripts = request.param
    return phone(language, scripts=scripts)


def sit_down(own: Phone, forum: Forum) -> Seat:  # noqa: F811
    """Open a facilitator's link."""
    seat, token = people.give_link(forum, by=make.organiser_of(forum), role=Seat.Role.FACILITATOR, name="Fanta")
    own.go(f"enter/{token}/")
    own.page.locator("main [type=submit]").click()
    own.page.wait_for_selector("form.steps")
    return seat


def test_the_desk_of_a_facilitator_and_a_receipt_on_a_card(own: Phone, forum: Forum, quickly: None) -> None:  # noqa: F811
    blank, page = make.a_card(forum), own.page
    sit_down(own, forum)
    for step in page.locator(".step").all():
        # Each screen by its address, as a link between them leads there.
        page.goto(re.sub("#.*", "", page.url) + f"#{step.get_attribute('id')}")
        own.look()
    assert page.locator("#id_written").input_value() == own.language
    answer(page, **TAKEN, serial=blank.serial)
    press_send(page)
    page.wait_for_selector("output")
    own.look()
    assert re.sub(r"\D", "", page.inner_text("output")) == blank.serial


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_waits_on_a_telephone(
    phone: Callable[..., Phone],
    forum: Forum,  # noqa: F811
    quickly: None,  # noqa: F811
    language: str,
) -> None:
    own = phone(language, scripts=True)
    page = own.page
    seat = sit_down(own, forum)
    fetched(page, lambda: page.reload())
    page.context.set_offline(True)
    answer(page, **TAKEN, code="00000-00001")  # a slip
    press_send(page)
    page.wait_for_selector(".summary")
    own.look()
    # A card is asked about only where there is a network: the coarsest description is shown before it is kept.
    answer(page, **TAKEN, code="00000-00000", precision="fine")
    press_send(page)
    page.wait_for_selector("#send .note")
    own.look()
    press_send(page)
    page.wait_for_selector(".waiting")
    own.look()
    page.click(".waiting summary")
    own.look()
    page.click(".waiting [data-discard]")
    page.wait_for_selector("[data-discarded]")
    own.look()
    # Somebody who is not recorded.
    page.context.set_offline(False)
    fetched(page, lambda: page.goto(f"/{language}/{forum.slug}/testimonies/take/"))
    page.context.set_offline(True)
    answer(page, **TAKEN, adult="no")
    page.evaluate("location.hash = 'age'")
    page.click("#age .ends")
    page.wait_for_selector(".waiting")
    own.look()
    page.context.set_offline(False)
    people.revoke_seat(seat, by=make.organiser_of(forum))
    own.go(f"{forum.slug}/testimonies/take/")
    assert not page.locator("form.steps").count()


def test_pages_that_come_back_and_pages_that_end(own: Phone, forum: Forum, quickly: None) -> None:  # noqa: F811
    page = own.page
    own.go(f"{forum.slug}/testimonies/stopped/")
    if own.has_scripts:
        form_of(page, forum)
        page.goto(f"/{own.language}/{forum.slug}/testimonies/new/")
        answer(page, adult="no")
        page.evaluate("location.hash = 'age'")
        page.click("#age .ends")
        page.wait_for_selector(".calls")
        own.look()


def test_typing_paper_forms(phone: Callable[..., Phone], forum: Forum) -> None:  # noqa: F811
    sheet, other = make.a_card(forum, CardBatch.Kind.FORMS), make.a_card(forum, CardBatch.Kind.FORMS)
    papers = {one.serial: PaperForm.objects.get(card__serial=one.serial) for one in (sheet, other)}
    one, two = phone("fr", scripts=True), phone("fr", scripts=True)
    sign_in(one, make.organiser_of(forum))
    sign_in(two, make.a_seat(forum, Seat.Role.FACILITATOR))

    def type_it(own: Phone, words: str, adult: str = "yes") -> None:
        page = own.page
        page.fill("#id_sheet_code", sheet.code)
        for name, value in {"adult": adult, "may_read": "yes", "summarise": "yes", "quote": "no", **TAKEN}.items():
            page.locator(f"[name={name}][value={value}]").check()
        page.fill("#id_words", words)
        page.locator("form:has(#id_words) .verb [type=submit]").click()
        page.wait_for_load_state()

    for own in (one, two):
        own.page.goto(at("paper-desk"))
        own.look()
    one.page.goto(at("paper", papers[sheet.serial].pk))
    one.look()
    type_it(one, "Le puits a été fermé.", adult="no")  # asked once more before nothing is kept
    one.look()
    type_it(one, "Le puits a été fermé.")
    one.page.wait_for_url(re.compile("/papers/$"))
    one.look()
    one.page.goto(at("paper", papers[sheet.serial].pk))
    one.look()
    two.page.goto(at("paper", papers[sheet.serial].pk))
    type_it(two, "Le puits fut fermé.")
    two.page.wait_for_selector(".differs")
    two.look()
    two.page.locator("[name=which_words][value=first]").check()
    two.page.locator("form:has(#id_words) .verb [type=submit]").click()
    two.page.wait_for_url(re.compile("/papers/$"))
    two.page.goto(at("paper", papers[sheet.serial].pk))
    two.look()


def test_recordings_of_screens_are_brought_and_heard(phone: Callable[..., Phone], forum: Forum) -> None:  # noqa: F811
    own = phone("fr", scripts=True)
    make.a_spoken_screen(forum, "age")
    make.a_spoken_screen(forum, "reading", reviewed=False)
    make.a_spoken_screen(forum, screens.DIGITS[0], reviewed=False)
    sign_in(own, make.a_seat(forum, Seat.Role.ORGANISER))
    own.page.goto(at("screen-list"))
    own.look()
    own.page.locator("form[enctype] [type=submit]").click()
    own.page.wait_for_selector(".errorlist, .error")
    own.look()
