"""What an edition is made of, as plain data, with the bytes that stand for it and the digests that hold it.

A snapshot is taken once, when an edition is published, and never changes. It has three layers, hashed apart: the
*text* as adopted, the *figures*, frozen as bands beside the findings, and the *voices*, of which only salted
commitments are here. Taking a quote back deletes its words and its salt elsewhere; nothing in the snapshot changes, and
the edition still verifies.

Every digest is the SHA-256 of canonical JSON (RFC 8259; UTF-8, NFC, sorted keys, no white space), in hexadecimal, so
`sha256sum` on the layer's bytes gives the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .checks import problems
from .encoding import build, canonical, plain, sha256

# The second holds the findings too. Editions of the first keep their bytes and their digests for ever.
SCHEMA = 2
SCHEMAS = (1, 2)

# The same words in several languages: {"fr": "Jeunes", "en": "Youth"}.
Text = dict[str, str]
# A number that was made coarse before it came here: "30+" is more than 30, "≥10" 10 or more, "<10"
# fewer than 10, 20 is 20.
Band = int | str

LAYERS = ("text", "figures", "voices")


class UnfitSnapshot(ValueError):
    """The snapshot says something no edition may be made of."""


@dataclass(frozen=True)
class ForumFacts:
    """The event that the declaration comes from."""

    slug: str
    title: Text
    place: Text
    starts_on: str
    ends_on: str
    conveners: tuple[Text, ...] = ()
    mode: str = "live"


@dataclass(frozen=True)
class SourceText:
    """A recommendation that a clause rests on, and the group that made it."""

    number: int
    text: Text
    group: Text


@dataclass(frozen=True)
class ClauseFigures:
    """In how many testimonies, regions and capacities a clause was heard; None where the number may not be shown."""

    testimonies_band: Band | None = None
    regions: Band | None = None
    total_regions: int | None = None
    capacities: Band | None = None


@dataclass(frozen=True)
class ClauseText:
    """One clause: an identifier that never changes, a number that may, and its wordings."""

    identifier: str
    text: Text
    number: int | None = None
    addressees: tuple[Text, ...] = ()
    sources: tuple[SourceText, ...] = ()
    figures: ClauseFigures = ClauseFigures()


@dataclass(frozen=True)
class SectionText:
    """Clauses of one kind under one heading; an operative section has a theme."""

    kind: str
    identifier: str
    clauses: tuple[ClauseText, ...]
    theme: str | None = None
    heading: Text | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who signed or presided in public, under their own name."""

    name: str
    capacity: Text


@dataclass(frozen=True)
class Reservation:
    """What somebody who joined the adoption wished to have written beside it."""

    by: Text
    text: Text


@dataclass(frozen=True)
class Votes:
    in_favour: int
    against: int
    abstaining: int


