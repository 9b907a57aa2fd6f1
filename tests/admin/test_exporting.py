"""Lists are taken away as tables, from one's own forum and by whoever sees them; testimonies never."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from declarations.models import Clause, Excerpt, Seat, Testimony
from tests import factories as make

pytestmark = pytest.mark.django_db
Role = Seat.Role


def read(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def forum():
    forum = make.a_forum()
    make.a_recommendation(forum, "handed_in")
    make.a_participant(forum)
    make.a_declaration(forum)
    return forum


LISTS = {
    "declarations_recommendation_export": lambda forum: forum.recommendations.count(),
    "declarations_participant_export": lambda forum: forum.participants.count(),
    "drafting-export": lambda forum: Clause.objects.filter(section__declaration=forum.declaration).count(),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_taken_away_from_its_own_forum_alone(client, forum, name):
    other = make.a_forum("other")
    make.a_recommendation(other, "handed_in")
    make.a_participant(other)
    client.force_login(make.organiser_of(forum).user)
    answer = client.get(reverse(f"admin:{name}", args=["csv"]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]
    assert len(read(answer)) == 1 + LISTS[name](forum) > 1
    assert client.get(reverse(f"admin:{name}", args=["xlsx"])).content.startswith(b"PK")
    assert client.get(reverse(f"admin:{name}", args=["exe"])).status_code == 404
    client.force_login(make.a_seat(forum, Role.EXPERT).user)
    assert client.get(reverse(f"admin:{name}", args=["csv"])).status_code == 403


def test_the_list_leads_to_its_tables(client, forum):
    client.force_login(make.organiser_of(forum).user)
    page = client.get(reverse("admin:declarations_recommendation_changelist")).content.decode()
    assert 'href="export/csv/"' in page and 'href="export/xlsx/"' in page
    assert reverse("admin:drafting-export", args=["csv"]) in client.get(reverse("admin:drafting-desk")).content.decode()


def test_testimonies_have_no_door():
    for model in (Testimony, Excerpt):
        each = admin.site._registry.get(model)
        assert each is None or each.exported is None
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:declarations_{model._meta.model_name}_export", args=["csv"])
