"""Two forums side by side: whoever sits in one reaches nothing of the other, whatever number they type."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.forms import ModelChoiceField
from django.test import RequestFactory
from django.urls import reverse

from declarations.admin.scope import path_to_forum
from declarations.models import HistoryEntry, Seat, User
from tests import factories as make

from . import world

pytestmark = pytest.mark.django_db
Role = Seat.Role


@pytest.fixture
def both(client):
    here, there = world.whole("here"), world.whole("there")
    client.force_login(make.organiser_of(here).user)
    return here, there


def test_no_list_shows_or_opens_a_row_of_another_forum(client, both):
    here, there = both
    for each in world.lists():
        own, foreign = world.rows_of(each, here), world.rows_of(each, there)
        assert own and foreign, each
        response = client.get(each.address("changelist"))
        assert response.status_code == 200, each
        shown = {row.pk for row in response.context["cl"].queryset}
        assert shown and not shown & {row.pk for row in foreign}, each
        opens = 302 if each.opts.model is HistoryEntry else 200  # its lines have no page of their own
        assert client.get(each.address("change", own[0].pk)).status_code == opens, each
        assert client.get(each.address("history", own[0].pk)).status_code == opens, each
        for name in ("change", "history", "delete"):
            for act in (client.get, client.post):
                response = act(each.address(name, foreign[0].pk), {"post": "yes"})
                assert response.status_code in (302, 403, 404), (each, name)
        for verb in each.verbs:
            for act in (client.get, client.post):
                assert act(each.address("do", foreign[0].pk, verb.name)).status_code == 404, (each, verb.name)
        assert {row.pk for row in world.rows_of(each, there)} == {row.pk for row in foreign}, each


def choices_of(form):
    return {name: field.queryset for name, field in form.fields.items() if isinstance(field, ModelChoiceField)}


def test_no_form_offers_a_row_of_another_forum(both):
    here, there = both
    seat = make.organiser_of(here)
    request = RequestFactory().get("/")
    request.seat, request.user = seat, seat.user
    looked_at = 0
    for each in world.lists():
        own = world.rows_of(each, here)[0]
        forms = [each.get_form(request, own)(instance=own)] if each.changes else []
        if each.adds:
            forms.append(each.get_form(request)())
        asking = [verb for verb in (*each.verbs, *each.list_verbs, each.adding) if verb and verb.form]
        forms += [verb.form(row=own, seat=seat) for verb in asking]
        for form in forms:
            for name, queryset in choices_of(form).items():
                foreign = queryset.model._base_manager.filter(**{path_to_forum(queryset.model): there})
                assert not {row.pk for row in queryset} & {row.pk for row in foreign}, (each, name)
                looked_at += 1
    assert looked_at > 30


def test_no_filter_names_a_row_of_another_forum(client, both):
    here, there = both
    there.groups.update(title={"fr": "Groupe d'ailleurs", "en": "Group elsewhere"})
    there.themes.update(label={"fr": "Thème d'ailleurs"})
    page = client.get(reverse("admin:declarations_recommendation_changelist")).content.decode()
    assert "ailleurs" not in page and "elsewhere" not in page


def test_a_foreign_region_is_refused(client, both):
    here, there = both
    data = {"region": there.regions.first().pk, "capacity": here.capacities.first().pk}
    response = client.post(reverse("admin:declarations_participant_add"), data)
    assert response.status_code == 200
    assert "region" in response.context["form"].errors
    data = {"label__in_fr": "Ici", "code": "ici", "order": 1, "zone": there.zones.first().pk}
    response = client.post(reverse("admin:declarations_region_add"), data)
    assert "zone" in response.context["adminform"].form.errors


def test_a_seat_changes_what_is_seen(client, both):
    here, there = both
    user = make.organiser_of(here).user
    seat = make.a_seat(there, Role.ORGANISER, user)
    address = reverse("admin:declarations_group_change", args=[there.groups.first().pk])
    assert client.get(address).status_code == 302
    assert client.post(reverse("admin:seat-choose", args=[seat.pk])).status_code == 302
    assert client.get(address).status_code == 200
    assert client.get(reverse("admin:index")).context["forum"] == there


def test_nobody_sits_on_the_seat_of_another(client, both):
    here, there = both
    assert client.post(reverse("admin:seat-choose", args=[make.organiser_of(there).pk])).status_code == 403


def test_an_account_that_acts_elsewhere_is_not_touched(client, both):
    here, there = both
    user = make.a_seat(there, Role.EXPERT).user
    make.a_seat(here, Role.EXPERT, user)
    before = user.password
    data = {"password": "quatre mots bien longs", "again": "quatre mots bien longs"}
    for verb in ("password", "close"):
        response = client.post(reverse("admin:declarations_user_do", args=[user.pk, verb]), data)
        assert response.status_code == 409
    user.refresh_from_db()
    assert user.password == before and user.is_active


def test_testimonies_have_no_list():
    names = {model.__name__ for model in admin.site._registry}
    assert not names & {"Testimony", "SealedText", "TestimonyKey", "Excerpt", "Quote", "Evidence", "Voice", "Support"}


# Who may


ROLES = (Role.ORGANISER, Role.READER, Role.CUSTODIAN, Role.CHAIR, Role.GENERAL_RAPPORTEUR)
SEEN_BY_ALL = {
    "forum", "partner", "forumlanguage", "zone", "region", "family", "capacity", "delegation", "theme", "topic",
    "factor", "addressee", "helpcontact", "deadline", "openinghours", "group", "session", "finding",
    "recommendation", "declaration", "amendment", "edition", "delivery", "response", "commitment", "report",
}  # fmt: skip
ORGANISERS_ONLY = {"seat", "user", "participant", "membership", "historyentry", "cardbatch"}


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_which_list(client, role):
    forum = make.a_forum()
    client.force_login(make.a_seat(forum, role).user)
    seen = {each.opts.model_name for each in world.lists() if client.get(each.address("changelist")).status_code == 200}
    assert seen == (SEEN_BY_ALL | ORGANISERS_ONLY if role == Role.ORGANISER else SEEN_BY_ALL)


@pytest.mark.parametrize("role", [role for role in ROLES if role != Role.ORGANISER])
def test_who_changes_the_setup(client, role):
    forum = make.a_forum()
    client.force_login(make.a_seat(forum, role).user)
    theme = forum.themes.first()
    assert client.post(reverse("admin:declarations_theme_change", args=[theme.pk]), {"code": "x"}).status_code == 403
    assert client.get(reverse("admin:declarations_theme_add")).status_code == 403
    assert client.get(reverse("admin:declarations_participant_add")).status_code == 403
    assert client.get(reverse("admin:checklist")).status_code == 403
    assert client.post(reverse("admin:go-live")).status_code == 403
    assert client.post(reverse("admin:keys-make")).status_code == 403


@pytest.mark.parametrize("role", [Role.EXPERT, Role.FACILITATOR, Role.RAPPORTEUR, Role.TRANSLATOR, Role.ADDRESSEE])
def test_seats_without_a_place_in_the_admin_see_no_list(client, role):
    forum = make.a_forum()
    client.force_login(make.a_seat(forum, role).user)
    for each in world.lists():
        assert client.get(each.address("changelist")).status_code == 403, each


def test_a_link_does_not_open_the_admin(client):
    forum = make.a_forum()
    seat = make.a_seat(forum, Role.EXPERT, user=False)
    session = client.session
    session["seats_by_link"], session["seat"] = [seat.pk], seat.pk
    session.save()
    response = client.get(reverse("admin:declarations_group_changelist"))
    assert response.status_code == 302 and "/login/" in response["Location"]


def test_a_closed_seat_sees_nothing(client):
    forum = make.a_forum()
    seat = make.a_seat(forum)
    client.force_login(seat.user)
    client.post(reverse("admin:declarations_seat_do", args=[seat.pk, "revoke"]))
    assert client.get(reverse("admin:declarations_group_changelist")).status_code == 403


def test_whoever_runs_the_site_only_opens_forums_and_accounts(client):
    forum = make.a_forum()
    client.force_login(User.objects.create_superuser("root"))
    allowed = {"forum", "user"}
    for each in world.lists():
        add = client.get(each.address("add")).status_code
        assert (add == 200) == (each.opts.model_name in allowed), each
        assert client.get(each.address("changelist")).status_code == 403, each
        for row in world.rows_of(each, forum)[:1]:
            assert client.get(each.address("change", row.pk)).status_code in (302, 403), each


def test_only_organisers_see_who_is_in_a_group(client):
    forum = make.a_forum()
    world.furnish(forum)
    group = forum.groups.get()
    address = reverse("admin:declarations_group_change", args=[group.pk])
    serial = group.memberships.get().participant.serial
    for role, sees in ((Role.ORGANISER, True), (Role.READER, False), (Role.CHAIR, False)):
        client.force_login(make.a_seat(forum, role).user)
        assert (serial in client.get(address).content.decode()) == sees, role
        shown = client.get(reverse("admin:declarations_group_changelist")).context["cl"].list_display
        assert ("members" in shown) == sees, role
