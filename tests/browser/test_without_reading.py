"""Somebody who cannot read tells, and comes back: by recordings, signs and digits alone (M4, M15).

Nothing here looks for a word. The person knows what a voice told them: tap the tick, the arrow, the envelope.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from unittest.mock import patch

import av
import pytest
from playwright.sync_api import Browser, Locator, Page

from declarations import cleaning
from declarations.models import Forum, Recording, Testimony
from declarations.workflow import recordings, screens, testimonies
from tests import factories as make
from tests import sounds

from .conftest import Phone
from .test_outbox import in_time
from .test_testimony import forum, quickly  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = [
    *("before", "age", "reading", "language-and-card", "telling", "speaking"),
    *("summary", "sentence", "voice", "described", "send"),
]
# What somebody taps on each screen, by its sign, after they heard it.
TAPS = {"age": "yes", "reading": "yes", "summary": "yes", "sentence": "yes", "voice": "yes"}
# The same sounds in every test: made clean once.
CLEAN = cache(cleaning.clean)
# Keeps what each player and each digit was, by its length: every digit of the test is as long as no other.
EARS = """() => {
    window.played = [];
    window.digits = [];
    document.addEventListener("playing", ({ target }) => window.played.push(target.currentSrc), true);
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (when) {
        window.digits.push([when, this.buffer.duration]);
        return start.call(this, when);
    };
}"""


def length_of(digit: int) -> float:
    return 0.1 + digit / 5  # seconds; being made clean adds less than a tenth


def say_everything(forum: Forum, language: str) -> None:  # noqa: F811
    """Have every screen and every digit said in one language, brought by one organiser and heard by another."""
    by, other = make.organiser_of(forum), make.a_seat(forum, "organiser")
    tones = {screen: make.a_tone() for screen in (*SCREENS, "given")}
    tones |= {screens.DIGITS[digit]: sounds.tone("wav", length_of(digit)) for digit in range(10)}
    for screen, sound in tones.items():
        with patch.object(cleaning, "clean", CLEAN):
            screens.review(screens.bring(forum, by=by, screen=screen, language=language, sound=sound), by=other)


def by_sign(page: Page, sign: str, within: str = "main") -> Locator:
    """What can be tapped and shows a sign, and can be seen."""
    return page.locator(f"{within} :is(a, button, label):visible:has(use[href$='#{sign}'])")


def sign_of(page: Page) -> str:
    """The large sign of the one screen that shows."""
    [sign] = page.locator(".step:visible .sign use").all()
    return str(sign.get_attribute("href")).partition("#")[2]


def listen(page: Page, player: Locator) -> None:
    """Tap a player, at its left end, and hear it begin."""
    before = page.evaluate("window.played?.length ?? 0")
    player.scroll_into_view_if_needed()
    player.click(position={"x": 24, "y": 24})
    if page.evaluate("!!window.played"):
        in_time(lambda: page.evaluate("window.played.length") > before, page)


def record(page: Page) -> None:
    """Speak, stop, and hear it again."""
    by_sign(page, "speaking", ".step:visible").click()
    halt = by_sign(page, "halt", ".step:visible")
    halt.wait_for()
    # Two figures of the clock are digits too: it runs while it listens.
    in_time(lambda: page.locator(".recorder b").inner_text()[-1] > "0", page)
    halt.click()
    by_sign(page, "away", ".step:visible").wait_for()
    listen(page, page.locator(".step:visible .recorder audio"))


def choose_a_file(page: Page, folder: Path) -> None:
    """Where the page has no microphone, the telephone's own recorder hands over a file."""
    spoken = folder / "voice.m4a"
    spoken.write_bytes(sounds.tone("m4a", 2.0))
    page.locator(".step:visible input[type=file]").set_input_files(spoken)