@dataclass(frozen=True)
class AdoptionFacts:
    """How, when and where the text was adopted, and by whom."""

    method: str
    on: str
    place: Text
    presided_by: Person | None = None
    signatories: tuple[Person, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    delegations: tuple[Text, ...] = ()
    votes: Votes | None = None


@dataclass(frozen=True)
class ForumFigures:
    """The whole forum in numbers, each made coarse before; None where a number may not be shown."""

    participants: Band | None = None
    testimonies_band: Band | None = None
    regions: Band | None = None
    total_regions: int | None = None
    capacities: Band | None = None
    groups: int | None = None
    findings: int | None = None
    recommendations: int | None = None


@dataclass(frozen=True)
class FindingText:
    """What was heard, as readers composed it, and what stands behind it; its number is the forum's."""

    number: int
    text: Text
    figures: ClauseFigures = ClauseFigures()


@dataclass(frozen=True)
class Change:
    """What became of one clause since the edition before; a side is None where the clause was not there."""

    identifier: str
    kind: str
    before: Text | None = None
    after: Text | None = None


@dataclass(frozen=True)
class Snapshot:
    """One edition of one declaration, complete: from it alone every file of the edition is made."""

    forum: ForumFacts
    number: int
    kind: str
    published_on: str
    languages: tuple[str, ...]
    authentic: tuple[str, ...]
    title: Text
    sections: tuple[SectionText, ...]
    adoption: AdoptionFacts
    figures: ForumFigures = ForumFigures()
    findings: tuple[FindingText, ...] = ()
    voices: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    text_unchanged_since_adoption: bool = True
    schema: int = SCHEMA

    @property
    def clauses(self) -> Iterator[ClauseText]:
        return (clause for section in self.sections for clause in section.clauses)

    @property
    def text_digest(self) -> str:
        return sha256(canonical_bytes(self, "text"))

    @property
    def figures_digest(self) -> str:
        return sha256(canonical_bytes(self, "figures"))

    @property
    def voices_digest(self) -> str:
        return sha256(canonical_bytes(self, "voices"))

    def digest(self) -> str:
        """The one digest that stands for the edition: over the schema and the digests of its three layers."""
        layers = {layer: sha256(canonical_bytes(self, layer)) for layer in LAYERS}
        return sha256(canonical({"schema": self.schema, **layers}))


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return the whole snapshot as canonical JSON; raises UnfitSnapshot."""
    check(snapshot)
    return canonical(as_data(snapshot))


def as_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return the snapshot as plain data, with the fields of its own schema."""
    data: dict[str, Any] = plain(snapshot)
    if snapshot.schema == 1:
        del data["findings"]
    return data


def from_bytes(data: bytes) -> Snapshot:
    """Return the snapshot that `to_bytes` wrote; raises UnfitSnapshot for anything else."""
    try:
        raw = json.loads(data.decode("utf-8"))
        if raw["schema"] not in SCHEMAS:
            raise ValueError(f"its schema is {raw['schema']!r}, none of {SCHEMAS}")
        before: dict[str, Any] = {"findings": []} if raw["schema"] == 1 and "findings" not in raw else {}
        snapshot: Snapshot = build(Snapshot, {**raw, **before})
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise UnfitSnapshot(f"This is not a snapshot: {problem}") from problem
    check(snapshot)
    return snapshot


def settled(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as its own bytes say it: checked, every text in NFC.

    Renderers start here, so that a snapshot in memory and the same one read back give the same files.
    """
    return from_bytes(to_bytes(snapshot))


def check(snapshot: Snapshot) -> None:
    """Raise UnfitSnapshot where the snapshot contradicts itself or holds signs that cannot be shown."""
    for problem in problems(snapshot):
        raise UnfitSnapshot(str(problem))


def canonical_bytes(snapshot: Snapshot, layer: str) -> bytes:
    """Return the bytes of one layer ("text", "figures" or "voices") that its digest is taken of."""
    check(snapshot)
    return canonical({"layer": layer, "schema": snapshot.schema, layer: LAYER_OF[layer](snapshot)})


def text_layer(snapshot: Snapshot) -> dict[str, Any]:
    """Everything that is words, and the facts of the edition; no number about people."""
    text: dict[str, Any] = plain(snapshot)
    for field in ("figures", "findings", "voices", "schema"):
        del text[field]
    for section in text["sections"]:
        for clause in section["clauses"]:
            del clause["figures"]
    return text


def figures_layer(snapshot: Snapshot) -> dict[str, Any]:
    clauses = {clause.identifier: plain(clause.figures) for clause in snapshot.clauses}
    layer = {"forum": plain(snapshot.figures), "clauses": clauses}
    # What was heard moves with its figures: a finding that falls below the minimum is no change of the text.
    return layer if snapshot.schema == 1 else {**layer, "findings": plain(snapshot.findings)}


def voices_layer(snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.voices)


LAYER_OF = {"text": text_layer, "figures": figures_layer, "voices": voices_layer}


def words_digest(title: Text, sections: Sequence[SectionText], language: str) -> str:
    """Return the digest of the bare words in one language: title, headings and clauses, in their order.

    It does not move when another language is added, so it shows that the authentic words are those adopted.
    """
    words = {
        "title": title.get(language, ""),
        "sections": [
            {
                "heading": (section.heading or {}).get(language, ""),
                "clauses": [[clause.identifier, clause.text.get(language, "")] for clause in section.clauses],
            }
            for section in sections
        ],
    }
    return sha256(canonical({"language": language, "words": words}))


def control_code(digest: str) -> str:
    """Return the first 80 bits of a digest as 16 letters and digits in fours, to be read aloud and compared.

    Crockford's base 32: no I, L, O or U, which are taken for other signs.
    """
    number = int(digest[:20], 16)
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(number >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def voice_commitment(words: str, salt: bytes) -> str:
    """Return what the snapshot holds of a quote: HMAC-SHA-256 of its words under a salt of its own.

    Without the salt, 16 random bytes or more, nobody can tell by trying whether a sentence was quoted.
    """
    if len(salt) < 16:
        raise ValueError("A salt has at least 16 bytes.")
    return hmac.new(salt, unicodedata.normalize("NFC", words).encode("utf-8"), hashlib.sha256).hexdigest()
