"""The phone's outbox (M2, M5, M6): sealed before it is kept, kept until it truly arrived."""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from declarations import sealing
from declarations.models import Forum, Seat, Testimony, TurnedAway
from declarations.workflow import cards, people, testimonies
from tests import canary
from tests import factories as make

from .conftest import ARGUMENTS, PHONE, Phone
from .test_testimony import forum, quickly  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

# Latin letters alone, and letters that no browser keeps in one byte: each is kept in another way.
WORDS = "Le puits d’Awatal-Keïta, fermé un matin à l’aube, bœufs et mil perdus"
PLAIN = "Zoumana-Tiéblé a été emmené à pied"


class Mast:
    """Stands between the phones and the site, and can be without electricity: then nobody listens at its address."""

    def __init__(self, site: str) -> None:
        self.behind = int(site.rpartition(":")[2])
        self.is_up = True
        self.open: set[socket.socket] = set()
        self.ear = socket.create_server(("localhost", 0))
        self.site = f"http://localhost:{self.ear.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                near, _where = self.ear.accept()
            except OSError:
                return
            if not self.is_up:
                near.close()
                continue
            far = socket.create_connection(("localhost", self.behind))
            self.open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            end.close()
            self.open.discard(end)

    def power(self, there: bool) -> None:
        self.is_up = there
        for end in () if there else list(self.open):
            end.close()

    def fell(self) -> None:
        self.power(False)
        self.ear.close()


class Handset:
    """A phone with a profile on its disk, that is switched off and on again, with a network or without."""

    def __init__(self, chromium: Browser, mast: Mast, profile: Path) -> None:
        self.chromium, self.mast, self.profile = chromium, mast, profile
        self.context: BrowserContext | None = None

    def on(self, *, network: bool = True) -> Page:
        self.mast.power(network)
        self.context = self.chromium.browser_type.launch_persistent_context(
            self.profile,
            executable_path=shutil.which("chromium"),
            args=ARGUMENTS,
            base_url=self.mast.site,
            viewport=PHONE,
            locale="fr",
            offline=not network,
        )
        self.context.set_default_timeout(15_000)
        return self.context.pages[0]

    def network(self, there: bool) -> None:
        assert self.context
        self.mast.power(there)
        self.context.set_offline(not there)  # the phone notices

    def off(self) -> None:
        if self.context:
            self.context.close()
        self.context = None

    def disk(self) -> dict[str, bytes]:
        """Every file of the profile, switched off."""
        assert self.context is None
        files = (path for path in self.profile.rglob("*") if path.is_file())
        return {str(path.relative_to(self.profile)): path.read_bytes() for path in files}


@pytest.fixture
def handset(chromium: Browser, live_server: Any, tmp_path: Path, quickly: None) -> Iterator[Handset]:  # noqa: F811
    mast = Mast(str(live_server))
    handset = Handset(chromium, mast, tmp_path / "profile")
    yield handset
    handset.off()
    mast.fell()


def form_of(page: Page, forum: Forum, name: str = "new") -> None:  # noqa: F811
    fetched(page, lambda: page.goto(f"/fr/{forum.slug}/testimonies/{name}/"))


def fetched(page: Page, load: Callable[[], Any]) -> None:
    """Load a page and wait until it can seal what is told, with a network or without."""
    load()
    page.wait_for_selector("form.steps[data-seals]")


def answer(page: Page, words: str = WORDS, **others: str) -> None:
    """Answer everything, on whatever screen it stands."""
    yes = {"adult": "yes", "may_read": "yes", "summarise": "yes", "quote": "no", **others}
    page.evaluate(
        """([words, answers]) => {
            const form = document.querySelector("form.steps");
            form.elements.words.value = words;
            for (const [name, value] of Object.entries(answers)) {
                const choice = form.querySelector(`[type=radio][name=${name}][value='${value}']`);
                if (choice) choice.checked = true; else form.elements[name].value = value;
            }
            typeof toScreen === "function" ? toScreen("#send") : (location.hash = "send");
        }""",
        [words, yes],
    )


def press_send(page: Page) -> None:
    page.click("#send [name=send]")


def waiting(page: Page) -> str:
    page.wait_for_selector(".waiting b")
    return page.inner_text(".waiting b")


def send_again(page: Page) -> None:
    """Press the button of what waits; the phone tries by itself too, and then the button is gone."""
    page.evaluate("document.querySelector('.waiting [data-send]')?.click()")


def arrived(page: Page) -> None:
    page.wait_for_selector(".note.ok[role=status]")


