"""Where people arrive, and where a machine asks whether all stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from declarations.models import HelpContact, OpeningHours, Partner
from declarations.models.guards import install_guards, remove_guards
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wanted", "given"), [("ar", "/ar/"), ("en-GB,en;q=0.8", "/en/"), ("ja", "/fr/"), ("", "/fr/")]
)
def test_the_door_speaks_the_language_of_the_browser(client: Client, wanted: str, given: str) -> None:
    answer = client.get("/", headers={"accept-language": wanted} if wanted else {})
    assert (answer.status_code, answer["Location"]) == (302, given)
    assert "Set-Cookie" not in answer


def test_every_open_forum_is_named(client: Client) -> None:
    make.a_forum()
    make.a_forum("water", mode="rehearsal")
    page = client.get("/en/").content.decode()
    assert 'href="/en/peace/"' in page and 'href="/en/water/"' in page
    assert "Rehearsal" in page


def test_a_site_without_forums_says_so(client: Client) -> None:
    assert "No forum is open here yet." in client.get("/en/").content.decode()


@pytest.mark.parametrize("forums", [1, 3])
def test_as_many_questions_for_three_forums_as_for_one(client: Client, django_assert_num_queries, forums: int) -> None:
    for number in range(forums):
        make.a_forum(f"forum-{number}")
    with django_assert_num_queries(1):
        client.get("/fr/")


def test_the_landing_page_has_three_doors_and_whom_to_call(client: Client) -> None:
    forum = make.a_forum()
    Partner.objects.create(forum=forum, kind="convener", code="council", label={"en": "The Council"})
    HelpContact.objects.create(forum=forum, label={"en": "A listening ear"}, phone="80 00 11 22")
    page = client.get("/en/peace/").content.decode()
    for door in ("testimonies/new/", "heard/", "declaration/", "testimonies/receipt/"):
        assert f'href="/en/peace/{door}"' in page
    assert "The Council" in page and 'href="tel:80001122"' in page
    assert "16 to 18 November 2026" in page
    assert "It is being written." in page


def test_the_landing_page_knows_that_the_declaration_stands(client: Client) -> None:
    make.an_edition(make.a_forum())
    assert "What the forum asks" in client.get("/en/peace/").content.decode()


def test_nobody_is_asked_to_tell_when_it_is_too_late(client: Client) -> None:
    forum, now = make.a_forum(), timezone.now()
    OpeningHours.objects.create(
        forum=forum, form="testimonies", opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1)
    )
    page = client.get("/en/peace/").content.decode()
    assert "Tell us something" not in page


def test_a_number_too_small_is_not_told(client: Client) -> None:
    forum = make.a_forum()
    make.a_participant(forum)
    page = client.get("/en/peace/").content.decode()
    assert "fewer than" not in page and "participant<" not in page


@pytest.mark.parametrize("contacts", [1, 3])
def test_as_many_questions_for_three_contacts_as_for_one(
    client: Client, django_assert_num_queries, contacts: int
) -> None:
    forum = make.a_forum()
    for region in forum.regions.all()[:contacts]:
        HelpContact.objects.create(forum=forum, region=region, label={"en": "Listening"}, phone="80 00 11 22")
    client.get("/fr/peace/")
    with django_assert_num_queries(7):
        client.get("/fr/peace/")


@pytest.mark.parametrize("path", ["/fr/", "/fr/peace/"])
def test_they_are_the_same_for_everybody(client: Client, path: str) -> None:
    make.a_forum()
    answer = client.get(path)
    assert "Set-Cookie" not in answer
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_an_unknown_forum_is_not_found(client: Client) -> None:
    assert client.get("/fr/nowhere/").status_code == 404


def test_the_house_stands(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "Set-Cookie" not in answer and "no-store" in answer["Cache-Control"]


def test_a_missing_trigger_is_told(client: Client) -> None:
    remove_guards(connection)
    answer = client.get("/healthz")
    install_guards()
    assert answer.status_code == 503
    assert b"declarations_edition_no_" in answer.content
