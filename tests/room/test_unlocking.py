"""M1: the passphrase opens, two halves keep it open for fifteen minutes, and neither half opens alone."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client

from declarations import sealing
from declarations.models import Forum, KeyHolding, PersonKey, Seat, Testimony
from declarations.views import unlocking
from tests import factories as make

from .desk import PASSPHRASE, a_reader, at, at_work, holder_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    caches["sign_in"].clear()


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum) -> Seat:
    return a_reader(forum)


def is_open(client: Client) -> bool:
    return client.get(at("reading-room")).status_code == 200


def later(seconds: float) -> mock._patch[object]:
    return mock.patch.object(unlocking.time, "time", return_value=time.time() + seconds)


def test_a_closed_room_asks_for_the_passphrase_and_leads_on(reader: Seat) -> None:
    client, wanted = signed_in(reader), at("excerpt-clearance")
    response = client.get(wanted)
    assert response.status_code == 302
    asking = response["Location"]
    assert asking.startswith(at("reading-unlock")) and "next=" in asking
    assert client.get(asking).status_code == 200
    response = client.post(asking, {"passphrase": PASSPHRASE})
    assert response["Location"] == wanted
    assert is_open(client)


def test_it_leads_nowhere_else(reader: Seat) -> None:
    address = at("reading-unlock") + "?next=https://elsewhere.example/"
    response = signed_in(reader).post(address, {"passphrase": PASSPHRASE})
    assert response["Location"] == at("reading-room")


def test_the_cookie_is_kept_from_scripts_and_other_sites(reader: Seat) -> None:
    cookie = at_work(reader).cookies[unlocking.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/admin/"
    assert not cookie["max-age"] and not cookie["expires"]  # gone with the browser


def test_over_https_the_cookie_is_secure(reader: Seat, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]
    client = signed_in(reader)
    client.post(at("reading-unlock"), {"passphrase": PASSPHRASE}, secure=True)
    assert client.cookies[unlocking.COOKIE]["secure"]


def test_neither_half_opens_alone(reader: Seat) -> None:
    client = at_work(reader)
    cookie_key = urlsafe_b64decode(client.cookies[unlocking.COOKIE].value)
    locked = urlsafe_b64decode(client.session[unlocking.LOCKED])
    private = sealing.open_from_session(locked, cookie_key)
    assert sealing.public_of(private) == bytes(holder_of(reader).public)
    assert private not in locked and cookie_key not in locked
    stored = [bytes(key.wrapped) for key in PersonKey.objects.all()]
    stored += [row.session_data.encode() for row in Session.objects.all()]
    stored += [str(row.get_decoded()).encode() for row in Session.objects.all()]
    for secret in (private, cookie_key):
        assert not any(secret in row or urlsafe_b64encode(secret) in row for row in stored)


def test_a_stolen_session_without_the_cookie_opens_nothing(reader: Seat) -> None:
    client = at_work(reader)
    del client.cookies[unlocking.COOKIE]
    assert not is_open(client)


def test_a_stolen_cookie_in_another_session_opens_nothing(reader: Seat) -> None:
    client, other = at_work(reader), signed_in(reader)
    other.cookies[unlocking.COOKIE] = client.cookies[unlocking.COOKIE].value
    assert not is_open(other)


@pytest.mark.parametrize("forged", ["", "x", "é", urlsafe_b64encode(bytes(32)).decode()])
def test_a_forged_cookie_opens_nothing(reader: Seat, forged: str) -> None:
    client = at_work(reader)
    client.cookies[unlocking.COOKIE] = forged
    assert not is_open(client)


def test_closing_forgets_both_halves(reader: Seat) -> None:
    client = at_work(reader)
    kept = client.cookies[unlocking.COOKIE].value
    response = client.post(at("reading-lock"))
    assert response.status_code == 302 and client.cookies[unlocking.COOKIE].value == ""
    assert unlocking.LOCKED not in client.session
    client.cookies[unlocking.COOKIE] = kept
    assert not is_open(client)


def test_closing_is_an_act(reader: Seat) -> None:
    client = at_work(reader)
    assert client.get(at("reading-lock")).status_code == 405
    assert is_open(client)


def test_fifteen_idle_minutes_close_it_and_forget_both_halves(reader: Seat) -> None:
    client = at_work(reader)
    with later(15 * 60):
        assert not is_open(client)
        client.get(at("reading-unlock"))
    assert unlocking.LOCKED not in client.session
    assert client.cookies[unlocking.COOKIE].value == ""


def test_each_move_gives_more_time(reader: Seat) -> None:
    client = at_work(reader)
    for minutes in (10, 20, 30):
        with later(minutes * 60):
            assert is_open(client)
    with later(45 * 60):
        assert not is_open(client)


def test_signing_out_closes_it(reader: Seat) -> None:
    client = at_work(reader)
    client.logout()
    client.force_login(reader.user)
    assert not is_open(client)


def test_a_wrong_passphrase_is_said_beside_the_field(reader: Seat) -> None:
    client = signed_in(reader)
    response = client.post(at("reading-unlock"), {"passphrase": "not this one"})
    assert response.status_code == 200
    assert "does not open your key" in response.content.decode()
    assert "not this one" not in response.content.decode()
    assert not is_open(client)


def test_wrong_passphrases_are_limited_for_the_account_and_not_the_browser(reader: Seat) -> None:
    for _ in range(unlocking.MOST_TRIES):
        signed_in(reader).post(at("reading-unlock"), {"passphrase": "wrong"})
    client = signed_in(reader)
    response = client.post(at("reading-unlock"), {"passphrase": PASSPHRASE})
    assert "Too many wrong passphrases" in response.content.decode()
    assert not is_open(client)


def test_the_right_passphrase_forgets_the_wrong_ones(reader: Seat) -> None:
    for _ in range(2):
        for _ in range(unlocking.MOST_TRIES - 1):
            signed_in(reader).post(at("reading-unlock"), {"passphrase": "wrong"})
        at_work(reader)


def test_somebody_without_a_key_is_told_what_to_do(forum: Forum) -> None:
    make.reading_private(forum)
    seat = make.a_seat(forum, Seat.Role.READER)
    response = signed_in(seat).post(at("reading-unlock"), {"passphrase": "any"})
    assert "has no key yet" in response.content.decode()


def test_somebody_who_was_not_handed_the_reading_key_is_told_whom_to_ask(reader: Seat) -> None:
    client = at_work(reader)
    KeyHolding.objects.filter(person=holder_of(reader)).delete()
    response = client.get(at("reading-room"))
    assert "nobody has handed you the reading key" in response.content.decode()


def test_what_was_being_sent_travels_through_the_passphrase(forum: Forum, reader: Seat) -> None:
    client, testimony = at_work(reader), make.a_testimony(forum)
    sent = {"summary-words": "Un puits.\nDeux jours <de> marche.", "summary-seen": ""}
    with later(16 * 60):
        response = client.post(at("reading-summarise", testimony.pk), sent)
        page = response.content.decode()
        assert "still here" in page and 'name="summary-words" value="Un puits.\nDeux jours &lt;de&gt; marche."' in page
        testimony.refresh_from_db()
        assert testimony.state == Testimony.State.RECEIVED
        wrong = client.post(at("reading-summarise", testimony.pk), {**sent, "passphrase": "wrong"})
        assert "Deux jours" in wrong.content.decode()
        response = client.post(at("reading-summarise", testimony.pk), {**sent, "passphrase": PASSPHRASE})
        assert response.status_code == 302
        assert is_open(client)
    testimony.refresh_from_db()
    assert testimony.state == Testimony.State.SUMMARISED


def test_pages_of_the_room_are_never_stored(forum: Forum, reader: Seat) -> None:
    client, testimony = at_work(reader), make.a_testimony(forum)
    for address in (at("reading-room"), at("reading-testimony", testimony.pk), at("finding-compose")):
        assert "no-store" in client.get(address)["Cache-Control"]
