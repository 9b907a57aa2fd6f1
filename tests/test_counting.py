"""Numbers: bands, tables that give nothing away, and what stands behind a text."""

import itertools
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from declarations import counting
from declarations.counting.bands import UNENDING
from declarations.counting.hiding import Mark, Rule, protected_grid, protected_line
from declarations.models import (
    Capacity,
    Clause,
    Declaration,
    Evidence,
    Family,
    Finding,
    Forum,
    Ground,
    Participant,
    Recommendation,
    Region,
    Relation,
    Seat,
    Section,
    Source,
    Support,
    Testimony,
    Zone,
)
from declarations.workflow import reading

from . import factories

pytestmark = pytest.mark.django_db


def some_testimonies(forum: Forum, number: int, **fields) -> list[Testimony]:
    """Rows without words: counting never looks at any."""
    start = Testimony.objects.count()
    return Testimony.objects.bulk_create(
        Testimony(
            forum=forum,
            language="fr",
            taken_as="paper",
            consent_language="fr",
            consent_version="1",
            receipt_hash=f"{forum.pk}-{start + each}",
            content_hash=str(each),
            **{"may_summarise": True, "given_on": "2026-11-16", **fields},
        )
        for each in range(number)
    )


def some_participants(forum: Forum, number: int, region: str = "gao", capacity: str = "herder", **fields) -> None:
    start = forum.participants.count()
    rows = {"region": forum.regions.get(code=region), "capacity": forum.capacities.get(code=capacity)}
    Participant.objects.bulk_create(
        Participant(
            forum=forum,
            serial=f"{start + each}",
            code_hash=f"{start + each}",
            **{**rows, "state": Participant.State.REGISTERED, **fields},
        )
        for each in range(number)
    )


def a_finding(forum: Forum, testimonies: list[Testimony], state: str = Finding.State.PUBLISHED) -> Finding:
    finding = Finding.objects.create(
        forum=forum,
        number=forum.findings.count() + 1,
        state=state,
        composed_by=factories.organiser_of(forum),
    )
    Evidence.objects.bulk_create(Evidence(finding=finding, testimony=row) for row in testimonies)
    return finding


def a_recommendation(forum: Forum, *findings: Finding, state: str = Recommendation.State.ADOPTED) -> Recommendation:
    group = forum.groups.first() or factories.a_group(forum)
    row = Recommendation.objects.create(
        forum=forum,
        number=forum.recommendations.count() + 1,
        group=group,
        state=state,
        handed_in_words="Un comité au puits.",
        handed_in_language="fr",
    )
    Ground.objects.bulk_create(Ground(recommendation=row, finding=finding) for finding in findings)
    return row


def a_clause(section: Section, *recommendations: Recommendation, kind: str = Source.Kind.RESTS_ON) -> Clause:
    clause = Clause.objects.create(section=section, order=section.clauses.count())
    Source.objects.bulk_create(
        Source(clause=clause, recommendation=recommendation, kind=kind) for recommendation in recommendations
    )
    return clause


def a_section(forum: Forum) -> Section:
    declaration = Declaration.objects.create(forum=forum, title={"fr": "Déclaration"})
    return Section.objects.create(declaration=declaration, kind=Section.Kind.OPERATIVE, order=0)


class WhenANumberIsMadeCoarse:
    @pytest.mark.parametrize(
        ("n", "code"),
        [(0, "<10"), (9, "<10"), (10, "≥10"), (20, "≥10"), (21, "20+"), (30, "20+"), (31, "30+")]
        + [(51, "50+"), (101, "100+"), (201, "200+"), (301, "300+"), (501, "500+"), (24_000, "20000+")],
    )
    def test_it_reads_as_its_band(self, n, code):
        assert counting.band(n, 10) == code

    def test_a_band_is_true_of_every_number_in_it_and_of_no_other(self):
        for minimum in (5, 10, 15, 40):
            for n in range(700):
                low, high = counting.limits(counting.band(n, minimum))
                assert low <= n <= high
                assert {counting.band(other, minimum) for other in range(low, min(high, 700) + 1)} == {
                    counting.band(n, minimum)
                }

    def test_it_is_said_in_words(self):
        assert counting.band_words("30+", "testimonies", "en") == "more than 30\u00a0testimonies"
        assert counting.band_words("<10", "testimonies", "fr") == "moins de 10\u00a0témoignages"
        assert counting.band_words("30+", "testimonies", "ar").startswith("أكثر من 30")
        assert counting.band_words("30+", "participants", "bm").startswith("plus de 30")
        assert counting.label("<5", "en") == "fewer than 5"


