"""The first visit to the declaration of the demonstration: what goes over the wire, and how long a slow line takes."""

from __future__ import annotations

import time
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from tests.served.server import Server

from .conftest import PHONE

pytestmark = pytest.mark.xdist_group("demonstration")

MOST_REQUESTS, MOST_BYTES = 2, 20_000  # headers included
SECONDS = 5
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 40_000 / 8, "uploadThroughput": 40_000 / 8}
MOVED = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const shift of list.getEntries()) sum += shift.value })
    .observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(sum), 500)
})"""


def visit(chromium: Browser, site: Server, language: str) -> dict[str, Any]:
    """Visit the page for the first time on a slow line; returns what was asked, what came, and when."""
    context = chromium.new_context(viewport=PHONE, base_url=site.address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    ears = context.new_cdp_session(page)
    asked: dict[str, str] = {}
    came: dict[str, float] = {}
    ears.on("Network.requestWillBeSent", lambda said: asked.update({said["requestId"]: said["request"]["url"]}))
    ears.on("Network.loadingFinished", lambda said: came.update({said["requestId"]: said["encodedDataLength"]}))
    ears.send("Network.enable")
    ears.send("Network.emulateNetworkConditions", SLOW)
    began = time.monotonic()
    page.goto(f"/{language}/mali/declaration/", wait_until="domcontentloaded", timeout=60_000)
    usable = time.monotonic() - began
    page.wait_for_load_state("load")
    moved = page.evaluate(MOVED)
    page.wait_for_timeout(1500)  # a picture of the tab comes when it likes
    cookies = context.cookies()
    context.close()
    return {
        "asked": [url for url in asked.values() if not url.startswith("data:")],
        "bytes": sum(came.values()),
        "usable": usable,
        "moved": moved,
        "cookies": cookies,
        "complaints": complaints,
    }


def test_the_declaration_weighs_little_and_is_read_on_a_slow_line(chromium: Browser, demonstration: Server) -> None:
    address = demonstration.address
    for language in ("fr", "en", "ar"):
        # The first reader shows that it is a page for everybody, the second makes it; from the third on it is ready.
        for _ in range(2):
            chromium.new_context(base_url=address).request.get(f"/{language}/mali/declaration/").dispose()
        seen = visit(chromium, demonstration, language)
        print(f"{language}: {seen['bytes']:.0f} bytes, {len(seen['asked'])} requests, {seen['usable']:.1f} s")
        assert len(seen["asked"]) <= MOST_REQUESTS, seen["asked"]
        assert 8_000 < seen["bytes"] <= MOST_BYTES, seen["bytes"]
        assert all(url.startswith(f"{address}/") for url in seen["asked"]), seen["asked"]
        assert seen["cookies"] == [] and seen["complaints"] == []
        assert seen["moved"] == 0
        assert seen["usable"] < SECONDS, seen["usable"]


def test_the_very_first_reader_waits_for_no_more_bytes(demonstration: Server) -> None:
    """A page that is not ready yet is packed in a hurry: it still keeps to the promise."""
    with Server(demonstration.environment["DATABASE_URL"]) as fresh:
        for language in ("fr", "en", "ar"):
            asked = Request(f"{fresh.address}/{language}/mali/declaration/", headers={"Accept-Encoding": "br"})
            with urlopen(asked, timeout=30) as answer:
                size = len(answer.read()) + len(str(answer.headers))
                packed = answer.headers["Content-Encoding"]
            print(f"{language}: {size} bytes")
            assert packed == "br" and 8_000 < size <= MOST_BYTES
