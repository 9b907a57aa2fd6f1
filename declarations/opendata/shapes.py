"""The shape of what is answered, field by field; the OpenAPI file is made of it, and so is the page that shows it.

Texts stand in every language they have, by code: {"fr": "Jeunes", "en": "Youth"}. Days are ISO 8601. A number about
people or testimonies is a band, as everywhere: "30+" is more than 30, "≥10" ten or more, "<10" fewer than ten or none,
"–" hidden because another could be worked out from it; null where nothing may be said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from declarations.models import Commitment, Forum, Recommendation, Response
from declarations.models import declarations as texts
from declarations.models import editions as published

VERSION = "1.1.0"

# One text by language.
Texts = dict[str, str]
DECIDED = (Recommendation.State.ADOPTED.value, Recommendation.State.SET_ASIDE.value)
BAND = r"^(<\d+|≥\d+|\d+\+|–)$"


def says(about: str, *, form: str = "", among: Any = (), pattern: str = "") -> Any:
    """Return a field with what it means, and where due its format, its possible values or its pattern."""
    given = {"description": about, "format": form, "pattern": pattern, "enum": list(getattr(among, "values", among))}
    return field(metadata={name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class About:
    """What every answer says of itself."""

    version: str = says("The version of these shapes: its first number grows when a field changes its meaning")
    forum: str = says("The forum, as in the address")
    mode: str = says(
        "Whether the forum is real: in a demonstration or rehearsal, people and words are made up", among=Forum.Mode
    )
    licence: str = says("The terms of use; they do not cover quoted sentences", form="uri")
    page: str = says("The same for people", form="uri")


@dataclass(frozen=True)
class Named:
    """Something with a code and a name."""

    code: str = says("A code that other answers refer to")
    label: Texts = says("Its name")


@dataclass(frozen=True)
class Place:
    """A region of the forum."""

    code: str = says("A code that other answers refer to")
    label: Texts = says("Its name")
    zone: str = says("The code of the zone it lies in")


@dataclass(frozen=True)
class Tongue:
    """A language of the forum."""

    code: str = says("BCP 47")
    label: Texts = says("Its name")
    is_spoken: bool = says("Whether people speak it there")
    is_written: bool = says("Whether texts are published in it")
    is_authentic: bool = says("Whether its text is authentic")


@dataclass(frozen=True)
class Heard:
    """In how many testimonies and regions something was heard; no more than its page says."""

    testimonies: str | None = says("A band, or null where fewer than the public minimum stand behind it", pattern=BAND)
    regions: str | None = says("From how many regions at least, or null where too few to hide in", pattern=BAND)
    total_regions: int | None = says("Of how many")


@dataclass(frozen=True)
class Numbers:
    """The whole forum in figures, as they stood this morning."""

    participants: str | None = says("A band", pattern=BAND)
    testimonies: str | None = says("A band", pattern=BAND)
    groups: int | None = says("Working groups")
    findings: int | None = says("Published findings")
    recommendations: int | None = says("Adopted recommendations")


@dataclass(frozen=True)
class ForumData:
    """The forum: when, where, who convened it, its languages and labels, and itself in figures."""

    about: About = says("What this answer is")
    title: Texts = says("Its title")
    purpose: Texts = says("In one sentence")
    place: Texts = says("Where it met")
    starts_on: str = says("Its first day", form="date")
    ends_on: str = says("Its last day", form="date")
    time_zone: str = says("IANA name")
    conveners: tuple[Named, ...] = says("Who convened it")
    partners: tuple[Named, ...] = says("Who helped")
    languages: tuple[Tongue, ...] = says("Its languages")
    zones: tuple[Named, ...] = says("The zones of its regions")
    regions: tuple[Place, ...] = says("Its regions")
    themes: tuple[Named, ...] = says("Themes of findings, recommendations and sections")
    topics: tuple[Named, ...] = says("Topics of the working groups")
    factors: tuple[Named, ...] = says("Driving factors named in findings")
    addressees: tuple[Named, ...] = says("To whom something is addressed")
    figures: Numbers = says("The forum in figures")


@dataclass(frozen=True)
class Line:
    """One line or column: regions or capacities that are too small to hide in stand together."""

    code: str = says("A code within this answer")
    label: Texts = says("Its name")


@dataclass(frozen=True)
class Counted:
    """How many participants stand in one line."""

    code: str = says("A code within this answer")
    label: Texts = says("Its name")
    participants: str = says("A band", pattern=BAND)


@dataclass(frozen=True)
class Crossed:
    """How many participants stand in one line and one column."""

    row: str = says("The code of the line")
    column: str = says("The code of the column")
    participants: str = says("A band", pattern=BAND)


@dataclass(frozen=True)
class ParticipantsData:
    """Who was in the room, in bands, each line as fine as lets people hide in it; never anything about one person."""

    about: About = says("What this answer is")
    minimum: int = says("Fewer than this many are not told apart from none")
    total: str = says("All together, a band", pattern=BAND)
    regions: tuple[Counted, ...] = says("By region")
    capacities: tuple[Counted, ...] = says("By capacity")
    sex: tuple[Counted, ...] = says("Women and men")
    age: tuple[Counted, ...] = says("By age")
    rows: tuple[Line, ...] = says("The lines of the table: regions, or what they were put together into")
    columns: tuple[Line, ...] = says("The columns of the table: capacities, or what they were put together into")
    table: tuple[Crossed, ...] = says("Regions by capacities; empty where too little of it could be shown")


@dataclass(frozen=True)
class GroupRow:
    """A working group; what was said in it stays there."""

    number: int = says("Its number in the forum")
    title: Texts = says("Its title")
    topic: str = says("The code of its topic")
    met_on: tuple[str, ...] = says("The days it met", form="date")
    recommendations: tuple[int, ...] = says("The numbers of its decided recommendations")
    page: str = says("Where people read about it", form="uri")


@dataclass(frozen=True)
class GroupsData:
    """The working groups."""

    about: About = says("What this answer is")
    groups: tuple[GroupRow, ...] = says("In the order of their numbers")


@dataclass(frozen=True)
class QuoteRow:
    """A sentence that its owner agreed to have quoted without a name, and may take back at any time."""

    text: str = says("The sentence. Ask again before you show it, and delete it where it is gone")
    language: str = says("The language it was said in, BCP 47")
    speaker: Texts = says("How the speaker chose to be described")


@dataclass(frozen=True)
class FindingRow:
    """What was heard, composed from at least the minimum of testimonies."""

    number: int = says("Its number in the forum")
    text: Texts = says("Its words")
    themes: tuple[str, ...] = says("Codes of its themes")
    factors: tuple[str, ...] = says("Codes of the driving factors it names")
    heard: Heard = says("What stands behind it")
    recommendations: tuple[int, ...] = says("The numbers of the adopted recommendations that rest on it")
    quotes: tuple[QuoteRow, ...] = says("Sentences beside it, in an order that says nothing")
    page: str = says("Where people read it", form="uri")


@dataclass(frozen=True)
class FindingsData:
    """What was heard."""

    about: About = says("What this answer is")
    findings: tuple[FindingRow, ...] = says("In the order of their numbers")


@dataclass(frozen=True)
class AnswerToClause:
    """What an addressee answers to a clause now."""

    clause: str = says("The identifier of the clause")
    addressee: str = says("The code of the addressee")
    position: str = says("The answer", among=Response.Position)
    answered_on: str = says("When it was given", form="date")


@dataclass(frozen=True)
class RecommendationRow:
    """What a working group asked for, once it was decided: adopted, or set aside with the reason."""

    number: int = says("Its number in the forum")
    state: str = says("The decision", among=DECIDED)
    text: Texts = says("Its words; empty where only the words as handed in stand")
    handed_in: str = says("The words as the group wrote them")
    handed_in_language: str = says("The language of those words, BCP 47")
    group: int = says("The number of the group")
    themes: tuple[str, ...] = says("Codes of its themes")
    addressees: tuple[str, ...] = says("Codes of whom it addresses")
    regions: tuple[str, ...] = says("Codes of the regions it is about")
    level: str | None = says("At what level", among=Recommendation.Level)
    horizon: str | None = says("By when", among=Recommendation.Horizon)
    reason: str = says("Why the group asks for it, in the language as handed in; may be empty")
    minority_view: str = says("What some in the group saw otherwise; may be empty")
    decision_reason: Texts = says("Why it was set aside")
    decided_on: str | None = says("When it was decided", form="date")
    merged_into: tuple[int, ...] = says("The numbers of recommendations it went into")
    findings: tuple[int, ...] = says("The numbers of published findings it rests on, itself or through what was merged")
    clauses: tuple[str, ...] = says("Identifiers of the published clauses that rest on it")
    answers: tuple[AnswerToClause, ...] = says("The answers that stand to those clauses")
    heard: Heard = says("What stands behind it")
    page: str = says("Where people read it", form="uri")


@dataclass(frozen=True)
class RecommendationsData:
    """The decided recommendations."""

    about: About = says("What this answer is")
    recommendations: tuple[RecommendationRow, ...] = says("In the order of their numbers")


@dataclass(frozen=True)
class ClauseRow:
    """A clause as published; its identifier never changes, its number may."""

    identifier: str = says("What answers, citations and links point at")
    number: int | None = says("Its number in this edition; recitals and the like have none")
    text: Texts = says("Its words")
    addressees: tuple[Texts, ...] = says("Whom it addresses, by name")
    recommendations: tuple[int, ...] = says("The numbers of the recommendations it rests on")
    heard: Heard = says("What stands behind it, frozen with the edition")
    answers: tuple[AnswerToClause, ...] = says("The answers that stand")
    page: str = says("Where people read it", form="uri")


@dataclass(frozen=True)
class SectionRow:
    """Clauses under one heading."""

    identifier: str = says("What links point at")
    kind: str = says("What kind of section it is", among=texts.Section.Kind)
    theme: str | None = says("The code of its theme; only what is asked for has one")
    heading: Texts = says("Its heading; may be empty")
    clauses: tuple[ClauseRow, ...] = says("In the order of the text")


@dataclass(frozen=True)
class DeclarationData:
    """The declaration as its newest edition has it, word for word; everything is empty before the first one."""

    about: About = says("What this answer is")
    edition: int | None = says("The number of the edition")
    control_code: str | None = says("By which the edition is known")
    title: Texts = says("Its title")
    languages: tuple[str, ...] = says("The languages it stands in")
    authentic: tuple[str, ...] = says("Those whose text is authentic")
    adopted_on: str | None = says("When it was adopted", form="date")
    published_on: str | None = says("When this edition was published", form="date")
    sections: tuple[SectionRow, ...] = says("In the order of the text")


@dataclass(frozen=True)
class FileRow:
    """One file of an edition; its bytes never change."""

    language: str = says("BCP 47")
    extension: str = says("The form of it, also as CSV with a byte order mark, and as JSON in full")
    media_type: str = says("As it is served")
    bytes: int = says("Its size")
    sha256: str = says("Of its bytes, in hexadecimal", pattern="^[0-9a-f]{64}$")
    address: str = says("Where it is", form="uri")


@dataclass(frozen=True)
class EditionRow:
    """A published edition, which never changes."""

    number: int = says("Counted from one")
    kind: str = says("Why it was published", among=published.Kind)
    published_at: str = says("The moment", form="date-time")
    control_code: str = says("The short form of `digest`")
    digest: str = says("Of the whole edition", pattern="^[0-9a-f]{64}$")
    text_digest: str = says("Of its text", pattern="^[0-9a-f]{64}$")
    figures_digest: str = says("Of its figures", pattern="^[0-9a-f]{64}$")
    voices_digest: str = says("Of the commitments to its quotes", pattern="^[0-9a-f]{64}$")
    previous_digest: str | None = says("Of the edition before", pattern="^[0-9a-f]{64}$")
    files: tuple[FileRow, ...] = says("By language and form")
    page: str = says("Where people read about it", form="uri")


@dataclass(frozen=True)
class EditionsData:
    """Every edition of the declaration."""

    about: About = says("What this answer is")
    editions: tuple[EditionRow, ...] = says("The newest first")


@dataclass(frozen=True)
class DeliveryRow:
    """To whom an edition was handed."""

    edition: int = says("The number of the edition")
    addressee: str = says("The code of the addressee")
    delivered_on: str = says("When", form="date")
    how: Texts = says("How")


@dataclass(frozen=True)
class AnswerRow:
    """What an addressee answered to a clause; earlier answers stay."""

    clause: str = says("The identifier of the clause")
    addressee: str = says("The code of the addressee")
    position: str = says("The answer", among=Response.Position)
    text: str = says("In their words")
    language: str = says("The language of those words, BCP 47")
    channel: str = says("How it came", among=Response.Channel)
    answered_on: str = says("When it was given", form="date")
    is_standing: bool = says("Whether no later one replaced it")


@dataclass(frozen=True)
class ReportRow:
    """What came of a commitment, on one day."""

    reported_on: str = says("When", form="date")
    state: str = says("How it stood then", among=Commitment.State)
    text: str = says("In words")
    language: str = says("The language of those words, BCP 47")


@dataclass(frozen=True)
class CommitmentRow:
    """What an addressee promised, by when, and what came of it."""

    clause: str = says("The identifier of the clause")
    addressee: str = says("The code of the addressee")
    text: Texts = says("What was promised")
    due_on: str = says("By when", form="date")
    state: str = says("How it stands; what is done is never added to what is under way", among=Commitment.State)
    reports: tuple[ReportRow, ...] = says("In the order of their days")


@dataclass(frozen=True)
class FollowupData:
    """What became of the declaration."""

    about: About = says("What this answer is")
    deliveries: tuple[DeliveryRow, ...] = says("By day")
    answers: tuple[AnswerRow, ...] = says("In the order of the addressees")
    commitments: tuple[CommitmentRow, ...] = says("By the day they are due")
