"""What no edition may be made of: contradictions, unknown codes, and signs that cannot be shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .snapshot import ClauseFigures, ForumFigures, Snapshot

MODES = ("demonstration", "rehearsal", "live")
KINDS = ("adopted", "translation", "erratum", "readopted")
METHODS = ("consensus", "acclamation", "vote")
SECTIONS = ("recitals", "operative", "commitments", "followup", "thanks", "done_at", "annex")
CHANGES = ("added", "reworded", "translated", "moved", "removed")

DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
BAND = re.compile(r"[<≥]?\d+|\d+\+")
COMMITMENT = re.compile(r"[0-9a-f]{64}")
# Control characters but for the end of a line and a tab; halves of characters; marks that turn the direction of what
# follows (a text must not be shown in another order than it was adopted in); code points that are no character. As one
# pattern: an edition is looked through many times while its files are made.
UNSHOWABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17))
    + "]"
)


def problems(snapshot: Snapshot) -> Iterator[str]:
    """Yield what is wrong with the snapshot, one sentence each."""
    yield from unknown_codes(snapshot)
    yield from wrong_languages(snapshot)
    yield from wrong_identifiers(snapshot)
    yield from wrong_figures(snapshot)
    yield from wrong_findings(snapshot)
    for where, text in texts(snapshot, "snapshot"):
        yield from (f"{where} holds U+{ord(sign):04X}, which cannot be shown." for sign in UNSHOWABLE.findall(text))


def unknown_codes(snapshot: Snapshot) -> Iterator[str]:
    for name, value, codes in (
        ("mode", snapshot.forum.mode, MODES),
        ("kind", snapshot.kind, KINDS),
        ("adoption", snapshot.adoption.method, METHODS),
        *(("section", section.kind, SECTIONS) for section in snapshot.sections),
        *(("change", change.kind, CHANGES) for change in snapshot.changes),
    ):
        if value not in codes:
            yield f"Unknown {name}: {value!r}."
    for day in (snapshot.published_on, snapshot.forum.starts_on, snapshot.forum.ends_on, snapshot.adoption.on):
        if not DAY.fullmatch(day):
            yield f"Not a day: {day!r}."


def wrong_languages(snapshot: Snapshot) -> Iterator[str]:
    if not snapshot.authentic or not set(snapshot.authentic) <= set(snapshot.languages):
        yield "At least one of the languages is authentic, and no other."
    for code in (*snapshot.languages, *(code for text in labels(snapshot) for code in text)):
        if not LANGUAGE.fullmatch(code):
            yield f"Not a language: {code!r}."
    for clause in snapshot.clauses:
        if not any(clause.text.get(language, "").strip() for language in snapshot.authentic):
            yield f"{clause.identifier} has no words in an authentic language."


def wrong_identifiers(snapshot: Snapshot) -> Iterator[str]:
    names = Counter([section.identifier for section in snapshot.sections])
    names.update(clause.identifier for clause in snapshot.clauses)
    for name, times in names.items():
        if times > 1 or not IDENTIFIER.fullmatch(name):
            yield f"Not an identifier of its own: {name!r}."


def wrong_figures(snapshot: Snapshot) -> Iterator[str]:
    bands = [snapshot.figures.participants]
    every: list[ForumFigures | ClauseFigures] = [snapshot.figures]
    every += [clause.figures for clause in snapshot.clauses]
    every += [finding.figures for finding in snapshot.findings]
    for figures in every:
        bands += [figures.testimonies_band, figures.regions, figures.capacities]
    for band in bands:
        if band is not None and not BAND.fullmatch(str(band)):
            yield f"Not a band: {band!r}."
    if any(not COMMITMENT.fullmatch(voice) for voice in snapshot.voices):
        yield "A voice is a commitment of 64 hexadecimal digits, never words."


def wrong_findings(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.schema == 1 and snapshot.findings:
        yield "An edition of the first schema holds no finding."
    for number, times in Counter(finding.number for finding in snapshot.findings).items():
        if times > 1:
            yield f"Two findings have the number {number}."
    for finding in snapshot.findings:
        if not any(words.strip() for words in finding.text.values()):
            yield f"Finding {finding.number} has no words."


def texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield every text in the snapshot, with the place where it stands."""
    if isinstance(value, str):
        yield where, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{where}.{key}")
    elif isinstance(value, tuple):
        for item in value:
            name = getattr(item, "identifier", "") or getattr(item, "number", "")
            yield from texts(item, f"{where} {name}" if name else where)


def labels(value: Any) -> Iterator[dict[str, str]]:
    """Yield every text that stands in several languages."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from labels(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from labels(getattr(value, field.name))


def is_unshowable(sign: str) -> bool:
    """Whether a sign is a control character, half a character, no character at all, or turns the direction."""
    return UNSHOWABLE.match(sign) is not None
