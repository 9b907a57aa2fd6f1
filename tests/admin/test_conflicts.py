"""Same identifier, other words: kept aside, shown to organisers as such, opened by readers (M2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from declarations.models import Conflict, Forum
from tests import factories as make
from tests.room import desk

pytestmark = pytest.mark.django_db

FIRST, SECOND = make.WORDS, "Ce ne fut pas le puits, ce fut le grenier."


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum):
    return desk.a_reader(forum)


def test_organisers_see_that_something_was_kept_aside_and_nothing_of_it(client, forum, reader):
    row = make.a_conflict(forum, SECOND)
    client.force_login(make.organiser_of(forum).user)
    assert reverse("admin:conflicts") in client.get(reverse("admin:index")).content.decode()
    page = client.get(reverse("admin:conflicts")).content.decode()
    assert str(row.taken_id)[:8] in page and str(row.taken_id) not in page
    assert SECOND not in page and reverse("admin:conflict", args=[row.pk]) not in page
    assert client.get(reverse("admin:conflict", args=[row.pk])).status_code == 403


def test_nothing_is_said_where_nothing_was_kept_aside(client, forum):
    client.force_login(make.organiser_of(forum).user)
    assert reverse("admin:conflicts") not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(client, forum, reader, rows, django_assert_num_queries):
    for _ in range(rows):
        make.a_conflict(forum)
    client.force_login(make.organiser_of(forum).user)
    with django_assert_num_queries(4):
        assert client.get(reverse("admin:conflicts")).status_code == 200


def test_a_reader_opens_both(forum, reader):
    row = make.a_conflict(forum, SECOND)
    client = desk.at_work(reader)
    page = client.get(reverse("admin:conflict", args=[row.pk])).content.decode()
    assert SECOND in page and FIRST not in page
    first = reverse("admin:reading-testimony", args=[row.taken_id])
    assert first in page and FIRST.split(",")[0] in client.get(first).content.decode().replace("&#x27;", "'")


def test_what_does_not_open_is_said_without_harm(forum, reader):
    row = make.a_conflict(forum, SECOND)
    client = desk.at_work(reader)
    Conflict.objects.filter(pk=row.pk).update(envelope=b"\1" + b"x" * 552)
    page = client.get(reverse("admin:conflict", args=[row.pk]))
    assert page.status_code == 200 and SECOND not in page.content.decode()


def test_a_room_that_is_closed_opens_nothing(client, forum, reader):
    row = make.a_conflict(forum, SECOND)
    response = desk.signed_in(reader if hasattr(reader, "role") else make.a_seat(forum, "reader")).get(
        reverse("admin:conflict", args=[row.pk])
    )
    assert response.status_code == 302
