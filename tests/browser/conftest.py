"""Chromium at the size of a phone, on the site served for real: every page is looked at for faults as it is left.

A page that breaks the policy, a script that fails or an accessibility rule that is broken fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

from declarations.models.guards import remove_guards
from tests.served.server import Server

# Playwright runs a loop of its own in this thread; the database is still asked by one thread at a time.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE: ViewportSize = {"width": 360, "height": 740}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Phone:
    """A browser of one person, and what it complained of."""

    page: Page
    language: str
    has_scripts: bool
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext, language: str, *, scripts: bool) -> Phone:
        """Open a page there and listen to what it complains of."""
        context.set_default_timeout(10_000)
        phone = cls(context.new_page(), language, scripts)
        phone.page.on("console", phone.hear)
        phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
        return phone

    def hear(self, message: ConsoleMessage) -> None:
        # A form that is not accepted yet answers 422; Chromium calls that an error too.
        # What the accessibility rules try out themselves comes from no address; what a page breaks has that page's.
        is_ours = bool(message.location.get("url"))
        if is_ours and ("Content Security Policy" in message.text or "violates" in message.text):
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(f"/{self.language}/{path}")
        self.look()

    def broken_rules(self, *only: str) -> list[str]:
        """Return the rules of accessibility (or of these alone) that the page breaks, each with the first place."""
        if not self.has_scripts:
            return []  # the rules are a script that waits; the pages are the same without scripts
        found = Axe().run(self.page, options={"resultTypes": ["violations"], **({"runOnly": only} if only else {})})
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]

    def look(self) -> None:
        """Look at the page as it is: no rule of accessibility broken, nothing wider than the screen, no complaint."""
        rules = self.broken_rules()
        assert rules == [], f"{self.page.url}\n" + "\n".join(rules)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{self.page.url} is {width} pixels wide"
        assert self.page.evaluate("document.dir") == ("rtl" if self.language == "ar" else "ltr")
        assert self.complaints == []


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demonstration forum, served as in real life: made once, for whoever only reads."""
    database = f"sqlite:///{tmp_path_factory.mktemp('demonstration')}/forum.sqlite3"
    server = Server(database)
    server.manage("migrate", "--verbosity=0")
    server.manage("seed_demo", "--verbosity=0")
    with server:
        yield server


@pytest.fixture(scope="session")
def with_microphone(chromium: Browser) -> Iterator[Browser]:
    """Another Chromium, with a microphone that beeps, and a finger that allows it where the page may ask."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS, *fake])
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser, live_server: object) -> Iterator[Callable[..., Phone]]:
    """Return what opens a phone in a language, with scripts or without, of the usual browser or of another one."""
    opened: list[BrowserContext] = []

    def open_phone(language: str, *, scripts: bool, of: Browser = chromium) -> Phone:
        context = of.new_context(
            base_url=str(live_server), viewport=PHONE, java_script_enabled=scripts, locale=language
        )
        opened.append(context)
        return Phone.of(context, language, scripts=scripts)

    yield open_phone
    for context in opened:
        context.close()
    # The rows that the live server wrote are flushed after this; published ones refuse until their triggers are gone.
    remove_guards(connection)
