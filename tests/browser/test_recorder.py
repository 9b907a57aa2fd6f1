"""A voice recorded on the page (M10, M11, M15): record, stop, hear it, begin again, send; no microphone elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from declarations.models import Forum, Testimony
from declarations.workflow import recordings, testimonies
from tests import factories as make

from .conftest import Phone
from .test_outbox import answer, arrived, in_time, press_send
from .test_testimony import forum, quickly  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'heard', (error) => error.name)"


def button(name: str) -> str:
    return f".recorder [data-do={name}]"


def shown(page: Page) -> set[str]:
    """What can be done now, and what is said."""
    found = page.locator(".recorder :is([data-do], [data-say], audio):visible").all()
    names = (one.get_attribute("data-do") or one.get_attribute("data-say") or "player" for one in found)
    return set(names)


def speaking(own: Phone, forum: Forum) -> Page:  # noqa: F811
    own.go(f"{forum.slug}/testimonies/new/")
    own.page.evaluate("location.hash = 'speaking'")
    own.page.locator(button("record")).wait_for()
    assert shown(own.page) == {"record"}
    return own.page


def record(page: Page, seconds: int = 1) -> None:
    page.click(button("record"))
    page.locator(button("stop")).wait_for()
    assert shown(page) == {"stop", "on"}
    in_time(lambda: page.inner_text(".recorder b") >= f"0:0{seconds}", page)
    page.click(button("stop"))
    page.locator(button("away")).wait_for()
    assert shown(page) == {"away", "player", "done"}


def size(page: Page) -> int:
    """Bytes of what the form would send."""
    return int(page.evaluate("document.querySelector('#id_audio').files[0]?.size ?? 0"))


def test_record_hear_it_throw_it_away_and_record_again(
    phone: Callable[..., Phone],
    with_microphone: Browser,
    forum: Forum,  # noqa: F811
    quickly: None,  # noqa: F811
) -> None:
    own = phone("fr", scripts=True, of=with_microphone)
    page = speaking(own, forum)
    own.look()
    record(page)
    own.look()
    assert size(page) > 500
    # What was recorded is played on the page, before it is sent and without being sent.
    player = page.locator(".recorder audio")
    assert player.evaluate("one => one.play().then(() => one.error, (error) => error.name)") is None
    in_time(lambda: player.evaluate("one => one.currentTime") > 0, page)
    page.click(button("away"))
    assert size(page) == 0 and shown(page) == {"record"}
    record(page, 2)
    again = size(page)
    assert again > 500 and not Testimony.objects.exists()
    answer(page, words="", voice="no")
    press_send(page)
    arrived(page)
    own.look()
    kept = Testimony.objects.get()
    one = testimonies.open_key(kept, make.reading_private(forum))
    assert len(recordings.opened(kept, one, "original") or b"") == again
    assert recordings.cleaned(kept, one) and not kept.may_keep_voice


def test_a_form_that_is_sent_while_it_records_waits_for_the_end(
    phone: Callable[..., Phone],
    with_microphone: Browser,
    forum: Forum,  # noqa: F811
    quickly: None,  # noqa: F811
) -> None:
    page = speaking(phone("fr", scripts=True, of=with_microphone), forum)
    page.click(button("record"))
    page.locator(button("stop")).wait_for()
    answer(page, words="", voice="yes")
    press_send(page)
    page.locator(button("stop")).wait_for()
    assert page.evaluate("location.hash") == "#speaking" and not Testimony.objects.exists()


def test_a_microphone_that_is_refused_leaves_the_file_and_says_so(
    phone: Callable[..., Phone],
    forum: Forum,  # noqa: F811
) -> None:
    own = phone("fr", scripts=True)  # this browser has no microphone, and nobody to allow one
    page = speaking(own, forum)
    page.click(button("record"))
    page.locator(".recorder [data-say=no]").wait_for()
    assert shown(page) == {"record", "no"} and page.locator("#id_audio").is_visible()
    own.look()


def test_only_the_pages_that_tell_may_listen(
    phone: Callable[..., Phone],
    with_microphone: Browser,
    forum: Forum,  # noqa: F811
) -> None:
    """M11: a finger that allows everything is not asked elsewhere."""
    own = phone("fr", scripts=True, of=with_microphone)
    for path, heard in (("testimonies/new/", True), ("testimonies/receipt/", False), ("promises/", False), ("", False)):
        own.page.goto(f"/fr/{forum.slug}/{path}")
        assert own.page.evaluate(ASK) == ("heard" if heard else "NotAllowedError"), path