class WhenSomethingWasHeard:
    def test_only_testimonies_that_are_kept_and_may_be_summarised_count(self):
        forum = factories.a_forum()
        region, herder = forum.regions.get(code="gao"), forum.capacities.get(code="herder")
        told = some_testimonies(forum, 11, described_region=region, described_capacity=herder)
        told += some_testimonies(forum, 9, may_summarise=False)
        told += some_testimonies(forum, 9, state=Testimony.State.WITHDRAWN)
        finding = a_finding(forum, told)
        assert counting.behind_finding(finding) == counting.Behind("≥10", None, None, 4)

    def test_fewer_than_the_minimum_say_nothing_at_all(self):
        forum = factories.a_forum()
        some = a_finding(forum, some_testimonies(forum, 9, described_region=forum.regions.first()))
        none = a_finding(forum, [])
        assert counting.behind_finding(some) == counting.behind_finding(none) == counting.Behind(total_regions=4)
        assert counting.behind_finding(some, minimum=5).testimonies_band == "≥5"

    def test_what_qualifies_a_finding_is_not_counted(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 12))
        Evidence.objects.filter(finding=finding).update(kind=Evidence.Kind.QUALIFIES)
        assert counting.behind_finding(finding).testimonies_band is None

    def test_a_zone_is_no_region_and_a_family_no_capacity(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12, described_zone=forum.zones.first(), described_family=forum.families.first())
        assert counting.behind_finding(a_finding(forum, told)) == counting.Behind("≥10", None, None, 4)

    def test_a_region_abroad_is_none_of_the_country(self):
        forum = factories.a_forum()
        abroad = forum.regions.order_by("pk").first()
        told = some_testimonies(forum, 12, described_region=abroad)
        type(abroad.zone).objects.filter(pk=abroad.zone_id).update(is_abroad=True)
        assert counting.behind_finding(a_finding(forum, told)) == counting.Behind("≥10", None, None, 2)

    def test_a_testimony_counts_once_behind_a_recommendation_and_a_clause(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 20)
        one, other = a_finding(forum, told[:15]), a_finding(forum, told[5:])
        recommendation = a_recommendation(forum, one, other)
        assert counting.behind_recommendation(recommendation).testimonies_band == "≥10"
        clause = a_clause(a_section(forum), recommendation, a_recommendation(forum, one))
        assert counting.behind_clause(clause).testimonies_band == "≥10"
        assert counting.clause_figures(clause).testimonies_band == "≥10"

    def test_what_was_merged_counts_and_what_is_not_published_does_not(self):
        forum = factories.a_forum()
        whole = a_recommendation(forum, a_finding(forum, some_testimonies(forum, 12)))
        part = a_recommendation(
            forum, a_finding(forum, some_testimonies(forum, 10)), state=Recommendation.State.SET_ASIDE
        )
        Relation.objects.create(recommendation=part, other=whole, kind=Relation.Kind.MERGED_INTO)
        hidden = a_finding(forum, some_testimonies(forum, 30), state=Finding.State.AGREED)
        Ground.objects.create(recommendation=whole, finding=hidden)
        assert counting.behind_recommendation(whole).testimonies_band == "20+"

    def test_a_clause_is_not_counted_by_what_qualifies_it(self):
        forum = factories.a_forum()
        recommendation = a_recommendation(forum, a_finding(forum, some_testimonies(forum, 12)))
        clause = a_clause(a_section(forum), recommendation, kind=Source.Kind.QUALIFIES)
        assert counting.behind_clause(clause).testimonies_band is None

    def test_a_region_counts_once_enough_were_heard_from_it(self):
        """M7: beside quoted sentences an exact number would tell where nobody spoke."""
        forum = factories.a_forum()
        gao, kidal, kayes = (forum.regions.get(code=code) for code in ("gao", "kidal", "kayes"))
        told = [row for region in (gao, kidal) for row in some_testimonies(forum, 10, described_region=region)]
        told += some_testimonies(forum, 9, described_region=kayes)
        assert counting.behind_finding(a_finding(forum, told)) == counting.Behind("20+", "≥2", None, 4)
        # Twenty at most, and ten from each of two: nobody else could have spoken, so it is not said.
        assert counting.behind_finding(a_finding(forum, told[:20])) == counting.Behind("≥10", None, None, 4)
        assert counting.behind_finding(a_finding(forum, told[1:])) == counting.Behind("20+", None, None, 4)

    def test_two_forums_do_not_count_for_each_other(self):
        one, other = factories.a_forum("one"), factories.a_forum("other")
        some_testimonies(one, 40)
        assert counting.testimonies_band(other) == "<5"
        assert counting.forum_figures(other).testimonies_band == "<10"

    @pytest.mark.parametrize("number", [1, 3])
    def test_lists_ask_the_same_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        section = a_section(forum)
        for _ in range(number):
            part, whole = (a_recommendation(forum, a_finding(forum, some_testimonies(forum, 2))) for _ in range(2))
            Relation.objects.create(recommendation=part, other=whole, kind=Relation.Kind.MERGED_INTO)
            a_clause(section, whole)
        declaration = section.declaration
        with django_assert_num_queries(3):
            assert len(counting.behind_findings(forum)) == 2 * number
        with django_assert_num_queries(5):
            assert len(counting.behind_recommendations(forum)) == 2 * number
        with django_assert_num_queries(6):
            assert len(counting.behind_clauses(declaration)) == number
        with django_assert_num_queries(6):
            counting.clauses_figures(declaration)
        with django_assert_num_queries(7):
            counting.forum_figures(forum)


