"""M1: two custodians at their desks open one name; one alone opens none, whatever page or form they use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from declarations.models import Forum, HistoryEntry, NameOpening, SealedName, Seat, Testimony
from declarations.views import unlocking
from declarations.workflow import reading
from tests import factories as make
from tests.factories import PASSPHRASE
from tests.room.desk import at, signed_in

pytestmark = pytest.mark.django_db
NAME, WHY = "Awa du marché 76 12 34 56", "Quelqu'un la menace"
Role, State = Seat.Role, NameOpening.State


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    caches["sign_in"].clear()


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def seats(forum: Forum) -> list[Seat]:
    return [seat for seat, _private in make.custodians(forum)]


@pytest.fixture
def testimony(forum: Forum, seats: list[Seat]) -> Testimony:
    return make.a_named_testimony(forum, NAME)


def ask(client: Client, row: Testimony | str, **changes: Any) -> Any:
    data = {"testimony": str(row), "reason": WHY, "passphrase": PASSPHRASE, **changes}
    return client.post(at("name-ask"), data)


def opening() -> NameOpening:
    return NameOpening.objects.get(state__in=NameOpening.RUNNING)


def text(response: Any) -> str:
    return response.content.decode()


def test_two_open_a_name(testimony: Testimony, seats: list[Seat]) -> None:
    one, other = map(signed_in, seats)
    assert ask(one, testimony).status_code == 302
    pk = opening().pk
    assert "la menace" in text(one.get(at("custody"))) and NAME not in text(one.get(at("custody")))
    page = text(other.get(at("name-agree", pk)))
    assert "la menace" in page and str(testimony) in page and NAME not in page
    response = other.post(at("name-agree", pk), {"passphrase": PASSPHRASE})
    assert response.status_code == 302 and NAME not in text(other.get(at("custody")))
    assert NAME not in text(one.get(at("name-show", pk)))
    response = one.post(at("name-show", pk), {"passphrase": PASSPHRASE})
    assert NAME in text(response) and "no-store" in response["Cache-Control"]
    # Once: not a second time, and not to the other.
    assert NAME not in text(one.post(at("name-show", pk), {"passphrase": PASSPHRASE}))
    assert NAME not in text(other.post(at("name-show", pk), {"passphrase": PASSPHRASE}))
    verbs = list(HistoryEntry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs[-3:] == ["ask_for_name", "agree_to_name", "show_name"]
    kept = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert unlocking.LOCKED not in kept and NAME not in kept and PASSPHRASE not in kept
    assert unlocking.COOKIE not in one.cookies


@pytest.mark.parametrize("act", ["name-ask", "name-agree", "name-show"])
def test_each_act_takes_the_passphrase(testimony: Testimony, seats: list[Seat], act: str) -> None:
    one, other = map(signed_in, seats)
    if act != "name-ask":
        ask(one, testimony)
    if act == "name-show":
        other.post(at("name-agree", opening().pk), {"passphrase": PASSPHRASE})
    before = list(NameOpening.objects.values_list("state", flat=True))
    address = at(act) if act == "name-ask" else at(act, opening().pk)
    client = other if act == "name-agree" else one
    for wrong in ("", "not this one at all"):
        response = client.post(address, {"testimony": str(testimony), "reason": WHY, "passphrase": wrong})
        assert "passphrase" in response.context["form"].errors and NAME not in text(response)
        assert not wrong or wrong not in text(response)
    assert list(NameOpening.objects.values_list("state", flat=True)) == before


def test_wrong_passphrases_are_counted(testimony: Testimony, seats: list[Seat]) -> None:
    client = signed_in(seats[0])
    for _ in range(unlocking.MOST_TRIES):
        ask(client, testimony, passphrase="not this one at all")
    assert not NameOpening.objects.exists()
    assert "passphrase" in ask(client, testimony).context["form"].errors


def test_one_custodian_opens_nothing_by_any_page(testimony: Testimony, seats: list[Seat]) -> None:
    """Every address of the admin, asked and sent with a good passphrase by the one who asked: the name never comes."""
    client = signed_in(seats[0])
    ask(client, testimony)
    pk = opening().pk
    looked_at = 0
    for pattern in walk(get_resolver().url_patterns):
        client = signed_in(seats[0])  # one of the addresses signs everybody out
        for argument in (pk, testimony.pk, seats[0].pk):
            path = filled(pattern, argument)
            for response in (client.get(path), client.post(path, {"passphrase": PASSPHRASE, "reason": WHY})):
                looked_at += 1
                assert NAME not in text(response), path
        NameOpening.objects.filter(pk=pk).update(state=State.ASKED)
    assert looked_at > 300
    NameOpening.objects.filter(pk=pk).update(state=State.ASKED)
    response = signed_in(seats[0]).post(at("name-agree", pk), {"passphrase": PASSPHRASE})
    assert response.status_code == 403
    assert NameOpening.objects.get(pk=pk).share is None


def walk(patterns: Any, prefix: str = "/") -> Any:
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            if "admin/" in route and "logout" not in route and "password" not in route:
                yield route
        else:
            yield from walk(each.url_patterns, route)


def filled(route: str, argument: object) -> str:
    import re

    plain = re.sub(r"<[^>]+>|\(\?P[^)]*\)+", str(argument), route)
    return re.sub(r"[\^$\\?]", "", plain).replace("//", "/")


def test_the_other_page_of_one_account_is_no_second_person(
    forum: Forum, testimony: Testimony, seats: list[Seat]
) -> None:
    ask(signed_in(seats[0]), testimony)
    again = signed_in(seats[0])
    assert again.post(at("name-agree", opening().pk), {"passphrase": PASSPHRASE}).status_code == 403
    assert "Agree" not in text(again.get(at("custody"))).replace("agrees", "")


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.READER, Role.CHAIR])
def test_nobody_but_custodians_comes_in(forum: Forum, testimony: Testimony, seats: list[Seat], role: str) -> None:
    ask(signed_in(seats[0]), testimony)
    client = signed_in(make.a_seat(forum, role))
    assert client.get(at("custody")).status_code == 403
    for name in ("name-agree", "name-refuse", "name-show"):
        assert client.post(at(name, opening().pk), {"passphrase": PASSPHRASE}).status_code == 403


def test_a_request_is_refused_with_a_reason(testimony: Testimony, seats: list[Seat]) -> None:
    one, other = map(signed_in, seats)
    ask(one, testimony)
    pk = opening().pk
    assert "reason" in other.post(at("name-refuse", pk), {}).context["form"].errors
    assert other.post(at("name-refuse", pk), {"reason": "Cela peut attendre"}).status_code == 302
    assert NameOpening.objects.get(pk=pk).state == State.REFUSED
    assert other.post(at("name-agree", pk), {"passphrase": PASSPHRASE}).status_code == 409


def test_who_asked_takes_it_back(testimony: Testimony, seats: list[Seat]) -> None:
    client = signed_in(seats[0])
    ask(client, testimony)
    assert client.get(at("name-refuse", opening().pk)).status_code == 200
    client.post(at("name-refuse", opening().pk))
    assert NameOpening.objects.get().state == State.REFUSED


@pytest.mark.parametrize("reason", ["", "  ", "Appeler Awa Traoré", "Le 76 12 34 56 sonne", "x" * 201])
def test_a_reason_tells_nothing_of_who_spoke(testimony: Testimony, seats: list[Seat], reason: str) -> None:
    response = ask(signed_in(seats[0]), testimony, reason=reason)
    assert "reason" in response.context["form"].errors and not NameOpening.objects.exists()


@pytest.mark.parametrize("typed", ["", "1234567", "zzzzzzzz", "00000000", "%"])
def test_a_testimony_without_a_name_and_none_are_the_same(
    forum: Forum, seats: list[Seat], testimony: Testimony, typed: str
) -> None:
    client = signed_in(seats[0])
    assert "testimony" in ask(client, typed).context["form"].errors
    assert "testimony" in ask(client, make.a_testimony(forum)).context["form"].errors


def test_it_is_late_after_ten_minutes(testimony: Testimony, seats: list[Seat]) -> None:
    one, other = map(signed_in, seats)
    ask(one, testimony)
    pk = opening().pk
    other.post(at("name-agree", pk), {"passphrase": PASSPHRASE})
    NameOpening.objects.filter(pk=pk).update(asked_at=timezone.now() - timedelta(minutes=10))
    assert NAME not in text(one.post(at("name-show", pk), {"passphrase": PASSPHRASE}))
    row = NameOpening.objects.get(pk=pk)
    assert row.state == State.EXPIRED and row.share is None


def test_looking_at_the_page_ends_what_is_late(testimony: Testimony, seats: list[Seat]) -> None:
    ask(signed_in(seats[0]), testimony)
    NameOpening.objects.update(asked_at=timezone.now() - timedelta(minutes=11))
    assert "Nothing is asked" in text(signed_in(seats[1]).get(at("custody")))
    assert NameOpening.objects.get().state == State.EXPIRED


def test_a_name_that_was_moved_is_said_not_shown(forum: Forum, testimony: Testimony, seats: list[Seat]) -> None:
    other = SealedName.objects.get(testimony=make.a_named_testimony(forum, "Moussa"))
    SealedName.objects.filter(testimony=testimony).update(
        first_share=other.first_share, other_share=other.other_share, envelope=other.envelope
    )
    response = ask(signed_in(seats[0]), testimony)
    assert "changed or moved" in text(response) and not NameOpening.objects.exists()


def test_the_road_tells_the_other_custodian(testimony: Testimony, seats: list[Seat]) -> None:
    one, other = map(signed_in, seats)
    ask(one, testimony)
    assert "waits for you" in text(other.get(at("index")))
    assert "waits for you" not in text(one.get(at("index")))


def test_what_cannot_wait_is_shown_without_content_and_taken_note_of(
    forum: Forum, testimony: Testimony, seats: list[Seat]
) -> None:
    reader, plain = make.a_seat(forum, Role.READER), make.a_testimony(forum)
    rows = [reading.raise_urgent(row, by=reader) for row in (plain, testimony)]
    client = signed_in(seats[0])
    page = text(client.get(at("custody")))
    assert page.index(str(testimony)) < page.index(str(plain)) and f"?of={plain}" not in page
    assert client.get(at("urgent-noted", rows[0].pk)).status_code == 405
    assert client.post(at("urgent-noted", rows[0].pk)).status_code == 302
    assert str(plain) not in text(client.get(at("custody")))
    assert client.post(at("urgent-noted", rows[0].pk)).status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_more_requests_ask_no_more_questions(
    forum: Forum, seats: list[Seat], number: int, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(seats[0])
    for _ in range(number):
        ask(client, make.a_named_testimony(forum, NAME))
    with django_assert_max_num_queries(11):
        client.get(at("custody"))
