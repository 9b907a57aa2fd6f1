"""Two forums side by side: every address of the site, every kind of seat of one, against the rows of the other.

Addresses are read off the resolver: a new page is covered on the day it is written, and one whose arguments are not
known here fails.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from declarations.admin.scope import path_to_forum
from declarations.models import (
    Amendment,
    ClauseWording,
    Commitment,
    Excerpt,
    FindingWording,
    Forum,
    ForumKey,
    Ground,
    KeyHolding,
    NameOpening,
    Recommendation,
    RecommendationWording,
    Seat,
    Session,
    Source,
    Testimony,
    Urgent,
    User,
)
from declarations.opendata import DATASETS
from declarations.workflow import names, reading, recommendations
from tests import factories as make
from tests.admin import world
from tests.room import desk

pytestmark = pytest.mark.django_db
Role = Seat.Role
# Stands in everything that is said in the other forum, and in what of it is not public.
THEIRS, CLOSED = "baobab", "termitière"
ACCOUNTS = [role for role in Role if role not in Seat.PASSING]
LINKS = [role for role in ACCOUNTS if role not in Seat.ACCOUNT_ONLY]


# Not there, not yours, not so, or sign in first.
AWAY = (302, 403, 404, 405, 409)


# Every address


@dataclass(frozen=True)
class Address:
    name: str
    pattern: str
    arguments: tuple[str, ...]


def addresses() -> list[Address]:
    return [*walk(get_resolver().url_patterns, "", "")]


def walk(patterns: Any, prefix: str, namespace: str) -> Iterator[Address]:
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield Address(namespace + (each.name or ""), route, tuple(each.pattern.regex.groupindex))
        else:
            inner = f"{each.namespace}:" if each.namespace else ""
            yield from walk(each.url_patterns, route, namespace + inner)


# What is asked about: an argument, on pages whose name fits, and the other forum's row that stands for it.

ROWS: list[tuple[str, str, Callable[[Forum], Any]]] = [
    ("pk", "(admin:)?seat-choose", lambda there: make.organiser_of(there).pk),
    ("pk", "admin:conflict", lambda there: there.conflicts.first().pk),
    ("pk", "admin:key-.*", lambda there: there.keys.first().pk),
    ("user", "admin:departure.*", lambda there: make.organiser_of(there).user_id),
    ("person", "admin:key-holder-remove", lambda there: KeyHolding.objects.filter(key__forum=there)[0].person_id),
    ("pk", "admin:urgent-.*", lambda there: rows(Urgent, there)[0].pk),
    ("pk", "admin:name-.*", lambda there: NameOpening.objects.filter(testimony__forum=there)[0].pk),
    ("pk", "admin:reading-.*|admin:excerpt-propose", lambda there: Testimony.objects.filter(forum=there)[0].pk),
    ("pk", "(admin:)?screen-.*", lambda there: there.spoken_screens.first().pk),
    ("pk", "admin:excerpt-.*", lambda there: Excerpt.objects.filter(testimony__forum=there)[0].pk),
    ("pk", "admin:paper(-.*)?", lambda there: there.paper_forms.first().pk),
    ("pk", "admin:proof-.*", lambda there: there.declaration.proofs.first().pk),
    ("pk", "admin:drafting-section", lambda there: there.declaration.sections.first().pk),
    ("pk", "admin:drafting-source-drop", lambda there: rows(Source, there)[0].pk),
    ("pk", "admin:drafting-amendment|amendment-withdraw", lambda there: rows(Amendment, there)[0].pk),
    ("pk", "session-.*", lambda there: rows(Session, there)[0].pk),
    ("pk", "commitment-.*", lambda there: rows(Commitment, there)[0].pk),
    ("pk", "recommendation-unground", lambda there: rows(Ground, there)[0].pk),
    ("number", "admin:finding-.*", lambda there: there.findings.order_by("-number")[0].number),
    ("number", "(recommendation|review|admin:drafting)-.*", lambda there: last(there.recommendations.all()).number),
    ("identifier", ".*", lambda there: make.last_clause(there.declaration).identifier),
]
# Arguments that name no row of a forum, with every value worth a try.
OTHERS: dict[str, list[Any]] = {
    "language": ["fr"],
    "version": [1],
    "extension": ["html", "json"],
    "kind": ["csv"],
    "dataset": list(DATASETS),
    "app_label": ["declarations"],
    # A link of the other forum is a key to it: without its token there is no seat.
    "token": ["A" * 43],
    "url": ["nothing/here"],
    "purpose": ForumKey.Purpose.values,
    "step": ["seats", "keys", "sessions"],
}
VERBS = {
    "admin:drafting-text": "start retitle add_section send_for_review return_to_drafting freeze adopt reopen",
    "admin:drafting-section": "add head up down remove",
    "admin:drafting-clause": "address rest place up down remove restore plenary",
    "admin:drafting-amendment": "accept merge reject",
}
# Not about one forum: the list of public ones, signing in and out, one's own password, what Django asks of itself.
OF_THE_SITE = {
    "home",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:jsi18n",
    "admin:language",
    "seat-leave",
    # Signs out whoever does it, so nothing after it would be asked: tests/admin/test_locking.py.
    "admin:lock",
}


def paths(address: Address, here: Forum, there: Forum) -> Iterator[tuple[Forum | None, bool, str]]:
    """The address with the other forum's rows in it, below either forum: (whose page, whether it names a row, path)."""
    if match := re.match(r"admin:declarations_(\w+?)_(list_do|do|change|delete|history)$", address.name):
        each = admin.site._registry[apps.get_model("declarations", match[1])]
        yield from ((None, match[2] != "list_do", path) for path in of_list(each, match[2], there))
    elif address.name == "admin:":
        yield None, True, "/admin/nothing/here/"  # what else leads nowhere, and the old address of a row: asked above
    else:
        assert address.name, f"{address.pattern} has no name"
        asked = {argument: values(argument, address, there) for argument in address.arguments if argument != "forum"}
        # Editions count from one in each forum, so the number of one names a row of either.
        names_a_row = any(argument not in (*OTHERS, "verb") for argument in asked) and "edition" not in address.name
        for chosen in itertools.product(*asked.values()):
            arguments = dict(zip(asked, chosen, strict=True))
            for whose in (here, there) if "forum" in address.arguments else (None,):
                of_forum = {"forum": whose.slug} if whose else {}
                yield whose, names_a_row, reverse(address.name, kwargs={**of_forum, **arguments})


