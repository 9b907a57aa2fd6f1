"""The whole road over HTTP: seven steps, as people take them, from an empty site to an answer that everybody reads."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from declarations.models import (
    Excerpt,
    Finding,
    Forum,
    ForumKey,
    Participant,
    Recommendation,
    Response,
    Testimony,
    User,
)
from declarations.workflow import testimonies
from tests.browsing import Browser

pytestmark = pytest.mark.django_db

PASSWORD = "soleil bleu sous la tente"
PHRASE = "sept lampes au bord du fleuve"
RECEIPT = re.compile(r"\d\d(?:\xa0\d\d){3} · \d\d(?:\xa0\d\d){3}")
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")
WORDS = "Le puits a été fermé un matin. Personne n'a dit pourquoi, et nous avons marché deux jours."
SENTENCE = "Personne n'a dit pourquoi, et nous avons marché deux jours."
ASKED = "Un puits n'est fermé qu'après sept jours d'annonce."
PASTED = "1. Les comptes du puits sont lus chaque mois.\n2. Un comité garde le puits.\n3. Il faut tout changer."
CLAUSE = {"fr": "Aucun puits ne ferme sans sept jours d'annonce.", "en": "No well closes without seven days' notice."}
SECOND = {"fr": "Les comptes du puits sont lus chaque mois.", "en": "The accounts of the well are read every month."}


@pytest.fixture(autouse=True)
def quickly() -> Iterator[None]:
    """A test types faster than anybody."""
    with patch("declarations.forms.tickets.QUICKEST", 0):
        yield


class Road:
    """Who walks, and what they were handed on the way."""

    slug = "fleuve"

    def __init__(self) -> None:
        self.people: dict[str, Browser] = {}

    @property
    def forum(self) -> Forum:
        return Forum.objects.get(slug=self.slug)

    def at(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.slug, *args])

    def sign_in(self, name: str, password: str = PASSWORD) -> Browser:
        browser = self.people[name] = Browser()
        browser.send(reverse("admin:login"), username=name, password=password)
        return browser

    # 1. The organiser sets up the forum

    def set_up(self) -> None:
        User.objects.create_superuser("site", password=PASSWORD)
        site = self.sign_in("site")
        account = {"username": "awa", "full_name": "Awa Traoré", "password": PASSWORD, "again": PASSWORD}
        site.send(admin_list("user", "add"), **account)
        forum = {"slug": self.slug, "starts_on": "2026-11-16", "ends_on": "2026-11-18", "owner": "awa"}
        names = {"title__in_fr": "Forum du fleuve", "title__in_en": "Forum of the river", "place__in_fr": "Ségou"}
        site.send(admin_list("forum", "add"), **forum, **names)
        awa = self.sign_in("awa")
        for code, more in (
            ("fr", {"is_authentic": "on"}), ("en", {}), ("ar", {}),
        ):  # fmt: skip
            given = {"code": code, "label__in_fr": code, "is_spoken": "on", "is_written": "on", **more}
            awa.send(admin_list("forumlanguage", "add"), **given)
        for model, code, parent in (
            ("zone", "nord", {}),
            ("region", "gao", {"zone": "zones"}),
            ("family", "eleveurs", {}),
            ("capacity", "berger", {"family": "families"}),
            ("theme", "eau", {}),
            ("topic", "puits", {}),
            ("addressee", "ministere", {}),
            ("addressee", "mairies", {}),
        ):
            above = {name: getattr(self.forum, rows).get().pk for name, rows in parent.items()}
            awa.send(admin_list(model, "add"), code=code, label__in_fr=code, label__in_en=code, **above)
        awa.send(admin_list("helpcontact", "add"), label__in_fr="Écoute", phone="80 00 11 22")
        for name, role in (("bintou", "organiser"), ("chaka", "reader"), ("djeneba", "reader")):
            given = {**account, "username": name, "full_name": name, "role": role}
            awa.send(admin_list("user", "add"), **given)
            self.sign_in(name)
        for name in ("awa", "bintou", "chaka", "djeneba"):
            self.people[name].send(reverse("admin:key-mine"), passphrase=PHRASE, again=PHRASE)
        codes = awa.send(reverse("admin:keys"), to=reverse("admin:keys-make"))
        assert len(re.findall(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", codes)) == 3
        assert ForumKey.objects.filter(forum=self.forum, holdings__isnull=False).distinct().count() == 3
        awa.send(admin_list("group", "add"), topic=self.forum.topics.get().pk, title__in_fr="Groupe du puits")
        card = awa.send(
            admin_list("participant", "add"),
            region=self.forum.regions.get().pk,
            capacity=self.forum.capacities.get().pk,
            name="Fanta",
            contact="76 11 22 33",
        )
        self.code = CODE.search(card)[0]  # type: ignore[index]
        assert Participant.objects.get().sealed_name
        assert "80 00 11 22" in Browser().get(self.at("testimony-new"))

    def link(self, role: str, **fields: Any) -> Browser:
        """The organiser gives a link; whoever opens it presses the button."""
        path = reverse("admin:declarations_seat_list_do", args=["link"])
        shown = self.people["awa"].send(path, name=role, role=role, **fields)
        address = re.search(r"https?://[^/]+(/\S+/enter/[^/\s]+/)", shown)[1]  # type: ignore[index]
        browser = Browser()
        browser.send(address, to=address)
        return browser

    # 2. Participants tell, come back, take back

    def tell(self, code: str = "") -> str:
        """Tell once; returns the receipt."""
        given = {"adult": "yes", "may_read": "yes", "language": "fr", "summarise": "yes", "quote": "yes"}
        page = Browser("fr").send(self.at("testimony-new"), code=code, words=WORDS, send="1", **given)
        return RECEIPT.search(page)[0]  # type: ignore[index]

    def testify(self) -> None:
        self.receipts = [self.tell(self.code), *[self.tell() for _ in range(self.forum.public_minimum)]]
        assert Testimony.objects.count() == len(set(self.receipts)) == 11
        self.take_back(self.receipts[1])
        assert Testimony.objects.filter(state="withdrawn").count() == 1

    # 3. Readers read, sum up, quote, and write what was heard

    def read(self) -> None:
        chaka, djeneba = self.people["chaka"], self.people["djeneba"]
        for reader in (chaka, djeneba):
            reader.send(reverse("admin:reading-unlock"), passphrase=PHRASE)
        rows = list(Testimony.objects.filter(state="received"))
        for row in rows:
            page = reverse("admin:reading-testimony", args=[row.pk])
            assert "Le puits a été fermé" in chaka.get(page)
            chaka.send(page, to=f"{row.pk}/summary/", **{"summary-words": "On a fermé un puits sans le dire."})
        page = reverse("admin:reading-testimony", args=[rows[0].pk])
        look = chaka.send(page, to=f"{rows[0].pk}/sentence/", **{"excerpt-words": SENTENCE, "act": "look"})
        sent = {"excerpt-looked": "on", "act": "propose", "excerpt-words": SENTENCE}
        chaka.send_from(look, page, to=f"{rows[0].pk}/sentence/", **sent)
        excerpt = Excerpt.objects.get()
        djeneba.send(reverse("admin:excerpt-clearance"), to=f"{excerpt.pk}/clear/")
        excerpt.refresh_from_db()
        assert excerpt.state == "cleared"
        chosen = {"testimonies": [str(row.pk) for row in rows], "excerpts": [str(excerpt.pk)], "act": "save"}
        texts = {"text_fr": "On ferme des puits sans le dire.", "text_en": "Wells are closed without a word."}
        compose, theme = reverse("admin:finding-compose"), str(self.forum.themes.get().pk)
        page = chaka.send(compose, **{**chosen, "excerpts": None, "act": "look"}, text_fr="")
        chaka.send_from(page, compose, themes=[theme], **chosen, **texts)
        finding = Finding.objects.get()
        djeneba.send(reverse("admin:finding-desk"), to=f"{finding.number}/agree/")
        do(self.people["awa"], finding, "publish")
        assert Finding.objects.public().count() == 1

    # 4. The group hands in, experts review, the organiser decides

    def recommend(self) -> None:
        group = self.forum.groups.get()
        rapporteur, desk = self.link("rapporteur", group=group.pk), self.at("recommendation-desk")
        page = rapporteur.send(desk, words=ASKED)
        assert re.search(r"handed in at \d\d:\d\d", page)
        rapporteur.send(desk, text=PASTED)
        drafts = list(Recommendation.objects.filter(state="draft").order_by("number"))
        assert [row.handed_in_words for row in drafts][1] == "Un comité garde le puits." and len(drafts) == 3
        rapporteur.send(
            desk, to=self.at("recommendation-hand-in"), draft=[f"{row.number}:{row.revision}" for row in drafts]
        )
        first = Recommendation.objects.get(number=1)
        edit = self.at("recommendation-edit", 1)
        rapporteur.send(
            edit,
            to=self.at("recommendation-complete", 1),
            themes=[self.forum.themes.get().pk],
            addressees=[self.forum.addressees.get(code="ministere").pk],
            level="national",
            horizon=Recommendation.Horizon.values[0],
            reason="On l'a entendu.",
        )
        word = self.at("recommendation-word", 1)
        rapporteur.send(edit, to=word, language="fr", text=CLAUSE["fr"])
        ground = self.at("recommendation-ground", 1)
        rapporteur.send(edit, to=ground, finding=Finding.objects.get().pk)
        awa = self.people["awa"]
        do(awa, first, "review")
        expert = self.link("expert")
        scores = {"clarity": "4", "feasibility": "3", "urgency": "5", "comment": "Qui annonce ?"}
        expert.send(self.at("review-edit", 1), verdict="support", **scores)
        assert first.reviews.count() == 1
        do(awa, first, "adopt")
        do(awa, drafts[0], "word", language="fr", text=SECOND["fr"])
        do(awa, drafts[0], "adopt")
        do(awa, drafts[2], "set-aside", reason__in_fr="Cela se décide ailleurs.")
        states = dict(Recommendation.objects.values_list("number", "state"))
        assert states == {1: "adopted", 2: "adopted", 3: "handed_in", 4: "set_aside"}

    # 5. The declaration is composed in two languages, reviewed, frozen, adopted, published by another

    def declare(self) -> None:
        awa, bintou = self.people["awa"], self.people["bintou"]
        text = lambda verb: reverse("admin:drafting-text", args=[verb])  # noqa: E731
        awa.send(text("start"), title__in_fr="Déclaration du fleuve", title__in_en="Declaration of the river")
        awa.send(text("add_section"), kind="recitals")
        awa.send(text("add_section"), kind="operative", heading__in_fr="L'eau", heading__in_en="Water")
        recitals, operative = self.forum.declaration.sections.order_by("order")
        opening = {"text_fr": "Nous, réunis à Ségou,", "text_en": "We, gathered in Ségou,"}
        awa.send(reverse("admin:drafting-section", args=[recitals.pk, "add"]), **opening)
        ministry = self.forum.addressees.get(code="ministere").pk
        for number, words in ((1, CLAUSE), (2, SECOND)):
            given = {"section": operative.pk, "addressees": [ministry], "text_fr": words["fr"], "text_en": words["en"]}
            awa.send(reverse("admin:drafting-from", args=[number]), **given)
        self.first, self.second = operative.clauses.order_by("order")
        drafting = reverse("admin:drafting-desk")
        awa.send(drafting, to=text("send_for_review"))
        awa.send(text("freeze"), why="La séance est close.")
        signed = {"presided_by": "Awa Traoré", "signatures": "Awa Traoré — présidente", "method": "acclamation"}
        awa.send(text("adopt"), adopted_on="2026-11-18", **signed)
        press = reverse("admin:press")
        awa.send(press, kind="adopted", languages=["fr", "en"])
        proof = self.forum.declaration.proofs.get()
        publish = reverse("admin:proof-publish", args=[proof.pk])
        assert publish not in awa.get(press), "whoever made the proof does not publish it"
        bintou.send(press, to=publish, passphrase=PHRASE)
        assert self.forum.declaration.editions.count() == 1

    # 6. The public reads, downloads, verifies

    def public_reads(self) -> None:
        anybody = Client()
        for language in ("fr", "en", "ar"):
            for name, words in (
                ("declaration-detail", CLAUSE.get(language, CLAUSE["fr"])),
                ("recommendation-list", CLAUSE["fr"]),
                ("finding-list", "On ferme des puits" if language != "en" else "Wells are closed"),
                ("group-list", "Groupe du puits"),
                ("participant-list", ""),
                ("followup-list", ""),
                ("edition-list", ""),
                ("verify", ""),
                ("forum-detail", ""),
            ):
                with translation.override(language):
                    path = self.at(name)
                response = anybody.get(path)
                assert response.status_code == 200 and words in text(response), (path, words)
                assert not response.cookies and response["ETag"] and "public" in response["Cache-Control"], path
        assert f'id="{self.first.identifier}"' in text(anybody.get(self.at("declaration-detail")))
        # The words as the group wrote them stay beside the final ones.
        page = text(anybody.get(self.at("recommendation-detail", 1)))
        assert ASKED in page and CLAUSE["fr"] in page
        files = {}
        for language in ("fr", "en"):
            for extension in ("html", "pdf", "json"):
                response = anybody.get(self.at("edition-file", 1, language, extension))
                files[language, extension] = response.content
                assert response.status_code == 200
        assert files["fr", "pdf"].startswith(b"%PDF-") and CLAUSE["fr"] in str(json.loads(files["fr", "json"]))
        assert "No well closes without seven days" in files["en", "html"].decode()
        code = self.forum.declaration.editions.get().control_code
        assert code in text(anybody.get(self.at("verify"), {"code": code.lower()}))

    # 7. It is handed over and answered, and both show

    def answer(self) -> None:
        awa, today = self.people["awa"], str(self.forum.today())
        ministry = self.forum.addressees.get(code="ministere").pk
        edition = self.forum.declaration.editions.get().pk
        given = {"addressee": ministry, "edition": edition, "delivered_on": today, "how__in_fr": "En main propre."}
        awa.send(admin_list("delivery", "add"), **given)
        letter = {"clause": self.first.pk, "addressee": ministry, "position": "accepted", "language": "fr"}
        said = {"text": "Nous l'annoncerons.", "channel": "letter", "answered_on": today}
        awa.send(admin_list("response", "add"), **letter, **said)
        addressee = self.link("addressee", addressee=ministry)
        addressee.send(
            self.at("response-edit", self.second.identifier),
            to=self.at("response-edit", self.second.identifier),
            position="partly",
            text="Nous lirons les comptes deux fois par an.",
            answered_on=today,
        )
        promise = self.at("response-promise", self.second.identifier)
        late = f"{self.forum.today().year + 2}-05-01"
        addressee.send(self.at("response-edit", self.second.identifier), to=promise, text="Un tableau.", due_on=late)
        assert Response.objects.count() == 2
        page = text(Client().get(self.at("followup-list")))
        for words in ("Nous l'annoncerons.", "Nous lirons les comptes deux fois par an.", "Un tableau."):
            assert words in page, words

    # And back: the one who was quoted takes it back

    def come_back(self) -> None:
        """The receipt says where the words went, never which; taking them back empties the quote in public."""
        assert SENTENCE in text(Client().get(self.at("finding-list")))
        quoted = Excerpt.objects.get().testimony
        receipt = next(one for one in self.receipts if testimonies.of_receipt(self.forum, one) == quoted)
        page = self.take_back(receipt)
        assert WORDS not in page and SENTENCE not in page
        assert SENTENCE not in text(Client().get(self.at("finding-list")))
        assert text(Client().get(self.at("edition-file", 1, "fr", "html")))

    def take_back(self, receipt: str) -> str:
        """Type the receipt, press "take it back", and say so once more."""
        owner, path, act = Browser("fr"), self.at("testimony-receipt"), self.at("testimony-withdraw")
        standing = owner.send(path, receipt=receipt)
        sure = owner.send_from(standing, path, to=act)
        return owner.send_from(sure, act, to=act, sure="1")


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def admin_list(model: str, page: str) -> str:
    return reverse(f"admin:declarations_{model}_{page}")


def do(browser: Browser, row: Any, verb: str, **fields: Any) -> None:
    """Press a verb's button on the page of a row, and answer what it asks."""
    model = row._meta.model_name
    page = reverse(f"admin:declarations_{model}_change", args=[row.pk])
    act = reverse(f"admin:declarations_{model}_do", args=[row.pk, verb])
    shown = browser.get(page)
    if f'action="{act}"' in shown:
        browser.send_from(shown, page, to=act)
    else:
        assert act in shown, (act, "is not offered")
        browser.send(act, to=act, **fields)
    row.refresh_from_db()


def test_the_whole_road() -> None:
    road = Road()
    road.set_up()
    road.testify()
    road.read()
    road.recommend()
    road.declare()
    road.public_reads()
    road.answer()
    road.come_back()
