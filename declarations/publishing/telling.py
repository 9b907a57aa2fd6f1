"""Tells texts in one language: chooses the words, and says when others stand in for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import labels
from .reading import Fact, ReadClause, ReadSection, ReadSource, Words, spans
from .snapshot import Band, ClauseFigures, ClauseText, SectionText, Text


class Teller:
    """Tells in one language what exists in several, some of them authentic."""

    def __init__(self, language: str, authentic: Sequence[str], languages: Sequence[str]) -> None:
        self.language, self.authentic, self.languages = language, authentic, languages
        self.labels = next(code for code in (language, *authentic, "fr") if code in labels.LABELS)

    def label(self, key: str, **values: object) -> str:
        return labels.LABELS[self.labels][key].format(**values)

    def name_of(self, language: str) -> str:
        return labels.language_name(language, self.labels)

    def words(self, text: Text | None) -> Words:
        """Return the text in the language asked for, else in an authentic one, else in any."""
        found = {code: words for code, words in (text or {}).items() if words.strip()}
        order = (self.language, *self.authentic, *self.languages, *sorted(found))
        language = next((code for code in order if code in found), self.language)
        stands_in = language != self.language
        note = self.label("stands_in", wanted=self.name_of(self.language), given=self.name_of(language))
        return Words(
            text=found.get(language, "").strip(),
            language=language,
            direction=labels.direction(language),
            stands_in=stands_in,
            note=note if stands_in else "",
        )

    def own_words(self, text: str) -> Words:
        return Words(text, self.labels, labels.direction(self.labels))

    def listed(self, names: Iterable[str]) -> str:
        """Return names as a phrase: "a, b et c"."""
        *first, last = list(names) or [""]
        return self.label("list_comma").join(first) + self.label("list_and") + last if first else last

    def day(self, iso: str) -> str:
        return labels.day(iso, self.labels)

    def section(self, section: SectionText) -> ReadSection:
        heading = self.words(section.heading)
        return ReadSection(
            kind=section.kind,
            identifier=section.identifier,
            heading=heading if heading.text else self.own_words(self.label(section.kind)),
            span=spans(clause.number for clause in section.clauses if clause.number is not None),
            clauses=tuple(self.clause(clause) for clause in section.clauses),
            theme=section.theme or "",
        )

    def clause(self, clause: ClauseText) -> ReadClause:
        facts = self.clause_facts(clause.figures)
        return ReadClause(
            identifier=clause.identifier,
            number=clause.number,
            words=self.words(clause.text),
            addressees=tuple(self.words(addressee) for addressee in clause.addressees),
            sources=tuple(
                ReadSource(source.number, self.words(source.text), self.words(source.group))
                for source in clause.sources
            ),
            heard=self.heard(facts),
            facts=facts,
        )

    def heard(self, facts: Iterable[Fact]) -> str:
        """Return figures in a row: "plus de 30 témoignages, 9 régions sur 20"."""
        return self.label("list_comma").join(f"{fact.figure}\u00a0{fact.noun}" for fact in facts)

    def counted(self, key: str, band: Band | None, total: int | None = None) -> list[Fact]:
        if band is None:
            return []
        if total is not None:
            return [Fact(*labels.counted_of(key, band, total, self.labels))]
        return [Fact(*labels.counted(key, band, self.labels))]

    def clause_facts(self, figures: ClauseFigures) -> tuple[Fact, ...]:
        return (
            *self.counted("testimonies", figures.testimonies_band),
            *self.counted("regions", figures.regions, figures.total_regions),
            *self.counted("capacities", figures.capacities),
        )
