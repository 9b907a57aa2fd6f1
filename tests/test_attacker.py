"""M7: given every table the product shows, no number below its minimum can be bounded: over 1,000 random rooms each."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from declarations import counting
from declarations.counting import hiding
from declarations.counting import people as people_counted
from declarations.counting.daily import Held
from declarations.counting.heard import Behind, behind, spread
from declarations.counting.hiding import Rule
from declarations.counting.lines import Line, rolled_up
from declarations.counting.people import Cell, agreement, room_of, series, table
from tests.attacker import Attacker, of_room, of_series, of_table

ROOMS = settings(max_examples=1000, deadline=None, derandomize=True)
FIRST = settings(ROOMS, phases=[Phase.generate], database=None)  # any room does: none is made smaller
INSIDE, PUBLIC = 5, 10
NUMBERS = st.lists(st.integers(0, 40), min_size=1, max_size=9)
STANCES = [Line(code, {}, (code,)) for code in ("agree", "disagree", "unsure")]


@dataclass(frozen=True)
class People:
    """Who is in a room: lines by kind, and how many stand in each place."""

    lines: dict[str, list[Line]]
    counts: dict[tuple[Hashable, Hashable], int]
    besides: dict[str, dict[Hashable, int]] = field(default_factory=dict)  # the same people by sex, and by age

    @property
    def everybody(self) -> dict[tuple[Hashable, Hashable], int]:
        return {**self.counts, **{(by, code): n for by, ns in self.besides.items() for code, n in ns.items()}}

    def small(self, places: Any, minimum: int) -> bool:
        return sum(self.everybody[place] for place in places) < minimum


@st.composite
def people(draw: Any, kinds: tuple[str, str, str, str] = ("region", "zone", "capacity", "family")) -> People:
    """Zones of regions by families of capacities; empty places, lone people and crowds side by side."""
    lines: dict[str, list[Line]] = {}
    for fine, coarse in (kinds[:2], kinds[2:]):
        sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
        parts = [[f"{fine}{whole}{part}" for part in range(size)] for whole, size in enumerate(sizes)]
        lines[coarse] = [Line(f"{coarse}{number}", {}, tuple(members)) for number, members in enumerate(parts)]
        lines[fine] = [Line(code, {}, (code,)) for members in parts for code in members]
    number = st.one_of(
        st.just(0), st.integers(0, 3), st.integers(0, 14), st.integers(8, 60), st.sampled_from((20, 30, 50))
    )
    places = [(one.code, other.code) for one in lines[kinds[0]] for other in lines[kinds[2]]]
    counts = {place: draw(number) for place in places}
    besides = {}
    for by, most in (("sex", 3), ("age", 5)):
        parts = draw(st.integers(1, most))
        besides[by] = dict(enumerate(divided(draw, sum(counts.values()), parts)))
        lines[by] = [Line(f"{by}{part}", {}, (part,)) for part in range(parts)]
    return People(lines, counts, besides)


def divided(draw: Any, n: int, parts: int) -> list[int]:
    """So many people in so many parts: a few, about as many as elsewhere, or all that are left."""
    sizes = []
    for left in range(parts - 1, 0, -1):
        part = draw(st.one_of(st.integers(0, 12), st.just(n // (left + 1)), st.integers(0, n)))
        sizes.append(min(part, n - sum(sizes)))
    return [*sizes, n - sum(sizes)]


def in_public(room: People) -> tuple[Attacker, list[Any]]:
    """What somebody learns from the participants' page, and the cells it shows."""
    page = room_of(room.lines, room.counts, room.besides, PUBLIC)
    attacker = Attacker(room.everybody)
    shown = of_room(page, room.counts)
    for by, line in (("sex", page.sex), ("age", page.age)):
        each = [(by, code) for code in room.besides[by]]
        if not each:
            continue
        attacker.knows_the_same(room.counts, each)
        shown.append([(tuple((by, code) for code in row.members), cell) for row, cell in line])
        attacker.knows(each, *counting.limits(line.total.text))
    for cells in shown:
        attacker.sees(cells, PUBLIC)
    return attacker, [cell for cells in shown for cell in cells]


