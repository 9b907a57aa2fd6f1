"""The way back from a clause to what was heard, and the way forward from a testimony."""

import pytest

from declarations import tracing
from declarations.models import (
    Clause,
    Declaration,
    Evidence,
    Excerpt,
    Finding,
    Forum,
    Ground,
    Quote,
    Recommendation,
    Relation,
    Source,
    Testimony,
    Voice,
)

from . import factories
from .test_counting import a_clause, a_finding, a_recommendation, a_section, some_testimonies

pytestmark = pytest.mark.django_db


def a_quote(finding: Finding, testimony: Testimony, words: str = "Personne n'a dit pourquoi", **fields) -> Excerpt:
    excerpt = Excerpt.objects.create(
        **{
            "testimony": testimony,
            "state": Excerpt.State.PUBLISHED,
            "language": "fr",
            "proposed_by": factories.organiser_of(finding.forum),
            **fields,
        }
    )
    Quote.objects.create(excerpt=excerpt, words=words, salt=b"0" * 16, speaker={"fr": "une personne"})
    Voice.objects.create(finding=finding, excerpt=excerpt)
    return excerpt


def a_published_clause(forum: Forum, *findings: Finding) -> tuple[Recommendation, Clause]:
    """An adopted recommendation that rests on the findings, and the clause of a published edition that rests on it."""
    declaration = factories.a_declaration(forum, Declaration.State.ADOPTED)
    clause = factories.last_clause(declaration)
    recommendation = Recommendation.objects.get(sources__clause=clause)
    Ground.objects.bulk_create(Ground(recommendation=recommendation, finding=finding) for finding in findings)
    factories.an_edition(forum, factories.a_proof(forum, declaration))
    return recommendation, clause


def identifiers(clauses: list) -> list[str]:
    return [clause.identifier for clause in clauses]


class WhenAClauseIsTraced:
    def test_it_leads_to_recommendations_groups_findings_and_sentences(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12, may_quote=True)
        finding = a_finding(forum, told)
        quote = a_quote(finding, told[0])
        recommendation = a_recommendation(forum, finding)
        trace = tracing.where_from(a_clause(a_section(forum), recommendation))
        assert (trace.recommendations, trace.groups) == ([recommendation], [recommendation.group])
        assert (trace.findings, trace.quotes) == ([finding], [quote])
        assert trace.behind.testimonies_band == "≥10"

    def test_what_was_merged_is_shown_apart(self):
        forum = factories.a_forum()
        whole, finding = a_recommendation(forum), a_finding(forum, [])
        part = a_recommendation(forum, finding, state=Recommendation.State.SET_ASIDE)
        Relation.objects.create(recommendation=part, other=whole, kind=Relation.Kind.MERGED_INTO)
        trace = tracing.where_from(a_clause(a_section(forum), whole))
        assert (trace.recommendations, trace.merged, trace.findings) == ([whole], [part], [finding])

    def test_what_is_not_public_is_not_on_the_way(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12, may_quote=True)
        published, agreed = a_finding(forum, told), a_finding(forum, told, state=Finding.State.AGREED)
        a_quote(published, told[0], state=Excerpt.State.CLEARED)
        a_quote(agreed, told[1])
        taken_back = a_quote(published, told[2])
        Testimony.objects.filter(pk=told[2].pk).update(may_quote=False)
        in_review = a_recommendation(forum, published, state=Recommendation.State.IN_REVIEW)
        adopted = a_recommendation(forum, published, agreed)
        trace = tracing.where_from(a_clause(a_section(forum), in_review, adopted))
        assert taken_back not in trace.quotes
        assert (trace.recommendations, trace.findings, trace.quotes) == ([adopted], [published], [])

    def test_a_sentence_beside_two_findings_is_shown_once(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 12, may_quote=True)
        one, other = a_finding(forum, told), a_finding(forum, told)
        quote = a_quote(one, told[0])
        Voice.objects.create(finding=other, excerpt=quote)
        clause = a_clause(a_section(forum), a_recommendation(forum, one, other))
        assert tracing.where_from(clause).quotes == [quote]

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_whole_declaration_asks_a_fixed_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        section = a_section(forum)
        for _ in range(number):
            told = some_testimonies(forum, 3, may_quote=True)
            finding = a_finding(forum, told)
            a_quote(finding, told[0])
            a_clause(section, a_recommendation(forum, finding))
        declaration = section.declaration
        with django_assert_num_queries(16):
            first = tracing.where_from_all(declaration)
        with django_assert_num_queries(10):  # the figures of the day are known
            again = tracing.where_from_all(declaration)
        assert first == again
        with django_assert_num_queries(0):
            for trace in again.values():
                assert [quote.quote.words for quote in trace.quotes]
                assert not [finding.text_in("fr") for finding in trace.findings if finding.text_in("fr")]
                assert [row.text_in("fr") for row in trace.recommendations] == [""]

    def test_the_figures_do_not_move_within_the_day(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 9))
        clause = a_clause(a_section(forum), a_recommendation(forum, finding))
        before = tracing.where_from(clause).behind
        Evidence.objects.create(finding=finding, testimony=some_testimonies(forum, 1)[0])
        assert tracing.where_from(clause).behind == before


