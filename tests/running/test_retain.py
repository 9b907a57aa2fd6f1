"""M14: nothing outlives its time; the hourly work may be cut anywhere and goes on where it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from declarations import sealing
from declarations.management.commands import retain as command
from declarations.models import (
    Conflict,
    Excerpt,
    Forum,
    ForumKey,
    Participant,
    Quote,
    Recording,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    Upkeep,
)
from declarations.models.upkeep import mark_restoring, unmark_restoring
from declarations.tombstones import Kind, read
from declarations.workflow import excerpts, keeping, retention, testimonies, withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make

YESTERDAY = timedelta(days=1)


def run(**options: Any) -> str:
    out = StringIO()
    call_command("retain", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def over(transactional_db) -> Forum:
    """A forum whose time is over, with one published sentence and a name."""
    forum = make.a_forum()
    excerpt = make.an_excerpt(forum, make.a_testimony(forum))
    excerpts.publish(excerpt, by=make.organiser_of(forum))
    make.a_testimony(forum)
    Participant.objects.filter(pk=make.a_participant(forum).pk).update(sealed_name=b"sealed")
    Forum.objects.update(keep_until=forum.today() - YESTERDAY)
    return forum


@pytest.mark.django_db(transaction=True)
def test_nothing_is_erased_before_its_time() -> None:
    forum = make.a_forum()
    make.an_excerpt(forum)
    Forum.objects.update(keep_until=forum.today())
    make.a_seat(forum, Seat.Role.EXPERT, user=False)
    session = SessionStore()
    session.create()
    before = [model.objects.count() for model in (TestimonyKey, SealedText, Quote, Session)]
    assert run().splitlines() == ["Nothing is left that should be gone."]
    assert [model.objects.count() for model in (TestimonyKey, SealedText, Quote, Session)] == before
    assert Seat.objects.exclude(token_hash="").count() == 1
    assert set(Upkeep.objects.values_list("name", flat=True)) == {"retain", "row order"}


def test_at_the_end_of_its_time_a_forums_words_are_erased_and_what_they_led_to_stays(over: Forum) -> None:
    proposed = Excerpt.objects.create(
        testimony=Testimony.objects.exclude(excerpts__isnull=False)[0],
        language="fr",
        envelope=b"sealed",
        proposed_by=make.a_seat(over, Seat.Role.READER),
    )
    said = run()
    assert "2 testimonies erased" in said and "1 names erased" in said
    assert not TestimonyKey.objects.exists() and not SealedText.objects.exists()
    assert not Excerpt.objects.exclude(envelope=None).exists()
    assert not Participant.objects.exclude(sealed_name=None).exists()
    assert Quote.objects.count() == Excerpt.objects.public().count() == 1
    proposed.refresh_from_db()
    assert proposed.state == "withdrawn"
    assert set(Testimony.objects.values_list("erased_on", "content_hash")) == {(over.today(), "")}
    assert len(read().stones[Kind.ERASED]) == 2
    assert run().splitlines() == ["Nothing is left that should be gone."]


def test_words_that_were_erased_are_not_taken_again_and_the_quote_can_still_be_taken_back(over: Forum, client) -> None:
    receipt = sealing.new_receipt()
    row = Testimony.objects.get(excerpts__isnull=False)
    Testimony.objects.filter(pk=row.pk).update(receipt_hash=testimonies.receipt_hash(receipt))
    run()
    with pytest.raises(keeping.AlreadyWithdrawn):
        testimonies.give(
            over,
            id=row.pk,
            words=make.WORDS,
            language="fr",
            taken_as="own_phone",
            consent=testimonies.Consent(summarise=True, quote=True, voice=False, language="fr"),
            receipt=sealing.new_receipt(),
        )
    page = client.post(reverse("testimony-receipt", args=[over.slug]), {"receipt": receipt})
    assert page.status_code == 200 and str(row.given_on) not in page.content.decode()
    withdrawals.withdraw(Testimony.objects.get(pk=row.pk), by=passing_seat(over))
    assert not Quote.objects.exists()
    assert run().splitlines() == ["Nothing is left that should be gone."]


def test_a_forum_that_was_closed_is_over_after_thirty_days(over: Forum) -> None:
    today = over.today()
    Forum.objects.update(keep_until=None, closed_on=today - retention.CLOSED_STAYS)
    assert "erased" not in run()
    Forum.objects.update(closed_on=today - retention.CLOSED_STAYS - YESTERDAY)
    assert "2 testimonies erased" in run()


@pytest.mark.django_db
def test_once_live_the_day_may_come_earlier_and_never_later() -> None:
    forum = make.a_forum(mode=Forum.Mode.LIVE)
    forum.keep_until = date(2027, 6, 1)
    forum.full_clean()
    forum.save()
    for later in (date(2027, 6, 2), None):
        forum.keep_until = later
        with translation.override("en"), pytest.raises(ValidationError, match="never later"):
            forum.full_clean()
    forum.keep_until = date(2027, 5, 1)
    forum.full_clean()
    forum.keep_until = forum.ends_on - YESTERDAY
    with pytest.raises(ValidationError):
        forum.full_clean()


@pytest.mark.django_db(transaction=True)
def test_days_sessions_links_and_conflicts_go_when_their_time_is_over() -> None:
    forum = make.a_forum()
    make.reading_private(forum)
    today = timezone.localdate()
    for seconds in (-60, 3600):
        Session.objects.create(
            session_key=f"s{seconds}", session_data="", expire_date=timezone.now() + timedelta(seconds=seconds)
        )
    seats = [make.a_seat(forum, Seat.Role.EXPERT, user=False) for _ in range(3)]
    Seat.objects.filter(pk=seats[0].pk).update(expires_at=timezone.now() - YESTERDAY)
    Seat.objects.filter(pk=seats[1].pk).update(revoked_at=timezone.now())
    for days in (30, 31):
        Conflict.objects.create(
            forum=forum,
            taken_id=make.a_testimony(forum).pk,
            content_hash=f"{days}",
            language="fr",
            envelope=b"e",
            sealed_key=b"k",
            forum_key=ForumKey.objects.get(),
            given_on=today - timedelta(days=days),
        )
    said = run()
    assert Session.objects.get().session_key == "s3600"
    assert [seat.pk for seat in Seat.objects.exclude(token_hash="")] == [seats[2].pk]
    assert Conflict.objects.get().content_hash == "30"
    assert "1 conflicts" in said and "2 links" in said and "1 sessions" in said


@pytest.mark.django_db(transaction=True)
def test_a_voice_that_may_not_be_kept_goes_once_written_down_or_after_thirty_days() -> None:
    forum = make.a_forum()
    rows = [make.a_testimony(forum) for _ in range(4)]
    for row in rows:
        Recording.objects.create(testimony=row, kind="original")
    kept, waiting, written, old = rows
    Testimony.objects.filter(pk=kept.pk).update(may_keep_voice=True, given_on=date(2020, 1, 1))
    Testimony.objects.filter(pk=old.pk).update(given_on=timezone.localdate() - retention.VOICES_WAIT - YESTERDAY)
    SealedText.objects.create(testimony=written, kind="transcript", envelope=b"e")
    assert "2 voices" in run()
    assert set(Recording.objects.values_list("testimony", flat=True)) == {kept.pk, waiting.pk}


KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.TOMBSTONES_DIR, settings.BACKUPS_DIR = sys.argv[1], sys.argv[1] + "/none"
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from django.core.management import call_command
from declarations.workflow import retention
retention.AT_ONCE = 2
erase, done = retention.erase_rows, []
def dies(row, on):
    done.append(row)
    if len(done) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    erase(row, on=on)
retention.erase_rows = dies
call_command("retain")
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(over: Forum, tombstones_dir: Path) -> None:
    for _ in range(7):
        make.a_testimony(over)
    name = str(connection.settings_dict["NAME"])
    connection.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tombstones_dir), name],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    # Two batches of two are whole, the third not begun: no testimony is half erased.
    assert Testimony.objects.exclude(erased_on=None).count() == 4
    assert TestimonyKey.objects.count() == Testimony.objects.filter(erased_on=None).count() == 5
    assert "5 testimonies erased" in run()
    assert not TestimonyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_says_what_is_still_there_and_fails(over: Forum, monkeypatch) -> None:
    """Verified erasure: it looks, and does not believe its own work."""
    monkeypatch.setattr(command, "WORK", tuple(row for row in command.WORK if "testimonies erased" not in row[0]))
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("retain", stdout=StringIO(), stderr=err)
    assert ended.value.code == 1
    assert "2 testimonies past their time should be gone" in err.getvalue()
    assert not Upkeep.objects.filter(name="retain").exists()


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_restore_to_be_finished() -> None:
    mark_restoring(connection)
    try:
        with pytest.raises(CommandError, match="not finished"):
            run()
    finally:
        unmark_restoring(connection)


@pytest.mark.django_db(transaction=True)
def test_large_tables_are_rewritten_only_when_asked(monkeypatch) -> None:
    monkeypatch.setattr(command.row_order, "LARGEST", 1)
    assert re.search("at night", run())
    assert not Upkeep.objects.filter(name="row order").exists()
    run(rewrite=True)
    assert Upkeep.objects.filter(name="row order").exists()
