"""In how many testimonies something was heard: findings, what rests on them, and the forum as a whole.

A testimony counts once, while it is kept and its owner lets it be added to a summary, and only where it was said: what
qualifies a text is not what it was heard in. Regions and capacities are those of the descriptions the speakers agreed
to, which are coarse already; a zone is no region.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.contrib.contenttypes.models import ContentType

from declarations.models import (
    Clause,
    Declaration,
    Evidence,
    Finding,
    Forum,
    Ground,
    HistoryEntry,
    Participant,
    Recommendation,
    Relation,
    Source,
    Testimony,
)
from declarations.publishing.snapshot import Band, ClauseFigures, ForumFigures

from .bands import band, fewer_than, limits

MINUTES_TO_READ = 8  # one testimony with its summary, as readers at rehearsals needed


@dataclass(frozen=True)
class Behind:
    """What stands behind a text: a band of testimonies, and the regions and capacities they came from.

    All None where fewer testimonies stand behind it than may be said in public; zero says the same.
    """

    testimonies_band: Band | None = None
    regions: Band | None = None
    capacities: Band | None = None
    total_regions: int | None = None
    # Which findings are counted: other ones make another figure (counting.daily).
    findings: frozenset[int] = field(default=frozenset(), compare=False, repr=False)


# A testimony as counting sees it: its identifier, and the region and capacity of its description.
Spoken = tuple[object, int | None, int | None]


def behind(spoken: set[Spoken], minimum: int, home: Collection[int]) -> Behind:
    """Return the figures of a set of testimonies; `home` are the country's regions, delegations come from elsewhere."""
    if fewer_than(len(spoken), minimum):
        return Behind(total_regions=len(home))
    code = band(len(spoken), minimum)
    regions = [region for _pk, region, _capacity in spoken if region in home]
    capacities = [capacity for _pk, _region, capacity in spoken if capacity]
    return Behind(code, spread(regions, code, minimum), spread(capacities, code, minimum), len(home))