class WhenARecommendationOrAFindingIsTraced:
    def test_a_recommendation_leads_both_ways(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 12))
        recommendation, clause = a_published_clause(forum, finding)
        trace = tracing.for_recommendation(recommendation)
        assert (trace.findings, identifiers(trace.clauses)) == ([finding], [clause.identifier])

    def test_a_clause_drafted_since_the_edition_is_not_on_the_way(self):
        forum = factories.a_forum()
        recommendation, clause = a_published_clause(forum)
        a_clause(clause.section, recommendation)
        assert identifiers(tracing.for_recommendation(recommendation).clauses) == [clause.identifier]

    def test_one_set_aside_still_shows_what_it_rests_on(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 12))
        trace = tracing.for_recommendation(a_recommendation(forum, finding, state=Recommendation.State.SET_ASIDE))
        assert (trace.findings, trace.recommendations) == ([finding], [])

    def test_a_finding_leads_to_what_rests_on_it(self):
        forum = factories.a_forum()
        finding = a_finding(forum, some_testimonies(forum, 12))
        adopted, clause = a_published_clause(forum, finding)
        a_recommendation(forum, finding, state=Recommendation.State.SET_ASIDE)
        trace = tracing.for_finding(finding)
        assert (trace.recommendations, identifiers(trace.clauses)) == ([adopted], [clause.identifier])
        assert trace.behind.testimonies_band == "≥10"

    @pytest.mark.parametrize("number", [1, 3])
    def test_pages_ask_a_fixed_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        recommendation, clause = a_published_clause(forum)
        for _ in range(number):
            told = some_testimonies(forum, 3, may_quote=True)
            finding = a_finding(forum, told)
            a_quote(finding, told[0])
            Ground.objects.create(recommendation=recommendation, finding=finding)
        forum = Forum.objects.get(pk=forum.pk)
        with django_assert_num_queries(12):
            heard = tracing.heard(forum)
        assert len(heard) == number and all(each.quotes and each.recommendations for each in heard)
        recommendation.forum = finding.forum = forum
        with django_assert_num_queries(15):
            tracing.for_recommendation(recommendation)
        with django_assert_num_queries(7):
            tracing.for_finding(finding)


class WhenATestimonyIsFollowed:
    def a_road(self, number, **fields):
        forum = factories.a_forum()
        told = some_testimonies(forum, number, may_quote=True, **fields)
        finding = a_finding(forum, told)
        recommendation, clause = a_published_clause(forum, finding)
        return told, finding, recommendation, clause

    def test_it_led_to_findings_recommendations_and_clauses(self):
        told, finding, recommendation, clause = self.a_road(10)
        forward = tracing.forward_from(told[0])
        assert (forward.findings, forward.recommendations) == ([finding], [recommendation])
        assert identifiers(forward.clauses) == [clause.identifier]
        assert not forward.is_quoted

    def test_below_the_minimum_it_leads_nowhere(self):
        told, *_rest = self.a_road(9)
        assert tracing.forward_from(told[0]) == tracing.Forward([], [], [], False)

    def test_the_minimum_is_that_of_each_finding(self):
        told, finding, recommendation, _clause = self.a_road(10)
        small = a_finding(finding.forum, told[:5])
        Ground.objects.create(recommendation=recommendation, finding=small)
        assert tracing.forward_from(told[0]).findings == [finding]

    def test_one_that_may_not_be_summarised_led_nowhere(self):
        told, *_rest = self.a_road(12)
        Testimony.objects.filter(pk=told[0].pk).update(may_summarise=False)
        assert tracing.forward_from(Testimony.objects.get(pk=told[0].pk)).findings == []

    def test_whether_a_sentence_is_quoted_is_yes_or_no(self):
        told, finding, *_rest = self.a_road(10)
        a_quote(finding, told[3])
        assert tracing.forward_from(told[3]).is_quoted
        assert not tracing.forward_from(told[4]).is_quoted

    def test_a_clause_that_it_only_qualifies_is_not_counted(self):
        told, _finding, _recommendation, clause = self.a_road(10)
        Source.objects.filter(clause=clause).update(kind=Source.Kind.QUALIFIES)
        assert tracing.forward_from(told[0]).clauses == []

    def test_nothing_shows_before_an_edition_is_published(self):
        forum = factories.a_forum()
        told = some_testimonies(forum, 10)
        a_clause(a_section(forum), a_recommendation(forum, a_finding(forum, told)))
        assert tracing.forward_from(told[0]).clauses == []