def in_time(check: Callable[[], bool], page: Page) -> None:
    """Wait until something is so on the server."""
    for _ in range(300):
        if check():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not come to be.")


def digits(page: Page) -> str:
    return re.sub(r"\D", "", page.inner_text(".receipt output"))


def no_words_in(places: dict[str, bytes], *secrets: str) -> None:
    hits = canary.sweep({text: text for text in secrets}, places)
    assert hits == set()


def opened(testimony: Testimony, forum: Forum) -> testimonies.Opened:  # noqa: F811
    return testimonies.opened(testimony, make.reading_private(forum))


# Offline, close, reopen, online


@pytest.mark.parametrize("words", [WORDS, PLAIN])
def test_told_without_a_network_it_arrives_once_after_the_phone_was_closed(handset, forum, words):  # noqa: F811
    page = handset.on()
    form_of(page, forum)
    handset.network(False)
    answer(page, words)
    press_send(page)
    assert waiting(page) == "1 waiting" or "1" in waiting(page)
    receipt = digits(page)
    assert len(receipt) == 16 and not Testimony.objects.exists()
    assert words not in page.content()
    handset.off()
    no_words_in(handset.disk(), words)

    page = handset.on()
    form_of(page, forum)
    in_time(Testimony.objects.exists, page)
    page.wait_for_selector(".waiting", state="detached")
    page.reload()
    page.wait_for_timeout(500)
    kept = Testimony.objects.get()
    assert opened(kept, forum).words == words and testimonies.of_receipt(forum, receipt) == kept
    handset.off()
    no_words_in(handset.disk(), words, receipt)


# What a phone that is taken away could tell

REGION, CAPACITY = "Aguelhok-sur-Sable", "Puisatière de nuit"
VOICE = random.Random(7).randbytes(150_000)  # of which nothing is like anything else
PIECE = 48  # bytes of a voice that nobody could take for chance


def pieces_in(places: dict[str, bytes]) -> set[str]:
    """Where a piece of the voice lies, as it is or deflated."""
    pieces = [VOICE[at : at + PIECE] for at in range(0, len(VOICE) - PIECE, PIECE * 20)]
    return {
        place
        for place, held in places.items()
        if any(piece in stretch for stretch in canary.unfolded(held) for piece in pieces)
    }


@pytest.fixture
def speaker(forum) -> dict[str, str]:  # noqa: F811
    """What somebody types and chooses: the code of a card, a name, where they are from, what they are, their words."""
    make.custodians(forum)
    region, capacity = forum.regions.get(code="gao"), forum.capacities.get(code="herder")
    for row, label in ((region, REGION), (capacity, CAPACITY)):
        type(row).objects.filter(pk=row.pk).update(label={"fr": label, "en": label})
    _card, code = make.participants.register(forum, by=make.organiser_of(forum), region=region, capacity=capacity)
    return {
        "words": WORDS,
        "name": "Kadidiatou Wangrabé, 76 41 09 53",
        "code": code,
        "bare code": code.replace("-", ""),
        "region": REGION,
        "capacity": CAPACITY,
    }


def say_it_all(page: Page, speaker: dict[str, str]) -> None:
    page.set_input_files("#id_audio", {"name": "voix.ogg", "mimeType": "audio/ogg", "buffer": VOICE})
    chosen = {"region": "gao", "capacity": "herder", "precision": "", "voice": "no"}
    answer(page, name=speaker["name"], code=speaker["code"], **chosen)


@pytest.mark.parametrize("moment", ["typed", "waiting", "waiting and left", "arrived and left"])
def test_a_phone_that_is_taken_away_tells_nothing(handset, forum, speaker, moment):  # noqa: F811
    Forum.objects.filter(pk=forum.pk).update(exit_url="https://meteo.example/")
    page = handset.on()
    page.route("https://meteo.example/**", lambda route: route.fulfill(body="<title>Météo</title>"))
    form_of(page, forum)
    say_it_all(page, speaker)
    secrets = dict(speaker)
    if moment != "typed":
        handset.network(moment.startswith("arrived"))
        press_send(page)
        page.wait_for_selector(".receipt output")
        secrets |= {"receipt": digits(page), "as shown": page.inner_text(".receipt output")}
        if moment.startswith("arrived"):
            arrived(page)
        else:
            assert "1" in waiting(page)
    if moment.endswith("left"):
        handset.context.set_offline(False)
        page.click("a.exit")
        page.wait_for_url("https://meteo.example/")
    handset.off()
    disk = handset.disk()
    assert Testimony.objects.exists() == moment.startswith("arrived")
    assert canary.sweep(secrets, disk) == set()
    assert pieces_in(disk) == set()


