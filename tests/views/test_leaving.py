"""Leaving quickly (M6): on whatever a participant may meet, the refusals and the failures included."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from declarations.forms.tickets import Ticket
from declarations.models import Forum, Recommendation, Testimony
from declarations.urls import urlpatterns
from declarations.workflow import quotas
from tests import factories as make

from .test_testimonies import WORDS, answers, make_withdrawn

pytestmark = pytest.mark.django_db

NEUTRAL, KNOWN = "https://meteo.example/", "https://www.wikipedia.org/"
# Asked for by scripts and players: nobody ever looks at them.
NO_PAGES = {"desk-worker", "testimony-outbox", "screen-listen"}
LINK = re.compile(r'<a class="exit" href="(https://[^"]+)" rel="noreferrer nofollow">')
SCRIPT = '<script src="/static/js/exit.js" defer></script>'


def addresses() -> dict[str, tuple[str, ...]]:
    """Every address where somebody tells, comes back, stands or reads the promise: its name and what it asks for."""
    return {
        str(one.name): tuple(one.pattern.converters)
        for one in urlpatterns
        if re.search(r"/(testimonies|promises|stand)/", str(one.pattern)) and one.name not in NO_PAGES
    }


PAGES = addresses()


def leads_out(response: Any) -> str:
    """Where the page can be left to, with the script that leaves nothing behind; empty where it cannot."""
    page = response.content.decode()
    link = LINK.search(page)
    return link[1] if link and page.count(SCRIPT) == 1 and ".exit{" in page else ""


@pytest.fixture
def forum() -> Forum:
    cache.clear()
    forum = make.a_forum(exit_url=NEUTRAL)
    make.reading_private(forum)
    make.a_recommendation(forum, Recommendation.State.ADOPTED)
    return forum


def at(name: str, forum: Forum) -> str:
    values = {"forum": forum.slug, "number": Recommendation.objects.get().number}
    with override("fr"):
        return reverse(name, kwargs={one: values[one] for one in PAGES[name]})


def opened(client: Client, path: str, forum: Forum) -> Any:
    return client.get(path)


def sent_empty(client: Client, path: str, forum: Forum) -> Any:
    return client.post(path, {})


def sent_from_elsewhere(client: Client, path: str, forum: Forum) -> Any:
    return Client(enforce_csrf_checks=True).post(path, {"words": "x"})


def sent_far_too_much(client: Client, path: str, forum: Forum) -> Any:
    return client.post(path, {f"f{number}": "x" for number in range(2001)})


def of_no_forum(client: Client, path: str, forum: Forum) -> Any:
    return client.get(path.replace(forum.slug, "nowhere"))


def while_closed(client: Client, path: str, forum: Forum) -> Any:
    Forum.objects.filter(pk=forum.pk).update(has_forms_locked=True)
    return client.post(path, answers(forum))


def without_storage(client: Client, path: str, forum: Forum) -> Any:
    with patch.object(type(connections["default"]), "cursor", side_effect=OperationalError("down")):
        return client.post(path, answers(forum))


def while_it_breaks(client: Client, path: str, forum: Forum) -> Any:
    with ExitStack() as broken:
        for module in ("testimonies", "receipts", "stands"):
            broken.enter_context(patch(f"declarations.views.{module}.render", side_effect=RuntimeError("ours")))
        return client.get(path)


# What each way is answered with, on one address or another; every one of these was met.
WAYS: dict[Callable[..., Any], set[int]] = {
    opened: {200, 403, 405},  # the desk without its seat; what is only ever sent
    sent_empty: {200, 403, 422},
    sent_from_elsewhere: {403},
    sent_far_too_much: {200, 400, 403},
    of_no_forum: {404},
    while_closed: {200, 403, 422},
    without_storage: {503},
    while_it_breaks: {500},
}
# Where the forum is not known any more, or the address is of none.
WITHOUT_FORUM = {404, 500}


def test_the_addresses_are_those_of_the_site() -> None:
    assert set(PAGES) == {
        *("testimony-new", "testimony-stopped", "testimony-take", "testimony-receipt", "testimony-consent"),
        *("testimony-withdraw", "promise-detail", "recommendation-stand"),
    }


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_can_be_left_whatever_is_answered(forum: Forum, way: Callable[..., Any]) -> None:
    met = set()
    for name in PAGES:
        response = way(Client(raise_request_exception=False), at(name, forum), forum)
        met.add(response.status_code)
        wanted = {KNOWN} if response.status_code in WITHOUT_FORUM else {NEUTRAL, KNOWN}
        assert leads_out(response) in wanted, (name, response.status_code)
    assert met == WAYS[way]


def test_where_nothing_is_told_there_is_nothing_to_leave(forum: Forum, client: Client) -> None:
    """The control: a page of the forum that anybody reads has no such link."""
    with override("fr"):
        response = client.get(reverse("forum-detail", args=[forum.slug]))
    assert response.status_code == 200 and leads_out(response) == ""


def test_what_was_sent_before_or_too_often_can_be_left(forum: Forum, client: Client) -> None:
    sent = {"ticket": Ticket.new(time.time() - 60).sealed(forum)}
    path = at("testimony-new", forum)
    client.post(path, answers(forum, **sent))
    conflict = client.post(path, answers(forum, **sent, words="Autre chose."))
    make_withdrawn(Testimony.objects.get())
    withdrawn = client.post(path, answers(forum, **sent))
    with patch("declarations.workflow.testimonies.give", side_effect=quotas.QuotaSpent):
        quota = client.post(path, answers(forum))
    with patch("declarations.views.receipts.ReceiptForm.has_error", return_value=True):
        guessed = client.post(at("testimony-receipt", forum), {"receipt": "12"})
    found = {one.status_code: leads_out(one) for one in (conflict, withdrawn, quota, guessed)}
    assert found == {409: NEUTRAL, 410: NEUTRAL, 429: NEUTRAL}


def test_what_fails_is_left_to_the_page_of_its_forum_with_the_words_on_it(forum: Forum, client: Client) -> None:
    client.raise_request_exception = False
    with patch("declarations.workflow.testimonies.give", side_effect=OperationalError("down")):
        response = client.post(at("testimony-new", forum), answers(forum))
    assert response.status_code == 503 and WORDS in response.content.decode()
    assert leads_out(response) == NEUTRAL


def test_the_promise_stays_a_page_for_everybody(forum: Forum, client: Client) -> None:
    response = client.get(at("promise-detail", forum))
    assert not response.cookies and "public" in response["Cache-Control"] and "Cookie" not in response.get("Vary", "")
    assert leads_out(response) == NEUTRAL
