"""Reads a snapshot in one language: chooses every text, and puts every figure and day into words."""

from __future__ import annotations

from collections.abc import Iterable

from . import labels
from .reading import (
    Fact,
    ReadChange,
    ReadFinding,
    Reading,
    ReadPerson,
    ReadReservation,
    ReadSection,
    Words,
    spans,
)
from .snapshot import (
    Change,
    Person,
    Snapshot,
    control_code,
    settled,
)
from .telling import Teller


class UnknownLanguage(ValueError):
    """The edition does not exist in this language."""


def read(snapshot: Snapshot, language: str) -> Reading:
    """Return the snapshot as it is read in `language`; raises UnfitSnapshot and UnknownLanguage."""
    snapshot = settled(snapshot)
    if language not in snapshot.languages:
        raise UnknownLanguage(f"This edition is not in {language!r}.")
    return Reader(snapshot, language).reading()


class Reader(Teller):
    """Reads one snapshot in one language."""

    def __init__(self, snapshot: Snapshot, language: str) -> None:
        super().__init__(language, snapshot.authentic, snapshot.languages)
        self.snapshot = snapshot
        self.digests = {
            "text": snapshot.text_digest,
            "figures": snapshot.figures_digest,
            "voices": snapshot.voices_digest,
            "edition": snapshot.digest(),
        }
        self.control_code = control_code(self.digests["edition"])

    def reading(self) -> Reading:
        snapshot, adoption = self.snapshot, self.snapshot.adoption
        how = self.label(f"by_{adoption.method}")
        mode = snapshot.forum.mode
        sections = tuple(self.section(section) for section in snapshot.sections)
        return Reading(
            language=self.language,
            label_language=self.labels,
            label_direction=labels.direction(self.labels),
            notice=self.label(mode) if mode != "live" else "",
            untranslated=self.untranslated(sections),
            edition=self.edition(),
            kind=self.label(f"kind_{snapshot.kind}"),
            published=self.label("published", day=self.day(snapshot.published_on)),
            adopted=how,
            authentic=self.authority(),
            title=self.words(snapshot.title),
            forum=self.words(snapshot.forum.title),
            conveners=self.conveners(),
            when_and_where=self.when_and_where(),
            facts=self.forum_facts(),
            findings=tuple(self.findings()),
            sections=sections,
            adoption=self.label(
                "adopted_where", how=how, place=self.words(adoption.place).text, day=self.day(adoption.on)
            ),
            votes=self.label("votes", **vars(adoption.votes)) if adoption.votes else "",
            presided_by=self.person(adoption.presided_by) if adoption.presided_by else None,
            signatories=tuple(self.person(person) for person in adoption.signatories),
            delegations=tuple(self.words(delegation) for delegation in adoption.delegations),
            reservations=tuple(
                ReadReservation(self.words(each.by), self.words(each.text)) for each in adoption.reservations
            ),
            changes=tuple(self.changes()),
            constancy=self.label("unchanged" if snapshot.text_unchanged_since_adoption else "changed"),
            citation=self.citation(),
            control_code=self.control_code,
            digests=self.digests,
            number=snapshot.number,
            published_on=snapshot.published_on,
            mode=mode,
        )

    def edition(self) -> str:
        number = self.snapshot.number
        return self.label("edition_first" if number == 1 else "edition", number=number)

    def authority(self) -> str:
        languages = self.listed(self.name_of(code) for code in self.snapshot.authentic)
        key = "authentic" if self.language in self.snapshot.authentic else "translation_of"
        return self.label(key, languages=languages)

    def untranslated(self, sections: tuple[ReadSection, ...]) -> str:
        missing = any(clause.words.stands_in for section in sections for clause in section.clauses)
        return self.label("some_missing", wanted=self.name_of(self.language)) if missing else ""

    def conveners(self) -> str:
        names = [self.words(convener).text for convener in self.snapshot.forum.conveners]
        return self.label("conveners", names=self.listed(names)) if names else ""

    def when_and_where(self) -> str:
        forum = self.snapshot.forum
        period = labels.period(forum.starts_on, forum.ends_on, self.labels)
        return self.label("list_comma").join(part for part in (self.words(forum.place).text, period) if part)

    def citation(self) -> str:
        snapshot = self.snapshot
        parts = (
            self.label("quoted", words=self.words(snapshot.title).text),
            self.words(snapshot.forum.title).text,
            self.edition(),
            self.day(snapshot.published_on),
            f"{self.label('control_code').lower()}{self.label('colon')}{self.control_code}",
        )
        return self.label("list_comma").join(part for part in parts if part) + "."

    def person(self, person: Person) -> ReadPerson:
        return ReadPerson(person.name.strip(), self.words(person.capacity))

    def forum_facts(self) -> tuple[Fact, ...]:
        figures = self.snapshot.figures
        return (
            *self.counted("participants", figures.participants),
            *self.counted("testimonies", figures.testimonies_band),
            *self.counted("regions", figures.regions, figures.total_regions),
            *self.counted("capacities", figures.capacities),
            *self.counted("groups", figures.groups),
            *self.counted("findings", figures.findings),
            *self.counted("recommendations", figures.recommendations),
        )

    def findings(self) -> Iterable[ReadFinding]:
        for finding in self.snapshot.findings:
            heard = self.heard(self.clause_facts(finding.figures))
            label = self.label("finding", number=finding.number)
            yield ReadFinding(finding.number, label, self.words(finding.text), heard)

    def changes(self) -> Iterable[ReadChange]:
        """What changed, clause by clause; translations that were added or left out together, by language."""
        together: dict[tuple[str, str], list[str]] = {}
        for change in self.snapshot.changes:
            if change.kind == "translated":
                yield from self.corrections(change)
                before, after = set(change.before or {}), set(change.after or {})
                for label, codes in (("translated", after - before), ("removed", before - after)):
                    if codes:
                        languages = self.listed(map(self.name_of, sorted(codes)))
                        together.setdefault((label, languages), []).append(change.identifier)
            else:
                yield ReadChange(
                    kind=change.kind,
                    label=self.label(change.kind),
                    where=self.where([change.identifier]),
                    before=self.words(change.before) if change.before else None,
                    after=self.words(change.after) if change.after else None,
                )
        for (label, languages), identifiers in together.items():
            yield ReadChange("translated", f"{self.label(label)} ({languages})", self.where(identifiers))

    def corrections(self, change: Change) -> Iterable[ReadChange]:
        """Yield what a translation that was there already said, and says now."""
        before, after = change.before or {}, change.after or {}
        for code in sorted(set(before) & set(after)):
            if before[code] != after[code]:
                yield ReadChange(
                    kind="translated",
                    label=f"{self.label('corrected')} ({self.name_of(code)})",
                    where=self.where([change.identifier]),
                    before=Words(before[code].strip(), code, labels.direction(code)),
                    after=Words(after[code].strip(), code, labels.direction(code)),
                )

    def where(self, identifiers: list[str]) -> str:
        """Return where clauses stand: the headings of those without a number, then the numbers."""
        places: list[str] = []
        numbers: list[int] = []
        for section in self.snapshot.sections:
            for clause in section.clauses:
                if clause.identifier in identifiers and clause.number is not None:
                    numbers.append(clause.number)
                elif clause.identifier in identifiers:
                    places.append(self.section(section).heading.text)
        if numbers:
            places.append(self.label("clauses" if len(numbers) > 1 else "clause", number=spans(numbers)))
        return self.label("list_comma").join(dict.fromkeys(places))
