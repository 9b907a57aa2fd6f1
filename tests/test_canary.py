"""M1, M3: a journey puts a secret into everything that must not be found, and then everything kept is searched."""

from __future__ import annotations

import base64
import gzip
import io
import json
import logging
import re
import secrets as random
import time
import zlib
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.forms.tickets import Ticket
from declarations.models import (
    Excerpt,
    Forum,
    ForumKey,
    HistoryEntry,
    Participant,
    Quote,
    Seat,
    Testimony,
    User,
)
from declarations.workflow import excerpts, people, testimonies
from tests import canary
from tests import factories as make
from tests.room import desk

Role = Seat.Role
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
RECEIPT = re.compile(r"\d\d(?:\xa0\d\d){3} · \d\d(?:\xa0\d\d){3}")


def new_secret(name: str) -> str:
    """A word that stands nowhere else, with letters that each spelling writes in another way."""
    return f"{name} d’été {random.token_hex(6)} : l’écluse"


# The sweep itself: what is there is found


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: json.dumps({"words": text}).encode(),
        lambda text: repr(ascii(text)).replace("\\\\", "\\").encode(),
        lambda text: quote(text).encode(),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        *[lambda text, n=n: base64.b64encode(b"x" * n + text.encode() + b"after") for n in range(4)],
        *[lambda text, n=n: base64.urlsafe_b64encode(b"x" * n + text.encode()) for n in range(4)],
        lambda text: b"before" + zlib.compress(f"a lot of {text}".encode()) + b"after",
        lambda text: b"before" + gzip.compress(text.encode()),
        lambda text: base64.urlsafe_b64encode(zlib.compress(json.dumps([text]).encode())),
    ],
)
def test_a_secret_is_found_however_it_is_written(wrap: Any) -> None:
    secret = new_secret("words")
    place = random.token_bytes(5000) + wrap(secret) + random.token_bytes(5000)
    assert {hit[:2] for hit in canary.sweep({"words": secret}, {"there": place})} == {("words", "there")}


def test_nothing_is_found_where_nothing_is() -> None:
    secret = new_secret("words")
    place = random.token_bytes(100_000) + secret[:-1].encode() + base64.b64encode(secret[:20].encode())
    assert canary.sweep({"words": secret}, {"there": place}) == set()


@pytest.mark.django_db(transaction=True)
def test_a_planted_secret_is_found_in_each_place() -> None:
    """The positive control: a secret in clear in a row and in a session is found in both, and in the files."""
    forum, secret = make.a_forum(), new_secret("planted")
    make.a_group(forum)
    forum.groups.update(title={"fr": secret})
    client = Client()
    session = client.session
    session["typed"] = secret
    session.save()
    places = {hit[1] for hit in canary.sweep({"planted": secret}, canary.kept())}
    assert {"table declarations_group", "sessions, opened", "table django_session"} <= places
    assert any(place.startswith("file ") for place in places) or not canary.files()


# The journey


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the site's own handlers write, in the form in which they write it."""
    stream = io.StringIO()
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    handlers = {
        handler
        for logger in [logging.root, *named]
        for handler in logger.handlers
        if type(handler) is logging.StreamHandler
    }
    assert handlers
    before = {handler: handler.setStream(stream) for handler in handlers}
    yield stream
    for handler, earlier in before.items():
        handler.setStream(earlier or handler.stream)


