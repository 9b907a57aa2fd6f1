"""M12 against the real server: four hundred phones behind one address, and how long guessing a receipt takes."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from declarations import sealing
from declarations.forms import guesses
from declarations.models import Participant, Testimony
from declarations.workflow.participants import code_hash
from tests import factories as make

from . import phone
from .server import Server, url_of

pytestmark = pytest.mark.django_db(transaction=True)

HALL = 400
LIVE = 1000  # receipts that somebody may be after
SPACE = 50_000_000**2  # receipts: twice eight digits, the first of each from 5 to 9
YEAR = 365.25 * 24 * 3600


@pytest.fixture
def forum():
    forum = make.a_forum()
    make.reading_private(forum)
    return forum


def cards(forum, number):
    """Codes of as many cards, registered at once: the history of each is not what is proved here."""
    codes = [sealing.new_code() for _ in range(number)]
    region, capacity = forum.regions.first(), forum.capacities.first()
    Participant.objects.bulk_create(
        Participant(
            forum=forum, serial=f"{100_000 + row}", region=region, capacity=capacity, code_hash=code_hash(forum, code),
            state=Participant.State.PRESENT,
        )
        for row, code in enumerate(codes)
    )  # fmt: skip
    return codes


def test_four_hundred_phones_behind_one_address_are_all_heard(tmp_path, forum):
    """Each mistypes the code of its card first: four hundred wrong codes shut nobody out either."""
    path = f"/fr/{forum.slug}/testimonies/new/"

    def one(number_and_code):
        number, code = number_and_code
        assert phone.send(server.port, path).status == 200
        fields = phone.answers(forum, f"Ce que j’ai vu, {number}.", code=sealing.new_code())
        mistyped = phone.send(server.port, path, fields)
        return mistyped.status, phone.send(server.port, path, {**fields, "code": code})

    with (
        Server(url_of(connection.settings_dict), log=tmp_path / "log") as server,
        ThreadPoolExecutor(64) as pool,
    ):
        given = list(pool.map(one, enumerate(cards(forum, HALL))))
    assert Counter(status for status, _answer in given) == {422: HALL}
    assert Counter(answer.status for _status, answer in given) == {200: HALL}
    assert len({answer.receipt for _status, answer in given}) == HALL == Testimony.objects.count()


def test_guessing_a_receipt_takes_more_than_a_thousand_years(tmp_path, forum):
    """Computed from how many guesses the real page takes in a second, and from how many the real limit looks at."""
    path, seconds = f"/fr/{forum.slug}/testimonies/receipt/", 4

    def guess(_number):
        tried, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            fields = {"receipt": sealing.new_receipt(), "csrfmiddlewaretoken": phone.TOKEN}
            answer = phone.send(server.port, path, fields)
            assert answer.status in (422, 429)
            tried += 1
        return tried

    with (
        Server(url_of(connection.settings_dict), log=tmp_path / "log") as server,
        ThreadPoolExecutor(16) as pool,
    ):
        rate = sum(pool.map(guess, range(16))) / seconds
    assert rate > 10, "the page was not reached often enough to measure anything"
    for faster in (1, 10):
        allowed = guesses.looked_at("receipt", faster * rate * guesses.WINDOW) / guesses.WINDOW
        years = SPACE / LIVE / allowed / YEAR
        print(f"{faster * rate:.0f} guesses a second arrive, {allowed:.1f} are looked at: {years:,.0f} years")
        assert years > 1000
