"""Numbers: bands, tables that give nothing away, and what stands behind a text."""

import pytest
from django.core.cache import cache

from declarations import counting
from declarations.models import (
    Clause,
    Evidence,
    Finding,
    Forum,
    Ground,
    Participant,
    Recommendation,
    Relation,
    Seat,
    Section,
    Source,
    Testimony,
)

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_new_day():
    """Forget the figures of the day: the rows of another test may have had the same keys."""
    cache.clear()


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
            given_on="2026-11-16",
            receipt_hash=f"{forum.pk}-{start + each}",
            content_hash=str(each),
            **{"may_summarise": True, **fields},
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
    from declarations.models import Declaration

    declaration = Declaration.objects.create(forum=forum, title={"fr": "Déclaration"})
    return Section.objects.create(declaration=declaration, kind=Section.Kind.OPERATIVE, order=0)


class WhenANumberIsMadeCoarse:
    @pytest.mark.parametrize(
        ("n", "code"),
        [(0, "<10"), (9, "<10"), (10, "10"), (11, "10+"), (20, "10+"), (21, "20+"), (30, "20+"), (31, "30+")]
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
        assert counting.behind_finding(finding) == counting.Behind("10+", 1, 1, 4)

    def test_fewer_than_the_minimum_say_nothing_at_all(self):
        forum = factories.a_forum()
        some = a_finding(forum, some_testimonies(forum, 9, described_region=forum.regions.first()))
        none = a_finding(forum, [])
        assert counting.behind_finding(some) == counting.behind_finding(none) == counting.Behind(total_regions=4)
        assert counting.behind_finding(some, minimum=5).testimonies_band == "5+"

    def test_what_qualifies_a_finding_is_not_counted(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 12))
        Evidence.objects.filter(finding=finding).update(kind=Evidence.Kind.QUALIFIES)
        assert counting.behind_finding(finding).testimonies_band is None

    def test_a_zone_is_no_region_and_a_family_no_capacity(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12, described_zone=forum.zones.first(), described_family=forum.families.first())
        assert counting.behind_finding(a_finding(forum, told)) == counting.Behind("10+", 0, 0, 4)

    def test_a_testimony_counts_once_behind_a_recommendation_and_a_clause(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 20)
        one, other = a_finding(forum, told[:15]), a_finding(forum, told[5:])
        recommendation = a_recommendation(forum, one, other)
        assert counting.behind_recommendation(recommendation).testimonies_band == "10+"
        clause = a_clause(a_section(forum), recommendation, a_recommendation(forum, one))
        assert counting.behind_clause(clause).testimonies_band == "10+"
        assert counting.clause_figures(clause).testimonies_band == "10+"

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
        assert counting.testimonies_waiting(forum, organiser) == before == counting.Waiting("<5", None)


class WhenADayPasses:
    def test_a_figure_stands_still_within_it_and_moves_with_the_next(self, monkeypatch):
        forum = factories.a_forum()
        some_testimonies(forum, 9)
        before = counting.daily(counting.forum_figures, forum)
        some_testimonies(forum, 1)
        assert counting.daily(counting.forum_figures, forum) == before
        assert counting.forum_figures(forum).testimonies_band == "10"
        monkeypatch.setattr(Forum, "today", lambda self: "tomorrow")
        assert counting.daily(counting.forum_figures, forum).testimonies_band == "10"

    def test_what_is_published_in_the_day_joins_without_moving_the_others(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12)
        first = a_finding(forum, told[:9])
        counting.daily(counting.behind_findings, forum)
        Evidence.objects.create(finding=first, testimony=told[9])
        second = a_finding(forum, told)
        figures = counting.daily(counting.behind_findings, forum, need=[first.pk, second.pk])
        assert figures[first.pk].testimonies_band is None
        assert figures[second.pk].testimonies_band == "10+"
