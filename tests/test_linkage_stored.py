"""M3, M7: everything that stands in the tables once people told in every way, joined by whoever has the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from declarations.forms.choices import mark_of
from declarations.models import CardBatch, Conflict, Forum, Membership, Participant, ReceiptCard, Seat, Testimony
from declarations.workflow import describing, moves, participants
from declarations.workflow.describing import Description
from tests import factories as make
from tests.admin import test_papers as papers
from tests.canaries.journey import Journey
from tests.room.desk import signed_in
from tests.views.test_outbox import Phone, sent

pytestmark = pytest.mark.django_db

# What a column says of somebody. A new one stands in no line below, and fails until somebody decides what it is.
OWN = "names one row, or is held by one alone: it stands nowhere on the other side"
SEALED = "ciphertext, or a digest under a key: it stands nowhere on the other side"
SHARED = "on both sides: whoever it fits is counted"
ALIKE = "on one side alone, or the same in every row: it joins nothing"
STAFF = "who of the staff did something"

STARTS = "participant", "testimony", "historyentry", "receiptcard", "paperform", "conflict", "latecopy", "turnedaway"
# Where the road to another row ends: what many share, or what is public.
ENDS = (
    *("forum", "region", "zone", "capacity", "family", "delegation", "group", "forumkey", "seat", "finding"),
    *("user", "topic", "contenttype"),
)
OF_PARTICIPANTS = ("participant", "membership")
OF_TESTIMONIES = (
    *("testimony", "testimonykey", "sealedtext", "recording", "recordingchunk", "draft", "sealedname", "nameopening"),
    *("urgent", "excerpt", "quote", "voice", "evidence", "conflict", "conflictchunk", "latecopy"),
)
COLUMNS: dict[str, dict[str, str]] = {
    "participant": {
        **dict.fromkeys(("id", "serial", "code_hash"), OWN),
        **dict.fromkeys(("forum_id", "sex", "age", "delegation_id", "role", "name_key_id", "state"), ALIKE),
        **dict.fromkeys(("region_id", "capacity_id"), SHARED),
        "sealed_name": SEALED,
    },
    "membership": {"id": OWN, "participant_id": OWN, "group_id": SHARED},
    "testimony": {
        "id": OWN,
        **dict.fromkeys(("forum_id", "state", "language", "taken_as", "withdrawn_on", "erased_on"), ALIKE),
        **dict.fromkeys(("may_summarise", "may_quote", "may_keep_voice"), ALIKE),
        **dict.fromkeys(("consent_language", "consent_read_aloud", "consent_version"), ALIKE),
        **dict.fromkeys(("described_region_id", "described_zone_id"), SHARED),
        **dict.fromkeys(("described_capacity_id", "described_family_id", "group_id", "given_on"), SHARED),
        **dict.fromkeys(("receipt_hash", "content_hash"), SEALED),
    },
    "testimonykey": {"testimony_id": OWN, "forum_key_id": ALIKE, "sealed": SEALED},
    "sealedtext": {
        **dict.fromkeys(("id", "testimony_id"), OWN),
        **dict.fromkeys(("kind", "language"), ALIKE),
        "envelope": SEALED,
        "written_by_id": STAFF,
    },
    "recording": {"id": OWN, "testimony_id": OWN, "kind": ALIKE},
    "recordingchunk": {"id": OWN, "recording_id": OWN, "number": ALIKE, "envelope": SEALED},
    "draft": {"id": OWN, "testimony_id": OWN, "seat_id": STAFF, "envelope": SEALED},
    "sealedname": {
        "testimony_id": OWN,
        **dict.fromkeys(("first_key_id", "other_key_id"), ALIKE),
        **dict.fromkeys(("first_share", "other_share", "envelope"), SEALED),
    },
    "nameopening": {
        **dict.fromkeys(("id", "testimony_id"), OWN),
        **dict.fromkeys(("state", "reason"), ALIKE),
        **dict.fromkeys(("asked_by_id", "asked_at", "agreed_by_id"), STAFF),
        "share": SEALED,
    },
    "urgent": {
        **dict.fromkeys(("id", "testimony_id"), OWN),
        **dict.fromkeys(("raised_by_id", "raised_on", "noted_by_id", "noted_on"), STAFF),
    },
    "excerpt": {
        **dict.fromkeys(("id", "testimony_id"), OWN),
        **dict.fromkeys(("state", "language", "source"), ALIKE),
        **dict.fromkeys(("envelope", "answers"), SEALED),
        **dict.fromkeys(("translated_by_id", "proposed_by_id", "cleared_by_id"), STAFF),
    },
    # Public words of a sentence, beside the description that is counted with its testimony.
    "quote": {"id": ALIKE, "excerpt_id": OWN, "words": ALIKE, "salt": SEALED, "speaker": ALIKE, "kept": ALIKE},
    "voice": {"id": ALIKE, "finding_id": ALIKE, "excerpt_id": OWN},
    "evidence": {"id": ALIKE, "finding_id": ALIKE, "testimony_id": OWN, "kind": ALIKE, "reason": ALIKE},
    "conflict": {
        **dict.fromkeys(("id", "taken_id"), OWN),
        **dict.fromkeys(("forum_id", "language", "forum_key_id"), ALIKE),
        **dict.fromkeys(("content_hash", "envelope", "sealed_key"), SEALED),
        "given_on": SHARED,
    },
    "conflictchunk": {
        **dict.fromkeys(("id", "conflict_id", "recording"), OWN),
        "number": ALIKE,
        "envelope": SEALED,
    },
    "latecopy": {"digest": SEALED},
    "turnedaway": dict.fromkeys(("id", "forum_id", "day", "why", "count"), ALIKE),
    "receiptcard": {
        **dict.fromkeys(("id", "serial"), OWN),
        **dict.fromkeys(("forum_id", "batch_id", "is_used", "is_void"), ALIKE),
        "receipt_hash": SEALED,
    },
    "cardbatch": {
        "id": OWN,
        **dict.fromkeys(("forum_id", "number", "kind", "size", "printed_on", "voided_on"), ALIKE),
        "printed_by_id": STAFF,
    },
    "paperform": {
        **dict.fromkeys(("id", "card_id"), OWN),
        **dict.fromkeys(("forum_id", "state", "language"), ALIKE),
        **dict.fromkeys(("draft", "wrapped_key"), SEALED),
        "typed_by_id": STAFF,
    },
    "historyentry": {
        **dict.fromkeys(("id", "object_id", "digest"), OWN),
        **dict.fromkeys(("forum_id", "number", "content_type_id", "verb", "from_state", "to_state"), ALIKE),
        **dict.fromkeys(("at", "seat_id", "seat_name", "reason"), STAFF),
    },
}
SHORTEST = 6  # characters of a value that names a row; a counter of two digits stands everywhere


def name_of(table: str) -> str:
    return table.removeprefix("declarations_").removeprefix("django_")


def reached() -> set[str]:
    """The tables of a person, of a testimony and of what may stand between, as the database itself ties them."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        ties = {table: {to for _c, to in relations(cursor, table)} for table in tables}
    found, open_ = set(), {f"declarations_{name}" for name in STARTS}
    while open_:
        table = open_.pop()
        found.add(table)
        near = ties[table] | {other for other, to in ties.items() if table in to}
        open_ |= {each for each in near if name_of(each).replace("_", "") not in ENDS} - found
    return found