def holds(attacker: Attacker, where: Any, cell: Cell | None, minimum: int) -> None:
    """Of a number below the minimum, no more is known than "fewer than" would say.

    Marked so, it may still be any of those. Hidden, or never shown, it is not known to be small, and as many numbers
    remain possible for it: totals alone can tell that a place is not empty, never how few are there.
    """
    if cell is not None and cell.is_few:
        assert attacker.may_reach(where, 0, minimum - 1), where
        return
    low, high = attacker.bounds(where)
    assert high - low >= minimum - 1, (where, low, high)
    assert low <= 0 or high >= minimum, (where, low, high)


def page_holds(room: People) -> None:
    attacker, cells = in_public(room)
    for where, cell in [*cells, *(((place,), None) for place in room.everybody)]:
        if where and room.small(where, PUBLIC):
            holds(attacker, where, cell, PUBLIC)


def wins(check: Callable[[Any], None], room: Any) -> bool:
    """Whether the attacker finds in this room what the check forbids."""
    try:
        check(room)
    except AssertionError:
        return True
    return False


@ROOMS
@given(people())
def test_the_participants_page_bounds_no_small_number(room: People) -> None:
    """Neither a cell that it shows, nor the people of one region in one capacity that it does not."""
    page_holds(room)


def test_a_thin_room_is_shown_at_all() -> None:
    """Lines are joined until half of the table can be read, or nothing is left to join: here it went on for ever."""
    lines = {
        "region": [Line(code, {}, (code,)) for code in "abcd"],
        "zone": [Line("north", {}, ("a", "b", "c")), Line("south", {}, ("d",))],
        "capacity": [Line(code, {}, (code,)) for code in "efgh"],
        "family": [Line("e", {}, ("e",)), Line("rural", {}, ("f", "g")), Line("h", {}, ("h",))],
    }
    one = Line("one", {}, (0,))
    people = {("a", "h"): 1, ("b", "f"): 8, ("c", "h"): 48, ("d", "e"): 29, ("d", "f"): 3}
    counts: dict[tuple[Hashable, Hashable], int] = {
        (one, other): people.get((one, other), 0) for one in "abcd" for other in "efgh"
    }
    page_holds(People({**lines, "sex": [one], "age": [one]}, counts, {"sex": {0: 89}, "age": {0: 89}}))


SUMS = [  # people by age, and by sex
    ((30, 50, 8), (56, 32)),  # 20+ and 30+ are 80 at most, 50+ and 30+ are 82 at least: two of the eight were known
    ((50, 20, 9, 3), (51, 31)),
    ((20, 50, 50, 7), (104, 23)),
]


def of_ages(ages: tuple[int, ...], sexes: tuple[int, ...]) -> People:
    """A room where all come from one region in one capacity."""
    place = [Line("place", {}, ("place",))]
    besides = {"age": dict[Hashable, int](enumerate(ages)), "sex": dict[Hashable, int](enumerate(sexes))}
    lines = {by: [Line(f"{by}{code}", {}, (code,)) for code in counts] for by, counts in besides.items()}
    lines |= dict.fromkeys(("region", "zone", "capacity", "family"), place)
    return People(lines, {("place", "place"): sum(ages)}, besides)


@pytest.mark.parametrize("sizes", SUMS)
def test_the_sum_of_one_line_bounds_no_small_number_of_another(sizes: Any) -> None:
    page_holds(of_ages(*sizes))