class WhenTheForumIsCounted:
    def test_figures_are_bands_and_small_ones_read_fewer(self):
        forum = factories.a_forum()
        some_participants(forum, 33)
        some_participants(forum, 50, state=Participant.State.INVITED)
        some_testimonies(forum, 3, described_region=forum.regions.first())
        figures = counting.forum_figures(forum)
        assert (figures.participants, figures.testimonies_band) == ("30+", "<10")
        assert (figures.regions, figures.total_regions, figures.capacities) == (None, None, None)

    def test_a_reader_sees_what_waits_and_an_organiser_a_band(self):
        forum = factories.a_forum()
        some_testimonies(forum, 82)
        some_testimonies(forum, 5, state=Testimony.State.READ)
        reader, organiser = factories.a_seat(forum, Seat.Role.READER), factories.organiser_of(forum)
        assert counting.testimonies_waiting(forum, reader) == counting.Waiting(82, 11)
        assert counting.testimonies_waiting(forum, organiser) == counting.Waiting("50+", 7)
        elsewhere = factories.a_seat(factories.a_forum("other"), Seat.Role.READER)
        assert counting.testimonies_waiting(forum, elsewhere).shown == "50+"

    def test_nothing_waiting_looks_like_little_waiting_except_to_readers(self):
        forum = factories.a_forum()
        organiser = factories.organiser_of(forum)
        before = counting.testimonies_waiting(forum, organiser)
        some_testimonies(forum, 4)
        cache.clear()
        assert counting.testimonies_waiting(forum, organiser) == before == counting.Waiting("<5", None)


