"""The sentences that may be quoted, as they stand on one day: beside an edition, and never one of its files.

Whoever said a sentence can take it back, so this is made anew whenever it is asked for and kept nowhere (M4, M8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from . import labels
from .as_html import POLICY, STYLE
from .as_pdf import in_blocks, typeset
from .encoding import canonical, plain, sha256
from .markup import Html, group, tag
from .reading import RENDERER, Words
from .snapshot import Text
from .telling import Teller


@dataclass(frozen=True)
class Said:
    """One sentence as the public reads it, and how its speaker agreed to be described."""

    words: str
    language: str
    speaker: Text


@dataclass(frozen=True)
class Heard:
    """A published finding with the sentences beside it."""

    number: int
    text: Text
    sentences: tuple[Said, ...]


@dataclass(frozen=True)
class Voices:
    """What may be quoted on one day, and the edition that it stands beside."""

    forum: Text
    mode: str
    title: Text
    edition: int
    control_code: str
    authentic: tuple[str, ...]
    on: str
    heard: tuple[Heard, ...]

    @cached_property
    def digest(self) -> str:
        """What moves as soon as one sentence does."""
        return sha256(canonical(plain(self)))


class Told:
    """The sentences in one language of labels."""

    def __init__(self, voices: Voices, language: str) -> None:
        self.voices = voices
        self.teller = Teller(language, voices.authentic, voices.authentic)
        self.label, self.words = self.teller.label, self.teller.words
        self.direction = labels.direction(self.teller.labels)
        number = self.label("edition_first" if voices.edition == 1 else "edition", number=voices.edition)
        self.edition = number
        self.as_of = self.label("voices_as_of", day=self.teller.day(voices.on))
        self.notice = self.label(voices.mode) if voices.mode != "live" else ""

    def finding(self, heard: Heard) -> str:
        return self.label("finding", number=heard.number)

    def quoted(self, said: Said) -> Words:
        return Words(said.words.strip(), said.language, labels.direction(said.language))


# The page


def html(voices: Voices, language: str) -> bytes:
    """Return the sentences as one HTML file that needs nothing else."""
    told = Told(voices, language)
    head = group(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="generator", content=RENDERER),
        tag("meta", name="robots", content="noindex,noarchive"),
        tag("title", f"{told.label('voices')} · {told.as_of}"),
        tag("style", Html(STYLE)),
    )
    header = tag(
        "header",
        tag("p", told.notice, class_="notice", role="note") if told.notice else None,
        tag("p", phrase(told, told.words(voices.forum)), class_="forum"),
        tag("h1", told.label("voices")),
        tag("p", phrase(told, told.words(voices.title)), class_="meta"),
        tag("p", f"{told.edition} · {told.as_of}", class_="meta edition"),
        tag("p", told.label("voices_kept"), class_="meta"),
    )
    shown = [section(told, each) for each in voices.heard] or [tag("p", told.label("voices_none"))]
    foot = (told.edition, told.as_of, told.label("control_code") + told.label("colon"))
    body = group(
        tag("div", class_="band", aria_hidden="true"),
        header,
        tag("main", tag("article", *shown)),
        tag("footer", " · ".join(foot), tag("bdi", voices.control_code)),
    )
    opening = f'<html lang="{told.teller.labels}" dir="{told.direction}">'
    return "\n".join(("<!doctype html>", opening, tag("head", head), tag("body", body), "</html>", "")).encode("utf-8")


def own(told: Told, words: Words) -> dict[str, str]:
    same = words.language == told.teller.labels
    return {} if same else {"lang": words.language, "dir": words.direction}


def phrase(told: Told, words: Words) -> Html:
    return tag("span", words.text, **own(told, words))


def section(told: Told, heard: Heard) -> Html:
    words = told.words(heard.text)
    return tag(
        "section",
        tag("h2", told.finding(heard)),
        tag("p", phrase(told, words), class_="words"),
        *(
            tag(
                "blockquote",
                tag("p", told.quoted(said).text, class_="words", **own(told, told.quoted(said))),
                tag("footer", phrase(told, told.words(said.speaker))),
            )
            for said in heard.sentences
        ),
        id=f"finding-{heard.number}",
    )


# The print


def pdf(voices: Voices, language: str) -> bytes:
    """Return the sentences as an accessible PDF; raises TypesettingFailed."""
    made = datetime.fromisoformat(voices.on).replace(tzinfo=UTC)
    order = as_data(Told(voices, language))
    return typeset({"template": "voices.typ", "edition": order, "timestamp": int(made.timestamp())})


def as_data(told: Told) -> dict[str, Any]:
    """Return what the template draws."""
    voices = told.voices
    return {
        "labels": labels.LABELS[told.teller.labels],
        "label_language": told.teller.labels,
        "label_direction": told.direction,
        "notice": told.notice,
        "forum": plain(told.words(voices.forum)),
        "title": plain(told.words(voices.title)),
        "edition": told.edition,
        "as_of": told.as_of,
        "control_code": voices.control_code,
        "heard": [
            {
                "label": told.finding(each),
                "words": in_blocks(plain(told.words(each.text))),
                "sentences": [
                    {"words": plain(told.quoted(said)), "speaker": plain(told.words(said.speaker))}
                    for said in each.sentences
                ],
            }
            for each in voices.heard
        ],
    }
