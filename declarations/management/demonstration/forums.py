"""The forum is set up: its lists, its people, its seats and its keys."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import override

from declarations import sealing
from declarations.models import Deadline, ForumKey, Seat, User
from declarations.workflow import forums, people

from .seed import SLUG, Account, Demonstration, load

Role = Seat.Role
Purpose = ForumKey.Purpose

# Account name, full name, role. Names are combined at random and belong to nobody.
ACCOUNTS = (
    ("awa", "Awa Doumbia", Role.ORGANISER),
    ("seydou", "Seydou Kanté", Role.ORGANISER),
    ("mariam", "Mariam Sacko", Role.READER),
    ("issa", "Issa Berthé", Role.READER),
    ("fanta", "Fanta Soumaré", Role.CUSTODIAN),
    ("moussa", "Moussa Bengaly", Role.CUSTODIAN),
    ("nassira", "Nassira Ongoïba", Role.GENERAL_RAPPORTEUR),
    ("hamadou", "Hamadou Dicko", Role.CHAIR),
    ("rokia", "Rokia Tounkara", Role.APPROVER),
)
WITH_KEY = (Role.ORGANISER, Role.READER, Role.CUSTODIAN)


def build(demo: Demonstration) -> None:
    setup = load("setup")
    setup["factors"] = load("factors")
    setup["addressees"] = load("addressees")
    spoken = {language.pop("key", language["code"]): language["code"] for language in setup["languages"]}
    facts = {name: setup[name] for name in ("title", "purpose", "place", "time_zone")}
    name, full_name, _role = ACCOUNTS[0]
    owner, password = _account(name, full_name)
    demo.forum, seat = forums.create(owner=owner, slug=SLUG, starts_on=demo.first_day, ends_on=demo.last_day, **facts)
    demo.seats[name] = seat
    demo.table.append(Account(Role.ORGANISER.label, name, password))
    forums.set_up(demo.forum, setup, by=seat)
    _deadlines(demo)
    _seats(demo, seat)
    _keys(demo, seat)
    forums.mark_as_demonstration(demo.forum, by=seat)
    demo.made["spoken"] = spoken
    for kind in ("regions", "capacities", "themes", "factors", "topics", "addressees", "delegations"):
        demo.made[kind] = {row.code: row for row in getattr(demo.forum, kind).all()}


def _account(name: str, full_name: str) -> tuple[User, str]:
    first, last = full_name.split(" ", 1)
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(name, first_name=first, last_name=last, password=password, is_staff=True)
    return user, password


def _seats(demo: Demonstration, by: Seat) -> None:
    for name, full_name, role in ACCOUNTS[1:]:
        user, password = _account(name, full_name)
        language = {"language": "ar"} if role == Role.APPROVER else {}
        demo.seats[name] = people.give_seat(demo.forum, by=by, user=user, role=role, **language)
        demo.table.append(Account(role.label, name, password))


def give_link(demo: Demonstration, role: Role, name: str, **fields: Any) -> Seat:
    """Seat somebody by a link, and put the link in the table."""
    seat, token = people.give_link(demo.forum, by=demo.seats["awa"], role=role, name=name, days=365, **fields)
    with override("fr"):
        demo.table.append(Account(role.label, name, reverse("seat-enter", args=[token])))
    return seat


def _keys(demo: Demonstration, by: Seat) -> None:
    """Each holder gets a passphrase; a demonstration prints it, a real forum never does."""
    held: dict[str, list[Any]] = {purpose: [] for purpose in Purpose.values}
    of_role: dict[str, tuple[str, ...]] = {
        Role.ORGANISER: (Purpose.PEOPLE, Purpose.SIGNING),
        Role.READER: (Purpose.READING,),
        Role.CUSTODIAN: (Purpose.OTHER_HALF,),
    }
    for name, _full_name, role in ACCOUNTS:
        if role not in WITH_KEY:
            continue
        passphrase = sealing.new_code().lower()
        user = demo.seats[name].user
        assert user is not None
        demo.persons[name] = people.make_person_key(user, passphrase)
        demo.privates[name] = people.unlock(user, passphrase)
        for which in of_role[role]:
            held[which].append(demo.persons[name])
        next(row for row in demo.table if row.who == name).passphrase = passphrase
    for purpose, code in people.make_forum_keys(demo.forum, by=by, holders=held).items():
        key = demo.forum.keys.get(purpose=purpose)
        people.test_recovery(key, code, by=by)
        demo.table.append(Account(str(key), "code", code))
    reading = demo.forum.keys.get(purpose=Purpose.READING)
    demo.reading_private = people.open_forum_key(reading, demo.persons["mariam"], demo.privates["mariam"])


def _deadlines(demo: Demonstration) -> None:
    """Three deadlines: the last one always lies ahead, so that "today" has something to say."""
    days = (
        (demo.first_day, 17, {"fr": "Recommandations des groupes", "en": "Recommendations of the groups"}),
        (demo.last_day, 11, {"fr": "Texte de la plénière", "en": "Text for the plenary"}),
        (
            demo.forum.today() + timedelta(days=12),
            17,
            {"fr": "Réponses attendues des destinataires", "en": "Answers due from the addressees"},
        ),
    )
    for day, hour, label in days:
        at = datetime.combine(day, time(hour), tzinfo=demo.forum.zone_info)
        Deadline.objects.create(forum=demo.forum, label=label, at=at)
