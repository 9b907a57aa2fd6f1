"""People who act over HTTP, and what they typed that must not be found anywhere."""

from __future__ import annotations

import io
import os
import re
import secrets as random
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from declarations import sealing
from declarations.forms.tickets import Ticket
from declarations.models import (
    CardBatch,
    Clause,
    EditionFile,
    Excerpt,
    Forum,
    ForumKey,
    HistoryEntry,
    NameOpening,
    PaperForm,
    Participant,
    Quote,
    Seat,
    Testimony,
    User,
)
from declarations.workflow import excerpts, findings, people, testimonies
from tests import canary, sounds
from tests import factories as make
from tests.admin import world
from tests.room import desk
from tests.running.test_withdrawn import public_addresses
from tests.served.server import ROOT, url_of
from tests.views.test_outbox import Phone, a_name_of

Role = Seat.Role
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
RECEIPT = re.compile(r"\d\d(?:\xa0\d\d){3} · \d\d(?:\xa0\d\d){3}")


def new_secret(name: str) -> str:
    """A word that stands nowhere else, with letters that each spelling writes in another way."""
    return f"{name} d’été {random.token_hex(6)} : l’écluse"


class Journey:
    """People who act over HTTP, what they typed that must not be found, and what their browsers were given to keep."""

    def __init__(self) -> None:
        self.forum: Forum = make.a_forum("canary", mode=Forum.Mode.LIVE)
        self.secrets: dict[str, str] = {}
        self.cookies: list[str] = []
        self.voices: list[bytes] = []
        self.backups: dict[str, bytes] = {}
        self.began = time.time()
        self.public = Client(headers={"accept-language": "fr"})

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

    def send_from_phone(self) -> None:
        """A phone seals words hours before, sends them, sends others under the same number, and then nonsense."""
        phone = Phone(self.forum, words=self.secret("words from a phone"), facts={"asked_by": self.secret("facts")})
        other = Phone(self.forum, id=phone.id, words=self.secret("other words from a phone"))
        name = a_name_of(phone, self.secret("name from a phone"))
        for parcel, status in ((phone.parcel(**name), 200), (other.parcel(), 409), (other.parcel()[:-9], 400)):
            octets = {"content_type": "application/octet-stream"}
            self.send(Client(), self.at("testimony-outbox"), parcel, status, **octets)

    def speak(self) -> None:
        """Two people speak, one on the page and one into an outbox; a reader listens to what is clean.

        Their telephones wrote who and where into the files, and into the name of the one that is sent with the page.
        """
        before = set(Testimony.objects.values_list("pk", flat=True))
        name = self.secret("name of a file")
        sent = SimpleUploadedFile(f"{name}.m4a", self.recorded("m4a"), content_type="audio/mp4")
        answers = self.answers(words=self.secret("words beside a voice"), voice="yes", audio=sent)
        self.send(Client(), self.at("testimony-new"), answers, 200)
        # Once without an answer: the page comes back, and asks for the recording once more.
        again = SimpleUploadedFile("a.mp3", self.recorded("mp3"), content_type="audio/mpeg")
        slip = self.answers(words=self.secret("words beside a voice that slipped"), summarise="", audio=again)
        self.send(Client(), self.at("testimony-new"), slip, 422)
        phone = Phone(self.forum, words=self.secret("words sealed beside a voice"), voice=self.recorded("ogg"))
        phone.outer["answers"] |= {"voice": "yes"}
        octets = {"content_type": "application/octet-stream"}
        self.send(Client(), self.at("testimony-outbox"), phone.parcel(), 200, **octets)
        spoken = Testimony.objects.exclude(pk__in=before).in_no_order()
        assert len(spoken) == 2 and all(one.may_keep_voice for one in spoken)
        for one in spoken:
            heard = self.send(self.reader, desk.at("reading-recording", one.pk), status=200)
            sound = b"".join(heard.streaming_content) if heard.streaming else heard.content
            assert canary.sweep(self.secrets, {"what is heard": sound}) == set()
            # The clean sound of this tone may stand elsewhere in the same server: the screens that others hear aloud.
            assert not [place for place, kept in canary.rows().items() if sound[512:560] in kept]

    def recorded(self, form: str) -> bytes:
        """What a telephone recorded: every tag carries a secret, and the sound itself is one."""
        voice, tags = sounds.tagged(form, new_secret)
        self.secrets |= {f"tag {form} {name}": text for name, text in tags.items()}
        pieces = [voice[at : at + 48] for at in range(512, len(voice) - 48, 2048)]
        # A moment of silence is one sign again and again, which stands in many a file.
        telling = [piece for piece in pieces if len(set(piece)) >= 16]
        assert telling
        self.voices += telling
        return voice

    def publish(self) -> None:
        """The finding with its sentence is agreed and published, and the declaration goes to press in every form."""
        finding = self.forum.findings.exclude(voices=None).get()
        findings.agree(finding, by=make.a_seat(self.forum, Role.READER))
        findings.publish(finding, by=make.organiser_of(self.forum))
        world.publish(self.forum)
        assert EditionFile.objects.exists()

    def edit(self) -> None:
        """Organisers and custodians type what may not stay: reasons that tell who spoke, and forms with a mistake.

        Each comes back with what was typed, and that is all that is left of it.
        """
        make.a_group(self.forum)
        paper = make.a_paper_form(self.forum)
        batch = CardBatch.objects.get(cards=paper.card_id)
        for name in ("paper-close", "paper-anew"):
            if name == "paper-anew":
                PaperForm.objects.filter(pk=paper.pk).update(
                    state="typed", draft=b"sealed", wrapped_key=b"sealed", typed_by=self.reader_seat
                )
            self.slip(self.organiser, desk.at(name, paper.pk), {"reason": self.secret(f"reason of {name}")})
        row = self.forum.recommendations.order_by("pk").last()
        finding = self.forum.findings.order_by("pk").last()
        person = Participant.objects.filter(forum=self.forum).order_by("pk").last()
        assert row and finding and person
        clause = Clause.objects.filter(section__declaration__forum=self.forum).order_by("pk").last()
        assert clause
        slips: dict[str, tuple[str, list[Any], dict[str, str]]] = {
            "a participant": ("declarations_participant_change", [person.pk], {"role": "", "region": "no"}),
            "a recommendation": ("declarations_recommendation_add", [], {"words": "", "group": "no"}),
            "a group": ("declarations_group_add", [], {"title_fr": "", "topic": "no"}),
            "words of a clause": ("drafting-words", [clause.identifier], {"text": "", "language": "xx"}),
            "a batch of cards": ("declarations_cardbatch_do", [batch.pk, "void"], {"reason": "", "serials": ""}),
            "a finding": ("declarations_finding_do", [finding.pk, "take-back"], {"reason": ""}),
            "a recommendation set aside": (
                "declarations_recommendation_do",
                [row.pk, "set-aside"],
                {"reason__in_fr": ""},
            ),
        }
        for name, (address, arguments, typed) in slips.items():
            empty = next(field for field, value in typed.items() if not value)
            path = reverse(f"admin:{address}", args=arguments)
            # A name stands beside it, so that what is read for names refuses it too.
            self.slip(self.organiser, path, {**typed, empty: f"Fatou : {self.secret(f'typed for {name}')}"})

    def slip(self, client: Client, path: str, typed: dict[str, str]) -> None:
        """Send a form that does not pass: its page comes back, or it is refused."""
        answer = self.send(client, path, typed)
        assert answer.status_code in (200, 400, 404, 409, 422), (path, answer.status_code)

    def take_away(self) -> None:
        """Organisers take lists away; what is exported of people and texts goes into no file of the server."""
        for kind in ("csv", "xlsx"):
            for name in ("declarations_participant_export", "declarations_recommendation_export", "drafting-export"):
                taken = self.send(self.organiser, reverse(f"admin:{name}", args=[kind]), status=200)
                assert canary.sweep(self.secrets, {name: taken.content}) == set()

    def keep(self, folder: Path) -> dict[str, bytes]:
        """Whoever runs the site backs it up; returns the backup, opened. Every one is searched from then on."""
        here = url_of(connection.settings_dict)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TESTS_DATABASE_URL": here}
        subprocess.run([sys.executable, "manage.py", "backup", str(folder)], cwd=ROOT, env=environment, check=True)
        [made] = folder.glob("forum-*")
        self.backups |= {f"{folder.name} {name}": kept for name, kept in canary.backup(made).items()}
        return canary.backup(made)

    def look(self) -> set[str]:
        """Somebody reads every public page in French twice, so that it is kept; returns those with the sentence."""
        client, quoted = self.public, Quote.objects.values_list("words", flat=True)
        found = set()
        french = [address for address in public_addresses(self.forum) if address.startswith("/fr/")]
        for address in [*french, self.at("search") + "?q=pourquoi"] * 2:
            answer = client.get(address, follow=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert canary.sweep(self.secrets, {address: body}) == set()
            found |= {address for words in quoted if words in unescape(body.decode(errors="replace"))}
        return found

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
        translated = {"text-as": "translation/en", "text-words": self.secret("translation")}
        self.send(client, desk.at("reading-text", pk), {**translated, "text-as": "translation/xx"}, 422)
        self.send(client, desk.at("reading-text", pk), translated, 302)
        half = {"text-as": "transcript", "text-words": self.secret("half written"), "quiet": "1"}
        self.send(client, desk.at("reading-keep", pk), half, 204)
        self.send(client, desk.at("reading-judge", pk), {"judge-there": "1", "judge-risk_speaker": "high"}, 302)
        self.send(client, desk.at("reading-urgent", pk), {}, 302)
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
        rest = [make.a_testimony(self.forum) for _ in range(self.forum.public_minimum)]
        for row in rest:
            testimonies.summarise(row, by=second, reading_private=private, text=self.secret("summary of others"))
        asked = {"testimonies": [row.pk for row in (self.testimony, *rest)], "text_fr": "On ferme.", "act": "save"}
        self.send(
            client, desk.at("finding-compose"), {**asked, "q": self.secret("what was searched for"), "act": "look"}
        )
        telling = f"Fatou le dit : {self.secret('words of a finding that tell of whom')}"
        self.send(client, desk.at("finding-compose"), {**asked, "text_fr": telling}, 422)
        self.send(client, desk.at("finding-compose"), {**asked, "excerpts": [excerpt.pk]}, 302)
        number = self.forum.findings.get().number
        self.send(client, desk.at("finding-edit", number), {"act": "save", "text_fr": telling, "seen": ""}, 409)

    def open_name(self) -> None:
        """Two custodians open the name behind the testimony; the first mistypes, and the name is on one answer only."""
        one, other = (desk.signed_in(seat) for seat in self.custodians)
        asked = {"testimony": str(self.testimony), "reason": "la personne est en danger"}
        wrong = {**asked, "passphrase": self.secret("mistyped passphrase of a custodian")}
        self.send(one, desk.at("name-ask"), wrong, 200)
        phrases = [{"passphrase": self.secret(f"passphrase of custodian {number}")} for number in range(2)]
        self.send(one, desk.at("name-ask"), {**asked, **phrases[0]}, 302)
        pk = NameOpening.objects.get().pk
        self.send(other, desk.at("name-agree", pk), phrases[1], 302)
        # While it runs, what the second gave lies in the database, and is searched too.
        assert canary.sweep(self.secrets, canary.rows()) == set()
        page = self.send(one, desk.at("name-show", pk), phrases[0], 200).content
        assert canary.sweep({"name": self.secret("name behind")}, {"page": unescape(page.decode()).encode()})
        assert NameOpening.objects.get().share is None

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

    def places(self, logs: io.StringIO) -> dict[str, bytes]:
        """Everything that is searched: the database, what lies beside it, and what was written on the way."""
        entries = HistoryEntry.objects.filter(forum=self.forum)
        places = {
            **canary.kept(self.began),
            **self.backups,
            "logs": logs.getvalue().encode(),
            "cookies": "\n".join(self.cookies).encode(),
            "mails": "\n".join(str(message.message()) for message in mail.outbox).encode(),
            "history": "\n".join(f"{row.verb} {row.reason} {row.seat_name}" for row in entries).encode(),
        }
        return {**places, **canary.temporary(self.began)}

    def found(self, logs: io.StringIO) -> set[tuple[str, str, str]]:
        """Return where a secret lies."""
        places = self.places(logs)
        heard = {("voice", place, "raw") for place, kept in places.items() if any(part in kept for part in self.voices)}
        return canary.sweep(self.secrets, places) | heard
