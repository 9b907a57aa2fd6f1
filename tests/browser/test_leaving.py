"""Leaving quickly, on a phone (M6): what its history still leads to; what Back, reload and a dead line really do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page

from declarations.models import Forum, SealedText, Testimony
from declarations.workflow import testimonies
from tests import factories as make

from .conftest import PHONE
from .test_outbox import Handset, Mast, answer, arrived, digits, form_of, handset, in_time, press_send  # noqa: F401
from .test_testimony import WORDS, forum, quickly  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

NEUTRAL = "https://meteo.example/"


def entries(page: Page) -> list[str]:
    """Every address that Back and Forward lead to."""
    asked = page.context.new_cdp_session(page)
    found = asked.send("Page.getNavigationHistory")["entries"]
    asked.detach()
    return [one["url"] for one in found]


def is_told_of(address: str) -> bool:
    return "/testimonies/" in address


def screen(page: Page) -> str:
    [shown] = page.locator(".step:visible").all()
    return str(shown.get_attribute("id"))


def go_on(page: Page, *screens: str) -> None:
    for name in screens:
        page.click(f"#{name} .ways a.first")


def phones_back(page: Page) -> None:
    """Press the key of the phone: one entry back, whatever the page makes of it."""
    page.evaluate("history.back()")
    page.wait_for_timeout(400)


@pytest.fixture
def walked(handset: Handset, forum: Forum) -> Page:  # noqa: F811
    """A phone that came to the form from the page of the forum."""
    Forum.objects.filter(pk=forum.pk).update(exit_url=NEUTRAL)
    page = handset.on()
    neutral = "<title>Météo</title><h1>Beau temps</h1>"
    page.route(f"{NEUTRAL}**", lambda route: route.fulfill(body=neutral, content_type="text/html"))
    page.goto(f"/fr/{forum.slug}/")
    form_of(page, forum)
    return page


def on_the_first_screen(page: Page) -> None:
    assert screen(page) == "before"


def while_typing(page: Page) -> None:
    go_on(page, "before", "age", "reading", "language-and-card")
    page.fill("#id_words", WORDS["fr"])
    phones_back(page)
    assert screen(page) == "language-and-card"
    go_on(page, "language-and-card")
    assert page.input_value("#id_words") == WORDS["fr"]


def after_a_reload(page: Page) -> None:
    go_on(page, "before", "age")
    page.reload()
    page.wait_for_selector("form.steps[data-seals]")
    assert screen(page) == "reading"
    go_on(page, "reading")


def with_something_missing(page: Page) -> None:
    go_on(page, "before", "age")
    page.evaluate("toScreen('#send')")
    press_send(page)
    page.wait_for_selector(".summary:visible")
    page.click(".summary a >> nth=0")


def with_the_two_numbers(page: Page) -> None:
    go_on(page, "before")
    answer(page)
    press_send(page)
    arrived(page)


def turned_away(page: Page) -> None:
    go_on(page, "before")
    page.check("#id_adult_1")
    page.click("#age .ends")
    page.wait_for_selector("main:not(:has(form)) .calls")


def stopped(page: Page) -> None:
    go_on(page, "before")
    page.click("#age .stop")
    page.wait_for_url("**/stopped/")


def in_another_language(page: Page) -> None:
    page.click("#before .tongues [lang=ar]")
    page.wait_for_url("**/ar/**")
    page.wait_for_selector("form.steps[data-seals]")
    go_on(page, "before", "age")


def from_the_promise_and_back_again(page: Page) -> None:
    page.click("#before a[href$='/promises/']")
    page.wait_for_url("**/promises/")
    page.click("main .btn.first")
    page.wait_for_selector("form.steps[data-seals]")


def with_wrong_digits(page: Page) -> None:
    page.goto(page.url.replace("/new/", "/receipt/"))
    page.go_back()
    page.wait_for_selector("form.steps[data-seals]")
    # What lies ahead now is a page of somebody who comes back.
    go_on(page, "before")


def after_looking_with_the_digits(page: Page) -> None:
    with_the_two_numbers(page)
    numbers = digits(page)
    page.click("main a[href$='/receipt/']")
    page.wait_for_url("**/receipt/")
    page.fill("#id_receipt", "12")
    page.click("main [type=submit]")
    page.wait_for_selector("#id_receipt_error")
    page.fill("#id_receipt", numbers)
    page.click("main [type=submit]")
    page.wait_for_selector("[name=pass]", state="attached")
    page.click(".btn.risk")
    page.wait_for_selector("[name=sure]")


MOMENTS: list[Callable[[Page], None]] = [
    on_the_first_screen,
    while_typing,
    after_a_reload,
    with_something_missing,
    with_the_two_numbers,
    turned_away,
    stopped,
    in_another_language,
    from_the_promise_and_back_again,
    with_wrong_digits,
    after_looking_with_the_digits,
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_no_page_of_somebody_who_tells_is_left(walked: Page, moment: Callable[[Page], None]) -> None:
    moment(walked)
    assert any(map(is_told_of, entries(walked)))
    walked.click("a.exit")
    walked.wait_for_url(NEUTRAL)
    walked.wait_for_timeout(500)
    assert [one for one in entries(walked) if is_told_of(one)] == []
    for _ in range(10):
        if walked.go_back() is None and walked.url == "about:blank":
            break
        assert not is_told_of(walked.url) and not walked.locator("form.steps").count()
    assert walked.url == "about:blank"


def test_a_plain_link_would_leave_one(walked: Page) -> None:
    """The control: the same way, left by a link that nothing catches."""
    while_typing(walked)
    walked.once("dialog", lambda dialog: dialog.accept())
    walked.evaluate("address => location.assign(address)", NEUTRAL)
    walked.wait_for_url(NEUTRAL)
    assert any(map(is_told_of, entries(walked)))


# The phone's own Back


def test_the_phones_back_goes_one_screen_back_and_loses_nothing(walked: Page) -> None:
    go_on(walked, "before", "age", "reading", "language-and-card")
    walked.fill("#id_words", WORDS["fr"])
    number = len(entries(walked))
    for name in ("language-and-card", "reading", "age", "before"):
        phones_back(walked)
        assert screen(walked) == name
    go_on(walked, "before", "age", "reading", "language-and-card")
    assert walked.input_value("#id_words") == WORDS["fr"] and len(entries(walked)) == number
    # The Back of the page does the same, and the phone's goes on from there.
    walked.click("#telling .ways a.btn:not(.first)")
    assert screen(walked) == "language-and-card"
    phones_back(walked)
    assert screen(walked) == "reading" and len(entries(walked)) == number


def test_from_the_first_screen_it_leads_out_and_asks_before_it_loses_words(walked: Page, forum: Forum) -> None:  # noqa: F811
    go_on(walked, "before", "age", "reading", "language-and-card")
    walked.fill("#id_words", WORDS["fr"])
    for _ in range(4):
        phones_back(walked)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    walked.once("dialog", stay)
    phones_back(walked)
    assert asked == ["beforeunload"] and walked.input_value("#id_words") == WORDS["fr"]
    # Whoever stays can go on, and still leaves nothing behind.
    go_on(walked, "before", "age")
    assert screen(walked) == "reading"
    walked.click("a.exit")
    walked.wait_for_url(NEUTRAL)
    walked.wait_for_timeout(500)
    assert [one for one in entries(walked) if is_told_of(one)] == []


def test_one_back_too_many_does_not_take_the_two_numbers_away(walked: Page) -> None:
    with_the_two_numbers(walked)
    numbers = digits(walked)
    phones_back(walked)
    assert digits(walked) == numbers
    walked.click("a.exit")
    walked.wait_for_url(NEUTRAL)
    walked.wait_for_timeout(500)
    assert [one for one in entries(walked) if is_told_of(one)] == []


# Without scripts: what a browser really keeps. The words are not among what it copies for "back"
# (forms/testimonies.py): on a phone that is shared that copy would be read.


@pytest.fixture
def plain(chromium: Browser, live_server: object, quickly: None) -> Iterator[tuple[Page, Mast]]:  # noqa: F811
    mast = Mast(str(live_server))
    context = chromium.new_context(base_url=mast.site, java_script_enabled=False, viewport=PHONE)
    context.set_default_timeout(10_000)
    yield context.new_page(), mast
    context.close()
    mast.fell()


def tell_plainly(page: Page, forum: Forum) -> None:  # noqa: F811
    """Answer every screen as far as the last."""
    page.goto(f"/fr/{forum.slug}/testimonies/new/")
    for name, answered in (("before", ""), ("age", "adult_0"), ("reading", "may_read_0"), ("language-and-card", "")):
        if answered:
            page.check(f"#id_{answered}")
        go_on(page, name)
    page.fill("#id_words", WORDS["fr"])
    go_on(page, "telling", "speaking")
    page.check("#id_summarise_0")
    go_on(page, "summary")
    page.check("#id_quote_1")
    go_on(page, "sentence", "voice", "described")
    assert screen(page) == "send"


def test_without_scripts_back_and_forward_between_the_screens_lose_nothing(plain, forum):  # noqa: F811
    page, mast = plain
    tell_plainly(page, forum)
    mast.power(False)  # a dead line changes nothing while nothing is sent
    for name in ("described", "voice", "sentence", "summary", "speaking", "telling"):
        page.go_back()
        assert screen(page) == name
    assert page.input_value("#id_words") == WORDS["fr"]
    page.go_forward()
    mast.power(True)
    page.go_back()
    go_on(page, "telling", "speaking", "summary", "sentence", "voice", "described")
    press_send(page)
    page.wait_for_selector(".receipt")
    assert Testimony.objects.count() == 1


def test_without_scripts_a_dead_line_writes_no_half_and_reload_sends_the_whole(plain, forum):  # noqa: F811
    page, mast = plain
    tell_plainly(page, forum)
    mast.power(False)
    press_send(page)
    in_time(lambda: page.url.startswith("chrome-error:"), page)
    assert not Testimony.objects.exists() and not SealedText.objects.exists()
    mast.power(True)
    # The browser's own page offers to load it again, and it still has all that was to be sent.
    page.reload()
    page.wait_for_selector(".receipt")
    kept = Testimony.objects.get()
    assert testimonies.opened(kept, make.reading_private(forum)).words == WORDS["fr"]
    page.reload()
    page.wait_for_selector(".receipt")
    assert Testimony.objects.count() == 1


def test_without_scripts_a_reload_of_the_form_keeps_no_words_and_sends_none(plain, forum):  # noqa: F811
    """A limit, not a promise: docs/safety.md says it."""
    page, _mast = plain
    tell_plainly(page, forum)
    page.reload()
    assert page.input_value("#id_words") == "" and not Testimony.objects.exists()
    press_send(page)
    page.wait_for_selector(".summary")
    assert not Testimony.objects.exists() and not SealedText.objects.exists()
