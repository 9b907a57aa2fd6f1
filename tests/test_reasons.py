"""M8, M9: whatever somebody types and the tables keep in clear is looked at for what could tell who spoke."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib import admin as site
from django.core.exceptions import ValidationError
from django.db import models
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

import declarations.admin
import declarations.forms
import declarations.views
from declarations.forms.reasons import STAYS, TO_REACH, ReasonField, SentenceField, SentencesField, mark_of
from declarations.forms.texts import JOIN, LabelFormField
from declarations.linting import flags
from declarations.models import Finding, HistoryEntry
from declarations.workflow import amendments
from tests import factories as make

# Why what is typed there is not read for names. A new field stands in no line below, and fails until somebody decides.
SEALED = "sealed before it is stored: whoever spoke may say everything, and only readers with a key see it"
SENTENCE = "a sentence of a testimony: sealed, read for names beside its testimony, and cleared by a second person"
CODE = "a code, a number or the name of an account: it is looked up, and its words are kept nowhere"
PARTED = "a list of serials: each is checked for what it is"
STAFF = "the name of somebody of the team, who stands in the history under it"
SIGNED = "public because they agreed to it: who presided, who signed, and the reservations that were read aloud"
TEXT = "the text itself, which others read before it is public: laws, places and days have their place in it"
SETUP = "written once for everybody by whoever sets the forum up: titles, places, telephones of those who help"
DANGER = "whoever locks everything must not be held up by a word; its help says that no name belongs there"
EXEMPT = {
    "amendments.AmendmentForm.text": TEXT,
    "checking.CodeForm.code": CODE,
    "decisions.Member.serial": CODE,
    "decisions.MergeAmendment.text": TEXT,
    "decisions.NewGroup.title": SETUP,
    "decisions.NewRecommendation.words": TEXT,
    "decisions.Word.text": TEXT,
    "declarations.AdoptionOfWords.place": SIGNED,
    "declarations.AdoptionOfWords.presided_by": SIGNED,
    "declarations.AdoptionOfWords.signatures": SIGNED,
    "declarations.AdoptionOfWords.reservations": SIGNED,
    "declarations.Heading.heading": TEXT,
    "declarations.Title.title": TEXT,
    "editions.CodeForm.code": CODE,
    "excerpts.ExcerptForm.words": SENTENCE,
    "forums.OpenForum.title": SETUP,
    "forums.OpenForum.slug": SETUP,
    "forums.OpenForum.place": SETUP,
    "forums.OpenForum.time_zone": CODE,
    "forums.OpenForum.owner": CODE,
    "keys.Lock.reason": DANGER,
    "names.AskForm.testimony": CODE,
    "papers.GiveUp.serials": PARTED,
    "participants.Register.name": SEALED,
    "participants.Register.contact": SEALED,
    "people.GiveLink.name": STAFF,
    "people.GiveSeat.username": CODE,
    "people.OpenAccount.username": CODE,
    "people.OpenAccount.full_name": STAFF,
    "people.OpenBareAccount.username": CODE,
    "people.OpenBareAccount.full_name": STAFF,
    "people.RecoveryCode.code": CODE,
    "reading.QueueForm.language": CODE,
    "reading.SummaryForm.words": SEALED,
    "reading.TextForm.words": SEALED,
    "receipts.ReceiptForm.receipt": CODE,
    "recommendations.DraftForm.words": TEXT,
    "recommendations.GroundForm.document": TEXT,
    "recommendations.HandInForm.words": TEXT,
    "recommendations.PasteForm.text": TEXT,
    "recommendations.WordingForm.text": TEXT,
    "stands.StandForm.code": CODE,
    "taking.TakenForm.serial": CODE,
    **dict.fromkeys((f"testimonies.TestimonyForm.{name}" for name in ("website", "code")), CODE),
    **dict.fromkeys((f"testimonies.TestimonyForm.{name}" for name in ("words", "name")), SEALED),
    "typing.SheetNumber.number": CODE,
    "typing.TypingForm.sheet_code": CODE,
    "typing.TypingForm.asked_by": SEALED,
    "wordings.ClauseWordingForm.text": TEXT,
}
# What an addressee answers is signed and public: it may name a ministry, a person in office, a town and a day. Whoever
# answers has seen no testimony (M16). A telephone number or an age is asked about, as everywhere.
ANSWERS = {
    *("decisions.NewResponse.text", "decisions.NewCommitment.text", "decisions.ReportOfCommitment.text"),
    *("responses.AnswerForm.text", "responses.PromiseForm.text", "responses.ReportForm.text"),
}
# About a testimony, a sheet, a card or a name: nothing that is found may stay.
CLOSED = {"asked.Why.reason", "names.AskForm.reason", "names.RefuseNameForm.reason"}
# What stands in the admin's own forms of rows: the setup, and nothing about anybody.
IN_ROWS = {
    *(f"Forum.{name}" for name in ("slug", "title", "purpose", "place", "time_zone", "exit_url", "consent_version")),
    *(f"{model}.label" for model in ("Partner", "ForumLanguage", "Zone", "Region", "Family", "Capacity", "Delegation")),
    *(f"{model}.label" for model in ("Theme", "Topic", "Factor", "Addressee", "HelpContact", "Deadline")),
    *(f"{model}.code" for model in ("Partner", "ForumLanguage", "Zone", "Region", "Family", "Capacity", "Delegation")),
    *(f"{model}.code" for model in ("Theme", "Topic", "Factor", "Addressee")),
    *(f"{model}.speaker" for model in ("Zone", "Family", "Capacity")),
    *("HelpContact.phone", "HelpContact.languages", "Group.title"),
}
TELLING = {
    "telephone": "Appelez le 76 12 40 03",
    "age": "Une fille de 14 ans",
    "date": "Elle est partie le 12 mars",
    "place": "Dans le village de Dana",
    "name": "Amadou a demandé",
}


def all_forms() -> list[type[forms.BaseForm]]:
    for package in (declarations.forms, declarations.admin, declarations.views):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    found = set(below(forms.BaseForm))
    return sorted(
        (each for each in found if each.__module__.startswith("declarations.")),
        key=lambda each: (each.__module__, each.__qualname__),
    )


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def typed(kinds: Iterable[type[forms.BaseForm]]) -> dict[str, forms.Field]:
    """Every field into which words can be typed, named after the form that brings it."""
    found = {}
    for kind in kinds:
        for name, field in getattr(kind, "base_fields", {}).items():
            inherited = any(getattr(base, "base_fields", {}).get(name) is field for base in kind.__mro__[1:])
            is_words = isinstance(field, forms.CharField | LabelFormField | forms.JSONField)
            is_secret = field.widget.is_hidden or isinstance(field.widget, forms.PasswordInput)
            if is_words and not is_secret and not inherited:
                found[f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}.{name}"] = field
    return found


def is_read(field: Any) -> bool:
    return isinstance(field, ReasonField | SentencesField)


READ = {name: field for name, field in typed(all_forms()).items() if is_read(field)}


def unread(kinds: Iterable[type[forms.BaseForm]]) -> set[str]:
    return {name for name, field in typed(kinds).items() if not is_read(field)}


def test_every_sentence_that_is_typed_is_read_or_stands_here_with_its_why() -> None:
    assert unread(all_forms()) == set(EXEMPT)
    assert ANSWERS | CLOSED < set(READ) and len(READ) > 25


def test_a_new_reason_that_is_not_read_is_found() -> None:
    """The control: a form as somebody might write it tomorrow."""

    class Tomorrow(forms.Form):
        reason = forms.CharField(max_length=400)
        other = SentenceField()

    assert {name.rpartition(".")[2] for name in unread([*all_forms(), Tomorrow]) - set(EXEMPT)} == {"reason"}


def test_fields_that_a_form_makes_as_it_is_opened_are_known() -> None:
    """They stand in no class: the words of a finding are read, those of the text itself are the text."""
    made = set()
    for path in sorted(Path(inspect.getfile(declarations.forms)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in node.targets if isinstance(node, ast.Assign) else ():
                if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "self.fields":
                    made.add((path.stem, ast.unparse(node.value).partition("(")[0]))
    assert made == {
        ("findings", "heard_in"),
        ("declarations", "text_in"),
        ("excerpts", "forms.ChoiceField"),
        ("testimonies", "OneOf"),
        ("reading", "self.fields.pop"),
    }


@pytest.mark.django_db
def test_what_is_typed_into_a_row_in_the_admin_is_setup_or_read() -> None:
    request = RequestFactory().get("/")
    words, read = set(), set()
    for model, each in site.site._registry.items():
        if model._meta.app_label != "declarations" or not (each.adds or each.changes):
            continue
        shown = set(each.fields or [field.name for field in model._meta.fields]) - set(each.readonly_fields)
        for field in model._meta.fields:
            is_words = isinstance(field, models.TextField | models.CharField | models.JSONField) and not field.choices
            if field.name in shown and field.editable and is_words and each.changes:
                where = read if is_read(each.formfield_for_dbfield(field, request)) else words
                where.add(f"{model.__name__}.{field.name}")
    assert words == IN_ROWS and read == {"Participant.role"}


def sent(field: Any, words: str, stays: str = "") -> Any:
    """Clean a field as a form does, on a copy: what was typed, and what the box below it says."""
    one = copy.deepcopy(field)
    name = f"words{JOIN}fr" if isinstance(one, LabelFormField) else "words"
    return one.clean(one.widget.value_from_datadict({name: words, "words" + STAYS: stays}, {}, "words"))


@pytest.mark.parametrize("name", sorted(READ))
def test_what_tells_who_spoke_is_refused_in_every_field(name: str) -> None:
    for rule, words in TELLING.items():
        if name in ANSWERS and rule not in TO_REACH:
            sent(READ[name], words)
            continue
        with pytest.raises(ValidationError) as refused:
            sent(READ[name], words)
        assert any(flag.words in refused.value.messages[0] for flag in flags(words) if flag.rule == rule)
    sent(READ[name], "La pluie a tout effacé.")


@pytest.mark.parametrize("name", sorted(READ))
def test_a_tick_lets_stay_what_it_was_for_and_nothing_typed_since(name: str) -> None:
    words = TELLING["telephone"]
    tick = ".".join(mark_of(flag) for flag in flags(words))
    if name in CLOSED:
        with pytest.raises(ValidationError):
            sent(READ[name], words, tick)
        return
    assert words in str(sent(READ[name], words, tick))
    for other in (words + " ou le 66 00 11 22", TELLING["age"]):
        with pytest.raises(ValidationError):
            sent(READ[name], other, tick)


def test_a_reason_in_letters_that_are_not_searched_is_asked_for_in_others() -> None:
    for name, field in READ.items():
        if name in ANSWERS:
            continue
        with override("en"):
            with pytest.raises(ValidationError) as refused:
                sent(field, "ߞߐ߬ߟߐ߲ ߘߊߕߎ߯ߣߍ߲߫")
            assert ("Arabic letters" in refused.value.messages[0]) == (name in CLOSED)


# On the pages


@pytest.fixture
def forum() -> Any:
    return make.a_forum()


@pytest.mark.django_db
def test_the_page_says_what_was_found_and_keeps_it_once_somebody_says_that_it_may_stay(client: Any, forum: Any) -> None:
    organiser = make.organiser_of(forum)
    client.force_login(organiser.user)
    client.cookies["django_language"] = "en"
    clause = make.last_clause(make.a_declaration(forum))
    row = amendments.propose(clause, by=organiser, language="fr", text="Aucun puits.", reason="Court.")
    address = reverse("admin:declarations_amendment_do", args=[row.pk, "reject"])
    typed = {"reason": "Le Ministère s'y oppose à Gao."}
    page = client.post(address, typed)
    row.refresh_from_db()
    assert page.context["form"].errors["reason"] and row.state == "proposed"
    body = page.content.decode()
    # Gao is a region of the forum, and wide enough.
    assert "Could anybody be known by this: Ministère?" in body and "It may stay" in body
    assert not HistoryEntry.objects.filter(reason__contains="Ministère").exists()
    box = page.context["form"]["reason"].as_widget()
    marks = box.partition(f'name="reason{STAYS}" value="')[2].partition('"')[0]
    assert marks and "checked" not in box
    client.post(address, {**typed, f"reason{STAYS}": marks})
    row.refresh_from_db()
    assert row.state == "rejected" and row.decision_reason == typed["reason"]


@pytest.mark.django_db
def test_a_reason_about_what_rests_on_testimonies_has_no_box_to_tick(client: Any, forum: Any) -> None:
    client.force_login(make.organiser_of(forum).user)
    finding = make.a_finding(forum, "published")
    address = reverse("admin:declarations_finding_do", args=[finding.pk, "take-back"])
    page = client.post(address, {"reason": "Fatou ne veut plus.", f"reason{STAYS}": "x"})
    assert page.context["form"].errors["reason"] and STAYS not in page.content.decode()
    finding.refresh_from_db()
    assert finding.state == Finding.State.PUBLISHED
