"""What no edition may be made of: contradictions, unknown codes, and signs that cannot be shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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


# A place in the snapshot: the names of fields, and behind a list's name what the item is called there.
Path = tuple[str, ...]

# What is wrong, by its kind; `{place}` is the path.
SENTENCES = {
    "code": "Unknown {place}: {value!r}.",
    "day": "Not a day: {value!r}.",
    "authentic": "At least one of the languages is authentic, and no other.",
    "language": "Not a language: {value!r}.",
    "wordless": "{value} has no words in an authentic language.",
    "identifier": "Not an identifier of its own: {value!r}.",
    "band": "Not a band: {value!r}.",
    "voice": "A voice is a commitment of 64 hexadecimal digits, never words.",
    "first_schema": "An edition of the first schema holds no finding.",
    "twice": "Two findings have the number {value}.",
    "empty": "Finding {value} has no words.",
    "unshowable": "{place} holds {value}, which cannot be shown.",
}


class Problem(NamedTuple):
    """One thing that is wrong, where, and with what; as text one English sentence."""

    kind: str  # one of SENTENCES
    path: Path
    value: str = ""

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(place=".".join(self.path), value=self.value)


def problems(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield whatever is wrong with the snapshot, not the first thing alone."""
    yield from unknown_codes(snapshot)
    yield from wrong_languages(snapshot)
    yield from wrong_identifiers(snapshot)
    yield from wrong_figures(snapshot)
    yield from wrong_findings(snapshot)
    for path, text in texts(snapshot):
        yield from (Problem("unshowable", path, f"U+{ord(sign):04X}") for sign in UNSHOWABLE.findall(text))


def unknown_codes(snapshot: Snapshot) -> Iterator[Problem]:
    for path, value, codes in (
        (("forum", "mode"), snapshot.forum.mode, MODES),
        (("kind",), snapshot.kind, KINDS),
        (("adoption", "method"), snapshot.adoption.method, METHODS),
        *((("sections", section.identifier, "kind"), section.kind, SECTIONS) for section in snapshot.sections),
        *((("changes", change.identifier, "kind"), change.kind, CHANGES) for change in snapshot.changes),
    ):
        if value not in codes:
            yield Problem("code", path, value)
    for path, day in (
        (("published_on",), snapshot.published_on),
        (("forum", "starts_on"), snapshot.forum.starts_on),
        (("forum", "ends_on"), snapshot.forum.ends_on),
        (("adoption", "on"), snapshot.adoption.on),
    ):
        if not DAY.fullmatch(day):
            yield Problem("day", path, day)


def wrong_languages(snapshot: Snapshot) -> Iterator[Problem]:
    if not snapshot.authentic or not set(snapshot.authentic) <= set(snapshot.languages):
        yield Problem("authentic", ("authentic",))
    for code in (*snapshot.languages, *(code for text in labels(snapshot) for code in text)):
        if not LANGUAGE.fullmatch(code):
            yield Problem("language", ("languages",), code)
    for clause in snapshot.clauses:
        if snapshot.authentic and not any(clause.text.get(code, "").strip() for code in snapshot.authentic):
            yield Problem("wordless", ("clauses", clause.identifier, "text"), clause.identifier)


def wrong_identifiers(snapshot: Snapshot) -> Iterator[Problem]:
    names = Counter([section.identifier for section in snapshot.sections])
    names.update(clause.identifier for clause in snapshot.clauses)
    for name, times in names.items():
        if times > 1 or not IDENTIFIER.fullmatch(name):
            yield Problem("identifier", ("clauses", name, "identifier"), name)


def wrong_figures(snapshot: Snapshot) -> Iterator[Problem]:
    bands = [snapshot.figures.participants]
    every: list[ForumFigures | ClauseFigures] = [snapshot.figures]
    every += [clause.figures for clause in snapshot.clauses]
    every += [finding.figures for finding in snapshot.findings]
    for figures in every:
        bands += [figures.testimonies_band, figures.regions, figures.capacities]
    for band in bands:
        if band is not None and not BAND.fullmatch(str(band)):
            yield Problem("band", ("figures",), str(band))
    if any(not COMMITMENT.fullmatch(voice) for voice in snapshot.voices):
        yield Problem("voice", ("voices",))


def wrong_findings(snapshot: Snapshot) -> Iterator[Problem]:
    if snapshot.schema == 1 and snapshot.findings:
        yield Problem("first_schema", ("findings",))
    for number, times in Counter(finding.number for finding in snapshot.findings).items():
        if times > 1:
            yield Problem("twice", ("findings", str(number)), str(number))
    for finding in snapshot.findings:
        if not any(words.strip() for words in finding.text.values()):
            yield Problem("empty", ("findings", str(finding.number)), str(finding.number))


def texts(value: Any, path: Path = (), *, languages: Collection[str] = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text in the snapshot, with the place where it stands.

    Of an edition in some languages, a text that is written in one of them is read in no other: those are left out.
    """
    if isinstance(value, str):
        yield path, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), (*path, field.name), languages=languages)
    elif isinstance(value, dict):
        own = {code: item for code, item in value.items() if code in languages and item.strip()}
        for code, item in (own or value).items():
            yield from texts(item, (*path, code), languages=languages)
    elif isinstance(value, tuple):
        for item in value:
            name = getattr(item, "identifier", "") or getattr(item, "number", "")
            yield from texts(item, (*path, str(name)) if name else path, languages=languages)


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
