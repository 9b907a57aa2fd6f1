"""A snapshot is taken from the database: the text as adopted, the figures as bands, the voices as commitments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations import counting
from declarations.models import (
    Adoption,
    Clause,
    Declaration,
    Edition,
    Excerpt,
    Finding,
    Forum,
    Kind,
    Partner,
    Quote,
    Recommendation,
    Relation,
    Source,
    Version,
)
from declarations.publishing.as_draft import Draft
from declarations.publishing.snapshot import (
    AdoptionFacts,
    Change,
    ClauseFigures,
    ClauseText,
    FindingText,
    ForumFacts,
    Person,
    Reservation,
    SectionText,
    Snapshot,
    SourceText,
    Text,
    Votes,
    from_bytes,
    voice_commitment,
)

from . import excerpts
from .declarations import adoption_of, in_languages, last_version, section_texts, words_bytes
from .moves import Refused
from .telling import Linter

# What is written where a capacity, or who made a reservation, was not recorded.
IN_THE_CHAIR = {"fr": "présidence de la séance", "en": "in the chair", "ar": "رئاسة الجلسة"}
AT_THE_ADOPTION = {"fr": "au moment de l’adoption", "en": "at the adoption", "ar": "عند الاعتماد"}


def take_snapshot(
    declaration: Declaration,
    *,
    number: int,
    kind: str,
    languages: Sequence[str] | None = None,
    published_on: date | None = None,
) -> Snapshot:
    """Return the edition that the adopted words would make now, in these languages or in all that have begun.

    Refused where the words are not adopted, or moved since.
    """
    forum, adoption = declaration.forum, adoption_of(declaration)
    if adoption is None or declaration.state != Declaration.State.ADOPTED:
        raise Refused(_("An edition is made of adopted words, and these are not adopted."))
    chosen = chosen_languages(declaration, languages)
    sections = section_texts(declaration, chosen)
    authentic = tuple(forum.authentic_languages())
    if words_bytes(declaration.title, sections, authentic) != bytes(adoption.version.words):
        raise Refused(_("The words are no longer those that were adopted."))
    title = in_languages(declaration.title, chosen)
    last = last_snapshot(declaration)
    return Snapshot(
        forum=forum_facts(forum),
        number=number,
        kind=kind,
        published_on=(published_on or forum.today()).isoformat(),
        languages=tuple(chosen),
        authentic=authentic,
        title=title,
        sections=with_origins(declaration, sections, chosen, counting.clauses_figures(declaration)),
        adoption=adoption_facts(adoption, authentic),
        figures=counting.forum_figures(forum),
        findings=tuple(findings(forum, chosen)),
        voices=voices(declaration),
        changes=tuple(changes_between(last.sections, sections, authentic)) if last else (),
        # The authentic text is the adopted one, or no snapshot is taken: see above. What an erratum or a later
        # translation changed stands among the changes, language by language.
        text_unchanged_since_adoption=True,
    )


def text_as_it_stands(declaration: Declaration) -> Snapshot:
    """Return the text of the edition that would be made now, adopted or not: to be looked through, never kept.

    Figures and voices are left out; nobody writes them.
    """
    forum, adoption = declaration.forum, adoption_of(declaration)
    chosen, authentic = chosen_languages(declaration, None), tuple(forum.authentic_languages())
    today = forum.today().isoformat()
    return Snapshot(
        forum=forum_facts(forum),
        number=1,
        kind=Kind.ADOPTED,
        published_on=today,
        languages=tuple(chosen),
        authentic=authentic,
        title=in_languages(declaration.title, chosen),
        sections=with_origins(declaration, section_texts(declaration, chosen), chosen, {}),
        adoption=adoption_facts(adoption, authentic) if adoption else AdoptionFacts("consensus", today, {}),
        findings=tuple(findings(forum, chosen)),
    )


def chosen_languages(declaration: Declaration, wanted: Sequence[str] | None) -> list[str]:
    """Return the languages of an edition: every authentic one, and those in which title and a clause are written."""
    forum = declaration.forum
    worded = set(
        Clause.objects.filter(section__declaration=declaration, removed_on=None).values_list(
            "wordings__language", flat=True
        )
    )
    begun = [code for code in forum.written_languages() if code in worded and declaration.title.get(code)]
    if wanted is None:
        return begun
    if missing := [code for code in wanted if code not in begun]:
        raise Refused(_("Nothing is written yet in: %(languages)s.") % {"languages": ", ".join(missing)})
    authentic = forum.authentic_languages()
    return [code for code in begun if code in wanted or code in authentic]


def snapshot_of(edition: Edition) -> Snapshot:
    return from_bytes(bytes(edition.snapshot))


def last_snapshot(declaration: Declaration) -> Snapshot | None:
    """Return the snapshot of the latest edition."""
    edition = declaration.editions.latest_first().first()
    return snapshot_of(edition) if edition else None


def draft_of(
    declaration: Declaration, languages: Sequence[str], *, is_large: bool = False, version: Version | None = None
) -> Draft:
    """Return the words to be printed before they are published, as they stand at this moment or stood in a version.

    The moment is the forum's own time: now, or when the version was made. Fixed words carry the number of their
    version; an earlier one holds its authentic words alone.
    """
    forum = declaration.forum
    authentic = tuple(forum.authentic_languages())
    wanted = list(dict.fromkeys((*languages, *authentic)))
    made_at = (version.made_at if version else timezone.now()).astimezone(forum.zone_info)
    if version is not None:
        title, sections = read_words(bytes(version.words))
    else:
        title, sections = in_languages(declaration.title, wanted), section_texts(declaration, wanted)
    if version is None and declaration.is_fixed:
        version = last_version(declaration)
    return Draft(
        forum=forum.title,
        mode=forum.mode,
        title=title,
        sections=sections,
        authentic=authentic,
        languages=tuple(languages),
        made_on=made_at.date().isoformat(),
        made_at=f"{made_at:%H:%M}",
        version=version.number if version else None,
        is_large=is_large,
    )


def read_words(words: bytes) -> tuple[Text, tuple[SectionText, ...]]:
    """Return title and sections as `words_bytes` wrote them down in a version."""
    kept = json.loads(words)
    sections = tuple(
        SectionText(
            kind=section["kind"],
            identifier=section["identifier"],
            heading=section["heading"] or None,
            clauses=tuple(ClauseText(identifier, text, number) for identifier, number, text in section["clauses"]),
        )
        for section in kept["sections"]
    )
    return kept["title"], sections


def forum_facts(forum: Forum) -> ForumFacts:
    conveners = forum.partners.filter(kind=Partner.Kind.CONVENER)
    return ForumFacts(
        slug=forum.slug,
        title=forum.title,
        place=forum.place,
        starts_on=forum.starts_on.isoformat(),
        ends_on=forum.ends_on.isoformat(),
        conveners=tuple(convener.label for convener in conveners),
        mode=forum.mode,
    )


def adoption_facts(adoption: Adoption, authentic: Sequence[str]) -> AdoptionFacts:
    signatures = list(adoption.signatures.all())
    signed = {each.name: each.capacity for each in signatures}
    counted = adoption.votes_for is not None
    return AdoptionFacts(
        method=adoption.method,
        on=adoption.adopted_on.isoformat(),
        place=adoption.place,
        presided_by=Person(adoption.presided_by, signed.get(adoption.presided_by) or IN_THE_CHAIR),
        signatories=tuple(Person(each.name, each.capacity) for each in signatures),
        reservations=(Reservation(AT_THE_ADOPTION, {authentic[0]: adoption.reservations}),)
        if adoption.reservations
        else (),
        delegations=tuple(each.label for each in adoption.delegations.all()),
        votes=Votes(adoption.votes_for or 0, adoption.votes_against or 0, adoption.abstentions or 0)
        if counted
        else None,
    )


# Where a clause comes from


def with_origins(
    declaration: Declaration,
    sections: Sequence[SectionText],
    languages: Sequence[str],
    figures: Mapping[int, ClauseFigures],
) -> tuple[SectionText, ...]:
    """Return the sections with each clause's addressees, adopted recommendations and figures."""
    rows = {
        clause.identifier: clause
        for clause in Clause.objects.filter(section__declaration=declaration, removed_on=None).prefetch_related(
            "addressees", "sources__recommendation__wordings", "sources__recommendation__group"
        )
    }

    def told(text: ClauseText) -> ClauseText:
        clause: Any = rows[text.identifier]
        return replace(
            text,
            addressees=tuple(addressee.label for addressee in clause.addressees.all()),
            sources=tuple(sources(clause, languages)),
            figures=figures.get(clause.pk, ClauseFigures()),
        )

    return tuple(replace(section, clauses=tuple(map(told, section.clauses))) for section in sections)


