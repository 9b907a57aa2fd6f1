"""What a reader sees of an edition in one language, the same in every format: a renderer decides how it looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .labels import LABELS

# The release of the renderers, written into every file: a later one may draw an edition differently.
RENDERER = "Forum publishing 1.1"


@dataclass(frozen=True)
class Words:
    """A text in the language in which it was found; `stands_in` where that is not the one asked for."""

    text: str
    language: str
    direction: str
    stands_in: bool = False
    note: str = ""

    @property
    def blocks(self) -> tuple[Block, ...]:
        return blocks(self.text)


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list: lines that begin with a dash."""

    lines: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True)
class Fact:
    """A figure and what it counts: "plus de 30", "témoignages"."""

    figure: str
    noun: str


@dataclass(frozen=True)
class ReadSource:
    number: int
    words: Words
    group: Words


@dataclass(frozen=True)
class ReadClause:
    identifier: str
    number: int | None
    words: Words
    addressees: tuple[Words, ...]
    sources: tuple[ReadSource, ...]
    heard: str  # "plus de 30 témoignages, 9 régions sur 20"
    facts: tuple[Fact, ...] = ()  # the same, one by one

    @property
    def has_origin(self) -> bool:
        return bool(self.sources or self.heard)


@dataclass(frozen=True)
class ReadSection:
    kind: str
    identifier: str
    heading: Words
    span: str
    clauses: tuple[ReadClause, ...]
    theme: str = ""  # its code


@dataclass(frozen=True)
class ReadFinding:
    """What was heard, and from how many."""

    number: int
    label: str  # "Constat 3"
    words: Words
    heard: str


@dataclass(frozen=True)
class ReadPerson:
    name: str
    capacity: Words


@dataclass(frozen=True)
class ReadReservation:
    by: Words
    words: Words


@dataclass(frozen=True)
class ReadChange:
    kind: str
    label: str
    where: str
    before: Words | None = None
    after: Words | None = None


@dataclass(frozen=True)
class Reading:
    """One edition in one language, ready to be drawn."""

    language: str
    label_language: str
    label_direction: str
    notice: str
    untranslated: str
    edition: str
    kind: str
    published: str
    adopted: str
    authentic: str
    title: Words
    forum: Words
    conveners: str
    when_and_where: str
    facts: tuple[Fact, ...]
    findings: tuple[ReadFinding, ...]
    sections: tuple[ReadSection, ...]
    adoption: str
    votes: str
    presided_by: ReadPerson | None
    signatories: tuple[ReadPerson, ...]
    delegations: tuple[Words, ...]
    reservations: tuple[ReadReservation, ...]
    changes: tuple[ReadChange, ...]
    constancy: str
    citation: str
    control_code: str
    digests: dict[str, str]
    number: int
    published_on: str
    mode: str

    def label(self, key: str, **values: object) -> str:
        return LABELS[self.label_language][key].format(**values)

    @property
    def counted(self) -> tuple[ReadClause, ...]:
        """The numbered clauses that have figures of their own."""
        clauses = (clause for section in self.sections for clause in section.clauses)
        return tuple(clause for clause in clauses if clause.number is not None and clause.facts)

    @property
    def has_annex(self) -> bool:
        return bool(self.facts or self.findings or self.counted)

    def own(self, text: str) -> Words:
        """Return a text of the file's own, in the language of its labels."""
        return Words(text, self.label_language, self.label_direction)


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a plain text into paragraphs and lists; a line that begins with "- " is an item."""
    found: list[Block] = []
    for line in text.split("\n"):
        bare = line.strip()
        item = bare.startswith(("- ", "– ", "• "))
        if not bare:
            continue
        if item and found and found[-1].is_list:
            found[-1] = Block((*found[-1].lines, bare[2:].strip()), True)
        else:
            found.append(Block((bare[2:].strip() if item else bare,), item))
    return tuple(found)


def spans(numbers: Iterable[int]) -> str:
    """Return numbers in short: "1–9, 12"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
