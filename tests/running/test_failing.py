"""M2: a disk that is full and a database that is down never give a success; what was typed comes back."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.forms.tickets import Ticket, seal_pass
from declarations.models import Forum, SealedText, Seat, Testimony, TestimonyKey
from declarations.workflow import people, testimonies
from tests import factories as make
from tests.databases import on_postgresql, on_sqlite
from tests.proof.points import sound
from tests.sealed import Phone
from tests.served.phone import RECEIPT

from .site import Site

WORDS = "Le puits a été fermé un matin, « et » nous avons marché deux jours."


def answers(forum: Forum, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": Ticket.new(time.time() - 60).sealed(forum),
        "adult": "yes",
        "may_read": "yes",
        "language": "fr",
        "words": WORDS,
        "summarise": "yes",
        "quote": "no",
        "send": "1",
        **changes,
    }


@dataclass
class Sending:
    """One testimony on its way, ready before the storage fails: what was typed, where it goes, and what goes along."""

    name: str
    address: str
    typed: dict[str, Any]
    client: Client
    voice: bytes = b""
    phone: Phone | None = None
    parcel: bytes = b""

    def send(self) -> Any:
        if self.phone:
            return self.client.post(self.address, self.parcel, content_type="application/octet-stream")
        voice = {"audio": SimpleUploadedFile("voice.wav", self.voice, "audio/wav")} if self.voice else {}
        return self.client.post(self.address, {**self.typed, **voice})

    def is_kept(self) -> bool:
        """Whether it is acknowledged when it is sent: with a receipt, or with the proof that the phone believes."""
        answer = self.send()
        if answer.status_code != 200:
            return False
        return self.phone.says(answer) == "kept" if self.phone else bool(RECEIPT.search(answer.content.decode()))

    def check_not_kept(self) -> None:
        """See to it that the answer is no success, holds neither receipt nor proof, and gives back what was typed."""
        answer = self.send()
        page = answer.content.decode()
        assert answer.status_code == 503, (self.name, answer.status_code, page[:1500])
        assert "proof" not in page and not RECEIPT.search(page) and 'class="receipt"' not in page, self.name
        if not self.phone:  # which keeps its parcel until it has a proof
            assert given_back(page) == self.typed, self.name
            assert ("Votre enregistrement" in page) == bool(self.voice), self.name


def every_way(forum: Forum, words: str = WORDS) -> list[Sending]:
    """One testimony by each way on which words or a voice come in."""
    seat, token = people.give_link(forum, by=make.organiser_of(forum), role=Seat.Role.FACILITATOR, name="Fanta")
    anybody, desk = (Client(raise_request_exception=False, SERVER_NAME="127.0.0.1") for _ in range(2))
    desk.post(reverse("seat-enter", args=[token]))
    new, take, outbox = (reverse(f"testimony-{name}", args=[forum.slug]) for name in ("new", "take", "outbox"))
    ticket = Ticket.new(time.time() - 60, seat.pk).sealed(forum)
    aloud = {"read_aloud": "yes", "interpreted": "no"}
    voice = sound(random.Random(7))
    phones = Phone(forum, words=words), Phone(forum, words=words, voice=voice, typed={"voice": "yes"})
    at_desk = Phone(forum, words=words, ticket=ticket, typed=aloud)
    return [
        Sending("page", new, answers(forum, words=words), anybody),
        Sending("page with a voice", new, answers(forum, words=words, voice="yes"), anybody, voice),
        Sending("desk", take, answers(forum, words=words, written="fr", **aloud), desk),
        *(
            Sending(name, outbox, {}, anybody, phone=one, parcel=one.parcel())
            for name, one in zip(("parcel", "parcel with a voice", "parcel of a desk"), (*phones, at_desk), strict=True)
        ),
    ]


def given_back(page: str) -> dict[str, str]:
    """Every field of the form that the page hands back, as a browser would send it."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    words = re.search(r'name="words"[^>]*>([^<]*)</textarea>', page)
    return {name: unescape(value) for name, value in {**fields, **({"words": words[1]} if words else {})}.items()}


def send(forum: Forum, data: dict[str, Any], name: str = "testimony-new") -> tuple[int, str]:
    answer = Client(raise_request_exception=False).post(reverse(name, args=[forum.slug]), data)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def forum(transactional_db) -> Forum:
    cache.clear()
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


