"""M12: limits in total, shared by all processes, that shut nobody out; and the browsers of staff that are known."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.forms import guesses
from declarations.models import Testimony
from forum import sign_in
from tests import factories as make
from tests.running.test_failing import answers
from tests.served import phone
from tests.served.phone import RECEIPT
from tests.served.test_hall import cards

pytestmark = pytest.mark.django_db

PASSWORD = "a long one here"
ADMIN = "/admin/"


# Counts


@pytest.fixture
def counts():
    counts = caches["guesses"]
    counts.clear()
    return counts


def test_counts_stand_where_all_processes_see_them(counts):
    assert isinstance(counts, LocMemCache) == (connection.vendor == "sqlite")


def test_a_count_is_added_once_grows_and_ends(counts):
    assert counts.add("a", 1, 60) and not counts.add("a", 5, 60)
    assert counts.incr("a") == 2 and counts.get("a") == 2 and counts.touch("a", 60)
    counts.set("a", 7, 60)
    assert caches["sign_in"].get("a") is None
    assert counts.delete("a") and not counts.delete("a") and counts.get("a", 0) == 0
    with pytest.raises(ValueError):
        counts.incr("a")
    counts.set("over", 3, -1)
    assert counts.add("new", 1, 60) and counts.get("over") is None
    counts.clear()
    assert counts.get("new") is None


@pytest.mark.django_db(transaction=True)
def test_thirty_two_at_once_lose_no_count(counts):
    start = threading.Barrier(32)

    def work(_number: int) -> None:
        start.wait()
        for _ in range(10):
            guesses.count_wrong("receipt")
        connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(work, range(32)))
    assert counts.get("wrong-receipt") == 320


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about the table of PostgreSQL")
def test_the_shared_table_stands_in_no_log_and_says_nothing_of_anybody(client):
    forum = make.a_forum()
    client.post(reverse("testimony-receipt", args=[forum.slug]), {"receipt": "5123456751234567"})
    client.post(reverse("admin:login"), {"username": "nobody-in-particular", "password": "wrong"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'forum_counts'")
        assert cursor.fetchone()[0] == "u"
        cursor.execute("SELECT name FROM forum_counts")
        names = " ".join(name for (name,) in cursor.fetchall())
    assert "wrong-receipt" in names and "sign_in/" in names
    assert "127.0.0.1" not in names and "nobody" not in names and "5123456751234567" not in names


# Receipts


def test_up_to_the_limit_all_are_looked_at_and_above_it_as_many_as_was_computed(counts):
    """The bound by which the years are computed holds for the code that decides."""
    chance = random.Random(12)
    with patch.dict(guesses.MOST, receipt=50), patch.object(guesses, "draw", chance.random):
        looked = 0
        for _ in range(2000):
            if not guesses.are_too_many("receipt"):
                looked += 1
                guesses.count_wrong("receipt")
        assert counts.get("wrong-receipt") == 2000
    with patch.dict(guesses.MOST, receipt=50):
        assert guesses.looked_at("receipt", 40) == 40
        wanted = guesses.looked_at("receipt", 2000)
    assert 0.8 * wanted < looked < 1.25 * wanted


def test_a_thousand_wrong_receipts_shut_out_nobody(client):
    """M12: whoever comes next with the right one is answered, from the same address."""
    forum = make.a_forum()
    make.reading_private(forum)
    from tests.workflow.test_keeping import give

    receipt = sealing.new_receipt()
    give(forum, receipt=receipt)
    address = reverse("testimony-receipt", args=[forum.slug])
    wrong = {client.post(address, {"receipt": sealing.new_receipt()}).status_code for _ in range(1000)}
    assert wrong == {422}
    assert Client().post(address, {"receipt": receipt}).status_code == 200


# Testimonies without a card


def tell(client: Client, forum: Any, **changes: Any) -> Any:
    sent = phone.answers(forum, "Le puits est fermé.", **changes)
    return client.post(reverse("testimony-new", args=[forum.slug]), sent)


def test_a_flood_without_a_card_shuts_out_nobody_who_has_one(client, counts):
    """With a card each is kept at once; of four thousand without, some, by lot. The hall: tests/served/test_hall.py."""
    forum = make.a_forum()
    make.reading_private(forum)
    flood = [guesses.must_wait(uuid.uuid4()) for _ in range(guesses.MOST["testimony"])]
    assert not any(flood), "a hall of six hundred without a card waits for nothing"
    with_cards, without = Counter[int](), Counter[int]()
    for code in cards(forum, 20):
        flood += [guesses.must_wait(uuid.uuid4()) for _ in range(170)]
        with_cards[tell(client, forum, code=code).status_code] += 1
        without[tell(client, forum).status_code] += 1
    assert with_cards == {200: 20}
    assert set(without) == {200, 429}
    wanted = guesses.looked_at("testimony", counts.get("without-card"))
    assert 0.8 * wanted < flood.count(False) + without[200] < 1.25 * wanted
    assert Testimony.objects.count() == 20 + without[200]


def test_what_waits_comes_back_with_its_words_and_is_kept_once_it_is_sent_again(client, counts):
    forum = make.a_forum()
    make.reading_private(forum)
    address, sent = reverse("testimony-new", args=[forum.slug]), answers(forum)
    with patch.dict(guesses.MOST, testimony=0), patch.object(guesses, "draw", return_value=0.5):
        response = client.post(address, sent)
        page = response.content.decode()
        assert response.status_code == 429 and not Testimony.objects.exists() and not RECEIPT.search(page)
        assert sent["words"] in unescape(page) and "Envoyer" in page and sent["ticket"] in page
    given = client.post(address, sent)
    with patch.dict(guesses.MOST, testimony=0), patch.object(guesses, "draw", return_value=0.5):
        again = client.post(address, sent)
    assert Testimony.objects.count() == 1
    assert RECEIPT.search(again.content.decode())[0] == RECEIPT.search(given.content.decode())[0]


# Staff


def signs_in(client: Client, user: Any, password: str = PASSWORD, address: str = "192.0.2.7") -> int:
    given = {"username": user.username, "password": password, "next": ADMIN}
    return client.post(reverse("admin:login"), given, REMOTE_ADDR=address).status_code


def test_a_thousand_wrong_passwords_lock_out_nobody_else():
    """M12: not the person, on a browser they know; not a colleague, on any; not the person from elsewhere."""
    forum = make.a_forum()
    awa, colleague = make.organiser_of(forum).user, make.a_user()
    known = Client()
    assert signs_in(known, awa) == 302
    known.post(reverse("admin:logout"))
    stranger = Client()
    said = [signs_in(stranger, awa, f"wrong {number}") for number in range(1000)]
    assert said[:7] == [200] * 7 and set(said[8:]) == {429}
    assert signs_in(known, awa) == 302
    assert signs_in(Client(), colleague) == 302
    assert signs_in(Client(), awa, address="192.0.2.8") == 302
    assert signs_in(Client(), awa) == 429


def test_a_known_browser_may_not_guess_for_ever_either_and_knows_its_own_people_alone():
    forum = make.a_forum()
    awa, other = make.organiser_of(forum).user, make.a_user()
    browser = Client()
    assert signs_in(browser, other) == 302
    assert [signs_in(browser, awa, "wrong") for _ in range(9)][-1] == 429
    assert [signs_in(browser, other, "wrong") for _ in range(9)][-1] == 429


def test_the_cookie_names_nobody_and_is_shown_to_the_admin_alone():
    user = make.organiser_of(make.a_forum()).user
    browser = Client()
    signs_in(browser, user)
    cookie = browser.cookies[sign_in.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (ADMIN, True, "Lax")
    assert user.username not in cookie.value
    forged = Client()
    forged.cookies[sign_in.COOKIE] = cookie.value[:-2] + "xx"
    [signs_in(forged, user, "wrong") for _ in range(8)]
    assert signs_in(Client(), user) == 429  # the forged one counted as any stranger


def test_several_people_share_a_browser():
    people, browser = [make.a_user() for _ in range(3)], Client()
    for user in people:
        assert signs_in(browser, user) == 302
        browser.post(reverse("admin:logout"))
    for user in people:
        [signs_in(Client(), user, "wrong") for _ in range(9)]
        assert signs_in(browser, user) == 302
