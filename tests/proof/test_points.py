"""M2: the short form of `make proof`, and that its comparison finds what it is there to find."""

from __future__ import annotations

import hashlib
import random
import uuid

import pytest

from declarations import sealing
from declarations.workflow import testimonies
from tests import factories as make
from tests.apart import said_by

from . import points

POINTS = 10  # on each database, so twenty in all


def test_ten_deaths_of_the_server_lose_nothing_and_double_nothing(pytestconfig):
    on = ["--postgres"] if pytestconfig.pluginmanager.has_plugin("tests.postgres") else []
    said = said_by("tests.proof", "--points", str(POINTS), "--phones", "12", *on)
    print(said)
    assert "none doubled" in said


@pytest.fixture
def room():
    """A room in which three phones were told the truth."""
    forum = make.a_forum()
    private = make.reading_private(forum)
    room = points.Room(forum, port=0)
    for number in range(3):
        pk, receipt, audio = uuid.uuid4(), sealing.new_receipt(), points.sound(random.Random(number))
        consent = testimonies.Consent(summarise=True, quote=False, voice=True, language="fr")
        testimonies.give(
            forum, id=pk, words=f"Mot {number}", language="fr", taken_as="own_phone", consent=consent,
            receipt=receipt, audio=audio,
        )  # fmt: skip
        room.told[str(pk)] = points.Told(f"Mot {number}", receipt, hashlib.sha256(audio).hexdigest())
    return room, private


def all_told():
    """A room in which each way was taken once, with a voice."""
    told = {way: points.Told("Mot", "5" * 16, "voice", way) for way in points.WAYS}
    return points.Room(None, port=0, told=told)


def test_what_was_put_to_the_proof_is_no_fault():
    assert points.unproved(all_told(), points=10, under_load=5) == []


def test_a_proof_that_proved_nothing_is_a_fault():
    """Deaths that met nobody, phones that were never answered, a way that nobody took, a voice that nobody sent."""
    assert points.unproved(all_told(), points=10, under_load=4) == ["only 4 of 10 deaths met a phone on the line"]
    assert "nothing was acknowledged" in points.unproved(points.Room(None, port=0), points=10, under_load=10)
    for way in points.WAYS:
        room = all_told()
        room.told[way].audio = ""
        assert points.unproved(room, points=10, under_load=10) == [f"no voice was acknowledged by {way}"]
        del room.told[way]
        assert f"nothing was acknowledged by {way}" in points.unproved(room, points=10, under_load=10)


@pytest.mark.django_db
def test_the_truth_has_no_fault(room):
    assert points.compared(*room) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda room, told: room.told.update({str(uuid.uuid4()): told}), "not stored"),
        (lambda room, told: room.told.popitem(), "never acknowledged"),
        (lambda room, told: setattr(told, "words", "Autre"), "other words"),
        (lambda room, told: setattr(told, "receipt", "5" * 16), "another receipt"),
        (lambda room, told: setattr(told, "audio", "0" * 64), "other audio"),
    ],
    ids=["lost", "doubled", "words", "receipt", "audio"],
)
def test_what_is_not_as_it_was_acknowledged_is_found(room, change, fault):
    change(room[0], next(iter(room[0].told.values())))
    assert any(fault in said for said in points.compared(*room))
