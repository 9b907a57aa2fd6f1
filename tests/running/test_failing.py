"""M2: a disk that is full and a database that is down never give a success; what was typed comes back."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.forms.tickets import Ticket, seal_pass
from declarations.models import Forum, SealedText, Testimony, TestimonyKey
from declarations.workflow import testimonies
from tests import factories as make
from tests.served.phone import RECEIPT

from .site import Site

WORDS = "Le puits a été fermé un matin, « et » nous avons marché deux jours."
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite alone")


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


# PostgreSQL, stopped while somebody sends


@pytest.fixture
def server() -> Iterator[Any]:
    from tests.postgres import Server

    server = Server(settings=[])  # durable, as a real one
    server.start()
    yield server
    server.stop()


SENDS = """
import json, sys
from django.test import Client
from tests import factories as make
from tests.served.phone import RECEIPT
from tests.running.test_failing import answers, given_back
from declarations.models import Forum, Testimony
import os, signal, subprocess, time
home, programs, account = sys.argv[1:4]
forum = make.a_forum()
make.reading_private(forum)
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
send = lambda data: client.post(f"/fr/{forum.slug}/testimonies/new/", data)
first = send(answers(forum))
assert first.status_code == 200, (first.status_code, first.content[:1500])
os.kill(int(open(home + "/data/postmaster.pid").readline()), signal.SIGQUIT)  # at once, as if its power were cut
time.sleep(1)
down = [send(answers(forum)) for _ in range(3)]
data = answers(forum)
last = send(data)
same = given_back(last.content.decode()) == data
prefix = ["setpriv", "--reuid", account, "--regid", account, "--clear-groups"] if account != "0" else []
server = subprocess.Popen([*prefix, programs + "/postgres", "-D", home + "/data", "-k", home, "-h", ""], cwd=home,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
from django.db import connection
for _ in range(100):
    time.sleep(0.2)
    connection.close()  # a server does so after each request; Django's client for tests does not
    up = send(given_back(last.content.decode()))
    if up.status_code != 503:
        break
statuses = [one.status_code for one in down]
print(json.dumps([statuses, last.status_code, same, up.status_code, Testimony.objects.count()]))
server.send_signal(signal.SIGINT)
server.wait()
"""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL alone")
def test_a_server_stopped_in_mid_run_gives_no_success_and_nothing_is_lost(server, tmp_path, transactional_db) -> None:
    """Acknowledged is stored, and what was not acknowledged comes back with every word, to be kept once it runs."""
    site = Site(tmp_path)
    try:
        site.url = server.url
        site.run("migrate", "--verbosity", "0")
        account = str(server.account.pw_uid) if server.account else "0"
        said = site.python(SENDS, str(server.home), str(server.programs), account)
        down, last, same, up, kept = json.loads(said.splitlines()[-1])
        assert (down, last, same, up, kept) == ([503, 503, 503], 503, True, 200, 2)
    finally:
        site.close()