def values(argument: str, address: Address, there: Forum) -> list[Any]:
    if argument == "verb" and address.name in VERBS:
        return VERBS[address.name].split()
    if argument in OTHERS:
        return OTHERS[argument]
    if argument == "number" and "edition" in address.name:
        return [1]
    for name, pages, row in ROWS:
        if name == argument and re.fullmatch(pages, address.name):
            return [row(there)]
    raise AssertionError(f"Say in ROWS, VERBS or OTHERS what {argument!r} of {address.name} ({address.pattern}) is.")


def last(numbered: Any) -> Any:
    return numbered.order_by("-number")[0]


def of_list(each: Any, page: str, there: Forum) -> Iterator[str]:
    if page == "list_do":
        yield from (each.address(page, verb.name) for verb in each.list_verbs)
        return
    row = world.rows_of(each, there)[0]
    verbs = [(verb.name,) for verb in each.verbs] if page == "do" else [()]
    yield from (each.address(page, row.pk, *verb) for verb in verbs)


# Two forums, made once


def marked(forum: Forum) -> None:
    """Write the mark into every label of the forum and every name of its people."""
    for model in apps.get_app_config("declarations").get_models():
        if any(field.name == "label" for field in model._meta.fields) and hasattr(model, "forum"):
            for row in model._base_manager.filter(forum=forum):
                model._base_manager.filter(pk=row.pk).update(label={"fr": f"{THEIRS} {row.pk}"})
    forum.groups.update(title={"fr": THEIRS})
    Seat.objects.filter(forum=forum).update(name=f"{THEIRS} {CLOSED}")
    User.objects.filter(seats__forum=forum).update(first_name=THEIRS, last_name=CLOSED)
    Session.objects.filter(group__forum=forum).update(minutes=f"{THEIRS} {CLOSED}")


