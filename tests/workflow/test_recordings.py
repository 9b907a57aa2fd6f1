"""A voice is sealed in parts with its testimony, kept exactly once, and gone when it must be (M1, M2, M4, M15)."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from declarations import sealing
from declarations.models import Conflict, ConflictChunk, Forum, Recording, RecordingChunk, SealedText, Testimony
from declarations.workflow import forums, keeping, recordings, testimonies, withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make

pytestmark = pytest.mark.django_db

VOICE = random.Random(10).randbytes(300_000)
Kind = Recording.Kind


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def heard(forum: Forum, testimony: Testimony, kind: str = Kind.ORIGINAL) -> bytes | None:
    one = testimonies.open_key(testimony, make.reading_private(forum))
    return recordings.opened(testimony, one, kind)


def is_silent() -> bool:
    return not (Recording.objects.exists() or RecordingChunk.objects.exists())


def transcribe(forum: Forum, testimony: Testimony) -> None:
    one = testimonies.open_key(testimony, make.reading_private(forum))
    testimonies.sealed_text(testimony, one, SealedText.Kind.TRANSCRIPT, "Le puits.", language="fr").save()


def given(forum: Forum, **changes: Any) -> dict[str, Any]:
    make.reading_private(forum)
    asked = testimonies.Consent(summarise=True, quote=True, voice=True, language="fr")
    return {
        "id": uuid.uuid4(),
        "words": "",
        "language": "bm",
        "taken_as": Testimony.TakenAs.AUDIO,
        "consent": asked,
        "receipt": sealing.new_receipt(),
        "audio": VOICE,
        **changes,
    }


@pytest.mark.parametrize("length", [1, sealing.PART_SIZE - 1, sealing.PART_SIZE, sealing.PART_SIZE + 1, 300_000])
def test_a_voice_alone_is_a_testimony(forum: Forum, length: int) -> None:
    row = testimonies.give(forum, **given(forum, audio=VOICE[:length])).testimony
    assert heard(forum, row) == VOICE[:length]
    assert testimonies.opened(row, make.reading_private(forum)).words == ""
    assert row.may_keep_voice and row.taken_as == "audio"


def test_nothing_of_a_voice_lies_in_clear(forum: Forum) -> None:
    make.a_testimony(forum, audio=VOICE)
    names = {field.name for model in (Recording, RecordingChunk) for field in model._meta.fields}
    assert names == {"id", "testimony", "kind", "recording", "number", "envelope"}
    sizes = {len(bytes(chunk.envelope)) - 41 for chunk in RecordingChunk.objects.all()}
    assert sizes <= set(sealing.SIZE_CLASSES)
    stored = b"".join(bytes(chunk.envelope) for chunk in RecordingChunk.objects.all())
    assert not any(VOICE[start : start + 16] in stored for start in range(0, len(VOICE), 1000))


def test_parts_that_are_moved_or_missing_do_not_open(forum: Forum) -> None:
    row = make.a_testimony(forum, audio=VOICE)
    one, two, three = RecordingChunk.objects.order_by("number")
    RecordingChunk.objects.filter(pk=three.pk).delete()
    with pytest.raises(sealing.SealBroken):
        heard(forum, row)
    RecordingChunk.objects.filter(pk=one.pk).update(envelope=two.envelope)
    with pytest.raises(sealing.SealBroken):
        heard(forum, row)


def test_without_a_voice_there_is_none_to_keep(forum: Forum) -> None:
    assert not make.a_testimony(forum, voice=True).may_keep_voice and is_silent()


@pytest.mark.parametrize("audio", [b"", bytes(recordings.LARGEST + 1)], ids=["empty", "too large"])
def test_what_is_no_recording_is_refused_beside_its_field(forum: Forum, audio: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        testimonies.give(forum, **given(forum, audio=audio))
    assert set(refused.value.message_dict) == {"audio"} and not Testimony.objects.exists()


def test_no_words_and_no_voice_is_nothing(forum: Forum) -> None:
    with pytest.raises(ValidationError) as refused:
        testimonies.give(forum, **given(forum, audio=None))
    assert set(refused.value.message_dict) == {"words"}


# M2


def test_the_same_voice_again_is_the_same_testimony(forum: Forum) -> None:
    sent = given(forum)
    assert [testimonies.give(forum, **sent).is_again for _ in range(2)] == [False, True]
    assert Recording.objects.count() == 1


def test_another_voice_under_one_identifier_is_kept_aside(forum: Forum) -> None:
    sent = given(forum)
    first = testimonies.give(forum, **sent).testimony
    other = VOICE[::-1]
    for _ in range(2):
        with pytest.raises(keeping.Conflicting):
            testimonies.give(forum, **{**sent, "audio": other})
    aside = Conflict.objects.get()
    one = sealing.open_from(make.reading_private(forum), aside.sealed_key)
    chunks = ConflictChunk.objects.filter(conflict=aside).order_by("number")
    row = str(chunks[0].recording)
    assert sealing.open_parts([chunk.envelope for chunk in chunks], one, row, Kind.ORIGINAL) == other
    assert heard(forum, first) == VOICE
    withdrawals.withdraw(first, by=passing_seat(forum))
    assert not ConflictChunk.objects.exists() and not Conflict.objects.exists()


def test_a_part_that_cannot_be_stored_keeps_nothing(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    store = QuerySet.bulk_create

    def failing(rows: Any, *given: Any, **how: Any) -> Any:
        return 1 / 0 if rows.model is RecordingChunk else store(rows, *given, **how)

    monkeypatch.setattr(QuerySet, "bulk_create", failing)
    with pytest.raises(ZeroDivisionError):
        testimonies.give(forum, **given(forum))
    assert not Testimony.objects.exists() and is_silent()


# Gone when it must be


def test_taking_back_deletes_the_voice(forum: Forum) -> None:
    withdrawals.withdraw(make.a_testimony(forum, audio=VOICE, voice=True), by=passing_seat(forum))
    assert is_silent()


def test_refusing_deletes_the_voice(forum: Forum) -> None:
    row = make.a_testimony(forum, audio=VOICE, voice=True)
    testimonies.refuse(row, by=make.a_seat(forum, "reader"), reason="Empty.")
    assert is_silent()


def test_erasing_a_rehearsal_deletes_every_voice() -> None:
    forum = make.a_forum(mode=Forum.Mode.REHEARSAL)
    sent = given(forum)
    testimonies.give(forum, **sent)
    with pytest.raises(keeping.Conflicting):
        testimonies.give(forum, **{**sent, "audio": VOICE[::-1]})
    forums.erase_rehearsal(forum, by=make.organiser_of(forum))
    assert is_silent() and not ConflictChunk.objects.exists()


def test_a_voice_is_forgotten_only_where_it_may_not_be_kept(forum: Forum) -> None:
    kept = make.a_testimony(forum, audio=VOICE, voice=True)
    passing = make.a_testimony(forum, audio=VOICE, voice=False)
    assert not recordings.forget_voice(kept) and heard(forum, kept)
    assert recordings.forget_voice(passing) and heard(forum, passing) is None
    assert not recordings.forget_voice(passing)
    # The words stay.
    assert testimonies.opened(passing, make.reading_private(forum)).words == make.WORDS


def test_no_longer_letting_the_voice_be_kept_deletes_it_once_it_is_written_down(forum: Forum) -> None:
    row = make.a_testimony(forum, audio=VOICE, voice=True)
    seat = passing_seat(forum)
    withdrawals.change_consent(row, by=seat, summarise=True, quote=True, voice=False)
    assert heard(forum, row) == VOICE
    transcribe(forum, row)
    withdrawals.change_consent(row, by=seat, summarise=True, quote=True, voice=False)
    assert is_silent()