def relations(cursor: Any, table: str) -> Iterable[tuple[str, str]]:
    found = connection.introspection.get_relations(cursor, table)
    return [(column, other[1]) for column, other in found.items()]


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [each.name for each in connection.introspection.get_table_description(cursor, table)]


def raw(table: str) -> list[dict[str, Any]]:
    """The rows of a table as they are stored, with no model between."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM declarations_{table}")
        names = [each[0] for each in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def as_text(value: object) -> str:
    """A value as it can be compared with any other: identifiers without their dashes, bytes in hexadecimal."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.hex if isinstance(value, uuid.UUID) else str(value).replace("-", "")


def naming(tables: Iterable[str]) -> Iterator[str]:
    """Every value that names a row, or stands in it alone."""
    for table in tables:
        for row in raw(table):
            for column, value in row.items():
                text = as_text(value)
                if COLUMNS[table][column] in (OWN, SEALED) and value is not None and len(text) >= SHORTEST:
                    yield text


def everything(tables: Iterable[str]) -> set[str]:
    return {as_text(value) for table in tables for row in raw(table) for value in row.values()}


def ties() -> set[str]:
    """Every value by which a row of a testimony names one of a person, a card, a form or the history, or is named."""
    others = [table for table in COLUMNS if table not in OF_TESTIMONIES]
    return set(naming(OF_TESTIMONIES)) & everything(others) | set(naming(others)) & everything(OF_TESTIMONIES)


