"""The text before it is published, on paper: marked as a draft on each page, each line with its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import labels
from .as_pdf import in_blocks, typeset
from .encoding import plain
from .snapshot import SectionText, Text
from .telling import Teller


@dataclass(frozen=True)
class Draft:
    """The words as they stand at one moment, in the one or two languages in which they are printed."""

    forum: Text
    mode: str
    title: Text
    sections: tuple[SectionText, ...]
    authentic: tuple[str, ...]
    languages: tuple[str, ...]
    made_on: str  # a day, and the hour in the forum's own time
    made_at: str
    version: int | None = None  # None where the words are not fixed
    is_large: bool = False


def render(draft: Draft) -> bytes:
    """Return the draft as PDF; raises TypesettingFailed.

    Two languages stand side by side, clause by clause.
    """
    tellers = [Teller(language, draft.authentic, draft.languages) for language in draft.languages]
    made = datetime.fromisoformat(f"{draft.made_on}T{draft.made_at}").replace(tzinfo=UTC)
    return typeset({"template": "draft.typ", "edition": as_data(draft, tellers), "timestamp": int(made.timestamp())})


def marks(draft: Draft, tellers: list[Teller]) -> list[str]:
    """Return the word for a draft in the forum's own language and in those that are printed, each once."""
    own = Teller(draft.authentic[0] if draft.authentic else draft.languages[0], draft.authentic, draft.languages)
    return list(dict.fromkeys(teller.label("draft") for teller in (own, *tellers)))


def as_data(draft: Draft, tellers: list[Teller]) -> dict[str, Any]:
    """Return the draft as the template wants it: every text once a language, cut into paragraphs and lists."""
    first = tellers[0]
    version = "draft_version" if draft.version else "draft_open"
    stamp = (first.label(version, number=draft.version), first.day(draft.made_on), draft.made_at)
    sides = [[teller.section(section) for section in draft.sections] for teller in tellers]
    return {
        "labels": labels.LABELS[first.labels],
        "mark": " · ".join(marks(draft, tellers)),
        "language": first.labels,
        "direction": labels.direction(first.labels),
        "is_large": draft.is_large,
        "stamp": first.label("list_comma").join(stamp),
        "notice": first.label(draft.mode) if draft.mode != "live" else "",
        "forum": plain(first.words(draft.forum)),
        "title": [in_blocks(plain(teller.words(draft.title))) for teller in tellers],
        "sections": [
            {
                "kind": together[0].kind,
                "heading": [in_blocks(plain(section.heading)) for section in together],
                "clauses": [
                    {"number": each[0].number, "words": [in_blocks(plain(clause.words)) for clause in each]}
                    for each in zip(*(section.clauses for section in together), strict=True)
                ],
            }
            for together in zip(*sides, strict=True)
        ],
    }