class WhenOrganisersLook:
    def test_no_number_moves_while_one_person_testifies(self, monkeypatch):
        """M7: at the edge of a band one testimony more would show; so it stands still as it does in public."""
        forum = factories.a_forum()
        organiser, reader = factories.organiser_of(forum), factories.a_seat(forum, Seat.Role.READER)
        told = some_testimonies(forum, 4)
        finding = a_finding(forum, told)

        def shown():
            waiting = counting.testimonies_waiting(forum, organiser)
            return counting.testimonies_kept(forum), waiting.shown, counting.heard_inside(finding)

        before = shown()
        assert before == ("<5", "<5", None)
        for one in some_testimonies(forum, 5):
            Evidence.objects.create(finding=finding, testimony=one)
        assert shown() == before
        assert counting.testimonies_waiting(forum, reader).shown == 9
        tomorrow = forum.today() + timedelta(days=1)
        monkeypatch.setattr(Forum, "today", lambda _self: tomorrow)
        # What waits to be read moves as it is read; what was kept, once as many came as can hide one another.
        assert shown() == ("<5", "≥5", None)
        cache.clear()
        assert shown() == ("≥5", "≥5", "≥5")

    def test_something_urgent_is_counted_for_readers_and_custodians(self):
        """M7: what cannot wait was given, and to organisers no testimony looks like one."""
        forum = factories.a_forum()
        reader = factories.a_seat(forum, Seat.Role.READER)
        reading.raise_urgent(factories.a_testimony(forum), by=reader)
        for role, number in ((Seat.Role.READER, 1), (Seat.Role.CUSTODIAN, 1), (Seat.Role.ORGANISER, 0)):
            assert counting.urgent_waiting(factories.a_seat(forum, role)) == number
        assert counting.urgent_waiting(factories.a_seat(factories.a_forum("other"), Seat.Role.READER)) == 0


class WhenADayPasses:
    def later(self, monkeypatch, days: int) -> date:
        """Let it be some days after the testimonies of these tests were given."""
        day = date(2026, 11, 16) + timedelta(days=days)
        monkeypatch.setattr(Forum, "today", lambda self: day)
        return day

    def test_a_figure_of_testimonies_moves_once_enough_came_or_went(self, monkeypatch):
        """M7: neither within a day nor with the next does one testimony show."""
        self.later(monkeypatch, 0)
        forum = factories.a_forum()
        told = some_testimonies(forum, 15)
        finding = a_finding(forum, told[:9])

        def shown():
            figures = counting.daily(counting.forum_figures, forum)
            behind = counting.daily(counting.behind_findings, forum)
            return figures.testimonies_band, behind[finding.pk].testimonies_band

        before = shown()
        assert before == ("≥10", None)
        Evidence.objects.create(finding=finding, testimony=told[9])
        some_testimonies(forum, 6)
        assert shown() == before
        day = self.later(monkeypatch, 1)
        some_testimonies(forum, 8, given_on=day)
        Testimony.objects.filter(pk=told[14].pk).update(state=Testimony.State.WITHDRAWN, withdrawn_on=day)
        self.later(monkeypatch, 2)
        assert shown() == before, "nine came or went"
        some_testimonies(forum, 1, given_on=day)
        assert shown() == before, "ten did, and it was thought over today"
        self.later(monkeypatch, 3)
        assert shown() == ("20+", "≥10")
        some_testimonies(forum, 40, given_on=day)
        self.later(monkeypatch, 4)
        assert shown() == ("20+", "≥10"), "what was counted already does not count again"

    def test_what_rests_on_other_findings_than_it_did_is_another_figure(self, monkeypatch):
        self.later(monkeypatch, 0)
        forum = factories.a_forum()
        told = some_testimonies(forum, 24)
        recommendation = a_recommendation(forum)

        def shown():
            return counting.daily(counting.behind_recommendations, forum)[recommendation.pk].testimonies_band

        assert shown() is None
        Ground.objects.create(recommendation=recommendation, finding=a_finding(forum, told))
        assert shown() is None
        self.later(monkeypatch, 1)
        assert shown() == "20+"

    def test_what_counts_people_moves_with_the_next_day(self, monkeypatch):
        self.later(monkeypatch, 0)
        forum = factories.a_forum()
        some_participants(forum, 9)
        assert counting.daily(counting.public_participants, forum).total.text == "<10"
        some_participants(forum, 12)
        assert counting.daily(counting.public_participants, forum).total.text == "<10"
        assert counting.daily(counting.forum_figures, forum).participants == "20+"
        self.later(monkeypatch, 1)
        assert counting.daily(counting.public_participants, forum).total.text == "20+"

    def test_what_is_published_in_the_day_joins_without_moving_the_others(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12)
        first = a_finding(forum, told[:9])
        counting.daily(counting.behind_findings, forum)
        Evidence.objects.create(finding=first, testimony=told[9])
        second = a_finding(forum, told)
        figures = counting.daily(counting.behind_findings, forum, need=[first.pk, second.pk])
        assert figures[first.pk].testimonies_band is None
        assert figures[second.pk].testimonies_band == "≥10"


