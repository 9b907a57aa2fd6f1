"""A reader at work: signed in, with a key of their own, and the passphrase that opens it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.models import Excerpt, Forum, ForumKey, KeyHolding, PersonKey, Seat, Testimony
from declarations.workflow import excerpts, people, testimonies
from tests import factories as make

PASSPHRASE = "trois chèvres sous le fromager"
Role = Seat.Role


def a_reader(forum: Forum) -> Seat:
    """A reader who holds the forum's reading key."""
    private = make.reading_private(forum)
    seat = make.a_seat(forum, Role.READER)
    person = people.make_person_key(seat.user, PASSPHRASE)
    key = ForumKey.objects.filter(forum=forum).current(ForumKey.Purpose.READING)[0]
    KeyHolding.objects.create(key=key, person=person, sealed=sealing.seal_to(person.public, private))
    return seat


def signed_in(seat: Seat) -> Client:
    client = Client()
    client.force_login(seat.user)
    client.cookies["django_language"] = "en"
    return client


def at_work(seat: Seat) -> Client:
    """A browser in which the reader has opened the testimonies."""
    client = signed_in(seat)
    response = client.post(reverse("admin:reading-unlock"), {"passphrase": PASSPHRASE})
    assert response.status_code == 302, response.content.decode()
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def summarised(forum: Forum, n: int, text: str = "On a fermé un puits.") -> list[Testimony]:
    """Testimonies with a sealed summary each."""
    seat, private = make.a_seat(forum, Role.READER), make.reading_private(forum)
    rows = [make.a_testimony(forum) for _ in range(n)]
    for number, row in enumerate(rows):
        testimonies.summarise(row, by=seat, reading_private=private, text=f"{text} ({number})")
    return rows


def a_sentence(forum: Forum, by: Seat, testimony: Testimony | None = None) -> Excerpt:
    """A sentence that one reader proposed."""
    return excerpts.propose(
        testimony or make.a_testimony(forum),
        by=by,
        reading_private=make.reading_private(forum),
        words="[.] nous avons marché deux jours",
    )


def holder_of(seat: Seat) -> PersonKey:
    return PersonKey.objects.get(user=seat.user)
