"""M14: each thing that can break is broken here, and the doctor sees it and says what to do."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from declarations import tombstones
from declarations.management.doctor import database, examine, house, keys, safety
from declarations.management.safekeeping import backups
from declarations.models import Conflict, Forum, ForumKey, KeyHolding, Testimony, Upkeep, User
from declarations.models.guards import install_guards
from declarations.models.upkeep import mark_restoring, unmark_restoring
from declarations.workflow import people, withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make
from tests.databases import on_postgresql, on_sqlite

pytestmark = pytest.mark.django_db


def said(check: Callable[[], Any]) -> list[tuple[str, str]]:
    """What is not fine: (level, words); everything that is not fine says what to do."""
    found = [one for one in check() if one.level != "fine"]
    assert all(one.to_do for one in found)
    return [(str(one.level), one.words) for one in found]


def a_backup(home: Path, age: timedelta, mode: int = 0o700) -> Path:
    folder = home / (timezone.now() - age).strftime(backups.NAME)
    folder.mkdir(parents=True, mode=0o700)
    for name in (backups.CONTENT, backups.KEYS, backups.MANIFEST):
        (folder / name).touch(mode=0o600)
    folder.chmod(mode)
    return folder


# The database


@pytest.mark.django_db(transaction=True)
def test_a_missing_trigger_and_a_cut_off_restore() -> None:
    assert said(database.triggers) == said(database.restore) == said(database.migrations) == []
    on = " ON declarations_edition" if connection.vendor == "postgresql" else ""
    name = "declarations_edition_no_" + ("row" if on else "update")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    mark_restoring(connection)
    try:
        assert said(database.triggers)[0][0] == said(database.restore)[0][0] == "error"
        assert name in said(database.triggers)[0][1]
    finally:
        unmark_restoring(connection)
        install_guards()


def test_a_migration_that_waits(monkeypatch) -> None:
    monkeypatch.setattr(database.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert said(database.migrations) == [("error", "1 migrations are waiting.")]


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_what_sqlite_is_told(monkeypatch) -> None:
    assert said(database.own_settings) == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
    assert said(database.own_settings)[0][0] == "error"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = ON")
    monkeypatch.setattr(database, "WAL_LIMIT", -1)
    assert [level for level, _words in said(database.own_settings)] == ["warning"]


@on_postgresql
def test_what_postgresql_is_told() -> None:
    """The tests' own server does not wait for the disk, and here it tells its log of failures: both must be seen."""
    assert [words.split(":")[0] for _level, words in said(database.own_settings)] == ["It is “off”"] * 2
    with connection.cursor() as cursor:
        cursor.execute("SET log_min_error_statement = error; SET log_error_verbosity = 'default'")
    assert [words.split(":")[0] for _level, words in said(database.own_settings)] == [
        "It is “off”",
        "It is “off”",
        "It is “error”",
        "It is “default”",
    ]
    assert {level for level, _words in said(database.own_settings)} == {"error"}


def test_rows_that_kept_their_order_for_two_days() -> None:
    assert said(database.rewritten)[0][0] == "warning"
    Upkeep.objects.create(name="row order", done_at=timezone.now())
    assert said(database.rewritten) == []


# Keys


def test_holders_of_keys() -> None:
    forum = make.a_forum(mode=Forum.Mode.LIVE)

    def levels() -> dict[str, str]:
        return {one.subject.split()[0]: str(one.level) for one in keys.holders()}

    every = ("people", "reading", "first_half", "other_half", "signing")
    assert set(every) == set(ForumKey.Purpose.values)
    assert levels() == {**dict.fromkeys(every, "warning"), "reading": "error"}
    persons = [people.make_person_key(make.a_user(), "a long passphrase") for _ in range(2)]
    holders = dict.fromkeys(("people", "reading", "signing"), persons)
    holders |= {"first_half": persons[:1], "other_half": persons[1:]}
    people.make_forum_keys(forum, by=make.organiser_of(forum), holders=holders)
    assert levels() == dict.fromkeys(every, "warning"), "the codes were never tried"
    ForumKey.objects.update(recovery_tested_on=timezone.localdate())
    assert levels() == dict.fromkeys(every, "fine")
    KeyHolding.objects.filter(key__purpose="reading", person=persons[0]).delete()
    KeyHolding.objects.filter(key__purpose="first_half").delete()
    assert levels() == {**dict.fromkeys(every, "fine"), "reading": "error", "first_half": "error"}
    User.objects.filter(pk=persons[1].user_id).update(is_active=False)
    assert {one.subject.split()[0] for one in keys.holders() if one.words == "Nobody holds it."} == {
        *("reading", "first_half", "other_half")
    }


# Backups, tombstones, the hourly work


def test_backups_that_are_missing_old_or_open(settings) -> None:
    home = Path(settings.BACKUPS_DIR)
    assert said(safety.newest_backup)[0][0] == "error"
    a_backup(home, timedelta(days=8))
    assert said(safety.newest_backup)[0][0] == "error"
    assert "8 days old" in said(safety.oldest_keys)[0][1]
    assert backups.throw_old_keys_away(home) == 1
    assert said(safety.oldest_keys) == []
    a_backup(home, timedelta(hours=30))
    assert said(safety.newest_backup)[0][0] == "warning"
    fresh = a_backup(home, timedelta(hours=1))
    assert said(safety.newest_backup) == []
    (fresh / backups.KEYS).chmod(0o644)
    assert "can read" in said(safety.newest_backup)[0][1]


