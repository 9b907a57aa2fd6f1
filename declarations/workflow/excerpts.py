"""One sentence of a testimony is proposed, redacted, cleared by another person, published and taken back (M8).

What could tell who spoke is pointed at by the linter; each of two people leaves it out or says why it may stay.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.linting import Flag
from declarations.models import Excerpt, Quote, SealedText, Seat, Testimony
from declarations.permissions import same_person

from .moves import Refused, move, record
from .reading import CLOSED, told
from .telling import Linter
from .testimonies import ConsentMissing, checked_words, open_key

LONGEST = 400  # characters: a sentence, not a story
REDACTED = "[.]"  # as readers type it
LEFT_OUT = "[…]"  # as the public reads it
# Why something that was pointed at may stay; chosen, never typed.
WHY = ("many", "known", "nobody")
# Who the speaker is said to be, in each language in which quotes are read.
LANGUAGES = ("fr", "en", "ar")


class Unresolved(Exception):
    """Something in the sentence could tell who spoke, and nobody said why it may stay; `flags` says what."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        super().__init__()
        self.flags = list(flags)


def propose(
    testimony: Testimony,
    *,
    by: Seat,
    reading_private: bytes,
    words: str,
    answers: Mapping[str, str] | None = None,
    source: str = "",
) -> Excerpt:
    """Propose one sentence, redacted with [.], sealed until another person clears it.

    `source` names the text it is taken from, as in reading.Text.key; `answers` says why a flag may stay, by its key.
    Raises ConsentMissing, ValidationError where it is not a sentence of that text, and Unresolved.
    """
    if not testimony.may_quote or testimony.state in CLOSED:
        raise ConsentMissing
    words = checked_words(words)
    text = told(testimony, reading_private).text(source)
    if text is None:
        raise ValidationError({"words": _("There are no words yet.")})
    check(words, text.words)
    answered = _answered(Linter(testimony.forum).flags(testimony, words), answers or {})
    one = open_key(testimony, reading_private)
    excerpt = Excerpt(testimony=testimony, language=text.language, source=text.kind, proposed_by=by)
    excerpt.translated_by = text.written_by if text.kind == SealedText.Kind.TRANSLATION else None
    excerpt.envelope = sealing.seal_text(words, one, header(excerpt))
    excerpt.answers = sealing.seal_text(json.dumps(answered), one, header(excerpt, "answers"))
    with transaction.atomic():
        excerpt.save(force_insert=True)
        record(excerpt, by=by, verb="propose_excerpt")
    return excerpt


def header(excerpt: Excerpt, field: str = "words") -> sealing.Header:
    return sealing.Header("excerpt", str(excerpt.pk), field)


