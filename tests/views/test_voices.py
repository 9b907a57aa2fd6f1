"""M10, M15: a voice sent with the form, beside the words or alone; the words are never lost for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from declarations.models import Forum, Recording, SealedText, Testimony
from declarations.views import uploads
from declarations.workflow import recordings, testimonies
from tests import factories as make

from .test_testimonies import RECEIPT, WORDS, answers, errors, facilitator, look, text, ticket_of, url
from .test_testimonies import forum as forum

pytestmark = pytest.mark.django_db
VOICE = b"OggS" + bytes(range(256)) * 600


def a_file(data: bytes = VOICE) -> SimpleUploadedFile:
    # The name and the type that a telephone gives: neither may be kept.
    return SimpleUploadedFile("Awa 2026-11-25 Gao.ogg", data, content_type="audio/x-of-awa")


def say(client: Client, forum: Forum, name: str = "testimony-new", audio: bytes = VOICE, **changes: Any) -> Any:
    sent = answers(forum, **{"voice": "yes", **changes})
    return client.post(url(name, forum), {**sent, "audio": a_file(audio)})


def heard(forum: Forum) -> bytes | None:
    row = Testimony.objects.get()
    return recordings.opened(row, testimonies.open_key(row, make.reading_private(forum)), Recording.Kind.ORIGINAL)


def test_a_voice_beside_the_words_is_kept_sealed(client: Client, forum: Forum) -> None:
    response = say(client, forum)
    assert response.status_code == 200 and RECEIPT.search(text(response))
    row = Testimony.objects.get()
    assert heard(forum) == VOICE and row.may_keep_voice and row.taken_as == "own_phone"
    assert testimonies.opened(row, make.reading_private(forum)).words == WORDS


def test_a_voice_alone_is_enough(client: Client, forum: Forum) -> None:
    assert say(client, forum, words="", voice="no").status_code == 200
    row = Testimony.objects.get()
    assert heard(forum) == VOICE and not row.may_keep_voice and row.taken_as == "audio"


def test_a_facilitator_records_too(client: Client, forum: Forum) -> None:
    facilitator(client, forum)
    assert say(client, forum, "testimony-take", words="", read_aloud="yes", interpreted="no").status_code == 200
    assert Testimony.objects.get().taken_as == "facilitator" and heard(forum) == VOICE


def test_without_a_voice_nobody_is_asked_about_it(client: Client, forum: Forum) -> None:
    assert client.post(url("testimony-new", forum), answers(forum, voice="yes")).status_code == 200
    assert not Testimony.objects.get().may_keep_voice


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"voice": None}, "voice"),
        ({"voice": "perhaps"}, "voice"),
        ({"audio": b""}, "audio"),
        ({"audio": bytes(recordings.LARGEST + 1)}, "audio"),
        ({"words": "un\x07deux"}, "words"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_are_kept(client, forum, changes, field) -> None:
    response = say(client, forum, **changes)
    assert response.status_code == 422 and not Testimony.objects.exists()
    assert field in errors(response) and 'id="id_audio_error"' in text(response)
    assert "words" in changes or WORDS in text(response)


def test_a_page_that_comes_back_says_that_the_recording_is_to_be_chosen_again(client: Client, forum: Forum) -> None:
    """No browser hands over a file twice by itself; looking, missing answers and conflicts all say so."""
    for changes in ({"quote": None}, {"look": "1", "send": None}, {"ticket": "forged"}):
        response = say(client, forum, **changes)
        assert errors(response) >= {"audio"} and WORDS in text(response), changes
    assert say(client, forum, ticket=ticket_of(response)).status_code == 200
    assert Testimony.objects.count() == 1


def test_another_voice_from_the_same_page_is_kept_aside_and_can_be_sent_by_itself(client, forum) -> None:
    sent = answers(forum, voice="yes", words="")
    for data in (VOICE, VOICE[::-1]):
        response = client.post(url("testimony-new", forum), {**sent, "audio": a_file(data)})
    assert response.status_code == 409
    page = text(response)
    assert 'type="file"' in page and "multipart/form-data" in page and 'id="id_audio_error"' in page
    assert say(client, forum, words="", ticket=ticket_of(response)).status_code == 200


def test_a_recording_is_read_past_and_never_beyond_a_bound(client: Client, forum: Forum, monkeypatch: Any) -> None:
    monkeypatch.setattr(uploads, "MOST", 1 << 20)
    client.raise_request_exception = False
    response = say(client, forum, audio=bytes(1 << 21))
    assert response.status_code == 400 and not Testimony.objects.exists()


def test_the_name_and_type_of_a_file_are_kept_nowhere(client: Client, forum: Forum) -> None:
    say(client, forum)
    from tests import canary

    assert canary.sweep({"name": "Awa 2026-11-25 Gao", "type": "x-of-awa"}, canary.rows()) == set()


def test_no_page_but_those_that_tell_may_ask_for_the_microphone(client: Client, forum: Forum) -> None:
    facilitator(client, forum)
    for name, may in (("testimony-new", True), ("testimony-take", True), ("promise-detail", False), ("home", False)):
        policy = client.get(url(name, forum) if name != "home" else "/fr/")["Permissions-Policy"]
        assert ("microphone=(self)" in policy) is may and ("microphone=()" in policy) is not may
        assert "camera=()" in policy and "geolocation=()" in policy
        # What was recorded is heard on the page before it is sent, from the page itself.
        sources = client.get(url(name, forum) if name != "home" else "/fr/")["Content-Security-Policy"]
        assert ("media-src 'self' blob:" in sources.split("; ")) is may
    assert "microphone=()" in client.get("/admin/login/")["Permissions-Policy"]


def test_the_page_works_without_a_script_and_asks_for_sound_alone(client: Client, forum: Forum) -> None:
    page = text(client.get(url("testimony-new", forum)))
    assert '<input type="file" name="audio" accept="audio/*" capture' in page
    assert 'enctype="multipart/form-data"' in page
    steps = dict(client.get(url("testimony-new", forum)).context["form"].STEPS)
    assert steps["speaking"] == ("audio",) and steps["voice"] == ("voice",)


# Coming back


def test_the_voice_is_a_scope_of_the_receipt(client: Client, forum: Forum) -> None:
    receipt = RECEIPT.search(text(say(client, forum)))[0]  # type: ignore[index]
    shown = look(client, forum, receipt)
    assert 'name="voice"' in text(shown)
    sent = {"pass": shown.context["pass"], "summarise": "yes", "quote": "no", "voice": "no"}
    assert client.post(url("testimony-consent", forum), {**sent, "voice": ""}).status_code == 422
    assert client.post(url("testimony-consent", forum), sent).status_code == 200
    assert not Testimony.objects.get().may_keep_voice and heard(forum) == VOICE
    row = Testimony.objects.get()
    one = testimonies.open_key(row, make.reading_private(forum))
    testimonies.sealed_text(row, one, SealedText.Kind.TRANSCRIPT, "Le puits.", language="fr").save()
    response = client.post(url("testimony-consent", forum), sent)
    assert not Recording.objects.exists() and 'name="voice"' not in text(look(client, forum, receipt))
    assert response.status_code == 200


def test_without_a_recording_the_receipt_asks_nothing_of_a_voice(client: Client, forum: Forum) -> None:
    receipt = RECEIPT.search(text(client.post(url("testimony-new", forum), answers(forum))))[0]  # type: ignore[index]
    assert 'name="voice"' not in text(look(client, forum, receipt))