def known(figures: dict, minimum: int) -> dict:
    """What somebody who knows how tables are made learns of each figure by itself: the lowest and the highest."""
    rows, columns = max(figures)
    parts = ([], [], [])  # cells, totals of rows, totals of columns; the grand total is never hidden
    for i, j in figures:
        if (i, j) != (rows, columns):
            parts[1 if j == columns else 2 if i == rows else 0].append((i, j))
    # Where no cell at all is shown, a hidden one may be small; beside cells marked as few it is not.
    blank = {key for part in parts if all(figures[key].mark == Mark.HIDDEN for key in part) for key in part}
    return {
        key: (0 if key in blank else minimum, UNENDING) if figure.mark == Mark.HIDDEN else (figure.low, figure.high)
        for key, figure in figures.items()
    }


def every_table(figures: dict, minimum: int, largest: int) -> list[tuple[tuple[int, ...], ...]]:
    """Every table that could stand behind what is shown: the attacker who tries them all."""
    bounds, (rows, columns) = known(figures, minimum), max(figures)

    def lines(i):
        spans = [range(bounds[i, j][0], min(bounds[i, j][1], largest) + 1) for j in range(columns)]
        low, high = bounds[i, columns]
        return [line for line in itertools.product(*spans) if low <= sum(line) <= high]

    def fits(table):
        down = [sum(column) for column in zip(*table, strict=True)]
        ends = [*(bounds[rows, j] for j in range(columns)), bounds[rows, columns]]
        return all(low <= each <= high for each, (low, high) in zip([*down, sum(down)], ends, strict=True))

    return [table for table in itertools.product(*(lines(i) for i in range(rows))) if fits(table)]


def narrowed(figures: dict, minimum: int) -> dict:
    """What is left of each figure's bounds when every total is used again and again: the attacker for large tables."""
    bounds, (rows, columns) = known(figures, minimum), max(figures)
    sums = [([(i, j) for j in range(columns)], (i, columns)) for i in range(rows + 1)]
    sums += [([(i, j) for i in range(rows)], (rows, j)) for j in range(columns + 1)]
    for _ in range(50):
        for parts, total in sums:
            low, high = sum(bounds[part][0] for part in parts), sum(bounds[part][1] for part in parts)
            bounds[total] = (max(bounds[total][0], low), min(bounds[total][1], high))
            for part in parts:
                least = bounds[total][0] - (high - bounds[part][1])
                most = bounds[total][1] - (low - bounds[part][0])
                bounds[part] = (max(bounds[part][0], least), min(bounds[part][1], most))
    return bounds


def tables(rows, columns, largest):
    line = st.lists(st.integers(0, largest), min_size=columns, max_size=columns)
    return st.lists(line, min_size=rows, max_size=rows)


