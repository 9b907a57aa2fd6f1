"""The voice of a testimony: sealed in parts with its key, heard only once it was cleaned, forgotten where it must be.

A voice is kept only where its owner agreed (M15). Where they did not, it is here to be written down, and no longer:
`forget_voice` deletes it, whoever wrote the transcript or whatever clears away what is too old calls it.
"""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from declarations import cleaning, sealing
from declarations.models import Recording, RecordingChunk, SealedText, Testimony
from declarations.models.guards import forget_deleted

from .keeping import SealedRecording
from .moves import locked

Kind = Recording.Kind
LARGEST = 10 << 20  # bytes: an hour as this site's own page records it, ten minutes as the wasteful telephones do


def checked(audio: bytes | None) -> bytes | None:
    """Return the recording, None where there is none; raises ValidationError where it is empty or too large."""
    if audio is None:
        return None
    if not audio:
        raise ValidationError({"audio": _("This recording is empty. Please record it again.")})
    if len(audio) > LARGEST:
        raise too_large()
    return audio


def too_large() -> ValidationError:
    words = _("This recording is larger than %(most)s. Please send it in two parts.")
    return ValidationError({"audio": words % {"most": filesizeformat(LARGEST)}})


def seal(audio: bytes, one: bytes, kind: str) -> SealedRecording:
    """Seal a recording in parts under a testimony's key and an identifier of its own."""
    made = uuid.uuid4()
    return SealedRecording(made, kind, sealing.seal_parts(audio, one, str(made), kind))


def opened(testimony: Testimony, one: bytes, kind: str) -> bytes | None:
    """Return a recording, opened with the testimony's key; None where there is none. Raises SealBroken."""
    row = Recording.objects.filter(testimony=testimony, kind=kind).first()
    if row is None:
        return None
    chunks = RecordingChunk.objects.filter(recording=row).order_by("number").values_list("envelope", flat=True)
    return sealing.open_parts(chunks.iterator(chunk_size=8), one, str(row.pk), row.kind)


def is_transcribed(testimony: Testimony) -> bool:
    return SealedText.objects.filter(testimony=testimony, kind=SealedText.Kind.TRANSCRIPT).exists()


def forget_voice(testimony: Testimony) -> bool:
    """Delete the recordings of somebody who did not agree that their voice be kept; whether there were any.

    To be called once what was said is written down, or after the time that a voice may wait for that. Where the voice
    may be kept nothing happens.
    """
    with transaction.atomic():
        fresh = locked(testimony)
        gone = not fresh.may_keep_voice and delete(fresh)
    if gone:
        forget_deleted()
    return gone


def delete(testimony: Testimony) -> bool:
    """Delete every recording of a testimony inside the caller's transaction; whether there were any."""
    RecordingChunk.objects.filter(recording__testimony=testimony).delete()
    deleted, _each = Recording.objects.filter(testimony=testimony).delete()
    return deleted > 0


# Hearing


class Unhearable(Exception):
    """No clean sound can be made of the recording; it stays sealed, and nobody hears it."""


def cleaned(testimony: Testimony, one: bytes) -> bytes | None:
    """Return the clean sound of a testimony, None where it has no voice; raises Unhearable and SealBroken.

    The first time it is made from what was sent and stored sealed beside it (M10); what was sent is never handed out.
    """
    sound = opened(testimony, one, Kind.CLEANED)
    if sound is not None:
        return sound
    sent = opened(testimony, one, Kind.ORIGINAL)
    if sent is None:
        return None
    try:
        sound = cleaning.clean(sent)
    except cleaning.NotSound:
        # Nothing of how it failed: a decoder's words could quote what was said.
        raise Unhearable from None
    _store(testimony, seal(sound, one, Kind.CLEANED))
    return sound


def _store(testimony: Testimony, sealed: SealedRecording) -> None:
    """Store a clean recording unless another reader did so, or the voice went, while it was made."""
    with transaction.atomic():
        locked(testimony)
        kinds = set(Recording.objects.filter(testimony=testimony).values_list("kind", flat=True))
        if kinds == {Kind.ORIGINAL}:
            for row in sealed.rows(testimony):
                row.save(force_insert=True)