def _answered(flags: Iterable[Flag], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answer to each flag; raises Unresolved where one has none."""
    flags = list(flags)
    if open_ones := [flag for flag in flags if answers.get(flag.key) not in WHY]:
        raise Unresolved(open_ones)
    return {flag.key: answers[flag.key] for flag in flags}


# Words left out


def check(words: str, said: str) -> None:
    """Raise ValidationError unless these are words of the text, in order, with [.] for what is left out."""
    if len(words) > LONGEST:
        raise ValidationError({"words": _("One sentence, please: this is too long to be quoted.")})
    if not words.replace(REDACTED, "").strip():
        raise ValidationError({"words": _("Nothing is left of the sentence.")})
    if placed(words, said) is None:
        raise ValidationError(
            {"words": _("These words do not stand in the testimony. Leave out whole words with [.], never add.")}
        )


def placed(words: str, said: str) -> list[tuple[int, int]] | None:
    """Return where each kept stretch of a sentence stands in the text, in order; None where one does not.

    A stretch begins and ends with whole words: of a name cut in two, what is left would still tell it.
    """
    spans, position = [], 0
    for part in filter(None, (part.strip() for part in words.split(REDACTED))):
        found = said.find(part, position)
        while found >= 0 and not (_is_edge(said, found) and _is_edge(said, found + len(part))):
            found = said.find(part, found + 1)
        if found < 0:
            return None
        position = found + len(part)
        spans.append((found, position))
    return spans


def _is_edge(text: str, position: int) -> bool:
    """Whether no word goes on across this position."""
    return not (0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum())


def public_words(words: str) -> str:
    """Return the sentence as the public reads it: what was left out is three dots, and nothing of it is stored."""
    return words.replace(REDACTED, LEFT_OUT)


# A second person


def open_words(excerpt: Excerpt, reading_private: bytes) -> str:
    one = open_key(excerpt.testimony, reading_private)
    return sealing.open_text(excerpt.envelope or b"", one, header(excerpt))


def answers_of(excerpt: Excerpt, one: bytes) -> dict[str, str]:
    """Return what its proposer answered to each flag, opened with the testimony's own key."""
    found: dict[str, str] = (
        json.loads(sealing.open_text(excerpt.answers, one, header(excerpt, "answers"))) if excerpt.answers else {}
    )
    return found


def clear(excerpt: Excerpt, *, by: Seat, reading_private: bytes, answers: Mapping[str, str] | None = None) -> Quote:
    """Let the sentence be quoted: by another person than proposed it, and while its owner agrees.

    The second person answers every flag too; raises Unresolved where one has no answer, and Refused where the first
    person gave none.
    """
    if same_person(excerpt.proposed_by, by):
        raise Refused(_("Another person clears a sentence, not the one who proposed it."))
    one = open_key(excerpt.testimony, reading_private)
    words, first = open_words(excerpt, reading_private), answers_of(excerpt, one)
    linter = Linter(excerpt.testimony.forum)
    flags = linter.flags(excerpt.testimony, words)
    if any(first.get(flag.key) not in WHY for flag in flags):
        raise Refused(_("Something here was not answered when it was proposed. Take it away and propose it anew."))
    second = _answered(flags, answers or {})
    with transaction.atomic():
        testimony = Testimony.objects.select_for_update().get(pk=excerpt.testimony_id)
        if not testimony.may_quote or testimony.state in CLOSED:
            raise ConsentMissing
        move(excerpt, Excerpt.State.CLEARED, by=by, verb="clear_excerpt", cleared_by=by)
        quote = Quote.objects.create(
            excerpt=excerpt,
            words=public_words(words),
            salt=secrets.token_bytes(32),
            speaker={language: testimony.speaker_in(language) for language in LANGUAGES},
            kept=[{"key": key, "why": [first[key], second[key]]} for key in second],
        )
        check_gate(excerpt, linter)
    return quote


# The gate to the public


def check_gate(excerpt: Excerpt, linter: Linter | None = None, quote: Quote | None = None) -> None:
    """Raise ConsentMissing or Refused unless everything of M8 holds for the sentence now.

    Its owner agrees, it was cleared by another person than proposed it, it has a public copy without what was left
    out, and whatever the linter points at in that copy was answered by both. `quote` is that copy where it was just
    read.
    """
    testimony = excerpt.testimony
    if not testimony.may_quote or testimony.state in CLOSED:
        raise ConsentMissing
    if excerpt.cleared_by is None or same_person(excerpt.proposed_by, excerpt.cleared_by):
        raise Refused(_("Another person clears a sentence, not the one who proposed it."))
    if quote is None:
        quote = Quote.objects.filter(excerpt=excerpt).first() if excerpt.pk else None
    if quote is None or REDACTED in quote.words:
        raise Refused(_("This sentence has no public copy."))
    linter = linter or Linter(testimony.forum)
    kept = {answer["key"]: answer["why"] for answer in quote.kept}
    for flag in linter.flags(testimony, quote.words):
        if not _is_answered_twice(kept.get(flag.key)):
            raise Refused(_("Something in this sentence could tell who spoke. It is not shown."))


def _is_answered_twice(why: Any) -> bool:
    return isinstance(why, list) and len(why) == 2 and all(each in WHY for each in why)


def passes_gate(excerpt: Excerpt, linter: Linter | None = None) -> bool:
    """Whether the sentence may be shown to anybody now."""
    return not why_shut(excerpt, linter)


def why_shut(excerpt: Excerpt, linter: Linter | None = None, quote: Quote | None = None) -> str:
    """Return why the sentence may not be shown to anybody now, without a word of it; empty where it may."""
    try:
        check_gate(excerpt, linter, quote)
    except ConsentMissing:
        return str(_("The person no longer agrees to be quoted. The sentence stays sealed."))
    except Refused as refusal:
        return str(refusal.args[0])
    return ""


def publish(excerpt: Excerpt, *, by: Seat, linter: Linter | None = None) -> None:
    """Show a cleared sentence in public; raises ConsentMissing or Refused where the gate is shut."""
    check_gate(excerpt, linter)
    move(excerpt, Excerpt.State.PUBLISHED, by=by, verb="publish_excerpt")


def withdraw(excerpt: Excerpt, *, by: Seat, reason: str = "") -> None:
    """Take a sentence back: its words and its salt are deleted, here and on every live page."""
    with transaction.atomic():
        take_back(excerpt, by=by, reason=reason)
        tombstones.bury(tombstone(excerpt))


def take_back(excerpt: Excerpt, *, by: Seat, reason: str = "") -> None:
    """Delete the words inside the transaction of a verb that also writes the tombstone."""
    Quote.objects.filter(excerpt=excerpt).delete()
    move(excerpt, Excerpt.State.WITHDRAWN, by=by, verb="withdraw_excerpt", reason=reason, envelope=None, answers=None)


def tombstone(excerpt: Excerpt) -> tombstones.Stone:
    return tombstones.Stone.of(tombstones.Kind.EXCERPT, excerpt.pk)
