"""M12 against the real server: four hundred phones behind one address, a flood, and how long guessing takes."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from declarations import sealing
from declarations.forms import guesses
from declarations.models import Participant, Testimony
from declarations.workflow.participants import code_hash
from tests import factories as make
from tests.sealed import Phone

from . import phone
from .server import Server, url_of

pytestmark = pytest.mark.django_db(transaction=True)

HALL = 400
FLOOD = 2000
MINUTES = 4
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


def strangers(forum):
    """As many parcels without a card, each a testimony of its own: a flood that costs hardly anything to make."""
    one = Phone(forum)
    parts = one.parts()
    for _ in range(FLOOD):
        one.outer |= {"id": str(uuid.uuid4()), "receipt": sealing.new_receipt()}
        yield one.around(parts)


def test_a_flood_holds_up_no_card_and_a_hall_without_cards_is_heard(tmp_path, forum):
    """Four hundred without a card, then four hundred with one while a flood comes without: none is refused.

    Each of the second hall mistypes the code of its card first: four hundred wrong codes shut nobody out either.
    """
    path, outbox = (f"/fr/{forum.slug}/testimonies/{page}/" for page in ("new", "outbox"))

    def without(number):
        assert phone.send(server.port, path).status == 200
        return phone.send(server.port, path, phone.answers(forum, f"Ce que j’ai vu, {number}."))

    def with_card(code):
        fields = phone.answers(forum, "Ce que j’ai vu.", code=sealing.new_code())
        mistyped = phone.send(server.port, path, fields)
        return mistyped.status, phone.send(server.port, path, {**fields, "code": code})

    with (
        Server(url_of(connection.settings_dict), log=tmp_path / "log") as server,
        ThreadPoolExecutor(64) as pool,
        ThreadPoolExecutor(64) as crowd,
    ):
        began = time.monotonic()
        heard = list(pool.map(without, range(HALL)))
        took = [time.monotonic() - began]
        flood = [crowd.submit(phone.send_sealed, server.port, outbox, parcel) for parcel in strangers(forum)]
        flood[guesses.MOST["testimony"] - HALL].result()  # from here on it is more than all are kept of
        began = time.monotonic()
        given = list(pool.map(with_card, cards(forum, HALL)))
        took.append(time.monotonic() - began)
        came = Counter(one.result().status for one in flood if not one.cancel())
    print(
        f"two halls took {took[0]:.0f} and {took[1]:.0f} seconds; of a flood of {came.total()}, {came[200]} were kept"
    )
    assert Counter(answer.status for answer in heard) == {200: HALL}
    assert Counter(status for status, _answer in given) == {422: HALL}
    assert Counter(answer.status for _status, answer in given) == {200: HALL}
    assert max(took) < MINUTES * 60
    everybody = [*heard, *(answer for _status, answer in given)]
    assert len({answer.receipt for answer in everybody}) == 2 * HALL
    assert Testimony.objects.count() == 2 * HALL + came[200]
    # The flood met the limit, and not a wall: its share was drawn by lot.
    assert came.keys() == {200, 429}
    allowed = guesses.looked_at("testimony", HALL + came.total()) - HALL
    assert 0.75 * allowed < came[200] < 1.3 * allowed


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