def sources(clause: Clause, languages: Sequence[str]) -> Iterator[SourceText]:
    """Yield the adopted recommendations behind a clause, in the order of their numbers."""
    rows: list[Source] = sorted(clause.sources.all(), key=lambda source: source.recommendation.number)
    for recommendation in (row.recommendation for row in rows):
        if recommendation.state == Recommendation.State.ADOPTED:
            text = {wording.language: wording.text for wording in recommendation.wordings.all()}
            # One that is worded in none of these languages is shown as it is.
            yield SourceText(recommendation.number, in_languages(text, languages) or text, recommendation.group.title)


def findings(forum: Forum, languages: Sequence[str]) -> Iterator[FindingText]:
    """Yield the published findings that enough testimonies stand behind to be told in public, by their numbers.

    Print cannot be recalled: one that rests on fewer stands on the live page alone, which follows what becomes of it.
    """
    figures = counting.findings_figures(forum)
    for finding in Finding.objects.public().filter(forum=forum).prefetch_related("wordings").order_by("number"):
        text = {wording.language: wording.text for wording in finding.wordings.all() if wording.text.strip()}
        if text and figures[finding.pk].testimonies_band is not None:
            yield FindingText(finding.number, in_languages(text, languages) or text, figures[finding.pk])


def excerpts_behind(declaration: Declaration) -> QuerySet[Excerpt]:
    """Return the sentences beside the findings on which the text rests, also through what was merged."""
    standing = Clause.objects.filter(section__declaration=declaration, removed_on=None)
    direct = Recommendation.objects.filter(sources__clause__in=standing)
    merged = Recommendation.objects.filter(
        relations__kind=Relation.Kind.MERGED_INTO, relations__other__in=direct.values("pk")
    )
    return Excerpt.objects.filter(
        Q(voices__finding__grounds__recommendation__in=direct.values("pk"))
        | Q(voices__finding__grounds__recommendation__in=merged.values("pk")),
        testimony__may_quote=True,
    ).distinct()


