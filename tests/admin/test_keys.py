"""The keys are made, given on, tried and taken back; and a rehearsal becomes a live forum."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from declarations.models import Forum, ForumKey, HelpContact, PersonKey, Seat
from declarations.workflow import people
from tests import factories as make

pytestmark = pytest.mark.django_db
Role = Seat.Role
PASSPHRASE = "chameau lampe rivière mil"


@pytest.fixture
def forum():
    return make.a_forum(mode=Forum.Mode.REHEARSAL)


def enter(client, seat):
    client.force_login(seat.user)
    client.cookies["django_language"] = "en"
    return seat


def make_my_key(client, seat):
    enter(client, seat)
    data = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert client.post(reverse("admin:key-mine"), data).status_code == 302
    return PersonKey.objects.get(user=seat.user)


def hold_everything(client, forum):
    """Two people of each kind make their keys, and an organiser the forum's; returns the recovery codes."""
    organiser = make.organiser_of(forum)
    seats = [organiser, make.a_seat(forum)]
    seats += [make.a_seat(forum, role) for role in (Role.READER, Role.READER, Role.CUSTODIAN, Role.CUSTODIAN)]
    for seat in seats:
        make_my_key(client, seat)
    enter(client, organiser)
    response = client.post(reverse("admin:keys-make"))
    return {str(label): code for label, code in response.context["codes"]}


@pytest.mark.parametrize(
    ("passphrase", "again", "field"),
    [
        ("too short", "too short", "passphrase"),
        (PASSPHRASE, PASSPHRASE + "s", "again"),
        ("aaaa" * 8, "aaaa" * 8, "passphrase"),
    ],
)
def test_a_weak_or_mistyped_passphrase_makes_no_key(client, forum, passphrase, again, field):
    enter(client, make.organiser_of(forum))
    response = client.post(reverse("admin:key-mine"), {"passphrase": passphrase, "again": again})
    assert field in response.context["form"].errors and passphrase not in response.content.decode()
    assert not PersonKey.objects.exists()


def test_a_key_of_ones_own(client, forum):
    key = make_my_key(client, make.organiser_of(forum))
    assert people.unlock(key.user, PASSPHRASE)
    assert "megabytes" in client.get(reverse("admin:key-passphrase")).content.decode()
    new = "autre dune puits lune vent"
    data = {"old": "not this one at all", "passphrase": new, "again": new}
    assert "old" in client.post(reverse("admin:key-passphrase"), data).context["form"].errors
    assert client.post(reverse("admin:key-passphrase"), {**data, "old": PASSPHRASE}).status_code == 302
    key.user.refresh_from_db()
    assert people.unlock(PersonKey.objects.get().user, new)


def test_the_forums_keys_are_made_once(client, forum):
    codes = hold_everything(client, forum)
    assert len(codes) == 5 and forum.keys.count() == 5
    response = client.get(reverse("admin:keys"))
    assert not any(each.is_lonely for each in response.context["healths"])
    assert not any(code in response.content.decode() for code in codes.values())
    client.post(reverse("admin:keys-make"))
    assert forum.keys.count() == 5


def test_nothing_is_made_without_anybody_to_hold_it(client, forum):
    enter(client, make.organiser_of(forum))
    assert client.post(reverse("admin:keys-make")).status_code == 302
    assert not forum.keys.exists()


def test_a_key_held_by_one_person_is_said_and_given_on(client, forum):
    one, two = make.a_seat(forum, Role.READER), make.a_seat(forum, Role.READER)
    make_my_key(client, one)
    enter(client, make.organiser_of(forum))
    client.post(reverse("admin:keys-make"))
    key = forum.keys.get(purpose="reading")
    assert "One person alone holds this key" in client.get(reverse("admin:keys")).content.decode()
    assert "One person alone holds a key" in client.get(reverse("admin:index")).content.decode()
    other = make_my_key(client, two)
    address = reverse("admin:key-holder-add", args=[key.pk])
    assert client.get(address).status_code == 403
    enter(client, one)
    data = {"person": other.pk, "passphrase": "not this one at all"}
    assert "passphrase" in client.post(address, data).context["form"].errors
    assert client.post(address, {**data, "passphrase": PASSPHRASE}).status_code == 302
    private = people.unlock(two.user, PASSPHRASE)
    assert people.open_forum_key(key, other, private)