shapes = st.tuples(st.integers(1, 5), st.integers(1, 5))
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


class WhenSomebodyCalculates:
    @QUICK
    @given(values=st.sampled_from([(2, 2), (2, 3), (1, 3)]).flatmap(lambda s: tables(*s, 4)), exact=st.booleans())
    def test_trying_every_table_a_small_cell_could_be_any_small_number(self, values, exact):
        rule = Rule(2, is_exact=exact)
        figures = protected_grid(values, rule)
        found = every_table(figures, 2, largest=8)
        assert tuple(map(tuple, values)) in found
        for (i, j), figure in figures.items():
            if figure.mark == Mark.FEW and i < len(values) and j < len(values[0]):
                assert {table[i][j] for table in found} == {0, 1}

    @QUICK
    @given(values=shapes.flatmap(lambda s: tables(*s, 30)), minimum=st.sampled_from([5, 10]), exact=st.booleans())
    def test_adding_and_subtracting_says_no_more_than_fewer(self, values, minimum, exact):
        figures = protected_grid(values, Rule(minimum, is_exact=exact))
        bounds = narrowed(figures, minimum)
        for key, figure in figures.items():
            low, high = bounds[key]
            assert low <= figure.value <= high
            if figure.mark == Mark.FEW:
                assert (low, high) == (0, minimum - 1)
            if figure.mark == Mark.HIDDEN:
                assert low < high

    @QUICK
    @given(values=tables(1, 6, 12), exact=st.booleans())
    def test_one_line_with_its_total_gives_nothing_away(self, values, exact):
        *figures, total = protected_line(values[0], Rule(5, is_exact=exact))
        table = {(0, j): figure for j, figure in enumerate([*figures, total])}
        table |= {(1, j): figure for (_, j), figure in list(table.items())}
        for (i, j), (low, high) in narrowed(table, 5).items():
            if i == 0 and j < len(figures) and table[i, j].mark == Mark.FEW:
                assert (low, high) == (0, 4)

    @QUICK
    @given(values=tables(2, 2, 4), place=st.tuples(st.integers(0, 1), st.integers(0, 1)))
    def test_before_and_after_one_more_participant_no_small_cell_is_known(self, values, place):
        def one_more(table, at):
            return tuple(tuple(n + ((i, j) == at) for j, n in enumerate(row)) for i, row in enumerate(table))

        # Lines in public are rolled up until each counts the minimum.
        assume(all(sum(line) >= 3 for line in [*values, *zip(*values, strict=True)]))
        rule = Rule(3, is_exact=False)
        before, after = protected_grid(values, rule), protected_grid(one_more(values, place), rule)
        later = set(every_table(after, 3, largest=11))
        places = list(itertools.product(range(2), range(2)))
        found = [t for t in every_table(before, 3, largest=11) if any(one_more(t, at) in later for at in places)]
        for i, j in places:
            if before[i, j].mark == after[i, j].mark == Mark.FEW:
                assert len({table[i][j] for table in found}) > 1

    def test_a_lone_small_cell_takes_others_with_it(self):
        figures = protected_grid([[30, 12, 7, 20], [20, 9, 25, 40], [11, 12, 3, 60]], Rule(5, is_exact=True))
        marks = [[str(figures[i, j].mark) for j in range(4)] for i in range(3)]
        assert marks[2][2] == "few"
        assert all(sum(marks[i][j] != "shown" for i in range(3)) != 1 for j in range(4))
        assert all(sum(mark != "shown" for mark in row) != 1 for row in marks)


