"""M2 against the real server: many threads, one row, one receipt."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from declarations.models import Conflict, SealedText, Testimony, TestimonyKey
from declarations.workflow import participants, testimonies
from tests import factories as make

from . import phone
from .server import Server, url_of

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 32
WORDS = "Le puits a été fermé un matin, et nous avons marché deux jours."


@pytest.fixture
def forum():
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


@pytest.fixture
def server(tmp_path, forum):
    with Server(url_of(connection.settings_dict), log=tmp_path / "log") as server:
        yield server


def at_once(server: Server, forum, bodies):
    """Send every body in the same moment, each on a line of its own."""
    start = threading.Barrier(len(bodies))

    def one(fields):
        start.wait()
        return phone.send(server.port, f"/fr/{forum.slug}/testimonies/new/", fields)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(one, bodies))


def test_thirty_two_identical_posts_at_once_are_one_testimony_with_one_receipt(server, forum):
    fields = phone.answers(forum, WORDS)
    given = at_once(server, forum, [fields] * AT_ONCE)
    assert Counter(answer.status for answer in given) == {200: AT_ONCE}
    [receipt] = {answer.receipt for answer in given}
    testimony = Testimony.objects.get()
    assert testimonies.of_receipt(forum, receipt) == testimony
    assert testimonies.opened(testimony, make.reading_private(forum)).words == WORDS
    assert (TestimonyKey.objects.count(), SealedText.objects.count(), Conflict.objects.count()) == (1, 2, 0)


def test_the_last_testimony_of_a_card_sent_twice_at_once_is_a_success_twice(server, forum):
    """The second copy must not be told that the card is spent: the first copy spent it."""
    type(forum).objects.filter(pk=forum.pk).update(daily_quota=1)
    _participant, code = participants.register(
        forum, by=make.organiser_of(forum), region=forum.regions.first(), capacity=forum.capacities.first()
    )
    fields = phone.answers(forum, WORDS, code=code)
    given = at_once(server, forum, [fields] * AT_ONCE)
    assert Counter(answer.status for answer in given) == {200: AT_ONCE}
    assert len({answer.receipt for answer in given}) == 1 and Testimony.objects.count() == 1


def test_one_card_sends_no_more_than_its_quota_however_many_come_at_once(server, forum):
    quota = 5
    type(forum).objects.filter(pk=forum.pk).update(daily_quota=quota)
    _participant, code = participants.register(
        forum, by=make.organiser_of(forum), region=forum.regions.first(), capacity=forum.capacities.first()
    )
    given = at_once(server, forum, [phone.answers(forum, WORDS, code=code) for _ in range(AT_ONCE)])
    assert Counter(answer.status for answer in given) == {200: quota, 429: AT_ONCE - quota}
    assert Testimony.objects.count() == quota


def test_other_words_under_the_same_identifier_are_kept_aside_and_said_so(server, forum):
    fields = phone.answers(forum, WORDS)
    others = [{**fields, "words": f"{WORDS} {number}"} for number in range(4)]
    given = at_once(server, forum, [body for body in [fields, *others] for _ in range(4)])
    by_status = Counter(answer.status for answer in given)
    assert by_status == {200: 4, 409: 16}
    assert Testimony.objects.count() == 1 and Conflict.objects.count() == 4
    assert len({answer.receipt for answer in given if answer.status == 200}) == 1
