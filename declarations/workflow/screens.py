"""The screens of telling are recorded by one person, heard by another, and only then played (M15)."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from declarations import cleaning
from declarations.models import Forum, Seat, SpokenScreen, SpokenScreenChunk
from declarations.permissions import same_person

from .moves import Refused, locked, record

PART = 120 << 10  # bytes of one row
LONGEST = 240 << 10  # bytes of clean sound: a minute, half a minute of waiting on a slow network
Screen = SpokenScreen.Screen
# All ten, or a receipt is not read out: a number with a digit missing would be another number.
DIGITS: tuple[str, ...] = tuple(f"digit-{digit}" for digit in range(10))
# Without these somebody who cannot read would agree to what they were not told.
CONSENTS: tuple[str, ...] = (Screen.BEFORE, Screen.AGE, Screen.READING, Screen.SUMMARY, Screen.SENTENCE, Screen.VOICE)


def bring(forum: Forum, *, by: Seat, screen: str, language: str, sound: bytes) -> SpokenScreen:
    """Keep a recording of a screen, made clean; it waits for another person to hear it.

    Raises ValidationError for what is no sound, and for a language that nobody speaks in this forum.
    """
    if not forum.languages.filter(code=language, is_spoken=True).exists():
        raise ValidationError({"language": _("This language is not spoken in this forum.")})
    try:
        clean = cleaning.clean(sound)
    except cleaning.NotSound:
        raise ValidationError(
            {"sound": _("This is no recording that can be played. Please choose another file.")}
        ) from None
    if len(clean) > LONGEST:
        raise ValidationError({"sound": _("This is longer than a minute. Please say it more shortly.")})
    with transaction.atomic():
        Forum.objects.select_for_update().get(pk=forum.pk)
        earlier = SpokenScreen.objects.filter(forum=forum, screen=screen, language=language)
        row = SpokenScreen.objects.create(
            forum=forum,
            screen=screen,
            language=language,
            number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
            words_version=forum.consent_version,
            uploaded_by=by,
            uploaded_on=forum.today(),
        )
        for number, start in enumerate(range(0, len(clean), PART)):
            SpokenScreenChunk.objects.create(screen=row, number=number, data=clean[start : start + PART])
        record(row, by=by, verb="bring")
    return row


def sound_of(row: SpokenScreen) -> bytes:
    chunks = SpokenScreenChunk.objects.filter(screen=row).order_by("number")
    return b"".join(bytes(chunk.data) for chunk in chunks)


def review(row: SpokenScreen, *, by: Seat) -> None:
    """Say, as another person than the one who brought it, that it says what the screen says; from now on it plays."""
    with transaction.atomic():
        fresh = locked(row)
        if same_person(fresh.uploaded_by, by):
            raise Refused(_("Another person than the one who brought it must hear it."))
        if fresh.taken_down_on:
            raise Refused(_("This recording was taken down."))
        if fresh.words_version != fresh.forum.consent_version:
            raise Refused(_("The words of the screens were changed since. Bring a recording of the new ones."))
        if fresh.reviewed_by_id is None:
            fresh.reviewed_by = by
            fresh.save(update_fields=["reviewed_by"])
            record(fresh, by=by, verb="review")
    row.refresh_from_db()


def take_down(row: SpokenScreen, *, by: Seat) -> None:
    """Stop playing a recording; that it was played, and what it said, stays known."""
    with transaction.atomic():
        fresh = locked(row)
        if fresh.taken_down_on is None:
            fresh.taken_down_on = fresh.forum.today()
            fresh.save(update_fields=["taken_down_on"])
            record(fresh, by=by, verb="take_down")
    row.refresh_from_db()


def playing(forum: Forum) -> dict[str, dict[str, SpokenScreen]]:
    """Return what may be played: language → screen → the latest recording that another person heard. One query."""
    found: dict[str, dict[str, SpokenScreen]] = {}
    for row in SpokenScreen.objects.public().filter(forum=forum).order_by("number"):
        found.setdefault(row.language, {})[row.screen] = row
    return found


def digits(recordings: Mapping[str, SpokenScreen]) -> list[SpokenScreen]:
    """Return the ten digits in their order, said in one language; none where one of them is missing."""
    return [recordings[digit] for digit in DIGITS] if all(digit in recordings for digit in DIGITS) else []


def missing(forum: Forum) -> dict[str, list[str]]:
    """Return the screens of consent that are said aloud in no recording, by spoken language."""
    there = playing(forum)
    return {
        code: screens
        for code in forum.languages.filter(is_spoken=True).values_list("code", flat=True)
        if (screens := [screen for screen in CONSENTS if screen not in there.get(code, {})])
    }