def test_what_is_planted_in_a_profile_is_found(handset, forum, speaker):  # noqa: F811
    """The control: in the same store, in clear, each kind is found, and both kinds of letters."""
    page = handset.on()
    page.goto(f"/fr/{forum.slug}/testimonies/receipt/")
    planted = {**speaker, "plain": PLAIN, "receipt": "5501234567890123", "as shown": "55\xa001\xa023\xa045"}
    page.evaluate(
        """([words, voice]) => new Promise((done) => {
            const open = indexedDB.open("plain", 1);
            open.onupgradeneeded = () => open.result.createObjectStore("items", { autoIncrement: true });
            open.onsuccess = () => {
                const change = open.result.transaction("items", "readwrite", { durability: "strict" });
                words.forEach((one) => change.objectStore("items").add({ words: one }));
                change.objectStore("items").add({ voice: new Uint8Array(voice) });
                change.oncomplete = done;
            };
        })""",
        [list(planted.values()), list(VOICE)],
    )
    handset.off()
    disk = handset.disk()
    assert {name for name, _place, _how in canary.sweep(planted, disk)} == set(planted)
    assert pieces_in(disk)


# What is no acknowledgement


def test_a_captive_portal_is_no_acknowledgement(handset, forum):  # noqa: F811
    page = handset.on()
    form_of(page, forum)
    lies = [
        {"status": 200, "content_type": "text/html", "body": "<h1>Bienvenue à l’hôtel</h1>"},
        {"status": 200, "content_type": "application/json", "body": '{"said": "kept"}'},
        {"status": 200, "content_type": "application/json", "body": json.dumps({"said": "kept", "proof": "00" * 32})},
        {"status": 204, "body": ""},
        {"status": 302, "headers": {"Location": "https://portal.example/"}},
    ]
    stored: list[int] = []  # how many were there at each lie

    def lie(route: Route) -> None:
        if route.request.method == "POST" and lies:
            stored.append(Testimony.objects.count())
            route.fulfill(**lies.pop())
        else:
            route.continue_()

    page.route("**/testimonies/outbox/", lie)
    answer(page)
    press_send(page)
    assert "1" in waiting(page)
    in_time(lambda: send_again(page) or not lies, page)
    arrived(page)
    assert stored == [0] * 5 and Testimony.objects.count() == 1


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_doubled(handset, forum):  # noqa: F811
    """The server stored it and the way back broke: the phone sends it again and hears the same."""
    page = handset.on()
    form_of(page, forum)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/testimonies/outbox/", lose)
    answer(page)
    press_send(page)
    assert "1" in waiting(page)
    in_time(lambda: send_again(page) or len(lost) == 2, page)
    arrived(page)
    assert lost == [200, 200] and Testimony.objects.count() == 1


# Taps, back, reload


def test_a_double_tap_and_back_and_reload_give_one(handset, forum):  # noqa: F811
    page = handset.on()
    form_of(page, forum)
    answer(page)
    page.evaluate("for (let n = 0; n < 5; n += 1) document.querySelector('#send [name=send]').click()")
    arrived(page)
    page.go_back()
    page.wait_for_timeout(300)
    assert WORDS not in page.content()
    page.goto(f"/fr/{forum.slug}/testimonies/new/")
    page.go_back()
    page.reload()
    page.wait_for_timeout(300)
    assert Testimony.objects.count() == 1
    assert not page.locator("#id_words").count() or page.input_value("#id_words") == ""


# What is missing is said without a network too


def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(phone, forum, quickly):  # noqa: F811
    own: Phone = phone("fr", scripts=True)
    page = own.page
    form_of(page, forum)
    page.context.set_offline(True)
    answer(page, "  \n ", code="ABC")
    page.evaluate("document.querySelectorAll('[name=quote]').forEach(one => (one.checked = false))")
    press_send(page)
    page.wait_for_selector(".summary:visible")
    assert page.locator(".summary li").count() == 3 and page.locator(".step .error").count() == 3
    own.look()
    page.click(".summary a >> nth=1")
    page.fill("#id_words", WORDS + "\u202e")
    page.evaluate("location.hash = 'send'")
    press_send(page)
    page.wait_for_selector(".summary:visible")
    assert page.input_value("#id_words").startswith(WORDS) and not Testimony.objects.exists()
    page.click(".summary a >> nth=1")
    page.fill("#id_words", WORDS)
    page.evaluate("""document.querySelector('#id_code').value = '';
        document.querySelector('[name=quote]').checked = true; location.hash = 'send'""")
    press_send(page)
    page.wait_for_selector(".waiting")
    own.look()
    page.context.set_offline(False)
    arrived(page)
    own.look()
    assert opened(Testimony.objects.get(), forum).words == WORDS