def test_only_the_right_seats_are_offered_a_key(client, forum):
    hold_everything(client, forum)
    key = forum.keys.get(purpose="reading")
    chair = make.a_seat(forum, Role.CHAIR)
    people.make_person_key(chair.user, PASSPHRASE)
    enter(client, Seat.objects.filter(forum=forum, role=Role.READER)[0])
    form = client.get(reverse("admin:key-holder-add", args=[key.pk])).context["form"]
    assert not form.fields["person"].queryset.exists()


def test_a_holder_is_removed_only_while_two_remain(client, forum):
    hold_everything(client, forum)
    key = forum.keys.get(purpose="people")
    person = key.holdings.first().person
    address = reverse("admin:key-holder-remove", args=[key.pk, person.pk])
    assert client.get(address).status_code == 200
    client.post(address)
    assert key.holdings.filter(person=person).exists()
    third = make.a_seat(forum)
    make_my_key(client, third)
    enter(client, make.organiser_of(forum))
    data = {"person": third.user.key.pk, "passphrase": PASSPHRASE}
    client.post(reverse("admin:key-holder-add", args=[key.pk]), data)
    client.post(address)
    assert not key.holdings.filter(person=person).exists()


def test_a_recovery_code_is_tried(client, forum):
    codes = hold_everything(client, forum)
    key = forum.keys.get(purpose="reading")
    address = reverse("admin:key-recovery", args=[key.pk])
    other = next(code for label, code in codes.items() if "reading" not in label)
    assert "code" in client.post(address, {"code": other}).context["form"].errors
    right = next(code for label, code in codes.items() if "reading" in label)
    assert client.post(address, {"code": right.lower().replace("-", " ")}).status_code == 302
    key.refresh_from_db()
    assert key.recovery_tested_on


def test_the_keys_of_another_forum_are_not_found(client, forum):
    elsewhere = make.a_forum("elsewhere")
    hold_everything(client, elsewhere)
    key = elsewhere.keys.get(purpose="people")
    person = key.holdings.first().person
    enter(client, make.organiser_of(forum))
    for name, args in (
        ("key-holder-add", [key.pk]),
        ("key-holder-remove", [key.pk, person.pk]),
        ("key-recovery", [key.pk]),
    ):
        for act in (client.get, client.post):
            assert act(reverse(f"admin:{name}", args=args)).status_code == 404, name


def test_no_passphrase_or_code_stays_in_a_session(client, forum):
    codes = hold_everything(client, forum)
    kept = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert PASSPHRASE not in kept and not any(code in kept for code in codes.values())


def test_an_expert_has_no_business_with_keys(client, forum):
    enter(client, make.a_seat(forum, Role.EXPERT))
    assert client.get(reverse("admin:keys")).status_code == 403


# The checklist


def test_from_rehearsal_to_live(client, forum):
    codes = hold_everything(client, forum)
    page = client.get(reverse("admin:checklist"))
    assert not page.context["is_ready"]
    client.post(reverse("admin:go-live"))
    forum.refresh_from_db()
    assert forum.mode == Forum.Mode.REHEARSAL
    HelpContact.objects.create(forum=forum, phone="76 00 00 00", **make.label("aid"))
    for key in ForumKey.objects.filter(forum=forum):
        code = codes[str(key.get_purpose_display())]
        client.post(reverse("admin:key-recovery", args=[key.pk]), {"code": code})
    make.a_recommendation(forum)
    Forum.objects.filter(pk=forum.pk).update(withdrawal_rehearsed_on=timezone.localdate())
    assert client.get(reverse("admin:rehearsal-erase")).status_code == 200
    assert forum.recommendations.exists()
    client.post(reverse("admin:rehearsal-erase"))
    assert not forum.recommendations.exists()
    assert client.get(reverse("admin:checklist")).context["is_ready"]
    client.post(reverse("admin:go-live"))
    forum.refresh_from_db()
    assert forum.mode == Forum.Mode.LIVE
    assert 'class="flag"' not in client.get(reverse("admin:index")).content.decode()


def test_a_live_forum_is_not_erased(client, forum):
    live = make.a_forum("live", mode=Forum.Mode.LIVE)
    make.a_recommendation(live)
    enter(client, make.organiser_of(live))
    client.post(reverse("admin:rehearsal-erase"))
    assert live.recommendations.exists()


def test_what_cannot_be_erased_by_opening_a_page(client, forum):
    enter(client, make.organiser_of(forum))
    assert client.get(reverse("admin:go-live")).status_code == 405
    assert client.get(reverse("admin:keys-make")).status_code == 405