def spread(places: Iterable[int | None], code: Band, minimum: int) -> Band | None:
    """Return from how many regions (or capacities), at least, something was heard by enough people to hide in.

    One from which fewer than the minimum were heard counts like one from which nobody was: else "4 of 4" would say of
    each that somebody spoke there, and "4 of 5", beside sentences from four, that in the fifth nobody did. Never more
    are said than leave, below the end of the band, room for another that is just too small; and never one alone (M7).
    """
    enough = sum(not fewer_than(n, minimum) for n in Counter(places).values())
    said = min(enough, (limits(code)[1] - (minimum - 1)) // minimum)
    return f"≥{said}" if said > 1 else None


def home_regions(forum: Forum) -> set[int]:
    """Return the regions of the country itself."""
    return set(forum.regions.filter(zone__is_abroad=False).values_list("pk", flat=True))


def spoken_in(forum: Forum, findings: Iterable[int] | None = None) -> dict[int, set[Spoken]]:
    """Return the testimonies that each finding rests on; of all findings of the forum, or of those given."""
    rows = Evidence.objects.filter(
        finding__forum=forum,
        kind=Evidence.Kind.RESTS_ON,
        testimony__in=Testimony.objects.filter(forum=forum).summable(),
    )
    if findings is not None:
        rows = rows.filter(finding__in=findings)
    found: dict[int, set[Spoken]] = defaultdict(set)
    columns = ("finding", "testimony", "testimony__described_region", "testimony__described_capacity")
    for finding, testimony, region, capacity in rows.values_list(*columns):
        found[finding].add((testimony, region, capacity))
    return found


def rests_on_enough(finding: Finding, minimum: int) -> bool:
    """Whether at least the minimum of testimonies stand behind a finding now; what qualifies it does not."""
    return not fewer_than(len(spoken_in(finding.forum, [finding.pk])[finding.pk]), minimum)


def left_the_public(forum: Forum) -> int:
    """Return how many findings were published once and are not now, because too few testimonies stand behind them."""
    published = HistoryEntry.objects.filter(
        forum=forum, content_type=ContentType.objects.get_for_model(Finding), verb="publish"
    )
    once = {int(pk) for pk in published.values_list("object_id", flat=True)}
    gone = forum.findings.filter(pk__in=once).exclude(state=Finding.State.PUBLISHED).values_list("pk", flat=True)
    return sum(fewer_than(len(spoken), forum.public_minimum) for spoken in _spoken_behind(forum, gone))


def _spoken_behind(forum: Forum, findings: Iterable[int]) -> list[set[Spoken]]:
    keys = list(findings)
    spoken = spoken_in(forum, keys) if keys else {}
    return [spoken.get(key, set()) for key in keys]


def findings_below(forum: Forum) -> dict[int, set[int]]:
    """Return the published findings that each recommendation rests on, itself or through those merged into it."""
    grounds = Ground.objects.filter(
        recommendation__forum=forum, kind=Ground.Kind.RESTS_ON, finding__in=Finding.objects.public()
    )
    own: dict[int, set[int]] = defaultdict(set)
    for recommendation, finding in grounds.values_list("recommendation", "finding"):
        own[recommendation].add(finding)
    merged = merged_into(forum)
    return {pk: set().union(*(own[part] for part in with_parts(pk, merged))) for pk in {*own, *merged}}


def merged_into(forum: Forum) -> dict[int, set[int]]:
    """Return what was merged into each recommendation; drafts were never handed in and do not count."""
    rows = Relation.objects.filter(other__forum=forum, kind=Relation.Kind.MERGED_INTO).exclude(
        recommendation__state=Recommendation.State.DRAFT
    )
    parts: dict[int, set[int]] = defaultdict(set)
    for part, whole in rows.values_list("recommendation", "other"):
        parts[whole].add(part)
    return dict(parts)


def with_parts(pk: int, merged: Mapping[int, set[int]]) -> set[int]:
    """Return a recommendation and all that was merged into it, at whatever remove."""
    found, waiting = {pk}, [pk]
    while waiting:
        new = merged.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def sources_below(declaration: Declaration) -> dict[int, set[int]]:
    """Return the adopted recommendations that each clause rests on or is supported by."""
    rows = Source.objects.filter(
        clause__section__declaration=declaration, recommendation__state=Recommendation.State.ADOPTED
    ).exclude(kind=Source.Kind.QUALIFIES)
    below: dict[int, set[int]] = defaultdict(set)
    for clause, recommendation in rows.values_list("clause", "recommendation"):
        below[clause].add(recommendation)
    return below


def _figures(forum: Forum, findings_of: Mapping[int, set[int]], minimum: int | None) -> dict[int, Behind]:
    """Return what stands behind each key, given the findings below it; two questions to the database."""
    spoken = spoken_in(forum, set().union(*findings_of.values()))
    least, home = minimum or forum.public_minimum, home_regions(forum)
    return {
        key: replace(
            behind(set().union(*(spoken.get(finding, set()) for finding in findings)), least, home),
            findings=frozenset(findings),
        )
        for key, findings in findings_of.items()
    }


def behind_findings(forum: Forum, minimum: int | None = None) -> dict[int, Behind]:
    """Return what stands behind every finding of the forum, by its key; three questions."""
    return _figures(forum, {pk: {pk} for pk in forum.findings.values_list("pk", flat=True)}, minimum)


def behind_finding(finding: Finding, minimum: int | None = None) -> Behind:
    return _figures(finding.forum, {finding.pk: {finding.pk}}, minimum)[finding.pk]


def behind_recommendations(forum: Forum, minimum: int | None = None) -> dict[int, Behind]:
    """Return what stands behind every recommendation of the forum, by its key; five questions."""
    below = findings_below(forum)
    keys = forum.recommendations.values_list("pk", flat=True)
    return _figures(forum, {pk: below.get(pk, set()) for pk in keys}, minimum)


def behind_recommendation(recommendation: Recommendation, minimum: int | None = None) -> Behind:
    below = findings_below(recommendation.forum).get(recommendation.pk, set())
    return _figures(recommendation.forum, {recommendation.pk: below}, minimum)[recommendation.pk]


def behind_clauses(declaration: Declaration, minimum: int | None = None) -> dict[int, Behind]:
    """Return what stands behind every clause of the declaration, by its key; six questions."""
    keys = Clause.objects.filter(section__declaration=declaration).values_list("pk", flat=True)
    return _of_clauses(declaration, keys, minimum)


def behind_clause(clause: Clause, minimum: int | None = None) -> Behind:
    return _of_clauses(clause.section.declaration, [clause.pk], minimum)[clause.pk]


def _of_clauses(declaration: Declaration, keys: Iterable[int], minimum: int | None) -> dict[int, Behind]:
    below, sources = findings_below(declaration.forum), sources_below(declaration)
    findings = {
        clause: set().union(*(below.get(recommendation, set()) for recommendation in sources.get(clause, set())))
        for clause in keys
    }
    return _figures(declaration.forum, findings, minimum)


def clause_figures(clause: Clause) -> ClauseFigures:
    """Return a clause's figures as an edition holds them."""
    return _as_clause_figures(behind_clause(clause))


def clauses_figures(declaration: Declaration) -> dict[int, ClauseFigures]:
    """Return the figures of every clause of the declaration, by its key, as an edition holds them."""
    return {pk: _as_clause_figures(found) for pk, found in behind_clauses(declaration).items()}


def findings_figures(forum: Forum) -> dict[int, ClauseFigures]:
    """Return the figures of every finding of the forum, by its key, as an edition holds them."""
    return {pk: _as_clause_figures(found) for pk, found in behind_findings(forum).items()}


def _as_clause_figures(found: Behind) -> ClauseFigures:
    return ClauseFigures(
        testimonies_band=found.testimonies_band,
        regions=found.regions,
        total_regions=found.total_regions if found.regions is not None else None,
        capacities=found.capacities,
    )


def forum_figures(forum: Forum) -> ForumFigures:
    """Return the whole forum in figures, as an edition holds them; live pages take them through `daily`.

    Regions and capacities are those that testimonies were heard from, as their speakers agreed to be described.
    """
    rows = Testimony.objects.filter(forum=forum).summable()
    heard = behind(
        set(rows.values_list("pk", "described_region", "described_capacity")),
        forum.public_minimum,
        home_regions(forum),
    )
    return ForumFigures(
        participants=band(Participant.objects.filter(forum=forum).registered().count(), forum.public_minimum),
        testimonies_band=testimonies_band(forum, forum.public_minimum),
        regions=heard.regions,
        total_regions=heard.total_regions if heard.regions is not None else None,
        capacities=heard.capacities,
        groups=forum.groups.count(),
        findings=Finding.objects.public().filter(forum=forum).count(),
        recommendations=Recommendation.objects.public().filter(forum=forum, state=Recommendation.State.ADOPTED).count(),
    )


def testimonies_band(forum: Forum, minimum: int | None = None) -> str:
    """Return the band of the testimonies kept; organisers, too, see no exact number of testimonies (M7)."""
    return band(Testimony.objects.filter(forum=forum).kept().count(), minimum or forum.inside_minimum)


@dataclass(frozen=True)
class Inside:
    """What somebody who works in a forum and reads no testimony knows of their number: bands, and hours to read."""

    kept: Band
    waiting: Band
    hours: int | None


def inside_figures(forum: Forum) -> Inside:
    """Return what organisers see of the number of testimonies; pages take it through `daily`."""
    shown = band(Testimony.objects.filter(forum=forum).to_read().count(), forum.inside_minimum)
    # From the smallest number of the band, so that the hours say no more than the band does.
    hours = None if shown.startswith("<") else reading_hours(limits(shown)[0])
    return Inside(testimonies_band(forum), shown, hours)


def inside_findings(forum: Forum) -> dict[int, Behind]:
    """Return what stands behind every finding as organisers see it; pages take it through `daily`."""
    return behind_findings(forum, forum.inside_minimum)


def reading_hours(n: int) -> int:
    """Return the hours that `n` testimonies take to read and to summarise, rounded; one at least where there is one."""
    return max(1, round(n * MINUTES_TO_READ / 60)) if n else 0