def voices(declaration: Declaration) -> tuple[str, ...]:
    """Return the salted commitments of the sentences that may be shown, in an order that says nothing.

    A cleared one becomes public with the edition, so it passes the gate first (M8).
    """
    shown, linter = (Excerpt.State.CLEARED, Excerpt.State.PUBLISHED), Linter(declaration.forum)
    rows = excerpts_behind(declaration).filter(state__in=shown).values("pk")
    quotes = Quote.objects.filter(excerpt__in=rows).select_related(
        "excerpt__testimony__forum", "excerpt__proposed_by", "excerpt__cleared_by"
    )
    return tuple(
        sorted(
            voice_commitment(quote.words, bytes(quote.salt))
            for quote in quotes
            if quote.excerpt.state == Excerpt.State.PUBLISHED or not excerpts.why_shut(quote.excerpt, linter, quote)
        )
    )


# What changed


def as_adopted(words: bytes, first: Snapshot | None) -> tuple[SectionText, ...]:
    """Return the adopted words, beside them the translations of the first edition of them: none was kept before it."""
    beside = {clause.identifier: clause.text for clause in first.clauses} if first else {}
    _title, sections = read_words(words)
    return tuple(
        replace(
            section,
            clauses=tuple(
                replace(clause, text={**beside.get(clause.identifier, {}), **clause.text}) for clause in section.clauses
            ),
        )
        for section in sections
    )


def in_these(sections: Sequence[SectionText], languages: Sequence[str]) -> tuple[SectionText, ...]:
    """Return the sections with their clauses in these languages alone."""
    return tuple(
        replace(
            section,
            clauses=tuple(replace(clause, text=in_languages(clause.text, languages)) for clause in section.clauses),
        )
        for section in sections
    )


def changes_between(
    before: Sequence[SectionText], after: Sequence[SectionText], authentic: Sequence[str]
) -> Iterator[Change]:
    """Yield what became of each clause from one text to another, in reading order, then what was taken out."""
    old, new = texts_of(before), texts_of(after)
    moved = moved_between(places(before), places(after))
    for identifier, text in new.items():
        if identifier not in old:
            yield Change(identifier, "added", None, text)
            continue
        earlier = old[identifier]
        reworded = differing(earlier, text, authentic)
        translated = differing(earlier, text, [code for code in {**earlier, **text} if code not in authentic])
        if reworded:
            yield Change(identifier, "reworded", *reworded)
        elif translated:
            yield Change(identifier, "translated", *translated)
        elif identifier in moved:
            yield Change(identifier, "moved", None, None)
    for identifier, text in old.items():
        if identifier not in new:
            yield Change(identifier, "removed", text, None)


def texts_of(sections: Sequence[SectionText]) -> dict[str, Text]:
    return {clause.identifier: clause.text for section in sections for clause in section.clauses}


def differing(before: Text, after: Text, languages: Sequence[str]) -> tuple[Text | None, Text | None] | None:
    """Return both sides in the languages in which they differ; None where they are the same."""
    codes = sorted(code for code in languages if before.get(code) != after.get(code))
    if not codes:
        return None
    return in_languages(before, codes) or None, in_languages(after, codes) or None


def places(sections: Sequence[SectionText]) -> list[tuple[str, str]]:
    return [(section.identifier, clause.identifier) for section in sections for clause in section.clauses]


def moved_between(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> set[str]:
    """Return the clauses that stand in another section, or in another order among those that are in both."""
    common = {clause for _section, clause in before} & {clause for _section, clause in after}
    old = [place for place in before if place[1] in common]
    new = [place for place in after if place[1] in common]
    kept = {
        place[1]
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for place in new[block.b : block.b + block.size]
    }
    return common - kept