def test_without_a_place_to_keep_it_the_form_is_sent_as_it_stands(phone, forum, quickly):  # noqa: F811
    own: Phone = phone("fr", scripts=True)
    own.page.add_init_script("delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined})")
    own.page.goto(f"/fr/{forum.slug}/testimonies/new/")
    answer(own.page)
    press_send(own.page)
    own.page.wait_for_selector(".receipt")
    assert opened(Testimony.objects.get(), forum).words == WORDS


def test_the_description_is_shown_before_anything_is_sealed(phone, forum, quickly):  # noqa: F811
    own: Phone = phone("fr", scripts=True)
    page = own.page
    form_of(page, forum)
    page.context.set_offline(True)
    answer(page, region="gao", capacity="herder", precision="fine")
    press_send(page)
    page.wait_for_selector("#send .note.ok")
    assert "herder, gao" in page.inner_text("#send .note.ok") and not page.locator(".waiting").count()
    press_send(page)
    page.wait_for_selector(".waiting")
    page.context.set_offline(False)
    arrived(page)
    kept = Testimony.objects.get()
    assert (kept.described_region.code, kept.described_capacity.code) == ("gao", "herder")
    assert opened(kept, forum).facts.region == "gao"


def test_what_stands_on_a_card_is_asked_without_the_words(phone, forum, quickly):  # noqa: F811
    _card, code = make.participants.register(
        forum,
        by=make.organiser_of(forum),
        region=forum.regions.get(code="gao"),
        capacity=forum.capacities.get(code="herder"),
        sex="woman",
    )
    own: Phone = phone("fr", scripts=True)
    page = own.page
    form_of(page, forum)
    posted: list[bytes] = []
    page.on("request", lambda request: request.method == "POST" and posted.append(request.post_data_buffer or b""))
    answer(page, code=code, precision="fine")
    press_send(page)
    page.wait_for_selector("#send .note.ok")
    assert "herder, gao" in page.inner_text("#send .note.ok")
    press_send(page)
    arrived(page)
    assert len(posted) == 2
    no_words_in({"sent": b"".join(posted)}, WORDS)
    kept = Testimony.objects.get()
    assert kept.described_capacity.code == "herder" and opened(kept, forum).facts.sex == "woman"


# The desk of a facilitator, an afternoon without electricity


@pytest.fixture
def link(forum: Forum) -> tuple[Seat, str]:  # noqa: F811
    return people.give_link(forum, by=make.organiser_of(forum), role=Seat.Role.FACILITATOR, name="Fanta")


def sit_down(page: Page, token: str) -> None:
    """Open the link, and wait until the desk is kept for the afternoon."""
    page.goto(f"/fr/enter/{token}/")
    page.click("main [type=submit]")
    page.wait_for_selector("form.steps", state="attached")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    in_time(
        lambda: page.evaluate("caches.open('shell').then(shell => shell.keys()).then(keys => keys.length)") >= 7, page
    )


def take(page: Page, forum: Forum, number: int, **others: str) -> None:  # noqa: F811
    page.goto(f"/fr/{forum.slug}/testimonies/take/")
    page.wait_for_selector("form.steps", state="attached")
    answer(page, f"{WORDS} {number}", read_aloud="yes", interpreted="no", **others)
    press_send(page)
    page.wait_for_selector(".receipt")


def test_seven_wait_and_the_desk_comes_back_without_a_network(handset, forum, link):  # noqa: F811
    _seat, token = link
    page = handset.on()
    sit_down(page, token)
    handset.network(False)
    for number in range(4):
        take(page, forum, number)
    handset.off()
    page = handset.on(network=False)
    for number in range(4, 7):
        take(page, forum, number)
    assert "7" in waiting(page) and not Testimony.objects.exists()
    handset.off()
    disk = handset.disk()
    no_words_in(disk, WORDS)
    # The history has the address that was opened, as of any page; what we keep ourselves does not have the link.
    ours = {path: held for path, held in disk.items() if "IndexedDB" in path or "Service Worker" in path}
    assert len(ours) > 5
    no_words_in(ours, token)

    page = handset.on(network=False)
    page.goto(f"/fr/{forum.slug}/testimonies/take/")
    assert "7" in waiting(page)
    handset.network(True)
    in_time(lambda: Testimony.objects.count() == 7, page)
    page.wait_for_selector(".waiting", state="detached")
    found = [opened(one, forum) for one in Testimony.objects.all()]
    assert sorted(one.words for one in found) == [f"{WORDS} {number}" for number in range(7)]
    assert {one.facts.asked_by for one in found} == {"Fanta"}
    assert {one.taken_as for one in Testimony.objects.all()} == {"facilitator"}