def as_day(value: Any) -> str:
    return str(value)[:10]


def fitting(one: dict[str, Any], among: Iterable[dict[str, Any]], forum: Forum) -> list[dict[str, Any]]:
    """The people who share with a stored testimony all that both sides say: place, standing, group and day."""
    zones = {row.pk: row.zone_id for row in forum.regions.all()}
    families = {row.pk: row.family_id for row in forum.capacities.all()}
    members = {(row["group_id"], row["participant_id"]) for row in raw("membership")}
    came = {row["object_id"]: as_day(row["at"]) for row in raw("historyentry") if row["verb"] == "register"}
    return [
        each
        for each in among
        if one["described_region_id"] in (None, each["region_id"])
        and one["described_zone_id"] in (None, zones[each["region_id"]])
        and one["described_capacity_id"] in (None, each["capacity_id"])
        and one["described_family_id"] in (None, families[each["capacity_id"]])
        and (one["group_id"] is None or (one["group_id"], each["id"]) in members)
        and came.get(str(each["id"]), "") <= as_day(one["given_on"])
    ]


def lonely(forum: Forum) -> list[dict[str, Any]]:
    """Stored testimonies that fit fewer people of the stored room than may be told in public.

    Words kept aside name the testimony whose identifier they took: both days and its description are joined.
    """
    room, told = raw("participant"), raw("testimony")
    of = {as_text(one["id"]): one for one in told}
    aside = [{**of[as_text(row["taken_id"])], "given_on": row["given_on"]} for row in raw("conflict")]
    return [one for one in (*told, *aside) if len(fitting(one, room, forum)) < forum.public_minimum]


# Every column is classed


def test_every_column_on_the_way_from_a_person_to_a_testimony_is_classed() -> None:
    assert {name_of(table): set(columns(table)) for table in reached()} == {
        table: set(classed) for table, classed in COLUMNS.items()
    }


def test_a_table_that_comes_is_seen() -> None:
    """The control: a further column, and a table that holds both identifiers."""
    before = reached()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE declarations_turnedaway ADD COLUMN who integer")
        key = "char(32)" if connection.vendor == "sqlite" else "uuid"
        cursor.execute(f"CREATE TABLE declarations_link (testimony_id {key} REFERENCES declarations_testimony (id))")
    assert reached() - before == {"declarations_link"}
    assert set(columns("declarations_turnedaway")) - set(COLUMNS["turnedaway"]) == {"who"}


# Everybody tells