def the_other() -> Forum:
    """A forum with a row in every list, all of it marked, and more of what is numbered than the first has."""
    there = make.a_forum("there", title={"fr": f"Forum {THEIRS}"}, place={"fr": THEIRS})
    marked(there)
    world.furnish(there, 2)
    reader = desk.a_reader(there)
    make.a_conflict(there, f"{THEIRS} {CLOSED}")
    world.publish(there, 3)
    make.a_spoken_screen(there, reviewed=False)
    sentence = desk.a_sentence(there, reader)
    assert sentence.state == Excerpt.State.PROPOSED
    (asking, private), _other = make.custodians(there)
    reading.raise_urgent(sentence.testimony, by=reader)
    names.ask(make.a_named_testimony(there, f"{THEIRS} {CLOSED}"), by=asking, reason=CLOSED, private=private)
    reading.share_out(reader, by=reader, languages=["fr"])
    recommendations.ground(there.recommendations.first(), by=make.organiser_of(there), document="x", reason="x")
    for _ in range(5):
        make.a_recommendation(there)
        make.a_finding(there, "draft")
    words = f"{THEIRS} {CLOSED}"
    FindingWording.objects.filter(finding__forum=there).update(text=words)
    drafts = there.recommendations.filter(state=Recommendation.State.DRAFT)
    drafts.update(handed_in_words=words)
    RecommendationWording.objects.filter(recommendation__in=drafts).update(text=words)
    ClauseWording.objects.filter(clause__section__declaration__forum=there).update(text=THEIRS)
    marked(there)
    return there


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Forum, Forum]]:
    """Both forums, in one transaction that is undone when this file is done; each test undoes its own inside it."""
    with django_db_blocker.unblock(), transaction.atomic():
        here = world.whole("here")
        desk.a_reader(here)
        yield here, the_other()
        transaction.set_rollback(True)


def signed_in(here: Forum, role: str, by_link: bool) -> Client:
    """A browser of somebody with a seat in the first forum; a reader's has the reading room open."""
    fields: dict[str, Any] = {}
    if role == Role.RAPPORTEUR:
        fields["group"] = here.groups.first()
    if role in (Role.TRANSLATOR, Role.APPROVER):
        fields["language"] = "fr"
    if role == Role.ADDRESSEE:
        fields["addressee"] = here.addressees.first()
    if role == Role.READER:
        return desk.at_work(desk.a_reader(here))
    seat = make.a_seat(here, role, user=not by_link, **fields)
    if not by_link:
        return desk.signed_in(seat)
    client = Client()
    session = client.session
    session["seats_by_link"], session["seat"] = [seat.pk], seat.pk
    session.save()
    return client


# What a form could hold: whatever a page asks, something is filled in.
TYPED = {
    "post": "yes", "sure": "1", "act": "save", "send": "1", "words": "x", "text": "x", "reason": "x", "text_fr": "x",
    "summary-words": "x", "excerpt-words": "x", "refuse-reason": "empty", "position": "accepted", "verdict": "support",
    "text-words": "x", "text-as": "transcript", "judge-there": "1",
    "passphrase": desk.PASSPHRASE, "language": "fr", "revision": "1", "stance": "agree", "answer": "yes",
}  # fmt: skip


def digest(forum: Forum) -> str:
    """One number for every row of the forum, all columns, whatever the table."""
    total = hashlib.sha256()
    for model in apps.get_app_config("declarations").get_models():
        for row in rows(model, forum).order_by("pk").values_list():
            total.update(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode())
    return total.hexdigest()