class WhenPeopleAreCounted:
    def test_organisers_see_exact_numbers_with_their_gaps(self):
        forum = factories.a_forum()
        some_participants(forum, 3, "gao", "herder")
        table = counting.participants_table(forum, minimum=1)
        assert table.cells["gao", "herder"] == counting.Cell(3, "3")
        assert table.cells["kidal", "chief"] == counting.Cell(0, "0", is_gap=True)
        assert (table.row_totals["gao"].value, table.column_totals["herder"].value, table.total.value) == (3, 3, 3)

    def test_inside_small_cells_and_empty_ones_read_the_same(self):
        forum = factories.a_forum()
        for region, number in {"gao": 4, "kayes": 20, "sikasso": 20}.items():
            some_participants(forum, number, region)
        table = counting.participants_table(forum, "zone", "family")
        assert table.cells["north", "institutions"] == table.cells["north", "communities"]
        assert table.cells["north", "communities"] == counting.Cell(None, "<5", is_few=True)

    def test_invited_people_are_not_in_the_room(self):
        forum = factories.a_forum()
        some_participants(forum, 40, state=Participant.State.INVITED)
        assert counting.participants_by(forum, "region", 1).total.value == 0

    def test_one_dimension_hides_a_second_cell(self):
        forum = factories.a_forum()
        for region, number in {"gao": 3, "kidal": 12, "kayes": 30, "sikasso": 40}.items():
            some_participants(forum, number, region)
        series = counting.participants_by(forum, "region")
        assert {code: cell.text for code, cell in series.cells.items()} == {
            "gao": "<5",
            "kidal": "–",
            "kayes": "30",
            "sikasso": "40",
        }
        assert series.total.text == "85"

    def test_sex_and_age_have_a_line_for_what_was_not_said(self):
        forum = factories.a_forum()
        some_participants(forum, 12, sex="woman", age="young")
        some_participants(forum, 30, sex="man")
        sex = counting.participants_by(forum, "sex", 1)
        assert [(row.code, cell.value) for row, cell in sex] == [("woman", 12), ("man", 30), ("unsaid", 0)]
        assert counting.participants_by(forum, "age", 1).cells["unsaid"].value == 30

    def test_in_public_small_regions_stand_together(self):
        forum = factories.a_forum()
        for region, number in {"gao": 6, "kidal": 5, "kayes": 35, "sikasso": 2}.items():
            some_participants(forum, number, region)
        room = counting.public_participants(forum)
        assert [(row.label["fr"], cell.text) for row, cell in room.regions] == [("north", "≥10"), ("south", "30+")]
        assert {cell.text for cell in room.regions.by_member().values()} == {"≥10", "30+"}

    def test_a_zone_that_is_small_altogether_stands_with_another(self):
        forum = factories.a_forum()
        for region, number in {"gao": 3, "kayes": 35, "sikasso": 12}.items():
            some_participants(forum, number, region)
        room = counting.public_participants(forum)
        assert [(row.label["fr"], cell.text) for row, cell in room.regions] == [
            ("north, sikasso", "≥10"),
            ("kayes", "30+"),
        ]

    def test_a_small_forum_shows_nothing_but_fewer(self):
        for number in (0, 9):
            forum = factories.a_forum(f"small-{number}")
            some_participants(forum, number)
            room = counting.public_participants(forum)
            assert room.total.text == "<10"
            assert {cell.value for cell in room.table.cells.values()} == {None}

    def test_public_figures_are_bands_and_never_small(self):
        forum = factories.a_forum()
        for (region, capacity), number in zip(
            itertools.product(("gao", "kidal", "kayes", "sikasso"), ("herder", "farmer", "official", "chief")),
            [14, 13, 0, 2, 11, 25, 1, 0, 40, 3, 12, 7, 22, 16, 31, 5],
            strict=True,
        ):
            some_participants(forum, number, region, capacity)
        room = counting.public_participants(forum)
        cells = [*room.table.cells.values(), *room.regions.cells.values(), *room.sex.cells.values(), room.total]
        assert all(re.fullmatch(r"<10|≥10|\d+\+|–", cell.text) for cell in cells)
        assert all(cell.value is None or cell.value >= 10 for cell in cells)
        assert room.table.shown >= 0.5
        assert max(room.table.share(cell) or 0 for cell in room.table.cells.values()) == 1

    def test_a_room_too_thin_for_zones_by_families_joins_the_smallest_lines(self):
        forum = factories.a_forum()
        zone = Zone.objects.create(forum=forum, code="centre", label={"fr": "centre"}, order=2)
        Region.objects.create(forum=forum, zone=zone, code="mopti", label={"fr": "mopti"}, order=0)
        family = Family.objects.create(forum=forum, code="armed", label={"fr": "armed"}, order=2)
        Capacity.objects.create(forum=forum, family=family, code="guard", label={"fr": "guard"}, order=0)
        for region in ("gao", "kayes", "mopti"):
            for capacity, number in {"herder": 15, "official": 6, "guard": 5}.items():
                some_participants(forum, number, region, capacity)
        table = counting.public_participants(forum).table
        assert [column.label["fr"] for column in table.columns] == ["communities", "institutions, armed"]
        assert table.shown == 1

    def test_an_empty_forum_has_tables_too(self):
        forum = Forum.objects.create(slug="empty", starts_on="2026-11-16", ends_on="2026-11-18")
        assert counting.public_participants(forum).total.text == "<10"
        assert list(counting.participants_table(forum)) == []

    @pytest.mark.parametrize("number", [1, 3])
    def test_tables_ask_the_same_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        some_participants(forum, number)
        with django_assert_num_queries(3):
            counting.participants_table(forum)
        with django_assert_num_queries(2):
            counting.participants_by(forum, "region")
        with django_assert_num_queries(9):
            counting.public_participants(forum)