def tell(own: Phone, forum: Forum, folder: Path) -> list[str]:  # noqa: F811
    """Go from the first screen to the last; returns the signs of the screens."""
    page, seen = own.page, list[str]()
    page.goto(f"/{own.language}/{forum.slug}/testimonies/new/")
    listen(page, page.locator("main li audio"))
    page.locator("main li:has(audio) a:has(use[href$='#listen'])").click()
    page.wait_for_url(re.compile("listen="))
    while not seen or seen[-1] != "send":
        own.look()
        seen.append(sign_of(page))
        listen(page, page.locator(".step:visible .sign audio"))
        if seen[-1] in TAPS:
            by_sign(page, TAPS[seen[-1]], ".step:visible").click()
        elif seen[-1] == "speaking":
            record(page) if own.has_scripts else choose_a_file(page, folder)
        onward = by_sign(page, "send" if seen[-1] == "send" else "next", ".step:visible")
        assert onward.count() == 1, seen
        onward.click()
    return seen


def heard_digits(page: Page) -> list[int]:
    """Which digits were said, in the order in which they are heard."""
    spoken = sorted(page.evaluate("window.digits"))
    return [min(range(10), key=lambda digit: abs(length_of(digit) - length)) for _when, length in spoken]


def digits_on(page: Page) -> list[int]:
    return [int(one) for one in re.findall(r"\d", page.locator("output").first.inner_text())]


@pytest.mark.parametrize(
    ("language", "scripts"), [("fr", True), ("ar", True), ("fr", False)], ids=["fr", "ar", "fr-with-a-file"]
)
def test_somebody_who_cannot_read_tells_and_comes_back(
    phone: Callable[..., Phone],
    with_microphone: Browser,
    forum: Forum,  # noqa: F811
    quickly: None,  # noqa: F811
    tmp_path: Path,
    language: str,
    scripts: bool,
) -> None:
    say_everything(forum, language)
    own = phone(language, scripts=scripts, of=with_microphone)
    page = own.page
    if scripts:
        page.add_init_script(f"({EARS})()")
    seen = tell(own, forum, tmp_path)
    assert seen == SCREENS

    # The two numbers are there, and are said.
    page.locator("output").wait_for()
    own.look()
    receipt = digits_on(page)
    assert len(receipt) == 16
    listen(page, page.locator("output ~ audio"))
    if scripts:
        by_sign(page, "listen").click()
        in_time(lambda: page.evaluate("window.digits.length") == 16, page)
        assert heard_digits(page) == receipt
        page.wait_for_selector(".note.ok[role=status]")  # it arrived

    # What arrived holds the voice, and nothing that was written.
    kept = Testimony.objects.get()
    assert (kept.may_summarise, kept.may_quote, kept.may_keep_voice) == (True, True, True)
    assert (kept.consent_language, kept.consent_read_aloud) == (language, True)
    opened = testimonies.opened(kept, make.reading_private(forum))
    assert opened.words == ""
    if scripts:
        played = set(opened.facts.heard.split()[2:])
        assert opened.facts.heard.split()[:2] == [language, "played"]
        assert {f"{screen}/1" for screen in (*TAPS, "speaking", "send")} <= played
    assert Recording.objects.get().kind == Recording.Kind.ORIGINAL
    assert loudest(kept, forum) > 0.05

    # And it is found again by its digits.
    by_sign(page, "look").click()
    page.wait_for_url(re.compile("/receipt/"))
    own.look()
    page.locator("main li:has(audio) a:has(use[href$='#listen'])").click()
    page.wait_for_url(re.compile("listen="))
    page.locator("main input:visible").fill("".join(map(str, receipt)))
    if scripts:
        by_sign(page, "listen", "form").click()
        in_time(lambda: page.evaluate("window.digits.length") == 16, page)
        assert heard_digits(page) == receipt
    by_sign(page, "next").click()
    by_sign(page, "away").wait_for()
    own.look()
    assert testimonies.of_receipt(forum, "".join(map(str, receipt))) == kept


def loudest(testimony: Testimony, forum: Forum) -> float:  # noqa: F811
    """How loud the loudest of what a reader hears is, of 1."""
    sound = recordings.cleaned(testimony, testimonies.open_key(testimony, make.reading_private(forum)))
    with av.open(io.BytesIO(sound or b""), format="mp3") as heard:
        samples = [abs(float(one)) for frame in heard.decode(audio=0) for one in frame.to_ndarray().flat]
    return max(samples)
