"""One sentence of a testimony is proposed, redacted, cleared by another person, published and taken back (M8)."""

from __future__ import annotations

import re
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import Excerpt, Quote, Seat, Testimony
from declarations.permissions import same_person

from .moves import Refused, move, record
from .testimonies import ConsentMissing, checked_words, open_key, opened

LONGEST = 400  # characters: a sentence, not a story
REDACTED = "[.]"  # as readers type it
LEFT_OUT = "[…]"  # as the public reads it
# Digits in a row, or in the pairs in which a telephone number is spoken.
TELEPHONE = re.compile(r"\d(?:[\s.\-]?\d){6,}")


def propose(testimony: Testimony, *, by: Seat, reading_private: bytes, words: str) -> Excerpt:
    """Propose one sentence, redacted with [.], sealed until another person clears it.

    Raises ConsentMissing, and ValidationError where it is not a sentence of this testimony or still holds a number
    that looks like a telephone.
    """
    if not testimony.may_quote:
        raise ConsentMissing
    words = checked_words(words)
    check(words, opened(testimony, reading_private).words)
    one = open_key(testimony, reading_private)
    excerpt = Excerpt(testimony=testimony, language=testimony.language, proposed_by=by)
    excerpt.envelope = sealing.seal_text(words, one, header(excerpt))
    with transaction.atomic():
        excerpt.save(force_insert=True)
        record(excerpt, by=by, verb="propose_excerpt")
    return excerpt


def header(excerpt: Excerpt) -> sealing.Header:
    return sealing.Header("excerpt", str(excerpt.pk), "words")


def check(words: str, testimony_words: str) -> None:
    """Raise ValidationError unless these are the testimony's own words, in order, with [.] for what is left out."""
    if len(words) > LONGEST:
        raise ValidationError({"words": _("One sentence, please: this is too long to be quoted.")})
    if TELEPHONE.search(words):
        raise ValidationError({"words": _("This looks like a telephone number. Put [.] in its place.")})
    position = 0
    for piece in (piece.strip() for piece in words.split(REDACTED)):
        found = testimony_words.find(piece, position)
        if found < 0:
            raise ValidationError(
                {"words": _("These words do not stand in the testimony. Leave out with [.], never add.")}
            )
        position = found + len(piece)


def open_words(excerpt: Excerpt, reading_private: bytes) -> str:
    one = open_key(excerpt.testimony, reading_private)
    return sealing.open_text(excerpt.envelope or b"", one, header(excerpt))


def clear(excerpt: Excerpt, *, by: Seat, reading_private: bytes) -> Quote:
    """Let the sentence be quoted: by another person than proposed it, and while its owner agrees."""
    if same_person(excerpt.proposed_by, by):
        raise Refused(_("Another person clears a sentence, not the one who proposed it."))
    words = open_words(excerpt, reading_private)
    with transaction.atomic():
        testimony = Testimony.objects.select_for_update().get(pk=excerpt.testimony_id)
        if not testimony.may_quote or testimony.state in (Testimony.State.WITHDRAWN, Testimony.State.REFUSED):
            raise ConsentMissing
        move(excerpt, Excerpt.State.CLEARED, by=by, verb="clear_excerpt", cleared_by=by)
        return Quote.objects.create(
            excerpt=excerpt,
            words=words.replace(REDACTED, LEFT_OUT),
            salt=secrets.token_bytes(32),
            speaker={language: testimony.speaker_in(language) for language in ("fr", "en", "ar")},
        )


def publish(excerpt: Excerpt, *, by: Seat) -> None:
    """Show a cleared sentence in public."""
    if not excerpt.testimony.may_quote:
        raise ConsentMissing
    move(excerpt, Excerpt.State.PUBLISHED, by=by, verb="publish_excerpt")


def withdraw(excerpt: Excerpt, *, by: Seat, reason: str = "") -> None:
    """Take a sentence back: its words and its salt are deleted, here and on every live page."""
    with transaction.atomic():
        take_back(excerpt, by=by, reason=reason)
        tombstones.bury(tombstone(excerpt))


def take_back(excerpt: Excerpt, *, by: Seat, reason: str = "") -> None:
    """Delete the words inside the transaction of a verb that also writes the tombstone."""
    Quote.objects.filter(excerpt=excerpt).delete()
    move(excerpt, Excerpt.State.WITHDRAWN, by=by, verb="withdraw_excerpt", reason=reason, envelope=None)


def tombstone(excerpt: Excerpt) -> tombstones.Stone:
    return tombstones.Stone.of(tombstones.Kind.EXCERPT, excerpt.pk)
