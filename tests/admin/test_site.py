"""Coming in, the road, the language, and what every page of the admin says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from declarations.models import Deadline, Forum, Seat, User
from tests import factories as make

from . import world

pytestmark = pytest.mark.django_db
Role = Seat.Role
INDEX = "/admin/"


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture
def organiser(client, forum):
    seat = make.organiser_of(forum)
    client.force_login(seat.user)
    return seat


def test_signing_in_and_out(client, forum):
    user = make.organiser_of(forum).user
    assert client.get(INDEX).status_code == 302
    response = client.post(reverse("admin:login"), {"username": user.username, "password": "wrong"})
    assert response.status_code == 200 and response.context["form"].errors
    response = client.post(
        reverse("admin:login"), {"username": user.username, "password": "a long one here", "next": INDEX}
    )
    assert response.status_code == 302 and response["Location"] == INDEX
    assert client.get(INDEX).status_code == 200
    client.post(reverse("admin:logout"))
    assert client.get(INDEX).status_code == 302


def test_guessing_a_password_is_stopped(client, forum):
    user = make.organiser_of(forum).user
    for _ in range(9):
        response = client.post(reverse("admin:login"), {"username": user.username, "password": "wrong"})
    assert response.status_code == 429 and "<main" in response.content.decode()


def test_the_road_has_ten_stages_for_an_organiser(client, organiser):
    response = client.get(INDEX)
    words = [stage.word for stage in response.context["stages"]]
    assert words == [
        "forums", "participants", "groups", "testimonies", "findings", "recommendations", "declarations",
        "amendments", "editions", "followup",
    ]  # fmt: skip
    assert [stage.mark for stage in response.context["stages"]].count("now") <= 1


def test_a_reader_sees_the_reading_room(client, forum):
    client.force_login(make.a_seat(forum, Role.READER).user)
    stages = client.get(INDEX).context["stages"]
    assert [stage.word for stage in stages] == ["testimonies", "findings"]
    assert stages[0].next.url == reverse("admin:reading-room")


def test_an_organiser_sees_bands_and_a_reader_numbers(client, forum):
    for _ in range(3):
        make.a_testimony(forum)
    client.force_login(make.organiser_of(forum).user)
    client.cookies["django_language"] = "en"
    page = client.get(INDEX).content.decode()
    assert "fewer than 5" in page and "3 testimonies" not in page
    client.force_login(make.a_seat(forum, Role.READER).user)
    assert "3 testimonies to read" in client.get(INDEX).content.decode()


def test_what_waits_is_said(client, organiser, forum):
    client.cookies["django_language"] = "en"
    make.a_recommendation(forum, "handed_in")
    make.a_finding(forum)
    page = client.get(INDEX).content.decode()
    assert "1 recommendation without a review" in page
    assert "1 agreed, not published yet" in page
    assert "handed in 1 recommendation" in page


def test_deadlines_stand_in_the_time_of_the_forum(client):
    forum = make.a_forum(time_zone="Pacific/Auckland")
    client.force_login(make.organiser_of(forum).user)
    client.cookies["django_language"] = "en"
    at = timezone.now().astimezone(forum.zone_info) + timedelta(days=2)
    Deadline.objects.create(forum=forum, at=at.replace(hour=17, minute=0, second=0), **make.label("reports"))
    lines = client.get(INDEX).context["today"]
    assert any(line["text"].startswith("reports: ") and line["text"].endswith("left") for line in lines)
    row = forum.deadlines.get()
    page = client.get(reverse("admin:declarations_deadline_change", args=[row.pk])).content.decode()
    assert 'value="17:00:00"' in page


def test_a_typed_hour_is_in_the_time_of_the_forum(client):
    forum = make.a_forum(time_zone="Pacific/Auckland")
    client.force_login(make.organiser_of(forum).user)
    data = {"label__in_fr": "Rapports", "at_0": "2026-11-17", "at_1": "17:00"}
    assert client.post(reverse("admin:declarations_deadline_add"), data).status_code == 302
    assert forum.deadlines.get().at == datetime(2026, 11, 17, 4, tzinfo=UTC)


def test_who_is_here_and_who_is_missing(client, organiser, forum):
    forum.regions.filter(code="gao").update(tile_row=1, tile_column=2)
    forum.regions.filter(code="kayes").update(tile_row=2, tile_column=0)
    make.a_participant(forum, "gao", "herder")
    context = client.get(INDEX).context
    rows = {row["label"]: row["cells"] for row in context["heat"]["rows"]}
    assert rows["gao"][0]["text"] == "1" and rows["kayes"][0]["gap"]
    tiles = {tile["name"]: tile for tile in context["tiles"]["regions"]}
    assert tiles["gao"]["text"] == "1" and tiles["kayes"]["gap"]


@pytest.mark.parametrize("mode", [Forum.Mode.REHEARSAL, Forum.Mode.DEMONSTRATION, Forum.Mode.LIVE])
def test_every_page_says_what_kind_of_forum_this_is(client, mode):
    forum = make.a_forum(mode=mode)
    client.force_login(make.organiser_of(forum).user)
    for name in ("index", "keys", "checklist", "seats", "declarations_theme_changelist", "declarations_seat_add"):
        page = client.get(reverse(f"admin:{name}")).content.decode()
        assert ('class="flag"' in page) == (mode != Forum.Mode.LIVE), name


def test_the_language_is_the_browsers_until_it_is_switched(client, organiser):
    def beginning(asked):
        return re.search(
            '<html lang="(..)" dir="(...)">', client.get(INDEX, headers={"accept-language": asked}).content.decode()
        )

    assert [beginning(asked).groups() for asked in ("ar", "en", "bm")] == [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr")]
    client.post(reverse("admin:language"), {"language": "en", "next": INDEX})
    assert beginning("ar")[1] == "en"
    client.post(reverse("admin:language"), {"language": "ar", "next": INDEX})
    assert beginning("fr")[1] == "ar"


def test_a_seat_without_a_desk_in_the_admin_is_sent_to_its_own(client, forum):
    client.force_login(make.a_seat(forum, Role.EXPERT).user)
    response = client.get(INDEX)
    assert response.status_code == 302 and f"/{forum.slug}/desk/reviews/" in response["Location"]


def test_an_account_without_a_seat_is_told_so(client):
    client.force_login(make.a_user())
    assert client.get(INDEX).context["alone"]


def test_whoever_runs_the_site_opens_a_forum_for_somebody(client):
    client.force_login(User.objects.create_superuser("root"))
    given = {"username": "awa", "full_name": "Awa D.", "password": "quatre mots bien longs"}
    response = client.post(reverse("admin:declarations_user_add"), {**given, "again": given["password"]})
    assert response.status_code == 302
    data = {
        "title__in_fr": "Un forum",
        "place__in_fr": "Bamako",
        "slug": "un-forum",
        "starts_on": "2026-11-16",
        "ends_on": "2026-11-15",
        "time_zone": "Africa/Bamako",
        "owner": "awa",
    }
    response = client.post(reverse("admin:declarations_forum_add"), data)
    assert "ends_on" in response.context["form"].errors and "Un forum" in response.content.decode()
    response = client.post(reverse("admin:declarations_forum_add"), {**data, "ends_on": "2026-11-18"})
    assert response.status_code == 302
    forum = Forum.objects.get(slug="un-forum")
    assert forum.mode == Forum.Mode.REHEARSAL and make.organiser_of(forum).user.username == "awa"


def test_lists_stand_in_the_order_of_the_road(client, organiser):
    headings = [each["app_label"] for each in client.get(INDEX).context["app_list"]]
    assert headings == [
        "forums", "participants", "groups", "testimonies", "findings", "recommendations", "declarations", "amendments",
        "editions", "followup", "history",
    ]  # fmt: skip


def test_djangos_own_log_keeps_nothing(client, organiser, forum):
    theme = {"label__in_fr": "Une étiquette", "code": "une", "order": 3}
    client.post(reverse("admin:declarations_theme_add"), theme)
    row = forum.themes.get(code="une")
    client.post(reverse("admin:declarations_theme_change", args=[row.pk]), {**theme, "order": 4})
    client.post(reverse("admin:declarations_theme_delete", args=[row.pk]), {"post": "yes"})
    assert not forum.themes.filter(code="une").exists()
    assert LogEntry.objects.count() == 0
    assert list(forum.history.values_list("verb", flat=True))[-3:] == ["add", "edit", "delete"]


def test_what_is_used_is_not_deleted(client, organiser, forum):
    region = forum.regions.get(code="gao")
    make.a_participant(forum, "gao")
    address = reverse("admin:declarations_region_delete", args=[region.pk])
    assert client.get(address).status_code == 403 and client.post(address, {"post": "yes"}).status_code == 403
    theme = forum.themes.first()
    make.a_recommendation(forum).themes.add(theme)
    assert client.post(reverse("admin:declarations_theme_delete", args=[theme.pk]), {"post": "yes"}).status_code == 403


# Questions to the database: the same with one row and with three

QUESTIONS = {
    "addressee": 5, "amendment": 7, "capacity": 6, "cardbatch": 5, "commitment": 6, "deadline": 5, "declaration": 5,
    "delegation": 5, "delivery": 6, "edition": 5, "factor": 5, "family": 5, "finding": 8, "forum": 5,
    "forumlanguage": 5, "group": 5, "helpcontact": 6, "historyentry": 6, "membership": 6, "openinghours": 5,
    "participant": 8, "partner": 5, "recommendation": 9, "region": 6, "report": 5, "response": 6, "seat": 5,
    "session": 6, "theme": 5, "topic": 5, "user": 5, "zone": 5,
}  # fmt: skip
OF_THE_ROAD = 47


@pytest.mark.parametrize("times", [1, 3])
def test_questions_of_the_lists(client, django_assert_num_queries, times):
    forum = make.a_forum()
    world.furnish(forum, times)
    world.publish(forum, times)
    client.force_login(make.organiser_of(forum).user)
    client.get(INDEX)
    for each in world.lists():
        with django_assert_num_queries(QUESTIONS[each.opts.model_name], info=each.opts.model_name):
            client.get(each.address("changelist"))
    with django_assert_num_queries(OF_THE_ROAD):
        client.get(INDEX)
