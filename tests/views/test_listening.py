"""M15: the screens said aloud: who hears them first, to whom they play, and what is kept of it with a consent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from declarations.models import Forum, Seat, SpokenScreen, SpokenScreenChunk, Testimony
from declarations.workflow import screens, testimonies
from declarations.workflow.moves import Refused
from tests import factories as make
from tests import sounds
from tests.room import desk

from .test_testimonies import answers, facilitator, text, url
from .test_testimonies import forum as forum

pytestmark = pytest.mark.django_db


def listen(client: Client, forum: Forum, row: SpokenScreen, **headers: str) -> Any:
    return client.get(url("screen-listen", forum, row.pk), headers=headers)


def sent(**changes: Any) -> dict[str, Any]:
    return {"screen": "age", "language": "bm", "sound": SimpleUploadedFile("x", make.a_tone()), **changes}


# Brought by one, heard by another


def test_it_plays_only_once_another_person_heard_it(client: Client, forum: Forum) -> None:
    row = make.a_spoken_screen(forum, reviewed=False)
    assert listen(client, forum, row).status_code == 404 and not screens.playing(forum)
    with pytest.raises(Refused):
        screens.review(row, by=row.uploaded_by)
    screens.review(row, by=make.a_seat(forum, "organiser"))
    response = listen(client, forum, row)
    assert response.status_code == 200 and response["Content-Type"] == "audio/mpeg" and not response.cookies
    assert "immutable" in response["Cache-Control"] and response["X-Content-Type-Options"] == "nosniff"
    part = listen(client, forum, row, range="bytes=10-19")
    assert (part.status_code, part.content) == (206, response.content[10:20])


def test_the_database_wants_another_person_too(forum: Forum) -> None:
    row = make.a_spoken_screen(forum, reviewed=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpokenScreen.objects.filter(pk=row.pk).update(reviewed_by=row.uploaded_by)


def test_it_is_made_clean(forum: Forum) -> None:
    data, hidden = sounds.tagged("m4a", lambda name: f"{name} of Awa")
    row = screens.bring(forum, by=make.organiser_of(forum), screen="age", language="bm", sound=data)
    assert not any(text.encode() in screens.sound_of(row) for text in hidden.values())


@pytest.mark.parametrize(
    ("changes", "field"), [({"sound": b"<html>"}, "sound"), ({"language": "tlh"}, "language")], ids=["page", "language"]
)
def test_what_is_no_recording_of_a_screen_is_refused(forum: Forum, changes: dict[str, Any], field: str) -> None:
    given = {"screen": "age", "language": "bm", "sound": make.a_tone(), **changes}
    with pytest.raises(ValidationError) as refused:
        screens.bring(forum, by=make.organiser_of(forum), **given)
    assert set(refused.value.message_dict) == {field} and not SpokenScreen.objects.exists()


def test_longer_than_a_minute_is_refused_and_a_minute_stands_in_rows_of_parts(forum: Forum) -> None:
    by = make.organiser_of(forum)
    minute, more = (sounds.sleeping(seconds / 3600) for seconds in (40, 90))
    row = screens.bring(forum, by=by, screen="age", language="bm", sound=minute)
    assert SpokenScreenChunk.objects.filter(screen=row).count() == 2
    with pytest.raises(ValidationError):
        screens.bring(forum, by=by, screen="age", language="bm", sound=more)


def test_the_latest_plays_and_the_words_decide(client: Client, forum: Forum) -> None:
    first, second = (make.a_spoken_screen(forum, "age") for _ in range(2))
    assert [first.number, second.number] == [1, 2]
    assert screens.playing(forum) == {"bm": {"age": second}}
    screens.take_down(second, by=make.organiser_of(forum))
    assert screens.playing(forum) == {"bm": {"age": first}} and listen(client, forum, second).status_code == 404
    # Other words are asked now: what says the old ones plays no more, and cannot be heard in.
    Forum.objects.filter(pk=forum.pk).update(consent_version="2")
    waiting = make.a_spoken_screen(forum, "age", reviewed=False)
    forum.refresh_from_db()
    assert screens.playing(forum) == {} and listen(client, forum, first).status_code == 404
    with pytest.raises(Refused):
        screens.review(waiting, by=make.a_seat(forum, "organiser"))


def test_what_is_missing_is_said(forum: Forum) -> None:
    make.a_spoken_screen(forum, "age")
    missing = screens.missing(forum)
    assert set(missing) == {"fr", "en", "ar", "bm"}
    assert set(missing["fr"]) == set(screens.CONSENTS) and set(missing["bm"]) == set(screens.CONSENTS) - {"age"}


# The organisers' page


def test_two_organisers_bring_and_hear(forum: Forum) -> None:
    make.organiser_of(forum)
    one, two = desk.signed_in(make.organiser_of(forum)), desk.signed_in(make.a_seat(forum, "organiser"))
    address = reverse("admin:screen-list")
    assert one.post(address, sent()).status_code == 302
    row = SpokenScreen.objects.get()
    review = reverse("admin:screen-review", args=[row.pk])
    assert one.get(reverse("admin:screen-hear", args=[row.pk]))["Content-Type"] == "audio/mpeg"
    assert review not in text(one.get(address)) and one.post(review).status_code == 403
    assert review in text(two.get(address)) and two.post(review).status_code == 302
    assert screens.playing(forum) == {"bm": {"age": row}}
    assert two.post(reverse("admin:screen-down", args=[row.pk])).status_code == 302
    assert screens.playing(forum) == {}


def test_what_is_wrong_is_said_beside_the_field(forum: Forum) -> None:
    client = desk.signed_in(make.organiser_of(forum))
    for changes in ({"sound": SimpleUploadedFile("x", b"<html>")}, {"sound": ""}, {"language": "tlh"}):
        response = client.post(reverse("admin:screen-list"), sent(**changes))
        assert response.status_code == 422 and set(response.context["form"].errors) == set(changes)


@pytest.mark.parametrize("rows", [1, 3])
def test_questions_of_the_page(forum: Forum, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        make.a_spoken_screen(forum, "age")
        make.a_spoken_screen(forum, "reading", reviewed=False)
    client = desk.signed_in(make.organiser_of(forum))
    client.get(reverse("admin:screen-list"))
    with django_assert_num_queries(9):
        assert client.get(reverse("admin:screen-list")).status_code == 200


def test_only_organisers_reach_it(forum: Forum) -> None:
    reader = desk.signed_in(make.a_seat(forum, Seat.Role.READER))
    row = make.a_spoken_screen(forum)
    assert reader.get(reverse("admin:screen-list")).status_code == 403
    assert reader.get(reverse("admin:screen-hear", args=[row.pk])).status_code == 403
    elsewhere = desk.signed_in(make.organiser_of(make.a_forum("elsewhere")))
    for name in ("hear", "review", "down"):
        method = elsewhere.get if name == "hear" else elsewhere.post
        assert method(reverse(f"admin:screen-{name}", args=[row.pk])).status_code == 404


# In the form


def test_every_language_is_offered_by_its_own_voice(client: Client, forum: Forum) -> None:
    row = make.a_spoken_screen(forum)
    make.a_spoken_screen(forum, "age", "bm")
    page = text(client.get(url("testimony-new", forum)))
    assert 'href="?listen=bm"' in page and str(row.pk) in page and page.count("<audio controls preload") == 1
    chosen = client.get(url("testimony-new", forum), {"listen": "bm"})
    assert text(chosen).count("<audio controls preload") == 3
    assert chosen.context["form"]["language"].value() == "bm"


def test_what_was_offered_is_kept_sealed_with_the_consent(client: Client, forum: Forum) -> None:
    make.a_spoken_screen(forum)
    make.a_spoken_screen(forum, "age")
    page = text(client.get(url("testimony-new", forum), {"listen": "bm"}))
    carried = dict(re.findall(r'name="(listen|heard)" value="([^"]*)"', page))
    assert carried["listen"] == "bm" and sorted(carried["heard"].split()) == ["age/1", "before/1", "bm", "offered"]
    assert client.post(url("testimony-new", forum), answers(forum, **carried)).status_code == 200
    row = Testimony.objects.get()
    assert (row.consent_language, row.consent_read_aloud) == ("bm", True)
    assert testimonies.opened(row, make.reading_private(forum)).facts.heard == carried["heard"]


@pytest.mark.parametrize("heard", ["bm played age/1", "bm played"])
def test_what_was_played_is_kept_where_a_script_could_tell(client: Client, forum: Forum, heard: str) -> None:
    client.post(url("testimony-new", forum), answers(forum, listen="bm", heard=heard))
    assert testimonies.opened(Testimony.objects.get(), make.reading_private(forum)).facts.heard == heard


def test_what_no_page_of_ours_says_was_heard_is_not_kept(client: Client, forum: Forum) -> None:
    client.post(url("testimony-new", forum), answers(forum, listen="tlh", heard="I am Awa, of Gao"))
    row = Testimony.objects.get()
    assert testimonies.opened(row, make.reading_private(forum)).facts.heard == ""
    assert (row.consent_language, row.consent_read_aloud) == ("fr", False)


def test_a_page_that_comes_back_still_speaks(client: Client, forum: Forum) -> None:
    make.a_spoken_screen(forum, "age")
    heard = "bm played age/1"
    response = client.post(url("testimony-new", forum), answers(forum, listen="bm", heard=heard, quote=None))
    assert response.status_code == 422
    assert f'name="heard" value="{heard}"' in text(response) and "<audio controls preload" in text(response)


def test_a_facilitator_may_let_it_be_heard(client: Client, forum: Forum) -> None:
    facilitator(client, forum)
    make.a_spoken_screen(forum, "age")
    assert text(client.get(url("testimony-take", forum), {"listen": "bm"})).count("<audio controls preload") == 1


# The two numbers, read out


def say_the_digits(forum: Forum, *, but: str = "") -> None:
    for screen in ("given", *screens.DIGITS):
        if screen != but:
            make.a_spoken_screen(forum, screen)


def read_out(page: str) -> list[str]:
    """Where the sound of each digit is, as the page hands it to the script."""
    found = re.search(r'data-read-out="([^"]*)"', page)
    return found[1].split() if found else []


def test_the_receipt_is_read_out_by_ten_digits_in_their_order(client: Client, forum: Forum) -> None:
    """M3, M4: the page hands over all ten, the same for every receipt; no address says which digits stand there."""
    say_the_digits(forum)
    rows = {row.screen: row for row in SpokenScreen.objects.all()}
    wanted = [url("screen-listen", forum, rows[screen].pk) for screen in screens.DIGITS]
    assert read_out(text(client.get(url("testimony-new", forum), {"listen": "bm"}))) == wanted
    given = text(client.post(url("testimony-new", forum), answers(forum, listen="bm")))
    assert read_out(given) == wanted and "js/aloud" in given and str(rows["given"].pk) in given
    back = text(client.get(url("testimony-receipt", forum), {"listen": "bm"}))
    assert read_out(back) == wanted and "receipt/?listen=bm" in back


def test_a_digit_that_is_missing_would_make_another_number(client: Client, forum: Forum) -> None:
    say_the_digits(forum, but="digit-7")
    for page in (
        client.post(url("testimony-new", forum), answers(forum, listen="bm")),
        client.get(url("testimony-receipt", forum), {"listen": "bm"}),
    ):
        assert read_out(text(page)) == [] and "js/aloud" not in text(page)


def test_nothing_is_read_out_to_whoever_did_not_ask(client: Client, forum: Forum) -> None:
    say_the_digits(forum)
    assert read_out(text(client.post(url("testimony-new", forum), answers(forum)))) == []
    for listen in ("", "tlh", "fr"):
        page = text(client.get(url("testimony-receipt", forum), {"listen": listen}))
        assert read_out(page) == [] and "listen=tlh" not in page