class Room:
    """A forum in which people told in every way, each through the page or the verb that takes it."""

    def __init__(self) -> None:
        # A journey brings the answers of a form and a forum that is live.
        self.answers, self.forum = Journey().answers, Forum.objects.get()
        make.reading_private(self.forum)
        self.codes = {
            (region, capacity): [self.register(region, capacity) for _ in range(number)]
            for region, capacity, number in (
                *(("gao", "herder", 11), ("gao", "farmer", 2), ("kidal", "farmer", 12)),
                *(("kayes", "chief", 3), ("sikasso", "official", 5)),
            )
        }
        self.herder = Description(self.forum.regions.get(code="gao"), self.forum.capacities.get(code="herder"))

    def register(self, region: str, capacity: str) -> tuple[Participant, str]:
        where, who = self.forum.regions.get(code=region), self.forum.capacities.get(code=capacity)
        return participants.register(self.forum, by=make.organiser_of(self.forum), region=where, capacity=who)

    def tell(self, region: str, capacity: str) -> None:
        """On one's own phone, with a card, described as closely as is safe, once that was shown."""
        person, code = self.codes[region, capacity][0]
        finest = describing.descriptions(self.forum, person.region, person.capacity)[0]
        answers = self.answers(words="Le puits.", code=code, precision="fine", seen=mark_of(finest))
        self.post("testimony-new", answers, Client())

    def post(self, name: str, answers: dict[str, Any], client: Client) -> None:
        answer = client.post(reverse(name, args=[self.forum.slug]), answers)
        assert answer.status_code == 200, answer.content.decode()[:2000]

    def tell_in_a_group(self) -> None:
        """Said in a working group: once in a large one, once in one where few share the description."""
        for number in (11, 4):
            group = make.a_group(self.forum)
            herders = [person for person, _code in self.codes["gao", "herder"][:number]]
            others = [person for person, _code in self.codes["kidal", "farmer"][: 12 - number]]
            rows = [Membership(group=group, participant=person) for person in (*herders, *others)]
            Membership.objects.bulk_create(rows)
            make.a_testimony(self.forum, group=group, description=self.herder)

    def tell_at_a_desk(self) -> None:
        seat, card = make.a_seat(self.forum, Seat.Role.FACILITATOR), make.a_card(self.forum)
        more = {"read_aloud": "yes", "interpreted": "no", "serial": card.serial}
        more |= {"region": "gao", "capacity": "herder", "precision": "fine", "seen": mark_of(self.herder)}
        self.post("testimony-take", self.answers(words="Au bureau.", **more), signed_in(seat))
        assert ReceiptCard.objects.get(serial=card.serial).is_used

    def tell_on_paper(self) -> None:
        sheet = make.a_card(self.forum, CardBatch.Kind.FORMS)
        one, other = signed_in(make.organiser_of(self.forum)), signed_in(make.a_seat(self.forum, "facilitator"))
        assert papers.type_(one, sheet, language="fr").status_code == 302
        assert papers.enter(other, sheet, language="fr").status_code == 302

    def send_from_phones(self) -> None:
        """Sealed hours before, with a card each, and what had been agreed then."""
        for place in (("gao", "herder"), ("kayes", "chief")):
            phone = Phone(self.forum, typed={"code": self.codes[place][1][1], "seen": mark_of(self.herder)})
            assert sent(phone) == "kept"

    def send_others_under_the_same_number(self) -> None:
        """A phone sends, and comes back with other words under the identifier: those are kept aside."""
        typed = {"code": self.codes["gao", "herder"][2][1], "seen": mark_of(self.herder)}
        phone = Phone(self.forum, typed=typed)
        assert sent(phone) == "kept"
        other = Phone(self.forum, id=phone.id, words="D’autres mots.", typed=typed)
        assert sent(other) == "conflict"

    def whole(self) -> Room:
        for place in self.codes:
            self.tell(*place)
        self.tell_in_a_group()
        self.tell_at_a_desk()
        self.tell_on_paper()
        self.send_from_phones()
        self.send_others_under_the_same_number()
        return self


@pytest.fixture
def room() -> Room:
    return Room().whole()