def rows(model: type[models.Model], forum: Forum) -> models.QuerySet[Any]:
    try:
        return model._base_manager.filter(**{path_to_forum(model): forum}).distinct()
    except Exception:
        # What belongs to no forum (keys of persons and of days) is held whole.
        return model._base_manager.none() if model.__name__ == "PersonKey" else model._base_manager.all()


class Writes:
    """Notes whether a statement wrote anything but a session."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            self.seen = True
        return execute(sql, params, many, context)


WHO = [
    *[pytest.param(role, False, id=str(role)) for role in ACCOUNTS],
    *[pytest.param(role, True, id=f"{role}-by-link") for role in LINKS],
]


@dataclass(frozen=True)
class Visit:
    """One request, whose page it was, and whether its address names a row of the other forum."""

    method: str
    path: str
    whose: Forum | None
    names_a_row: bool
    response: Any


def visits(client: Client, here: Forum, there: Forum, skip: str = "-") -> Iterator[Visit]:
    """Every address in every way, but for those of the site, and those whose name begins with `skip`."""
    for address in addresses():
        if address.name in OF_THE_SITE or address.name.startswith(skip):
            continue
        for whose, names_a_row, path in paths(address, here, there):
            yield Visit("GET", path, whose, names_a_row, client.get(path))
            yield Visit("POST", path, whose, names_a_row, client.post(path, TYPED))


def body(response: Any) -> str:
    return (b"".join(response) if response.streaming else response.content).decode(errors="replace")


@pytest.mark.parametrize(("role", "by_link"), WHO)
def test_no_seat_of_one_reaches_the_other(both: tuple[Forum, Forum], role: str, by_link: bool) -> None:
    here, there = both
    client, anybody = signed_in(here, role, by_link), Client()
    before, writes, looked_at = digest(there), Writes(), 0
    with connection.execute_wrapper(writes):
        # A link does not open the admin at all (tests/admin/test_scope.py); an account is asked at every page of it.
        for visit in visits(client, here, there, skip="admin:" if by_link else "-"):
            status, page = visit.response.status_code, body(visit.response)
            what = f"{role}: {visit.method} {visit.path} answers {status}"
            looked_at += 1
            assert CLOSED not in page, what
            if visit.whose == there:
                # The other forum's own pages: what they show is what they show to anybody, and no more.
                assert status != 200 or visit.method == "POST" or anybody.get(visit.path).status_code == 200, what
            else:
                assert THEIRS not in page, what
                assert status in AWAY or not visit.names_a_row, what
            if writes.seen:
                assert digest(there) == before, what
                writes.seen = False
    assert looked_at > (100 if by_link else 400)


def test_somebody_without_a_seat_reaches_no_desk(both: tuple[Forum, Forum]) -> None:
    here, there = both
    before = digest(there)
    for visit in visits(Client(), here, there):
        what = f"{visit.method} {visit.path} answers {visit.response.status_code}"
        assert CLOSED not in body(visit.response), what
        if "/admin/" in visit.path or "/desk/" in visit.path or "/take/" in visit.path:
            assert visit.response.status_code in AWAY, what
    assert digest(there) == before


def test_the_marks_are_there_for_those_who_may_see_them(both: tuple[Forum, Forum]) -> None:
    """The control: an organiser of the other forum does see both marks, so their absence says something."""
    _here, there = both
    client = desk.signed_in(make.a_seat(there))
    for each in world.lists():
        page = body(client.get(each.address("changelist")))
        if each.model in (Seat, User):
            assert CLOSED in page, each
    assert THEIRS in body(client.get(reverse("admin:index")))


def test_a_change_in_the_other_forum_is_noticed(both: tuple[Forum, Forum]) -> None:
    _here, there = both
    before = digest(there)
    there.themes.update(order=41)
    assert digest(there) != before


def test_every_list_of_the_admin_has_a_row_to_ask_about(both: tuple[Forum, Forum]) -> None:
    _here, there = both
    assert all(world.rows_of(each, there) for each in world.lists())
