"""The pages of keys, custodians, departures and the lock, looked at on a phone and a laptop, by day and by night.

With SHOTS naming a folder, each is photographed there.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from declarations.models import Forum, NameOpening, Seat
from declarations.workflow import keys, names, people, reading
from tests import factories as make
from tests.factories import PASSPHRASE

from .conftest import LAPTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
Role = Seat.Role


class Eyes:
    """A browser that is signed in by a cookie, and looks at pages in two sizes and two lights."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address

    def page(self, seat: Seat | None, size: Any, scheme: Any, language: str) -> Page:
        context = self.chromium.new_context(
            base_url=self.address, viewport=size, color_scheme=scheme, locale=language, java_script_enabled=True
        )
        if seat is not None:
            client = Client()
            client.force_login(seat.user)  # type: ignore[arg-type]
            cookie = client.cookies[site.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": self.address}])
        return context.new_page()

    def look(self, page: Page, name: str) -> None:
        """No rule of accessibility broken, nothing wider than the screen."""
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        rules = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
        assert rules == [], f"{name}\n" + "\n".join(rules)
        width = page.viewport_size["width"]  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)


SIGHTS = [
    pytest.param(PHONE, "light", id="phone-light"),
    pytest.param(LAPTOP, "dark", id="laptop-dark"),
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(LAPTOP, "light", id="laptop-light"),
]


@pytest.mark.parametrize(("size", "scheme"), SIGHTS)
def test_every_page_of_keys_and_names(
    chromium: Browser, live_server: Any, request: Any, size: Any, scheme: str
) -> None:
    forum: Forum = make.a_forum()
    organiser = make.organiser_of(forum)
    (one, its), (other, theirs), *_ = make.custodians(forum, 3)
    readers = [make.a_seat(forum, Role.READER) for _ in range(2)]
    persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in readers]
    make.reading_private(forum)
    testimony, second = make.a_named_testimony(forum), make.a_named_testimony(forum)
    people.make_forum_keys(forum, by=organiser, holders={"reading": persons})
    reading.raise_urgent(second, by=readers[0])
    asking = names.ask(testimony, by=one, reason="Elle demande qu’on la rappelle.", private=its)
    eyes, sight = Eyes(chromium, str(live_server)), request.node.callspec.id
    sights = [
        (organiser, "keys", []),
        (organiser, "keys-rotate", ["reading"]),
        (readers[0], "keys-reseal", ["reading"]),
        (organiser, "key-recover", [keys.current(forum, "reading").pk]),
        (organiser, "leaving", []),
        (organiser, "departure", [readers[0].user.pk]),
        (organiser, "lock", []),
        (other, "custody", []),
        (other, "name-ask", []),
        (other, "name-agree", [asking.pk]),
        (other, "name-refuse", [asking.pk]),
    ]
    pages: dict[int, Page] = {}
    for seat, name, arguments in sights:
        page = pages.setdefault(seat.pk, eyes.page(seat, size, scheme, "fr"))
        page.goto(reverse(f"admin:{name}", args=arguments))
        assert page.locator("h1").count()
        eyes.look(page, f"{name}-{sight}")
    names.agree(asking, by=other, private=theirs)
    page = eyes.page(one, size, scheme, "fr")
    page.goto(reverse("admin:custody"))
    eyes.look(page, f"custody-agreed-{sight}")
    page.goto(reverse("admin:name-show", args=[asking.pk]))
    page.fill("[name=passphrase]", PASSPHRASE)
    page.click("form .btn.first[type=submit]")
    assert "Awa" in page.content()
    eyes.look(page, f"name-{sight}")
    assert NameOpening.objects.get().state == "shown"
    for language in ("fr", "ar"):
        page = eyes.page(None, size, scheme, language)
        page.goto(f"/{language}/{forum.slug}/testimonies/new/#name")
        assert page.locator("#id_name").is_visible()
        eyes.look(page, f"form-name-{language}-{sight}")
    page = eyes.page(organiser, size, scheme, "fr")
    page.goto(reverse("admin:lock"))
    page.fill("[name=reason]", "un ordinateur a été pris")
    page.click("form .btn.risk")
    eyes.look(page, f"locked-{sight}")
