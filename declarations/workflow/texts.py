"""What may be typed: tidied, of bounded length, plain; and wordings, written by one person and approved by another.

Errors are ValidationErrors keyed by the field, so that a form shows them beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, Seat
from declarations.models.texts import LONGEST_CLAUSE, LONGEST_LABEL, Wording, tidy, validate_plain
from declarations.permissions import same_person

from .moves import Refused, StaleRevision, locked, record

# "1.", "1)", "1 -", "a)", a dash or a bullet, with what stands before it; digits of any script.
MARKER = re.compile(r"(?P<indent>\s*)(?:\d{1,3}\s*[.)\-–]|[A-Za-z]\)|[-–—•*·▪‣])(?:\s+|$)")


def checked(text: str, *, field: str, longest: int = LONGEST_CLAUSE, is_required: bool = True) -> str:
    """Return the text tidied; raises ValidationError where it is missing, too long or holds invisible characters."""
    text = tidy(text)
    if is_required and not text:
        raise ValidationError({field: _("There are no words here yet.")}, code="required")
    if len(text) > longest:
        message = _("This is too long: at most %(most)d characters.") % {"most": longest}
        raise ValidationError({field: message}, code="max_length")
    try:
        validate_plain(text)
    except ValidationError as error:
        raise ValidationError({field: error.messages}, code="control") from error
    return text


def checked_texts(texts: Mapping[str, str], *, field: str = "text", longest: int = LONGEST_CLAUSE) -> dict[str, str]:
    """Return the texts tidied, empty ones left out; errors are keyed by `<field>_<language>`."""
    kept = {
        language: checked(text, field=f"{field}_{language}", longest=longest)
        for language, text in texts.items()
        if tidy(text)
    }
    if not kept:
        raise ValidationError({field: _("Write it in at least one language.")}, code="required")
    return kept


def items_of(text: str) -> list[str]:
    """Cut a pasted list into its items, without their marks.

    A line goes on with the item above it where it begins with a small letter or is set further in.
    """
    items: list[str] = []
    depth: int | None = None  # how far the open item is set in; None after an empty line
    for line in text.expandtabs(4).splitlines():
        words, indent = line.strip(), len(line) - len(line.lstrip())
        if not words:
            depth = None
        elif marker := MARKER.match(line):
            items.append(line[marker.end() :].strip())
            depth = len(marker["indent"])
        elif depth is not None and (words[0].islower() or indent > depth):
            items[-1] = f"{items[-1]} {words}".strip()
        else:
            items.append(words)
            depth = indent
    return [item for item in items if item]


def checked_label(label: Mapping[str, str], *, field: str, is_required: bool = True) -> dict[str, str]:
    """Return a short text in several languages, tidied; errors are keyed by `<field>_<language>`."""
    if not is_required and not any(tidy(text) for text in label.values()):
        return {}
    return checked_texts(label, field=field, longest=LONGEST_LABEL * 3)


def checked_language(forum: Forum, code: str, *, field: str = "language") -> str:
    """Return the code; raises ValidationError where the forum does not write in this language."""
    if code not in forum.written_languages():
        raise ValidationError({field: _("The forum does not write in this language.")}, code="language")
    return code


def checked_choice(value: str, choices: Any, *, field: str, is_required: bool = True) -> str:
    """Return the value; raises ValidationError where it is none of the choices."""
    if value not in choices.values and (is_required or value):
        raise ValidationError({field: _("Choose one of the answers.")}, code="choice")
    return value


def check_of_forum(forum: Forum, *rows: Any) -> None:
    """Raise Refused where a row is of another forum."""
    if any(row.forum_id != forum.pk for row in rows):
        raise Refused(_("This belongs to another forum."))


def write_wording(owner: Any, *, by: Seat, language: str, text: str) -> bool:
    """Write the owner's text in one language; returns whether it changed. Other words need another approval."""
    row = owner.wordings.filter(language=language).first()
    if row is None:
        owner.wordings.create(language=language, text=text, written_by=_stored(by))
        return True
    if row.text == text:
        return False
    row.text, row.written_by, row.approved_by = text, _stored(by), None
    row.save(update_fields=["text", "written_by", "approved_by"])
    return True


def approve(wording: Wording, *, by: Seat) -> None:
    """Approve the words as they were read: another person than wrote them.

    Raises StaleRevision where they were changed since.
    """
    with transaction.atomic():
        fresh: Any = locked(wording)
        if fresh.text != wording.text:
            raise StaleRevision(fresh)
        if fresh.written_by is not None and same_person(fresh.written_by, by):
            raise Refused(_("Another person approves a wording, not the one who wrote it."))
        fresh.approved_by = by
        fresh.save(update_fields=["approved_by"])
        record(fresh, by=by, verb="approve_wording")
    wording.approved_by = by


def _stored(seat: Seat) -> Seat | None:
    return None if seat.is_passing else seat
