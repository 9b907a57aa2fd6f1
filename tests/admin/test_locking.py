"""M14: one button forgets every unwrapped key and every session; and a departure is gone through step by step."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import sealing
from declarations.models import Forum, ForumKey, HistoryEntry, NameOpening, PersonKey, Seat
from declarations.models.forums import is_form_open
from declarations.views import unlocking
from declarations.workflow import keys, locks, names, people
from declarations.workflow.moves import broken_link
from tests import factories as make
from tests.factories import PASSPHRASE
from tests.room import desk
from tests.room.desk import at, at_work, signed_in

pytestmark = pytest.mark.django_db
Role = Seat.Role


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    caches["sign_in"].clear()


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def by_link(seat: Seat) -> Client:
    client = Client()
    session = client.session
    session["seats_by_link"], session["seat"] = [seat.pk], seat.pk
    session.save()
    return client


def unlocked_keys() -> int:
    return sum(unlocking.LOCKED in session.get_decoded() for session in Session.objects.all())


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.READER, Role.CUSTODIAN])
def test_one_button_forgets_every_key_and_session_of_the_forum(forum: Forum, role: str) -> None:
    elsewhere = make.a_forum("elsewhere")
    theirs = at_work(desk.a_reader(elsewhere))
    readers = [at_work(desk.a_reader(forum)) for _ in range(2)]
    link = by_link(make.a_seat(forum, Role.FACILITATOR, user=False))
    client = signed_in(make.a_seat(forum, role))
    assert unlocked_keys() == 3
    response = client.post(at("lock"), {"reason": "On a pris un ordinateur"})
    assert response.status_code == 200 and "How to come back" in response.content.decode()
    assert unlocked_keys() == 1 and Session.objects.count() == 1
    for each in (*readers, client):
        assert each.get(at("reading-room"))["Location"].startswith(reverse("admin:login"))
    assert not link.session.get("seats_by_link")
    assert theirs.get(at("reading-room")).status_code == 200
    entry = HistoryEntry.objects.get(forum=forum, verb="lock")
    assert entry.reason == "On a pris un ordinateur" and broken_link(forum) is None
    assert not HistoryEntry.objects.filter(forum=elsewhere, verb="lock").exists()


def test_it_is_asked_with_a_reason_and_only_of_those_who_may(forum: Forum) -> None:
    client = signed_in(make.organiser_of(forum))
    assert client.get(at("lock")).status_code == 200
    assert "reason" in client.post(at("lock"), {}).context["form"].errors
    assert client.get(at("lock")).status_code == 200
    assert signed_in(make.a_seat(forum, Role.CHAIR)).post(at("lock"), {"reason": "x"}).status_code == 403


def test_a_key_that_was_being_opened_meanwhile_is_not_taken(forum: Forum) -> None:
    """A session saved after the lock by a request that began before it: what it holds is refused."""
    client = at_work(desk.a_reader(forum))
    Forum.objects.filter(pk=forum.pk).update(locked_at=timezone.now() + timedelta(seconds=1))
    assert client.get(at("reading-room")).status_code == 302
    assert unlocked_keys() == 0
    Forum.objects.filter(pk=forum.pk).update(locked_at=timezone.now() - timedelta(seconds=1))
    client.post(at("reading-unlock"), {"passphrase": desk.PASSPHRASE})
    assert client.get(at("reading-room")).status_code == 200


def test_a_request_under_way_cannot_bring_its_session_back(forum: Forum) -> None:
    client = at_work(desk.a_reader(forum))
    session = client.session
    assert session[unlocking.LOCKED]
    locks.lock(forum, by=make.organiser_of(forum), reason="x")
    session["later"] = 1
    with pytest.raises(Exception):  # noqa: B017  the backend's own UpdateError
        session.save()
    assert Session.objects.count() == 0


def test_the_forms_are_closed_and_opened_again(forum: Forum) -> None:
    make.reading_private(forum)
    new = reverse("testimony-new", args=[forum.slug])
    assert Client().get(new).context["form"]
    signed_in(make.a_seat(forum, Role.READER)).post(at("lock"), {"reason": "Danger", "close_forms": "on"})
    forum = Forum.objects.get(pk=forum.pk)
    assert not is_form_open(forum, "testimonies") and "form" not in Client().get(new).context
    reader, organiser = signed_in(make.a_seat(forum, Role.READER)), signed_in(make.organiser_of(forum))
    assert reader.post(at("lock-open")).status_code == 403
    assert organiser.post(at("lock-open")).status_code == 302
    assert Client().get(new).context["form"]
    verbs = list(HistoryEntry.objects.filter(forum=forum).values_list("verb", flat=True))
    assert {"lock", "lock_forms", "open_forms"} <= set(verbs)


def test_requests_for_names_end(forum: Forum) -> None:
    (one, its), (other, theirs) = make.custodians(forum)
    opening = names.ask(make.a_named_testimony(forum), by=one, reason="x", private=its)
    names.agree(opening, by=other, private=theirs)
    locks.lock(forum, by=make.organiser_of(forum), reason="x")
    row = NameOpening.objects.get()
    assert row.state == "expired" and row.share is None


def test_the_terminal_locks_the_whole_site(forum: Forum) -> None:
    elsewhere = make.a_forum("elsewhere")
    for where in (forum, elsewhere):
        at_work(desk.a_reader(where))
    out = StringIO()
    call_command("lock", reason="Saisie", close_forms=True, stdout=out)
    assert Session.objects.count() == 0 and "come back" in out.getvalue()
    for where in (forum, elsewhere):
        entry = HistoryEntry.objects.get(forum=where, verb="lock")
        assert entry.seat is None and entry.seat_name == "manage.py" and broken_link(where) is None
        assert not is_form_open(Forum.objects.get(pk=where.pk), "testimonies")
    call_command("lock", forum=forum.slug, reason="-", open_forms=True, stdout=out)
    assert is_form_open(Forum.objects.get(pk=forum.pk), "testimonies")


# A departure


def test_a_departure_is_gone_through_until_everything_is_done(forum: Forum) -> None:
    organiser = make.organiser_of(forum)
    seats = [make.a_seat(forum, Role.READER) for _ in range(3)]
    persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in seats]
    people.make_forum_keys(forum, by=organiser, holders={"reading": persons})
    gone = seats[2].user
    leaver, client = signed_in(seats[2]), signed_in(organiser)
    people.give_link(forum, by=organiser, role=Role.EXPERT, name=gone.get_full_name())

    def done() -> dict[str, bool]:
        page = client.get(at("departure", gone.pk))
        return {step.name: step.is_done for step in page.context["steps"]}

    assert not any(done().values()) and set(done()) == {"seats", "keys", "rotate", "sessions", "links"}
    assert gone.get_full_name() in client.get(at("leaving")).content.decode()
    for step in ("seats", "keys", "sessions"):
        client.post(at("departure-step", gone.pk, step))
        assert done()[step], step
    assert leaver.get(at("index")).status_code == 302
    assert not PersonKey.objects.get(user=gone).holdings.exists() and not done()["rotate"]
    response = client.post(at("keys-rotate", "reading"))
    assert response.context["codes"] and done()["rotate"]
    people.revoke_seat(Seat.objects.get(name=gone.get_full_name(), user=None), by=organiser)
    assert all(done().values()) and "Everything is done" in client.get(at("departure", gone.pk)).content.decode()


def test_a_key_that_nobody_else_would_hold_stays_until_somebody_does(forum: Forum) -> None:
    (one, _its), _other = make.custodians(forum)
    client = signed_in(make.organiser_of(forum))
    client.post(at("departure-step", one.user.pk, "keys"))
    assert PersonKey.objects.get(user=one.user).holdings.exists()


def test_nobody_goes_through_their_own_departure(forum: Forum) -> None:
    seat = make.organiser_of(forum)
    client = signed_in(seat)
    client.post(at("departure-step", seat.user.pk, "seats"))
    seat.refresh_from_db()
    assert seat.is_open
    assert signed_in(make.a_seat(forum, Role.READER)).get(at("leaving")).status_code == 403


# The keys page


def test_the_page_shows_what_is_left_of_a_rotation(forum: Forum) -> None:
    organiser, reader, second = make.organiser_of(forum), make.a_seat(forum, Role.READER), make.a_seat(forum, "reader")
    persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in (reader, second)]
    code = people.make_forum_keys(forum, by=organiser, holders={"reading": persons})["reading"]
    forum._reading_private = sealing.unwrap(forum.keys.get().recovery, code)  # type: ignore[attr-defined]
    make.a_testimony(forum)
    client = signed_in(organiser)
    assert client.post(at("keys-rotate", "reading")).status_code == 200
    assert client.get(at("keys-rotate", "nothing")).status_code == 404
    assert "1 row is sealed to an earlier version" in client.get(at("keys")).content.decode()
    old = ForumKey.objects.get(version=1)
    client.post(at("key-retire", old.pk))
    assert client.get(at("keys-reseal", "reading")).status_code == 403
    hand = signed_in(reader)
    assert "passphrase" in hand.post(at("keys-reseal", "reading"), {"passphrase": "wrong"}).context["form"].errors
    assert keys.behind(forum, "reading") == 1
    assert hand.post(at("keys-reseal", "reading"), {"passphrase": PASSPHRASE}).status_code == 302
    assert "Nothing is sealed to it any more" in client.get(at("keys")).content.decode()
    client.post(at("key-retire", old.pk))
    old.refresh_from_db()
    assert old.retired_on


def test_the_page_warns_of_a_key_asleep_and_of_the_loss(forum: Forum) -> None:
    organiser = make.organiser_of(forum)
    make.custodians(forum)
    client = signed_in(organiser)
    page = client.get(at("keys")).content.decode()
    assert "lost for ever" in page and "Nobody opened it for" not in page and "One custodian holds this half" in page
    long_ago = timezone.localdate() - timedelta(days=61)
    PersonKey.objects.update(unlocked_on=long_ago)
    ForumKey.objects.update(created_on=long_ago)
    assert "Nobody opened it for 61 days" in client.get(at("keys")).content.decode()


def test_a_key_is_given_again_with_its_code_by_the_page(forum: Forum) -> None:
    make.custodians(forum)
    third = make.a_seat(forum, Role.CUSTODIAN)
    person = people.make_person_key(third.user, PASSPHRASE)
    key = ForumKey.objects.get(forum=forum, purpose="first_half")
    client = signed_in(make.organiser_of(forum))
    other = forum._custody_codes["other_half"]  # type: ignore[attr-defined]
    data = {"person": person.pk, "code": other}
    response = client.post(at("key-recover", key.pk), data)
    assert "code" in response.context["form"].errors and other not in str(response.context["form"].errors)
    code = forum._custody_codes["first_half"]  # type: ignore[attr-defined]
    assert client.post(at("key-recover", key.pk), {**data, "code": code}).status_code == 302
    assert key.holdings.filter(person=person).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_more_people_ask_no_more_questions(forum: Forum, number: int, django_assert_max_num_queries: object) -> None:
    for _ in range(number):
        make.a_seat(forum, Role.EXPERT)
    client = signed_in(make.organiser_of(forum))
    client.get(at("leaving"))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(at("leaving"))