@pytest.mark.parametrize("sizes", SUMS)
def test_where_each_line_is_protected_by_itself_the_attacker_wins(sizes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: what the other lines add up to is left out."""
    monkeypatch.setattr(people_counted, "_whole", lambda *_anything: None)
    assert wins(page_holds, of_ages(*sizes))


def test_without_a_second_cell_hidden_the_attacker_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: small cells alone are hidden, and some room gives one of them away."""
    monkeypatch.setattr(hiding, "_protect", lambda *_anything: None)
    assert find(people(), partial(wins, page_holds), settings=FIRST)
    assert find(st.tuples(NUMBERS, st.booleans()), partial(wins, line_holds), settings=FIRST)


@ROOMS
@given(people(("capacity", "family", "stance", "stances")), st.booleans())
def test_where_people_stand_bounds_no_small_number(room: People, is_public: bool) -> None:
    """The table of stands on a recommendation, with the number of social groups that agree said beside it."""
    rule = Rule(PUBLIC, is_exact=False) if is_public else Rule(INSIDE, is_exact=True)
    counts = {(one, STANCES[number % 3].code): 0 for one, _ in room.counts for number in range(3)}
    for number, ((one, _other), n) in enumerate(room.counts.items()):
        counts[one, STANCES[number % 3].code] += n
    sizes: dict[Hashable, int] = {}
    for (one, _stance), n in counts.items():
        sizes[one] = sizes.get(one, 0) + n
    rows = rolled_up(room.lines["capacity"], room.lines["family"], sizes, rule.minimum)
    stands = table(rows, STANCES, counts, rule)
    attacker = Attacker(counts)
    cells = of_table(stands, counts)
    for part in cells:
        attacker.sees(part, rule.minimum)
    if is_public:
        nothing_new_in_the_agreement(attacker, stands)
    for where, cell in (cell for part in cells for cell in part):
        if where and sum(counts[place] for place in where) < rule.minimum:
            holds(attacker, where, cell, rule.minimum)


def nothing_new_in_the_agreement(attacker: Attacker, stands: Any) -> None:
    """Where every line was heard and all are on one side, each line's side is known: its cells tell it already."""
    said = agreement(stands)
    if said.consulted != len(stands.rows) or said.agreeing not in (0, said.consulted):
        return
    for row in stands.rows:
        agree, *others = (attacker.bounds([(member, each.code) for member in row.members]) for each in STANCES)
        if said.agreeing:
            assert all(agree[0] > most for _least, most in others)
        else:
            assert any(least > agree[1] for least, _most in others)


def line_holds(line: tuple[list[int], bool]) -> None:
    numbers, is_exact = line
    lines = [Line(str(n), {}, (str(n),)) for n in range(len(numbers))]
    counts: dict[tuple[Hashable, Hashable], int] = {(str(n), ""): number for n, number in enumerate(numbers)}
    minimum = INSIDE if is_exact else PUBLIC
    shown = series(lines, {str(n): number for n, number in enumerate(numbers)}, Rule(minimum, is_exact))
    attacker = Attacker(counts)
    attacker.sees([(tuple(counts), shown.total)], minimum)
    attacker.sees(of_series(shown, counts, 0), minimum)
    for row, cell in shown:
        if counts[row.members[0], ""] < minimum:
            holds(attacker, [(row.members[0], "")], cell, minimum)


@ROOMS
@given(NUMBERS, st.booleans())
def test_one_line_of_figures_bounds_no_small_number(numbers: list[int], is_exact: bool) -> None:
    """Sex, age, and what is shown inside by region alone."""
    line_holds((numbers, is_exact))


# Where something was heard: two findings, and a recommendation that rests on both

FIGURES = ((0,), (1,), (0, 1))  # which findings each figure counts
Told = tuple[tuple[bool, bool], int | None, int | None]  # in which findings, from which region, in which capacity


@st.composite
def testimonies(draw: Any) -> Counter[Told]:
    """What many testimonies told, in one finding or in both; some of a few places, some of nobody knows where."""
    regions, capacities = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    told: Counter[Told] = Counter()
    for within in ((True, False), (False, True), (True, True)):
        for region in (None, *range(1, regions + 1)):
            for capacity in (None, *range(1, capacities + 1)):
                told[within, region, capacity] = draw(st.sampled_from((0, 0, 0, 1, 2, 4, 8, 10, 11, 14, 25)))
    return told


def heard(told: Counter[Told], findings: tuple[int, ...]) -> Behind:
    """What the pages say of these findings together, by the function that they ask."""
    spoken = {
        ((*place, number), *place[1:])
        for place, n in told.items()
        if any(place[0][finding] for finding in findings)
        for number in range(n)
    }
    return behind(spoken, PUBLIC, {region for _within, region, _capacity in told if region})


def listens(attacker: Attacker, told: Counter[Told], findings: tuple[int, ...], shown: Behind) -> list[Any]:
    """Let the attacker take in a figure; returns the places of each region and of each capacity that it counts."""
    counted = [place for place in told if any(place[0][finding] for finding in findings)]
    cells = []
    if shown.testimonies_band is None:
        attacker.knows(counted, 0, PUBLIC - 1)
    else:
        attacker.knows(counted, *counting.limits(shown.testimonies_band))
    for axis, said in ((1, shown.regions), (2, shown.capacities)):
        keys = sorted({place[axis] for place in counted if place[axis] is not None})  # type: ignore[type-var]
        parts = [tuple(place for place in counted if place[axis] == key) for key in keys]
        cells += parts
        if shown.testimonies_band is None or not parts:
            continue
        # The attacker knows the rule, and tries each number that it would have said in the same way.
        could = [
            n
            for n in range(len(parts) + 1)
            if spread([key for key in range(n) for _ in range(PUBLIC)], shown.testimonies_band, PUBLIC) == said
        ]
        attacker.knows_crowds(parts, PUBLIC, min(could), max(could))
    return cells


def regions_hold(told: Counter[Told]) -> None:
    attacker, cells = Attacker(told), []
    for findings in FIGURES:
        if sum(n for place, n in told.items() if any(place[0][finding] for finding in findings)) < PUBLIC:
            return  # below the minimum nothing is published
        cells += listens(attacker, told, findings, heard(told, findings))
    for where in cells:
        if sum(told[place] for place in where) < PUBLIC:
            assert attacker.may_reach(where, 0, PUBLIC - 1), where


@ROOMS
@given(testimonies())
def test_where_something_was_heard_says_of_no_region_that_few_or_none_spoke_there(told: Counter[Told]) -> None:
    """Whoever reads the figures of two findings and of what rests on both finds none possible, and nine."""
    regions_hold(told)


def test_where_exact_numbers_of_regions_are_said_the_attacker_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: the number of regions from which anybody was heard."""
    monkeypatch.setattr(sys.modules[__name__], "spread", exact)
    monkeypatch.setattr(sys.modules[behind.__module__], "spread", exact)
    assert find(testimonies(), partial(wins, regions_hold), settings=FIRST)


def exact(places: Iterable[int | None], _band: Any, minimum: int) -> str:
    return f"≥{sum(n >= minimum for n in Counter(places).values())}"


# Before and after

WITHIN = ((True, False), (False, True), (True, True), (False, False))  # in the one finding, in the other, both, neither
SOME = st.sampled_from((0, 0, 1, 3, 8, 9, 10, 11, 19, 20, 25))
Moves = tuple[list[int], list[int], list[int]]  # of each part: those who stay, those who go, those who come


@st.composite
def moves(draw: Any, least: int = 1, most: int = 15) -> Moves:
    """Two findings, and some testimonies that come or go: in the end `least` to `most` of them."""
    stay = [draw(SOME) for _ in WITHIN]
    gone, come = [0] * len(WITHIN), [0] * len(WITHIN)
    for _ in range(draw(st.integers(least, most))):
        draw(st.sampled_from((gone, come)))[draw(st.integers(0, len(WITHIN) - 1))] += 1
    return stay, gone, come


def counted_in(parts: list[int], findings: tuple[int, ...]) -> int:
    return sum(n for within, n in zip(WITHIN, parts, strict=True) if any(within[finding] for finding in findings))


def figures_of(parts: list[int]) -> Held:
    """What the pages would say of the two findings and of what rests on both."""
    shown: dict[Hashable, Behind] = {}
    for findings in FIGURES:
        n = counted_in(parts, findings)
        shown[findings] = replace(
            behind({(one, None, None) for one in range(n)}, PUBLIC, ()), findings=frozenset(findings)
        )
    return Held.of(shown, date.min)


def days_hold(told: Moves, least: int = PUBLIC) -> None:
    """Whoever sees the figures of two days, and counts at the door how many came, learns neither a small number nor
    of any who came or went whether they are counted.
    """
    stay, gone, come = told
    before = figures_of([one + other for one, other in zip(stay, gone, strict=True)])
    after = figures_of([one + other for one, other in zip(stay, come, strict=True)])
    n = sum(gone) + sum(come)
    shown = before.of_another_day(after, lambda _since: n >= least)
    if n < least:
        assert shown.figures == before.figures
        return
    attacker = Attacker((kind, within) for kind in ("stay", "gone", "come") for within in WITHIN)
    attacker.knows([place for place in attacker.index if place[0] != "stay"], n, n)  # type: ignore[index]
    for kind, seen in (("gone", before), ("come", shown)):
        for findings in FIGURES:
            places = [(each, part) for each in ("stay", kind) for part in counts_for(findings)]
            attacker.knows(places, *bounds_of(seen.figures[findings]))
    for findings in FIGURES:
        moved = [(kind, part) for kind in ("gone", "come") for part in counts_for(findings)]
        low, high = attacker.bounds(moved)
        assert low < n and high > 0, (findings, low, high, n)
    # Of one figure by itself, a small number before and after may still be any small number.
    for kind, parts, seen in (("gone", gone, before), ("come", come, shown)):
        alone = Attacker((each, is_in) for each in ("stay", "gone", "come") for is_in in (True, False))
        alone.knows([place for place in alone.index if place[0] != "stay"], n, n)  # type: ignore[index]
        for each, figures in (("gone", before), ("come", shown)):
            alone.knows([("stay", True), (each, True)], *bounds_of(figures.figures[0,]))
        if counted_in(stay, (0,)) + counted_in(parts, (0,)) < PUBLIC:
            assert alone.may_reach([("stay", True), (kind, True)], 0, PUBLIC - 1), (kind, seen.figures[0,])


def counts_for(findings: tuple[int, ...]) -> list[tuple[bool, bool]]:
    return [within for within in WITHIN if any(within[finding] for finding in findings)]


def bounds_of(shown: Behind) -> tuple[int, int]:
    return counting.limits(shown.testimonies_band or counting.few(PUBLIC))


@ROOMS
@given(moves())
def test_before_and_after_tell_of_nobody_who_came_or_went(told: Moves) -> None:
    """One testimony given or withdrawn moves nothing; when enough did, it is known of none that it is counted."""
    days_hold(told)


def test_where_figures_move_with_each_testimony_the_attacker_wins() -> None:
    """The positive control: with one that came, a band ended."""
    assert find(moves(most=1), partial(wins, partial(days_hold, least=1)), settings=FIRST)


@ROOMS
@given(st.integers(0, 80), st.sampled_from([-1, 1]))
def test_one_testimony_more_or_less_is_seen_only_where_a_band_ends(n: int, change: int) -> None:
    """Before and after one testimony, zero included: below the minimum nothing moves."""
    after = n + change
    if after < 0:
        return
    before, now = counting.band(n, PUBLIC), counting.band(after, PUBLIC)
    if max(n, after) < PUBLIC:
        assert before == now == counting.few(PUBLIC)
    if before != now:
        low, high = sorted((counting.limits(before), counting.limits(now)))
        assert low[1] + 1 == high[0]