@pytest.fixture
def no_free_pages(forum: Forum) -> Iterator[None]:
    """Fill the pages that earlier tests left empty: they would take a few more testimonies."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (bytes)")
        cursor.execute("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size")
        cursor.execute("INSERT INTO filler VALUES (zeroblob(%s))", cursor.fetchone())
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE filler")


@on_sqlite
@pytest.mark.usefixtures("no_free_pages")
def test_a_full_database_keeps_nothing_and_gives_every_word_back(forum: Forum) -> None:
    """Really full: SQLite may take no further page. With room again, the same page sent once more is kept once."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        [pages] = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    data = answers(forum, words=WORDS * 120)
    statuses = [send(forum, {**data, "ticket": answers(forum)["ticket"]})[0] for _ in range(12)]
    status, page = send(forum, data)
    assert status == 503 and 503 in statuses and set(statuses) <= {200, 503}
    assert Testimony.objects.count() == TestimonyKey.objects.count() == statuses.count(200)
    assert SealedText.objects.count() == 2 * statuses.count(200), "no half testimony"
    again = given_back(page)
    assert again == data
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert send(forum, again)[0] == 200
    assert send(forum, again)[0] == 200
    assert Testimony.objects.count() == statuses.count(200) + 1


@on_sqlite
@pytest.mark.usefixtures("no_free_pages")
def test_a_full_database_acknowledges_nothing_by_any_way(forum: Forum) -> None:
    """Words, a voice, a facilitator's desk, parcels: no receipt, no proof; with room again each is kept, once."""
    sendings = every_way(forum, WORDS * 120)
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count FROM pragma_page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    # What is left of the last pages takes a few more.
    kept = sum(send(forum, answers(forum, words=WORDS * 120))[0] == 200 for _ in range(12))
    for one in sendings:
        one.check_not_kept()
    assert Testimony.objects.count() == kept
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert [one.name for one in sendings for _ in range(2) if not one.is_kept()] == []
    assert Testimony.objects.count() == kept + len(sendings)


@pytest.mark.parametrize("fails", ["cursor", "_commit"])
def test_a_database_that_is_down_acknowledges_nothing_by_any_way(forum: Forum, fails: str) -> None:
    """Before the first question, and at the last moment, when everything was written and the commit is refused."""
    sendings = every_way(forum)
    with patch.object(type(connections["default"]), fails, side_effect=OperationalError("down")):
        for one in sendings:
            one.check_not_kept()
    connection.close()
    assert not Testimony.objects.exists()
    assert [one.name for one in sendings for _ in range(2) if not one.is_kept()] == []
    assert Testimony.objects.count() == len(sendings)


def test_a_commit_that_fails_is_no_success(forum: Forum) -> None:
    """The last moment at which it can fail: everything was written, and the commit is refused."""
    with patch.object(type(connections["default"]), "_commit", side_effect=OperationalError("disk I/O error")):
        status, page = send(forum, data := answers(forum))
    assert status == 503 and given_back(page) == data
    assert 'class="receipt"' not in page and not RECEIPT.search(page)
    connection.close()
    assert not Testimony.objects.exists()
    assert send(forum, given_back(page))[0] == 200


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_page_says_so_asks_nothing_of_the_database_and_keeps_no_trace(forum: Forum, language: str) -> None:
    path = f"/{language}/{forum.slug}/testimonies/new/"
    with patch.object(type(connections["default"]), "cursor", side_effect=OperationalError("down")):
        answer = Client(raise_request_exception=False).post(path, data := answers(forum))
    page = answer.content.decode()
    assert (answer.status_code, given_back(page)) == (503, data)
    assert answer["Cache-Control"] == "no-store" and answer["Retry-After"]
    # One script alone: it leaves nothing behind when the page is left quickly, and asks for nothing (M6).
    assert "style=" not in page
    assert re.findall("<script[^>]*>", page) == ['<script src="/static/js/exit.js" defer>']
    assert f'lang="{language}"' in page


def test_digits_and_passphrases_are_never_handed_back(forum: Forum) -> None:
    receipt = sealing.format_receipt(sealing.new_receipt())
    with patch.object(type(connections["default"]), "cursor", side_effect=OperationalError("down")):
        status, page = send(forum, {"receipt": receipt}, "testimony-receipt")
    assert status == 503 and given_back(page) == {}
    assert receipt not in page and receipt.replace(" ", "") not in page


def test_other_errors_stay_errors(forum: Forum) -> None:
    with patch("declarations.workflow.testimonies.seal", side_effect=RuntimeError("ours")):
        assert send(forum, answers(forum))[0] == 500


def withdrawable(forum: Forum) -> tuple[Testimony, dict[str, str]]:
    receipt = sealing.new_receipt()
    testimony = make.a_testimony(forum)
    Testimony.objects.filter(pk=testimony.pk).update(receipt_hash=testimonies.receipt_hash(receipt))
    return testimony, {"pass": seal_pass(forum, receipt), "sure": "1"}


