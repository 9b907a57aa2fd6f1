"""M7: participants and testimonies as they are stored, joined by everything they share: nobody stands alone."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations import counting
from declarations.counting.cover import finest
from declarations.models import Capacity, Family, Forum, Membership, Participant, Region, Testimony, Zone
from declarations.workflow import describing
from declarations.workflow.describing import chain
from tests import factories as make

ROOMS = settings(max_examples=1000, deadline=None, derandomize=True)
LEAST = 10


@st.composite
def rooms(draw: Any) -> dict[Any, int]:
    """A room: how many people come from each region in each capacity; zeros, lone ones and crowds side by side."""
    zones = draw(st.integers(1, 4))
    families = draw(st.integers(1, 3))
    regions = [(f"r{zone}{n}", f"z{zone}") for zone in range(zones) for n in range(draw(st.integers(1, 4)))]
    capacities = [(f"c{family}{n}", f"f{family}") for family in range(families) for n in range(draw(st.integers(1, 3)))]
    sizes = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 14), st.integers(8, 60))
    return {
        chain(region, zone, capacity, family): people
        for region, zone in regions
        for capacity, family in capacities
        if (people := draw(sizes))
    }


def fitting(room: dict[Any, int], description: Any) -> int:
    return sum(people for each, people in room.items() if description in each)


@ROOMS
@given(rooms())
def test_nobody_is_described_by_what_fits_too_few(room: dict[Any, int]) -> None:
    """Whoever knows the room and these rules finds at least ten behind each description, or the whole small room."""
    allowed = counting.covering(room, LEAST)
    assert all(fitting(room, each) >= LEAST for each in allowed)
    described = finest(room, allowed)
    everybody = sum(room.values())
    for people in described.values():
        assert people >= LEAST or everybody < LEAST


@ROOMS
@given(rooms(), st.data())
def test_one_more_or_one_less_gives_nobody_away(room: dict[Any, int], data: Any) -> None:
    """Before and after one person registers, or leaves, each description in use hides at least ten."""
    if not room:
        return
    place = data.draw(st.sampled_from(sorted(room, key=repr)))
    for change in (1, -1):
        after = {each: people for each, people in {**room, place: room[place] + change}.items() if people}
        allowed = counting.covering(after, LEAST)
        everybody = sum(after.values())
        for people in finest(after, allowed).values():
            assert people >= LEAST or everybody < LEAST


def test_what_is_left_over_gives_nobody_away() -> None:
    """All of the North but two could be described by their region: then "the North" would be those two."""
    gao, menaka = (chain(region, "north", "herder", "rural") for region in ("gao", "menaka"))
    assert (("region", "gao"), None) not in counting.covering({gao: 12, menaka: 2}, LEAST)
    assert (("region", "gao"), None) in counting.covering({gao: 12, menaka: 11}, LEAST)
    assert (("region", "gao"), None) in counting.covering({gao: 12}, LEAST)


@st.composite
def seeds(draw: Any) -> int:
    return draw(st.integers(0, 2**32))


@pytest.mark.django_db
def test_as_stored_nobody_stands_alone() -> None:
    """Rooms of real rows: every testimony fits ten registered participants, whatever the tables share."""
    forum = make.a_forum()
    chance = random.Random(20261125)
    regions, capacities = list(forum.regions.select_related("zone")), list(forum.capacities.select_related("family"))
    for number in range(40):
        people = registered(forum, regions, capacities, chance)
        given_to: Counter[Any] = Counter()
        for region, capacity in {(each.region, each.capacity) for each in people}:
            offered = describing.descriptions(forum, region, capacity)
            for description in {offered[0], chance.choice(offered)}:
                one = stored(forum, description, number)
                joined = [each for each in people if fits(one, each)]
                assert len(joined) >= min(forum.public_minimum, len(people)), (number, one)
                given_to[offered[0]] += 1
        described = Counter(describing.descriptions(forum, each.region, each.capacity)[0] for each in people)
        assert all(n >= forum.public_minimum for n in described.values()) or len(people) < forum.public_minimum
        Participant.objects.filter(forum=forum).delete()
        Testimony.objects.filter(forum=forum).delete()


@pytest.mark.django_db
def test_a_group_is_left_out_where_few_of_its_members_fit_the_description() -> None:
    """Who sat in which group is stored: joined by it, a description that ten of the room share may fit one alone."""
    forum = make.a_forum()
    group = make.a_group(forum)
    people = [make.a_participant(forum) for _ in range(11)]
    Membership.objects.bulk_create(Membership(group=group, participant=each) for each in people[:9])
    gao = describing.Description(place=forum.regions.get(code="gao"))
    assert make.a_testimony(forum, description=gao, group=group).group is None
    assert make.a_testimony(forum, group=group).group is None
    Membership.objects.create(group=group, participant=people[9])
    assert make.a_testimony(forum, description=gao, group=group).group == group
    assert make.a_testimony(forum, group=group).group == group
    kayes = describing.Description(place=forum.regions.get(code="kayes").zone)
    assert make.a_testimony(forum, description=kayes, group=group).group is None


def registered(forum: Forum, regions: Any, capacities: Any, chance: random.Random) -> list[Participant]:
    """Some participants, most of them in a few places."""
    rows = []
    for number in range(chance.choice((3, 9, 25, 60, 120))):
        region = regions[min(int(chance.expovariate(0.6)), len(regions) - 1)]
        capacity = capacities[min(int(chance.expovariate(0.7)), len(capacities) - 1)]
        state = Participant.State.REGISTERED if chance.random() < 0.9 else Participant.State.INVITED
        row = Participant(forum=forum, region=region, capacity=capacity, serial=number + 1, code_hash=str(uuid.uuid4()))
        row.__dict__["state"] = state
        rows.append(row)
    Participant.objects.bulk_create(rows)
    return [row for row in rows if row.state == Participant.State.REGISTERED]


def stored(forum: Forum, description: describing.Description, number: int) -> Testimony:
    return Testimony(
        forum=forum, language="fr", taken_as="own_phone", given_on=forum.today(), **description.fields(),
        receipt_hash=f"{number}-{uuid.uuid4()}"[:64],
    )  # fmt: skip


def fits(one: Testimony, each: Participant) -> bool:
    """Whether a participant shares all that a testimony says of its speaker."""
    region: Region = each.region
    capacity: Capacity = each.capacity
    places: tuple[Region | Zone | None, ...] = (region, region.zone, None)
    standings: tuple[Capacity | Family | None, ...] = (capacity, capacity.family, None)
    return one.described_place in places and one.described_standing in standings