def test_tombstones_out_of_step_with_the_database(tombstones_dir: Path) -> None:
    testimony, other = make.a_testimony(make.a_forum()), uuid_of_nobody()
    tombstones.bury(tombstones.Stone.of(tombstones.Kind.WITHDRAWN, other))
    assert said(safety.tombstone_files) == []
    tombstones.bury(tombstones.Stone.of(tombstones.Kind.WITHDRAWN, testimony.pk))
    assert "still has 1 things" in said(safety.tombstone_files)[0][1]
    withdrawals.withdraw(testimony, by=passing_seat(testimony.forum))
    assert said(safety.tombstone_files) == []
    [file] = tombstones_dir.glob("*.txt")
    file.write_bytes(file.read_bytes()[:-5])
    assert "cannot be read" in said(safety.tombstone_files)[0][1]
    shutil.rmtree(tombstones_dir)
    assert "1 withdrawn testimonies have no tombstone" in said(safety.tombstone_files)[0][1]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", bury=True, stdout=out)
    assert "1 tombstones written" in out.getvalue()
    assert said(safety.tombstone_files) == []


def uuid_of_nobody() -> Any:
    return Testimony().pk


def test_another_pepper_is_seen_by_the_tombstones(settings) -> None:
    tombstones.bury(tombstones.Stone.of(tombstones.Kind.WITHDRAWN, 1))
    settings.PEPPER = os.urandom(32)
    assert "another PEPPER" in said(safety.tombstone_files)[0][1]


def test_the_hourly_work_that_does_not_run() -> None:
    assert said(safety.hourly_work)[0][0] == "warning"
    row = Upkeep.objects.create(name="retain", done_at=timezone.now())
    assert said(safety.hourly_work) == []
    Upkeep.objects.filter(pk=row.pk).update(done_at=timezone.now() - timedelta(hours=4))
    assert said(safety.hourly_work)[0][0] == "warning"


def test_what_should_be_gone_and_is_not() -> None:
    assert said(safety.what_should_be_gone) == []
    conflict = make.a_conflict(make.a_forum())
    Conflict.objects.filter(pk=conflict.pk).update(given_on=timezone.localdate() - timedelta(days=31))
    assert said(safety.what_should_be_gone) == [("error", "Should be gone and are not: 1 conflicts past their time.")]


# The house


def test_the_clock(monkeypatch) -> None:
    make.a_group(make.a_forum())
    assert said(house.clock) == []
    earlier = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(house, "clock_of", SimpleNamespace(now=lambda: earlier))
    assert said(house.clock)[0][0] == "error"


def test_a_clock_that_stands_before_the_code_was_written(monkeypatch) -> None:
    long_ago = timezone.now() - timedelta(days=4000)
    monkeypatch.setattr(house, "clock_of", SimpleNamespace(now=lambda: long_ago))
    assert said(house.clock)[0][0] == "error"


@pytest.mark.parametrize(("free", "level"), [(100 << 20, "error"), (1 << 30, "warning"), (9 << 30, None)])
def test_the_disk(monkeypatch, free: int, level: str | None) -> None:
    monkeypatch.setattr(house.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    assert {found for found, _words in said(house.disk)} == ({level} if level else set())


def test_the_shape_of_secrets(settings, monkeypatch, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.PEPPER, settings.INTAKE_KEY = os.urandom(40).hex(), os.urandom(32), os.urandom(32)
    env = tmp_path / ".env"
    env.touch(mode=0o600)
    monkeypatch.setenv("ENV_FILE", str(env))
    assert said(house.secrets) == []
    env.chmod(0o644)
    assert "can be read by others" in said(house.secrets)[0][1]
    env.chmod(0o600)
    good, settings.PEPPER = settings.PEPPER, b"\0" * 32
    assert "PEPPER is short" in said(house.secrets)[0][1]
    settings.PEPPER = settings.INTAKE_KEY
    assert "alike" in said(house.secrets)[0][1]
    settings.PEPPER, settings.SECRET_KEY = good, "short"
    assert "SECRET_KEY" in said(house.secrets)[0][1]
    assert "short" not in said(house.secrets)[0][1].replace("is short", "")


def test_the_posture(settings) -> None:
    assert said(house.posture)[0][0] == "warning"
    settings.HTTPS, settings.CHEAP_PASSPHRASES = True, False
    assert said(house.posture) == []
    settings.DEBUG = True
    assert said(house.posture)[0][0] == "error"


def test_versions(monkeypatch) -> None:
    monkeypatch.setattr(house, "version", lambda name: "0.0")
    assert "Django 0.0 instead of" in said(house.versions)[0][1].replace("django", "Django")


# The command


def test_it_exits_with_one_on_an_error_and_with_zero_on_warnings(monkeypatch) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "→ Run `manage.py backup`" in out.getvalue()
    monkeypatch.setattr(
        "declarations.management.commands.doctor.examine", lambda: [one for one in examine() if one.level != "error"]
    )
    out = StringIO()
    call_command("doctor", json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert {one["level"] for one in found} == {"fine", "warning"}


def test_what_cannot_be_looked_at_is_an_error_and_the_rest_is_looked_at(monkeypatch) -> None:
    with patch("declarations.tombstones.read", side_effect=PermissionError(13, "no")):
        found = examine()
    assert any(one.level == "error" and "cannot be looked at" in one.words for one in found)
    assert any(one.subject == "retain" for one in found)