class Journey:
    """People who act over HTTP, what they typed that must not be found, and what their browsers were given to keep."""

    def __init__(self) -> None:
        self.forum: Forum = make.a_forum("canary", mode=Forum.Mode.LIVE)
        self.secrets: dict[str, str] = {}
        self.cookies: list[str] = []

    def secret(self, name: str) -> str:
        return self.secrets.setdefault(name, new_secret(name))

    def send(self, client: Client, path: str, data: Any = None, status: int | None = None, **extra: Any) -> Any:
        """Send a form; every cookie that comes back is searched too."""
        response = client.post(path, data or {}, **extra) if data is not None else client.get(path)
        # What stays in a browser that is closed and opened: the cookies. The key of the room is meant to be there.
        self.cookies += [morsel.OutputString() for name, morsel in response.cookies.items() if name != "reading_key"]
        if status:
            assert response.status_code == status, (path, response.status_code, response.content.decode()[:3000])
        return response

    def at(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.forum.slug, *args])

    # Each step leaves its secrets behind

    def organise(self) -> None:
        """An organiser signs in, makes a key and the forum's keys, and registers somebody by name."""
        user: User = make.organiser_of(self.forum).user
        user.set_password(self.secret("password"))
        user.save()
        client = self.organiser = Client()
        login = {"username": user.username, "password": self.secret("password"), "next": reverse("admin:index")}
        self.send(client, reverse("admin:login"), {**login, "password": self.secret("mistyped password")}, 200)
        self.send(client, reverse("admin:login"), login, 302)
        phrase = self.secret("passphrase of the organiser")
        self.send(client, desk.at("key-mine"), {"passphrase": phrase, "again": phrase}, 302)
        reader = self.reader_seat = make.a_seat(self.forum, Role.READER)
        self.reader = desk.signed_in(reader)
        phrase = self.secret("passphrase")
        self.send(self.reader, desk.at("key-mine"), {"passphrase": phrase, "again": phrase}, 302)
        self.custodians = [make.a_seat(self.forum, Role.CUSTODIAN) for _ in range(2)]
        for number, seat in enumerate(self.custodians):
            phrase = self.secret(f"passphrase of custodian {number}")
            self.send(desk.signed_in(seat), desk.at("key-mine"), {"passphrase": phrase, "again": phrase}, 302)
        shown = self.send(client, desk.at("keys-make"), {}, 200).content.decode()
        codes = re.findall(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){6}", shown)
        assert codes
        self.secrets |= {f"recovery code {n}": code for n, code in enumerate(codes)}
        # First with a mistake: a form that comes back must leave nothing behind either.
        add = reverse("admin:declarations_participant_add")
        given = {"name": self.secret("name"), "contact": self.secret("contact")}
        self.send(client, add, given, 200)
        given |= {"region": self.forum.regions.get(code="gao").pk, "capacity": self.forum.capacities.first().pk}
        card = self.send(client, add, given, 200).content.decode()
        assert Participant.objects.get().sealed_name
        self.secrets["code"] = CODE.search(card)[0]  # type: ignore[index]

    def tell(self) -> None:
        """Somebody tells with a card; the page comes back once, a copy comes twice, and the server fails once."""
        client = Client()
        self.words = f"Personne ne dit pourquoi. {self.secret('words')} Alors nous avons marché."
        answers = self.answers(words=self.words, code=self.secrets["code"], name=self.secret("name behind"))
        self.send(client, self.at("testimony-new"), {**answers, "summarise": ""}, 422)
        with patch("declarations.workflow.testimonies.sealing.seal_text", side_effect=self.failing()):
            failing = Client(raise_request_exception=False)
            self.send(failing, self.at("testimony-new"), answers, 500)
        page = self.send(client, self.at("testimony-new"), answers, 200).content.decode()
        shown = RECEIPT.search(page)[0]  # type: ignore[index]
        self.secrets |= {"receipt": shown.replace("\xa0", "").replace(" · ", ""), "receipt as shown": shown}
        self.send(client, self.at("testimony-new"), answers, 200)
        # Other words on the same page are kept aside, sealed.
        self.send(client, self.at("testimony-new"), {**answers, "words": self.secret("other words")}, 409)
        self.testimony = Testimony.objects.get()
        # A card typed wrongly, and an answer of somebody too young: nothing of either stays.
        slip = self.answers(words=self.secret("words with a wrong card"), code=sealing.new_code())
        self.send(client, self.at("testimony-new"), slip, 422)
        young = self.answers(words=self.secret("words of a child"), adult="no")
        self.send(client, self.at("testimony-new"), young, 200)

    def failing(self) -> Exception:
        return RuntimeError(f"could not keep {self.words}")

    def answers(self, **changes: Any) -> dict[str, Any]:
        return {
            "ticket": Ticket.new(time.time() - 60).sealed(self.forum),
            "adult": "yes",
            "may_read": "yes",
            "language": "fr",
            "summarise": "yes",
            "quote": "yes",
            "send": "1",
            **changes,
        }

    def take(self) -> None:
        """A facilitator takes a testimony for somebody; who asked is sealed with the words."""
        seat = make.a_seat(self.forum, Role.FACILITATOR)
        client = desk.signed_in(seat)
        more = {"read_aloud": "yes", "interpreted": "yes"}
        self.send(client, self.at("testimony-take"), self.answers(words=self.secret("taken words"), **more), 200)
        testimonies.give(
            self.forum,
            id=Ticket.new().id,
            words=self.secret("words with facts"),
            language="fr",
            taken_as=Testimony.TakenAs.PAPER,
            consent=testimonies.Consent(summarise=True, quote=True, voice=False, language="fr"),
            receipt=sealing.new_receipt(),
            facts=testimonies.Facts(asked_by=self.secret("asked by"), interpreter=self.secret("interpreter")),
        )

    def read(self) -> None:
        """A reader opens the words, sums them up, and proposes a sentence without what would tell who spoke."""
        client, pk = self.reader, self.testimony.pk
        self.send(client, desk.at("reading-unlock"), {"passphrase": self.secret("mistyped passphrase")})
        self.send(client, desk.at("reading-unlock"), {"passphrase": self.secret("passphrase")}, 302)
        assert self.secret("words") in self.send(client, desk.at("reading-testimony", pk)).content.decode()
        self.send(client, desk.at("reading-mark", pk), {}, 302)
        summary = {"summary-words": self.secret("summary"), "summary-seen": ""}
        self.send(client, desk.at("reading-summarise", pk), {**summary, "summary-words": "a\u202e"}, 422)
        self.send(client, desk.at("reading-summarise", pk), summary, 302)
        sentence = "Personne ne dit pourquoi. [.] Alors nous avons marché."
        added = {"excerpt-words": f"{self.secret('added')} {sentence}", "act": "look"}
        self.send(client, desk.at("excerpt-propose", pk), added, 422)
        sent = {"excerpt-words": sentence, "excerpt-shown": sentence, "excerpt-looked": "on", "act": "propose"}
        self.send(client, desk.at("excerpt-propose", pk), sent, 302)
        excerpt = Excerpt.objects.get()
        private = self.private()
        second = make.a_seat(self.forum, Role.READER)
        excerpts.clear(excerpt, by=second, reading_private=private)
        assert Quote.objects.get().words == sentence.replace("[.]", "[…]")
        rest = [make.a_testimony(self.forum) for _ in range(self.forum.inside_minimum - 1)]
        for row in rest:
            testimonies.summarise(row, by=second, reading_private=private, text=self.secret("summary of others"))
        asked = {"testimonies": [row.pk for row in (self.testimony, *rest)], "text_fr": "On ferme.", "act": "save"}
        self.send(
            client, desk.at("finding-compose"), {**asked, "q": self.secret("what was searched for"), "act": "look"}
        )
        self.send(client, desk.at("finding-compose"), {**asked, "excerpts": [excerpt.pk]}, 302)
        self.forum.findings.get()

    def private(self) -> bytes:
        key = ForumKey.objects.filter(forum=self.forum).current(ForumKey.Purpose.READING)[0]
        holder = self.reader_seat.user.key
        private = people.open_forum_key(key, holder, people.unlock(self.reader_seat.user, self.secret("passphrase")))
        self.forum._reading_private = private
        return private

    def come_back(self) -> None:
        """The owner looks, first with a slip."""
        client = Client()
        self.send(client, self.at("testimony-receipt"), {"receipt": sealing.new_receipt()}, 422)
        page = self.send(client, self.at("testimony-receipt"), {"receipt": self.secrets["receipt as shown"]}, 200)
        self.owner = client, re.search(r'name="pass" value="([^"]+)"', page.content.decode())[1]  # type: ignore[index]

    def take_back(self) -> None:
        client, carried = self.owner
        self.send(client, self.at("testimony-withdraw"), {"pass": carried, "sure": "1"}, 200)
        self.testimony.refresh_from_db()
        assert self.testimony.state == Testimony.State.WITHDRAWN

    def found(self, logs: io.StringIO) -> set[tuple[str, str, str]]:
        entries = HistoryEntry.objects.filter(forum=self.forum)
        places = {
            **canary.kept(),
            "logs": logs.getvalue().encode(),
            "cookies": "\n".join(self.cookies).encode(),
            "mails": "\n".join(str(message.message()) for message in mail.outbox).encode(),
            "history": "\n".join(f"{row.verb} {row.reason} {row.seat_name}" for row in entries).encode(),
        }
        return canary.sweep(self.secrets, places)


@pytest.mark.django_db(transaction=True)
def test_after_the_journey_nothing_is_found(logs: io.StringIO) -> None:
    journey = Journey()
    journey.organise()
    journey.tell()
    journey.take()
    journey.read()
    journey.come_back()
    assert len(journey.secrets) > 18
    assert journey.found(logs) == set()
    assert canary.admin_log() == []
    # The server did fail, and said so without a word of what was typed.
    assert "testimony-new" in logs.getvalue()

    sentence = {"the quoted sentence": Quote.objects.get().words}
    assert canary.sweep(sentence, canary.rows()), "a cleared sentence is kept in clear until it is taken back"
    journey.take_back()
    assert journey.found(logs) == set()
    assert canary.sweep(sentence, canary.rows()) == set()
    if canary.connection.vendor == "sqlite":
        # Erased means erased: not in a free page, and not in what is written ahead (M4).
        assert canary.sweep(sentence, canary.files()) == set()
