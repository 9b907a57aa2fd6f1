"""The first visit to the declaration of the demonstration: what goes over the wire, and how long a slow line takes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from tests.served.server import HOST, Server

from .conftest import PHONE

pytestmark = pytest.mark.xdist_group("demonstration")

MOST_REQUESTS, MOST_BYTES = 1, 20_000  # headers included; two are allowed
SECONDS = 5
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 40_000 / 8, "uploadThroughput": 40_000 / 8}
MOVED = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const shift of list.getEntries()) sum += shift.value })
    .observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(sum), 500)
})"""


# Between two pieces of a page that comes in many: longer than a screen takes to show what it has.
A_MOMENT = 0.03  # seconds


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


def test_nothing_moves_however_the_bytes_arrive(chromium: Browser, demonstration: Server) -> None:
    """A packet may end anywhere: what is shown then stays where it is when the next one comes."""
    with urlopen(f"{demonstration.address}/fr/mali/declaration/", timeout=30) as answer:
        page = answer.read()
    waiting = re.compile(rb'<link rel="expect"[^>]*>')
    assert len(waiting.findall(page)) == 1
    assert moved(chromium, page) == 0
    assert moved(chromium, waiting.sub(b"", page)) > 0, "the control"


def moved(chromium: Browser, page: bytes) -> float:
    """How far things move while a page comes, until its text begins, element by element."""
    begin, end = page.index(b"<body"), page.index(b'id="text"')
    pieces = [page[:begin], *re.split(rb"(?=<)", page[begin:end]), page[end:]]
    context = chromium.new_context(viewport=PHONE)
    with dripping(pieces) as address:
        tab = context.new_page()
        tab.goto(address, timeout=60_000)
        found: float = tab.evaluate(MOVED)
    context.close()
    return found


@contextmanager
def dripping(pieces: list[bytes]) -> Iterator[str]:
    """Serve one page piece by piece; gives its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path == "/"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(sum(map(len, pieces)) if is_page else 0))
            self.end_headers()
            for piece in pieces if is_page else []:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(A_MOMENT)

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer((HOST, 0), Answer)
    thread = Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield f"http://{HOST}:{web.server_port}/"
    web.shutdown()
    web.server_close()
    thread.join()
