"""Somebody who came by a link and sits at their desk."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from declarations.models import Forum, Seat
from declarations.views.seats import ACTS_FROM, OPENED_BY_LINK
from tests import factories as make


def at_desk(seat: Seat) -> Client:
    """A browser in which the link of the seat was opened."""
    client = Client()
    session = client.session
    session[OPENED_BY_LINK], session[ACTS_FROM] = [seat.pk], seat.pk
    session.save()
    return client


def by_link(forum: Forum, role: str, **fields: Any) -> tuple[Seat, Client]:
    seat = make.a_seat(forum, role, user=False, **fields)
    return seat, at_desk(seat)


def url(name: str, forum: Forum, *args: Any) -> str:
    return reverse(name, args=[forum.slug, *args])


def text(response: Any) -> str:
    return unescape(response.content.decode())
