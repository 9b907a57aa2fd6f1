"""A view that fails in the middle of its work, with words opened in its hands, tells nothing of them either."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse

from declarations.models import CardBatch, PaperForm
from declarations.workflow import (
    excerpts,
    findings,
    keeping,
    moves,
    names,
    outbox,
    papers,
    participants,
    people,
    reading,
    testimonies,
)
from tests import canary
from tests import factories as make
from tests.admin.test_papers import typed
from tests.room import desk
from tests.views.test_outbox import Phone

from .journey import Journey, new_secret

pytestmark = pytest.mark.django_db(transaction=True)
NO_DIGITS = str.maketrans("0123456789", "ghjkmnpqrs")
OCTETS = {"content_type": "application/octet-stream"}


def fail(*given: Any, **named: Any) -> None:
    """Fail with everything in the exception that was handed over, opened as far as it can be."""
    raise RuntimeError(f"could not take {[getattr(each, '__dict__', each) for each in given]!r} {named!r}")


def fail_to_render(template: Template, context: Any = None, request: Any = None) -> str:
    if str(template.template.name) == "500.html":
        return "It failed."
    typed = request.POST.dict() if request else {}
    raise RuntimeError(f"could not show {template.template.name} {context!r} {typed!r}")


@contextmanager
def failing(verb: Callable[..., Any]) -> Iterator[None]:
    """Let one function fail wherever it is called from: each module that imported it has a name of its own for it."""
    with ExitStack() as stack:
        if verb is Template.render:
            stack.enter_context(patch.object(Template, "render", fail_to_render))
        for name, module in list(sys.modules.items()) if verb is not Template.render else ():
            for own, value in list(vars(module).items()) if name.startswith("declarations.") else ():
                if value is verb:
                    stack.enter_context(patch.object(module, own, fail))
        yield


class Work:
    """People at work in one forum, and each act as (the function that fails, who, the path, what is sent)."""

    def __init__(self) -> None:
        self.journey = journey = Journey()
        journey.organise()
        journey.tell()
        self.secret, self.at = journey.secret, journey.at
        journey.send(journey.reader, desk.at("reading-unlock"), {"passphrase": self.secret("passphrase")}, 302)
        self.facilitator = desk.signed_in(make.a_seat(journey.forum, "facilitator"))
        self.custodian = desk.signed_in(journey.custodians[0])
        self.anybody = Client()
        self.blank = make.a_card(journey.forum, CardBatch.Kind.FORMS)
        self.everybody = [self.anybody, self.facilitator, self.custodian, journey.organiser, journey.reader]
        for client in self.everybody:
            client.raise_request_exception = False

    def acts(self) -> Iterator[tuple[Any, Client, str, Any]]:
        yield from self.of_speakers()
        yield from self.of_readers()
        yield from self.of_custodians()
        yield from self.of_organisers()

    def of_speakers(self) -> Iterator[tuple[Any, Client, str, Any]]:
        new, take = self.at("testimony-new"), self.at("testimony-take")
        for verb in (keeping.keep, testimonies.give, testimonies.content_hash, testimonies.seal, Template.render):
            told = self.journey.answers(words=self.secret(f"words told to {verb.__name__}"), code=self.secret("code"))
            voice = SimpleUploadedFile("a.m4a", self.journey.recorded("m4a"), content_type="audio/mp4")
            yield verb, self.anybody, new, {**told, "audio": voice, "voice": "yes"}
        slip = self.journey.answers(words=self.secret("words that come back"), summarise="")
        yield Template.render, self.anybody, new, slip
        taken = self.journey.answers(words=self.secret("words taken"), read_aloud="yes", interpreted="no")
        for verb in (keeping.keep, Template.render):
            yield verb, self.facilitator, take, taken
        for verb in (keeping.keep, outbox.take_in):
            phone = Phone(self.journey.forum, words=self.secret("words sealed on a phone"))
            self.journey.secrets["receipt of a phone"] = phone.receipt
            yield verb, self.anybody, self.at("testimony-outbox"), phone.parcel()
        receipt = {"receipt": self.journey.secrets["receipt as shown"]}
        for verb in (testimonies.of_receipt, Template.render):
            yield verb, self.anybody, self.at("testimony-receipt"), receipt

    def of_readers(self) -> Iterator[tuple[Any, Client, str, Any]]:
        reader, pk = self.journey.reader, self.journey.testimony.pk
        yield Template.render, reader, desk.at("reading-testimony", pk), None
        yield reading.told, reader, desk.at("reading-testimony", pk), None
        summary = {"summary-words": self.secret("summary"), "summary-seen": ""}
        translation = {"text-as": "translation/en", "text-words": self.secret("translation")}
        for verb in (moves.move, moves.record, testimonies.checked_words, testimonies.header):
            yield verb, reader, desk.at("reading-summarise", pk), summary
        yield testimonies.header, reader, desk.at("reading-text", pk), translation
        sentence = f"Personne ne dit pourquoi. {self.secret('words')} Alors nous avons marché."
        sent = {"excerpt-words": sentence, "excerpt-shown": sentence, "excerpt-looked": "on", "act": "propose"}
        yield excerpts.propose, reader, desk.at("excerpt-propose", pk), sent
        yield Template.render, reader, desk.at("excerpt-propose", pk), {**sent, "act": "look"}
        # Without digits: what looks like an age or a telephone would be asked about, and the page would come back.
        self.journey.secrets["a finding"] = finding = new_secret("a finding").translate(NO_DIGITS)
        found = {"testimonies": [pk], "text_fr": finding, "act": "save"}
        yield findings.compose, reader, desk.at("finding-compose"), found
        yield Template.render, reader, desk.at("finding-compose"), {**found, "q": self.secret("asked"), "act": "look"}

    def of_custodians(self) -> Iterator[tuple[Any, Client, str, Any]]:
        asked = {"testimony": str(self.journey.testimony), "reason": "la personne est en danger"}
        asked |= {"passphrase": self.secret("passphrase of custodian 0")}
        for verb in (names.ask, people.unlock, moves.record, Template.render):
            wrong = {"reason": self.secret("a reason with a name")} if verb is Template.render else {}
            yield verb, self.custodian, desk.at("name-ask"), {**asked, **wrong}

    def of_organisers(self) -> Iterator[tuple[Any, Client, str, Any]]:
        forum, organiser = self.journey.forum, self.journey.organiser
        add = reverse("admin:declarations_participant_add")
        person = {"name": self.secret("name of another"), "contact": self.secret("contact of another")}
        somebody = {"region": forum.regions.get(code="gao").pk, "capacity": forum.capacities.first().pk, **person}
        for verb in (participants.register, participants.seal_name, moves.record, Template.render):
            yield verb, organiser, add, somebody
        paper = PaperForm.objects.get(card__serial=self.blank.serial)
        self.journey.secrets["code on a sheet"] = self.blank.code
        for verb in (moves.move, papers.type_once):
            yield (
                verb,
                organiser,
                desk.at("paper-type", paper.pk),
                typed(self.blank, words=self.secret("words on paper")),
            )
        changed = {"old": self.secret("passphrase of the organiser"), "passphrase": self.secret("a new passphrase")}
        yield people.unlock, organiser, desk.at("key-passphrase"), {**changed, "again": self.secret("a new passphrase")}


def test_a_view_that_fails_in_the_middle_tells_nothing(settings: Any, logs: io.StringIO) -> None:
    settings.ADMINS = [("x", "somebody@example.org")]
    work, failed, passed = Work(), 0, []
    for verb, client, path, sent in work.acts():
        with failing(verb):
            if isinstance(sent, bytes):
                answer = client.post(path, sent, **OCTETS)
            else:
                answer = client.get(path) if sent is None else client.post(path, sent)
        passed += [(verb.__name__, path, answer.status_code)] if answer.status_code != 500 else []
        assert canary.sweep(work.journey.secrets, {path: answer.content}) == set()
        failed += 1
    assert (passed, failed > 30) == ([], True)
    said = logs.getvalue()
    views = "testimony-new", "testimony-outbox", "testimony-take", "reading-summarise", "name-ask", "paper-type"
    assert {view for view in views if view not in said} == set()
    assert work.journey.found(logs) == set()
    assert canary.admin_log() == []
