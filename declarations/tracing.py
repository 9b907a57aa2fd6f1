"""The way back from a clause to what was heard, and the way forward from a testimony.

Everything here is for public eyes: decided recommendations, published findings, sentences whose owners still agree, and
figures that stood still since this morning. A testimony itself is never reached from above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Prefetch, QuerySet

from .counting import Behind, behind_clauses, behind_findings, behind_recommendations, daily, fewer_than
from .counting.heard import findings_below, merged_into, sources_below, spoken_in, with_parts
from .models import (
    Clause,
    Declaration,
    Edition,
    Excerpt,
    Finding,
    Forum,
    Group,
    Recommendation,
    Session,
    Source,
    Testimony,
    Voice,
)
from .models.findings import FindingQuerySet
from .models.recommendations import RecommendationQuerySet
from .publishing.snapshot import ClauseText, from_bytes


@dataclass(frozen=True)
class Trace:
    """What a text rests on: adopted recommendations and what was merged into them, findings and sentences, in order."""

    recommendations: list[Recommendation] = field(default_factory=list)
    merged: list[Recommendation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    quotes: list[Excerpt] = field(default_factory=list)
    behind: Behind = Behind()
    # What it led to, for a recommendation or a finding.
    clauses: list[ClauseText] = field(default_factory=list)


@dataclass(frozen=True)
class Heard:
    """One finding of "What we heard": its cleared sentences, its figures, and the recommendations that rest on it."""

    finding: Finding
    quotes: list[Excerpt]
    behind: Behind
    recommendations: list[Recommendation]


@dataclass(frozen=True)
class Forward:
    """Where one testimony led, as its receipt may show it (M4)."""

    findings: list[Finding]
    recommendations: list[Recommendation]
    clauses: list[ClauseText]
    is_quoted: bool


# Back


def groups_of(forum: Forum, decided: QuerySet[Recommendation]) -> QuerySet[Group]:
    """Return the groups with the days they `met`, without minutes, and what of these they recommended as `decided`."""
    met = Session.objects.public().defer("minutes").order_by("starts_at", "pk")
    return (
        Group.objects.public()
        .filter(forum=forum)
        .select_related("topic")
        .prefetch_related(
            Prefetch("sessions", met, to_attr="met"),
            Prefetch("recommendations", decided.order_by("number"), to_attr="decided"),
        )
        .order_by("number")
    )


def where_from(clause: Clause) -> Trace:
    """Return what one clause rests on."""
    return _clauses(clause.section.declaration, [clause.pk])[clause.pk]


def where_from_all(declaration: Declaration) -> dict[int, Trace]:
    """Return what each clause of the text as it stands rests on, by its key, in a constant number of questions."""
    keys = Clause.objects.filter(section__declaration=declaration).standing().values_list("pk", flat=True)
    return _clauses(declaration, list(keys))


def _clauses(declaration: Declaration, keys: Collection[int]) -> dict[int, Trace]:
    sources = sources_below(declaration)
    figures = daily(behind_clauses, declaration, need=keys)
    return _traces(declaration.forum, {key: sources.get(key, set()) for key in keys}, figures)


def for_recommendation(recommendation: Recommendation) -> Trace:
    """Return what one recommendation rests on, what was merged into it, and the public clauses it led to."""
    forum, key = recommendation.forum, recommendation.pk
    figures = daily(behind_recommendations, forum, need=[key])
    trace = _traces(forum, {key: {key}}, figures, clauses=clauses_from(forum, [key]))
    return trace[key]


def for_finding(finding: Finding) -> Trace:
    """Return the sentences beside a finding, its figures, and the recommendations and clauses that rest on it."""
    resting = recommendations_from(finding.forum, [finding.pk])
    figures = daily(behind_findings, finding.forum, need=[finding.pk])
    return Trace(
        recommendations=resting,
        groups=_groups(resting),
        findings=[finding],
        quotes=quotes_beside([finding.pk])[finding.pk],
        behind=figures[finding.pk],
        clauses=clauses_from(finding.forum, [each.pk for each in resting]),
    )


def _traces(
    forum: Forum,
    direct: Mapping[int, set[int]],
    figures: Mapping[int, Behind],
    clauses: Iterable[ClauseText] = (),
) -> dict[int, Trace]:
    """Return the trace of each key, given the recommendations directly below it."""
    merged, below = merged_into(forum), findings_below(forum)
    whole = {key: set().union(*(with_parts(pk, merged) for pk in pks)) for key, pks in direct.items()}
    rows = _decided(forum).filter(pk__in=set().union(*whole.values())).prefetch_related("wordings")
    recommendations = {row.pk: row for row in rows}
    found = {key: set().union(*(below.get(pk, set()) for pk in pks)) for key, pks in direct.items()}
    findings = {row.pk: row for row in _findings(set().union(*found.values()))}
    quotes = quotes_beside(findings)
    traces = {}
    for key, pks in direct.items():
        own = [row for pk, row in recommendations.items() if pk in pks and row.state == row.State.ADOPTED]
        parts = [row for pk, row in recommendations.items() if pk in whole[key] - pks]
        traces[key] = Trace(
            recommendations=own,
            merged=parts,
            groups=_groups([*own, *parts]),
            findings=[row for pk, row in findings.items() if pk in found[key]],
            quotes=_once(quote for pk in findings if pk in found[key] for quote in quotes[pk]),
            behind=figures[key],
            clauses=list(clauses),
        )
    return traces


def _decided(forum: Forum) -> RecommendationQuerySet:
    return Recommendation.objects.public().filter(forum=forum).select_related("group").order_by("number")


def _findings(keys: Collection[int]) -> FindingQuerySet:
    return Finding.objects.public().filter(pk__in=keys).prefetch_related("wordings").order_by("number")


def _groups(recommendations: Iterable[Recommendation]) -> list[Group]:
    groups = {row.group_id: row.group for row in recommendations}
    return sorted(groups.values(), key=lambda group: group.number)


def _once(quotes: Iterable[Excerpt]) -> list[Excerpt]:
    return list({quote.pk: quote for quote in quotes}.values())


def quotes_beside(findings: Iterable[int]) -> dict[int, list[Excerpt]]:
    """Return the public sentences beside each finding, with their words, in an order that says nothing (M3)."""
    rows = Voice.objects.filter(finding__in=list(findings), excerpt__in=Excerpt.objects.public())
    beside: dict[int, list[Excerpt]] = defaultdict(list)
    for voice in rows.select_related("excerpt__quote").order_by("excerpt"):
        beside[voice.finding_id].append(voice.excerpt)
    return beside


def heard(forum: Forum) -> list[Heard]:
    """Return "What we heard": the published findings in their order, in a constant number of questions."""
    findings = list(
        Finding.objects.public()
        .filter(forum=forum)
        .select_related("group")
        .prefetch_related("wordings", "themes", "factors")
        .order_by("number")
    )
    keys = [finding.pk for finding in findings]
    quotes, figures, below = quotes_beside(keys), daily(behind_findings, forum, need=keys), findings_below(forum)
    adopted = list(_decided(forum).filter(state=Recommendation.State.ADOPTED).prefetch_related("wordings"))
    return [
        Heard(
            finding,
            quotes[finding.pk],
            figures[finding.pk],
            [row for row in adopted if finding.pk in below.get(row.pk, set())],
        )
        for finding in findings
    ]


# Forward


def recommendations_from(forum: Forum, findings: Collection[int]) -> list[Recommendation]:
    """Return the adopted recommendations that rest on any of the findings, themselves or through what was merged."""
    below = findings_below(forum)
    keys = [pk for pk, found in below.items() if not found.isdisjoint(findings)]
    rows = _decided(forum).filter(pk__in=keys, state=Recommendation.State.ADOPTED)
    return list(rows.prefetch_related("wordings"))


def published_clauses(forum: Forum) -> list[ClauseText]:
    """Return the clauses of the newest edition in their order, in its words; none before one is published.

    What is being redrafted since is not public, though it stands in the same rows.
    """
    edition = Edition.objects.public().filter(declaration__forum=forum).latest_first().first()
    return list(_clauses_in(bytes(edition.snapshot))) if edition else []


@lru_cache(maxsize=16)
def _clauses_in(snapshot: bytes) -> tuple[ClauseText, ...]:
    """Bytes that never change are read once; they hold no words of a testimony."""
    return tuple(from_bytes(snapshot).clauses)


def clauses_from(forum: Forum, recommendations: Collection[int]) -> list[ClauseText]:
    """Return the published clauses that rest on any of the recommendations, in reading order."""
    if not recommendations:
        return []
    sources = Source.objects.filter(recommendation__in=recommendations).exclude(kind=Source.Kind.QUALIFIES)
    resting = set(sources.values_list("clause__identifier", flat=True))
    return [clause for clause in published_clauses(forum) if clause.identifier in resting]


def forward_from(testimony: Testimony) -> Forward:
    """Return where a testimony led; a finding only where at least the public minimum of testimonies stand behind it.

    Whether a sentence is quoted is yes or no, never which (M4).
    """
    forum = testimony.forum
    usable = Testimony.objects.filter(pk=testimony.pk).summable()
    resting = Finding.objects.public().filter(forum=forum, evidence__testimony__in=usable)
    keys = list(resting.values_list("pk", flat=True))
    crowds = spoken_in(forum, keys)
    safe = [pk for pk in keys if not fewer_than(len(crowds[pk]), forum.public_minimum)]
    recommendations = recommendations_from(forum, safe)
    return Forward(
        findings=list(_findings(safe)),
        recommendations=recommendations,
        clauses=clauses_from(forum, [row.pk for row in recommendations]),
        is_quoted=Excerpt.objects.public().filter(testimony=testimony).exists(),
    )