def test_nothing_that_is_stored_ties_a_testimony_to_a_person_or_a_card(room: Room) -> None:
    rows = raw("testimony")
    assert len(rows) == 5 + 2 + 1 + 1 + 2 + 1
    [aside] = raw("conflict")
    assert as_text(aside["taken_id"]) in {as_text(row["id"]) for row in rows}
    assert {row["taken_as"] for row in rows} == {"own_phone", "facilitator", "paper"}
    assert len(set(naming(OF_TESTIMONIES))) > 60 and len(set(naming(OF_PARTICIPANTS))) > 50
    assert ties() == set()


@pytest.mark.parametrize("column", ["code_hash", "serial"])
def test_a_tie_is_found(room: Room, column: str) -> None:
    """The control: what names a person, put beside a testimony; and the number of a card in the history."""
    person, testimony = Participant.objects.first(), Testimony.objects.first()
    assert person and testimony
    Testimony.objects.filter(pk=testimony.pk).update(content_hash=getattr(person, column))
    assert ties() == {as_text(getattr(person, column))}
    moves.record(testimony, by=make.organiser_of(room.forum), verb="read")
    assert ties() == {as_text(getattr(person, column)), testimony.pk.hex}


def test_each_stored_testimony_fits_enough_people_of_the_room(room: Room) -> None:
    rows = raw("testimony")
    assert sum(row["described_capacity_id"] is not None for row in rows) >= 4, "some are described finely"
    assert sum(row["group_id"] is not None for row in rows) == 1, "and one stands with its group"
    assert lonely(room.forum) == []


def test_a_description_that_fits_few_is_found(room: Room) -> None:
    """The control: one described as the two farmers of Gao, one with a group in which four herders sat, and a day."""
    first, second, third = Testimony.objects.in_no_order()[:3]
    gao, farmer = room.forum.regions.get(code="gao"), room.forum.capacities.get(code="farmer")
    nothing = {"described_zone": None, "described_family": None, "group": None}
    alone = {**nothing, "described_region": gao, "described_capacity": farmer}
    Testimony.objects.filter(pk=first.pk).update(**alone)
    small = room.forum.groups.order_by("number").last()
    Testimony.objects.filter(pk=second.pk).update(**{**nothing, "described_region": gao, "group": small})
    Testimony.objects.filter(pk=third.pk).update(given_on="2020-01-01")
    assert {as_text(row["id"]) for row in lonely(room.forum)} == {one.pk.hex for one in (first, second, third)}


def test_words_kept_aside_that_fit_few_are_found(room: Room) -> None:
    """The control: the day on which the other words came is one on which nobody had registered yet."""
    Conflict.objects.update(given_on="2020-01-01")
    aside = Conflict.objects.get()
    assert [(as_text(row["id"]), str(row["given_on"])) for row in lonely(room.forum)] == [
        (aside.taken_id.hex, "2020-01-01")
    ]


def test_whoever_tells_once_people_went_back_is_described_as_the_room_is_now(room: Room) -> None:
    """Six of eleven herders are only invited again; a page, a desk or a phone may still hold what fitted before."""
    before = {as_text(row["id"]) for row in raw("testimony")}
    herders = [person for person, _code in room.codes["gao", "herder"]]
    assert room.herder in describing.descriptions(room.forum, herders[0].region, herders[0].capacity)
    for person in herders[2:8]:
        moves.move(person, Participant.State.INVITED, by=make.organiser_of(room.forum), verb="leave")
    assert room.herder not in describing.descriptions(room.forum, herders[0].region, herders[0].capacity)
    room.tell("gao", "herder")
    room.tell("gao", "farmer")
    room.send_from_phones()
    rows = [row for row in raw("testimony") if as_text(row["id"]) not in before]
    assert len(rows) == 4
    registered = [row for row in raw("participant") if row["state"] != "invited"]
    assert all(len(fitting(one, registered, room.forum)) >= room.forum.public_minimum for one in rows)
    # What was told before still fits as many of those whom the tables know.
    assert lonely(room.forum) == []