def test_a_withdrawal_whose_tombstone_cannot_be_written_is_no_success(forum: Forum, settings) -> None:
    testimony, data = withdrawable(forum)
    Path(settings.TOMBSTONES_DIR).write_text("not a folder")
    status, page = send(forum, data, "testimony-withdraw")
    assert status == 503 and given_back(page) == data
    testimony.refresh_from_db()
    assert testimony.state == "received" and TestimonyKey.objects.filter(testimony=testimony).exists()
    Path(settings.TOMBSTONES_DIR).unlink()
    assert send(forum, given_back(page), "testimony-withdraw")[0] == 200
    testimony.refresh_from_db()
    assert testimony.state == "withdrawn"


@on_sqlite
def test_a_tombstone_on_a_disk_that_is_really_full(forum: Forum, settings, tmp_path: Path) -> None:
    """A file system of 64 KB of its own, filled to the last byte."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=False)
    if mounted.returncode:
        pytest.skip("only root mounts a small file system")
    try:
        settings.TOMBSTONES_DIR = small / "tombstones"
        settings.TOMBSTONES_DIR.mkdir()
        testimony, data = withdrawable(forum)
        with (small / "full").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"x" * 4096)
        assert send(forum, data, "testimony-withdraw")[0] == 503
        testimony.refresh_from_db()
        assert testimony.state == "received"
        (small / "full").unlink()
        assert send(forum, data, "testimony-withdraw")[0] == 200
    finally:
        subprocess.run(["umount", "-l", small], check=False)


# PostgreSQL, on a disk that is full, then stopped while somebody sends


@pytest.fixture
def server() -> Iterator[Any]:
    from tests.postgres import Server

    # Durable, as a real one; its log ahead is kept short, so that the small disk holds it.
    server = Server(settings=["max_wal_size=32MB", "min_wal_size=32MB"])
    data = server.home / "data"
    data.mkdir()
    options = f"size=256m,mode=700,uid={os.stat(server.home).st_uid},gid={os.stat(server.home).st_gid}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", data], check=False).returncode == 0
    try:
        server.start()
        server.is_small = mounted
        yield server
    finally:
        if mounted:
            subprocess.run(["umount", "-l", data], check=False)
        server.stop()


SENDS = """
import json, os, signal, subprocess, sys, time
from django.db import connection
from django.test import Client
from tests import factories as make
from tests.running.test_failing import WORDS, Sending, answers, every_way
from declarations.models import Testimony
home, programs, account, is_small = sys.argv[1:5]
forum = make.a_forum()
make.reading_private(forum)

def again():
    for _ in range(100):
        connection.close()  # a server does so after each request; Django's client for tests does not
        if all([one.is_kept() for one in sendings]):
            return True
        time.sleep(0.2)

def run():
    prefix = ["setpriv", "--reuid", account, "--regid", account, "--clear-groups"] if account != "0" else []
    return subprocess.Popen([*prefix, programs + "/postgres", "-D", home + "/data", "-k", home, "-h", ""], cwd=home,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def pid():
    return int(open(home + "/data/postmaster.pid").readline())

wanted = 0
sendings = every_way(forum)
assert all([one.is_kept() for one in sendings])
wanted += len(sendings)
if is_small == "True":
    sendings = every_way(forum, WORDS * 120)
    full = home + "/data/full"
    with open(full, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    # What is left of the last pages takes a few more, each of them acknowledged and stored.
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    page = sendings[0].address
    few = sum(Sending("", page, answers(forum, words=WORDS * 120), client).is_kept() for _ in range(12))
    for one in sendings:
        one.check_not_kept()
    os.unlink(full)
    assert again()
    wanted += len(sendings) + few
sendings = every_way(forum)
os.kill(pid(), signal.SIGQUIT)  # at once, as if its power were cut
time.sleep(1)
for one in sendings:
    one.check_not_kept()
server = run()
assert again()
wanted += len(sendings)
print(json.dumps([wanted, Testimony.objects.count()]))
server.send_signal(signal.SIGINT)
server.wait()
"""


@on_postgresql
def test_a_server_whose_disk_is_full_and_that_is_stopped_gives_no_success(server, tmp_path, transactional_db) -> None:
    """Acknowledged is stored, and what was not acknowledged comes back with every word, to be kept once it runs."""
    site = Site(tmp_path)
    try:
        site.url = server.url
        site.run("migrate", "--verbosity", "0")
        account = str(server.account.pw_uid) if server.account else "0"
        said = site.python(SENDS, str(server.home), str(server.programs), account, str(server.is_small))
        wanted, kept = json.loads(said.splitlines()[-1])
        assert wanted == kept
    finally:
        site.close()
    if not server.is_small:
        pytest.skip("only root mounts a small file system: stopped, and not full")
