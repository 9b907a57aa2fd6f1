"""M10 in the reading room: what a reader hears was cleaned, what was sent is never handed out, and it is no page."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.test import Client

from declarations.models import Forum, Recording, RecordingChunk, Testimony
from declarations.workflow import recordings, testimonies, withdrawals
from declarations.workflow.participants import passing_seat
from tests import canary, sounds
from tests import factories as make
from tests.room import desk

pytestmark = pytest.mark.django_db
Kind = Recording.Kind


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum) -> Client:
    return desk.at_work(desk.a_reader(forum))


@pytest.fixture
def spoken(forum: Forum) -> Testimony:
    return make.a_testimony(forum, audio=sounds.tone("m4a", 1))


def hear(client: Client, row: Testimony, **headers: str) -> Any:
    return client.get(desk.at("reading-recording", row.pk), headers=headers)


def test_a_reader_hears_clean_sound_and_it_is_nothing_but_sound(reader: Client, forum: Forum) -> None:
    data, hidden = sounds.tagged("m4a", lambda name: f"{name} {secrets.token_hex(6)}")
    row = make.a_testimony(forum, words="", audio=data)
    page = reader.get(desk.at("reading-testimony", row.pk)).content.decode()
    assert f'src="{desk.at("reading-recording", row.pk)}"' in page and 'preload="none"' in page
    response = hear(reader, row)
    assert response.status_code == 200
    assert canary.sweep(hidden, {"heard": response.content}) == set()
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Content-Disposition"] == f'attachment; filename="{str(row.pk)[:8]}.mp3"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_it_is_cleaned_once_and_kept_sealed(
    reader: Client, forum: Forum, spoken: Testimony, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hear(reader, spoken).content
    one = testimonies.open_key(spoken, make.reading_private(forum))
    assert recordings.opened(spoken, one, Kind.CLEANED) == first
    assert not any(first[:64] in bytes(chunk.envelope) for chunk in RecordingChunk.objects.all())
    monkeypatch.setattr(recordings.cleaning, "clean", lambda data: 1 / 0)
    assert hear(reader, spoken).content == first


@pytest.mark.parametrize(
    ("asked", "status", "stretch"),
    [
        ("bytes=0-", 206, slice(0, None)),
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=100-99999999", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=-99999999", 206, slice(0, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=20-10", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=-", 200, slice(0, None)),
        ("bytes=0-1,4-5", 200, slice(0, None)),
        ("lines=0-1", 200, slice(0, None)),
    ],
)
def test_any_stretch_of_it(reader: Client, spoken: Testimony, asked: str, status: int, stretch: slice) -> None:
    whole = hear(reader, spoken).content
    response = hear(reader, spoken, range=asked)
    assert (response.status_code, response.content) == (status, whole[stretch])
    if status == 206:
        start, stop, _step = stretch.indices(len(whole))
        assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    if status == 416:
        assert response["Content-Range"] == f"bytes */{len(whole)}"


def test_what_cannot_be_cleaned_is_not_heard(reader: Client, forum: Forum) -> None:
    row = make.a_testimony(forum, audio=b"<script>alert(1)</script>" * 100)
    response = hear(reader, row)
    assert response.status_code == 409 and b"alert" not in response.content
    assert list(Recording.objects.values_list("kind", flat=True)) == [Kind.ORIGINAL]


def test_a_testimony_without_a_voice_has_none(reader: Client, forum: Forum) -> None:
    row = make.a_testimony(forum)
    assert hear(reader, row).status_code == 404
    assert "<audio" not in reader.get(desk.at("reading-testimony", row.pk)).content.decode()


def test_a_voice_taken_back_while_it_is_cleaned_is_not_stored(
    forum: Forum, spoken: Testimony, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = testimonies.open_key(spoken, make.reading_private(forum))

    def taken_back(data: bytes) -> bytes:
        withdrawals.withdraw(spoken, by=passing_seat(forum))
        return b"clean"

    monkeypatch.setattr(recordings.cleaning, "clean", taken_back)
    recordings.cleaned(spoken, one)
    assert not Recording.objects.exists() and not RecordingChunk.objects.exists()


def test_nobody_hears_it_without_the_key(forum: Forum, spoken: Testimony) -> None:
    locked = desk.signed_in(desk.a_reader(forum))
    assert hear(locked, spoken).status_code == 302
    organiser = desk.signed_in(make.organiser_of(forum))
    assert hear(organiser, spoken).status_code == 403
    other = make.a_forum("elsewhere")
    assert hear(desk.at_work(desk.a_reader(other)), spoken).status_code == 404
    withdrawals.withdraw(spoken, by=passing_seat(forum))
    assert hear(desk.at_work(desk.a_reader(forum)), spoken).status_code == 409