def test_fifty_wait_through_an_afternoon_and_arrive_though_the_link_was_taken_back(handset, forum, link):  # noqa: F811
    seat, token = link
    page = handset.on()
    sit_down(page, token)
    handset.network(False)
    for number in range(50):
        take(page, forum, number)
    assert "50" in waiting(page)
    people.revoke_seat(seat, by=make.organiser_of(forum))
    handset.network(True)
    # The desk itself is closed now; what was sealed is still sent, from the page that says so.
    page.goto(f"/fr/{forum.slug}/testimonies/take/")
    assert not page.locator("form.steps").count()
    in_time(lambda: Testimony.objects.count() == 50, page)
    page.wait_for_selector(".waiting", state="detached")
    seat.refresh_from_db()
    assert seat.came_late in range(1, 51)


def test_a_card_used_twice_on_one_afternoon_gives_its_second_person_other_numbers(handset, forum, link):  # noqa: F811
    [blank] = cards.drawn(forum, 1)
    cards.print_batch(forum, by=make.organiser_of(forum), blanks=[blank])
    page = handset.on()
    sit_down(page, link[1])
    handset.network(False)
    for number in range(2):
        take(page, forum, number, serial=blank.serial)
        assert digits(page) == blank.serial
    handset.network(True)
    page.wait_for_selector(".note.bad .receipt")
    shown = re.sub(r"\D", "", page.inner_text(".note.bad .receipt output"))
    in_time(lambda: Testimony.objects.count() == 2, page)
    first, second = testimonies.of_receipt(forum, blank.receipt), testimonies.of_receipt(forum, shown)
    assert first and second and first != second and sealing.normalise_receipt(shown) == shown


def test_nobody_under_age_is_kept_at_a_desk_without_a_network(handset, forum, link):  # noqa: F811
    page = handset.on()
    sit_down(page, link[1])
    handset.network(False)
    answer(page, adult="no")
    page.evaluate("location.hash = 'age'")
    page.click("#age .ends")
    page.wait_for_selector(".calls")
    assert not page.locator("form.steps").count()
    assert "1" in waiting(page) and not TurnedAway.objects.exists()  # the count waits, as everything does
    handset.network(True)
    in_time(TurnedAway.objects.exists, page)
    page.wait_for_selector(".waiting", state="detached")
    row = TurnedAway.objects.get()
    assert (row.why, row.count) == ("under_age", 1) and not Testimony.objects.exists()


def test_what_waits_is_thrown_away_only_when_asked_twice(handset, forum):  # noqa: F811
    page = handset.on()
    form_of(page, forum)
    handset.network(False)
    answer(page)
    press_send(page)
    assert "1" in waiting(page)
    sure = page.locator(".waiting [data-discard]")
    assert not sure.is_visible()
    page.click(".waiting summary")
    sure.click()
    page.wait_for_selector("[data-discarded]")
    assert not page.locator(".waiting").count()
    handset.network(True)
    form_of(page, forum)
    answer(page, words=PLAIN)
    press_send(page)
    arrived(page)
    assert opened(Testimony.objects.get(), forum).words == PLAIN


# Leaving quickly (M6)


@pytest.mark.parametrize("moment", ["typing", "after"])
def test_after_leaving_quickly_back_never_shows_the_words(handset, forum, moment):  # noqa: F811
    Forum.objects.filter(pk=forum.pk).update(exit_url="https://meteo.example/")
    page = handset.on()
    neutral = "<title>Météo</title><h1>Beau temps</h1>"
    page.route("https://meteo.example/**", lambda route: route.fulfill(body=neutral, content_type="text/html"))
    form_of(page, forum)
    for step in ("age", "reading", "telling"):
        page.evaluate("step => (location.hash = step)", step)
    page.fill("#id_words", WORDS)
    receipt = "no numbers yet"
    if moment == "after":
        answer(page)
        press_send(page)
        arrived(page)
        receipt = page.inner_text(".receipt output")
    page.click("a.exit")
    page.wait_for_url("https://meteo.example/")
    for _ in range(6):
        if page.go_back() is None and page.url == "about:blank":
            break
        page.wait_for_timeout(200)
        shown = page.content()
        assert WORDS not in shown and receipt not in shown
        assert not page.locator("#id_words").count() or page.input_value("#id_words") == ""
    handset.off()
    no_words_in(handset.disk(), WORDS)
