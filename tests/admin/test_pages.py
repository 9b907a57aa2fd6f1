"""Every page of the admin under the strict policy: nothing inline, nothing from elsewhere (M11)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from declarations.models import Seat
from tests import factories as make

from . import world

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"""<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:|(?:src|href)=["']https?://"""
)


def pages():
    for name in ("index", "login", "password_change", "password_change_done", "seats", "keys", "key-mine", "checklist"):
        yield reverse(f"admin:{name}")
    yield reverse("admin:rehearsal-erase")


def test_nothing_is_inline(client):
    forum = world.whole("peace")
    seat = make.organiser_of(forum)
    make.a_seat(make.a_forum("other"), Seat.Role.EXPERT, seat.user)
    client.force_login(seat.user)
    addresses = list(pages())
    for each in world.lists():
        row = world.rows_of(each, forum)[0]
        addresses.append(each.address("changelist"))
        addresses += [each.address(name, row.pk) for name in ("change", "history")]
        if each.adding or each.adds:
            addresses.append(each.address("add"))
        addresses += [each.address("do", row.pk, verb.name) for verb in each.verbs]
        addresses += [each.address("list_do", verb.name) for verb in each.list_verbs]
    factor = forum.factors.first()
    addresses.append(reverse("admin:declarations_factor_delete", args=[factor.pk]))
    seen = 0
    for address in addresses:
        response = client.get(address)
        if response.status_code != 200:
            continue
        seen += 1
        page = response.content.decode()
        assert "Content-Security-Policy" in response, address
        assert not INLINE.findall(page.replace("http://testserver/", "/")), address
        assert 'name="viewport"' in page and "<h1" in page, address
    assert seen > 100
