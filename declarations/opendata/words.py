"""Findings, recommendations and the declaration, as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from declarations import tracing
from declarations.counting import behind_recommendations, daily
from declarations.counting.heard import findings_below
from declarations.models import Edition, Excerpt, Finding, Forum, Recommendation, Relation, Response, Source
from declarations.publishing.snapshot import ClauseText, SectionText, from_bytes

from .about import about, address, codes, heard, texts, wordings
from .shapes import (
    AnswerToClause,
    ClauseRow,
    DeclarationData,
    FindingRow,
    FindingsData,
    QuoteRow,
    RecommendationRow,
    RecommendationsData,
    SectionRow,
)

Answers = Mapping[str, tuple[AnswerToClause, ...]]


def findings_data(forum: Forum) -> FindingsData:
    """Return what was heard, with the sentences whose owners still agree that they be quoted."""
    page = address("finding-list", forum)
    return FindingsData(
        about(forum, "finding-list"),
        tuple(
            FindingRow(
                number=each.finding.number,
                text=wordings(each.finding),
                themes=codes(each.finding.themes),
                factors=codes(each.finding.factors),
                heard=heard(each.behind),
                recommendations=tuple(row.number for row in each.recommendations),
                quotes=tuple(map(quote, each.quotes)),
                page=f"{page}#finding-{each.finding.number}",
            )
            for each in tracing.heard(forum)
        ),
    )


def quote(excerpt: Excerpt) -> QuoteRow:
    """Return a sentence without anything by which its withdrawal could be followed."""
    return QuoteRow(excerpt.quote.words, excerpt.language, texts(excerpt.quote.speaker))


def recommendations_data(forum: Forum) -> RecommendationsData:
    """Return the decided recommendations, with what each rests on and led to."""
    rows = list(
        Recommendation.objects.public()
        .filter(forum=forum)
        .select_related("group")
        .prefetch_related("wordings", "themes", "addressees", "regions")
        .order_by("number")
    )
    keys = [row.pk for row in rows]
    behind = daily(behind_recommendations, forum, need=keys)
    published = tracing.published_clauses(forum)
    resting, wholes, findings = clauses_on(published, keys), merged(keys), findings_of(forum)
    answers = standing(forum, published)
    return RecommendationsData(
        about(forum, "recommendation-list"),
        tuple(
            RecommendationRow(
                number=row.number,
                state=row.state,
                text=wordings(row),
                handed_in=row.handed_in_words,
                handed_in_language=row.handed_in_language,
                group=row.group.number,
                themes=codes(row.themes),
                addressees=codes(row.addressees),
                regions=codes(row.regions),
                level=row.level or None,
                horizon=row.horizon or None,
                reason=row.reason,
                minority_view=row.minority_view,
                decision_reason=texts(row.decision_reason) if row.state == row.State.SET_ASIDE else {},
                decided_on=row.decided_on.isoformat() if row.decided_on else None,
                merged_into=wholes.get(row.pk, ()),
                findings=findings.get(row.pk, ()),
                clauses=resting.get(row.pk, ()),
                answers=tuple(answer for clause in resting.get(row.pk, ()) for answer in answers.get(clause, ())),
                heard=heard(behind[row.pk]),
                page=address("recommendation-detail", forum, row.number),
            )
            for row in rows
        ),
    )


def findings_of(forum: Forum) -> dict[int, tuple[int, ...]]:
    """Return the numbers of the published findings below each recommendation."""
    numbers = dict(Finding.objects.public().filter(forum=forum).order_by().values_list("pk", "number"))
    return {
        pk: tuple(sorted(numbers[finding] for finding in found if finding in numbers))
        for pk, found in findings_below(forum).items()
    }


def clauses_on(published: list[ClauseText], keys: list[int]) -> dict[int, tuple[str, ...]]:
    """Return the identifiers of the published clauses that rest on each recommendation, in reading order."""
    sources = Source.objects.filter(recommendation__in=keys).exclude(kind=Source.Kind.QUALIFIES)
    below: dict[int, set[str]] = defaultdict(set)
    for recommendation, clause in sources.order_by().values_list("recommendation", "clause__identifier"):
        below[recommendation].add(clause)
    return {pk: tuple(each.identifier for each in published if each.identifier in found) for pk, found in below.items()}


def merged(keys: list[int]) -> dict[int, tuple[int, ...]]:
    """Return the numbers of the public recommendations that each went into."""
    rows = Relation.objects.filter(
        recommendation__in=keys, kind=Relation.Kind.MERGED_INTO, other__in=Recommendation.objects.public()
    )
    into: dict[int, list[int]] = defaultdict(list)
    for part, whole in rows.order_by("other__number").values_list("recommendation", "other__number"):
        into[part].append(whole)
    return {part: tuple(wholes) for part, wholes in into.items()}


def standing(forum: Forum, published: list[ClauseText]) -> Answers:
    """Return the answers that stand, by the identifier of the published clause."""
    rows = (
        Response.objects.public()
        .standing()
        .filter(
            clause__section__declaration__forum=forum, clause__identifier__in=[each.identifier for each in published]
        )
    )
    found: dict[str, list[AnswerToClause]] = defaultdict(list)
    for row in rows.select_related("addressee", "clause").order_by("addressee__order", "pk"):
        clause = row.clause.identifier
        found[clause].append(AnswerToClause(clause, row.addressee.code, row.position, row.answered_on.isoformat()))
    return {clause: tuple(answers) for clause, answers in found.items()}


def declaration_data(forum: Forum) -> DeclarationData:
    """Return the newest edition word for word: what is being redrafted since is not public."""
    edition = Edition.objects.public().filter(declaration__forum=forum).latest_first().first()
    told = about(forum, "declaration-detail")
    if edition is None:
        return DeclarationData(told, None, None, {}, (), (), None, None, ())
    snapshot = from_bytes(bytes(edition.snapshot))
    answers = standing(forum, list(snapshot.clauses))
    return DeclarationData(
        about=told,
        edition=edition.number,
        control_code=edition.control_code,
        title=texts(snapshot.title),
        languages=snapshot.languages,
        authentic=snapshot.authentic,
        adopted_on=snapshot.adoption.on,
        published_on=snapshot.published_on,
        sections=tuple(section(each, answers, told.page) for each in snapshot.sections),
    )


def section(each: SectionText, answers: Answers, page: str) -> SectionRow:
    return SectionRow(
        identifier=each.identifier,
        kind=each.kind,
        theme=each.theme,
        heading=texts(each.heading),
        clauses=tuple(clause(row, answers, page) for row in each.clauses),
    )


def clause(row: ClauseText, answers: Answers, page: str) -> ClauseRow:
    return ClauseRow(
        identifier=row.identifier,
        number=row.number,
        text=texts(row.text),
        addressees=tuple(map(texts, row.addressees)),
        recommendations=tuple(source.number for source in row.sources),
        heard=heard(row.figures),
        answers=answers.get(row.identifier, ()),
        page=f"{page}#{row.identifier}",
    )