class WhenPeopleTakeAStand:
    def stands(self, recommendation, capacity, **numbers):
        forum = recommendation.forum
        start = recommendation.supports.count()
        stances = [stance for stance, number in numbers.items() for _ in range(number)]
        Support.objects.bulk_create(
            Support(
                recommendation=recommendation,
                holder=f"{start + each}",
                stance=stance,
                region=forum.regions.get(code="gao"),
                capacity=forum.capacities.get(code=capacity),
            )
            for each, stance in enumerate(stances)
        )

    def test_small_groups_stand_together_and_small_stands_read_fewer(self):
        recommendation = a_recommendation(factories.a_forum())
        self.stands(recommendation, "herder", agree=25, disagree=14, unsure=12)
        self.stands(recommendation, "farmer", agree=33, disagree=12, unsure=15)
        self.stands(recommendation, "chief", agree=6, disagree=4)
        table = counting.stance_table(recommendation)
        assert [row.code for row in table.rows] == ["herder", "farmer", "institutions"]
        assert table.row_totals["institutions"].text == "≥10"
        assert all(table.cells["institutions", stance].is_few for stance in ("agree", "disagree", "unsure"))
        assert table.cells["farmer", "agree"].text == "30+"
        assert counting.stance_table(recommendation, public=False).cells["farmer", "agree"].text in ("33", "–")

    def test_groups_in_agreement_are_those_heard_enough(self):
        recommendation = a_recommendation(factories.a_forum())
        self.stands(recommendation, "herder", agree=8, disagree=4)
        self.stands(recommendation, "farmer", agree=6, disagree=14)
        self.stands(recommendation, "chief", agree=9)
        # The chiefs alone are too few: they stand with the herders, as they do in the table.
        assert counting.groups_in_agreement(recommendation) == counting.Agreement(1, 2)

    def test_a_group_whose_numbers_cannot_be_shown_is_on_no_side(self):
        recommendation = a_recommendation(factories.a_forum())
        self.stands(recommendation, "herder", agree=8, disagree=4)
        assert counting.groups_in_agreement(recommendation) == counting.Agreement(0, 0)

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_asks_the_same_number_of_questions(self, number, django_assert_num_queries):
        recommendation = a_recommendation(factories.a_forum())
        self.stands(recommendation, "herder", agree=number)
        with django_assert_num_queries(4):
            counting.stance_table(recommendation)
        with django_assert_num_queries(4):
            counting.groups_in_agreement(recommendation)
