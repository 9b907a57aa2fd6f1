"""M4, M14: a backup brings everything back but what was taken back since; keys stay seven days."""

from __future__ import annotations

import base64
import gzip
import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from declarations.management.safekeeping import backups, rows, tables
from tests import canary

from .site import Site

BUILD = """
import json
from tests import factories as make
from declarations.models import *
from declarations.workflow import people, participants, recommendations, testimonies, editions
forum = make.a_forum()
quoted = make.a_testimony(forum)
excerpt = make.an_excerpt(forum, quoted)
stays = make.a_testimony(forum)
finding = make.a_finding(forum, "published", excerpts=(excerpt,))
declaration = make.a_declaration(forum, "adopted")
recommendation = make.last_clause(declaration).sources.get().recommendation
recommendations.ground(recommendation, by=make.organiser_of(forum), finding=finding)
edition = make.an_edition(forum, make.a_proof(forum, declaration))
seat = make.a_seat(forum, "expert", user=False)
private = make.reading_private(forum)
print(json.dumps({"quoted": str(quoted.pk), "stays": str(stays.pk), "seat": seat.pk, "private": private.hex(),
                  "key": bytes(TestimonyKey.objects.get(testimony=quoted).sealed).hex(),
                  "quote": Quote.objects.get(excerpt=excerpt).words}))
"""
WITHDRAW = """
import sys
from tests import factories as make
from declarations.models import Seat, Testimony
from declarations.workflow import people, withdrawals
from declarations.workflow.participants import passing_seat
row = Testimony.objects.get(pk=sys.argv[1])
withdrawals.withdraw(row, by=passing_seat(row.forum))
people.revoke_seat(Seat.objects.get(pk=sys.argv[2]), by=make.organiser_of(row.forum))
"""
STANDS = """
import json, sys
from declarations.models import *
from declarations.workflow import editions, moves, testimonies
from declarations.models.guards import missing_guards
from declarations.models.upkeep import is_restoring
from django.db import connection
forum = Forum.objects.get()
stays = Testimony.objects.get(pk=sys.argv[2])
try:
    words = testimonies.opened(stays, bytes.fromhex(sys.argv[3])).words
except TestimonyKey.DoesNotExist:
    words = ""
edition = Edition.objects.get()
user = User.objects.create_user("somebody new")
print(json.dumps({
    "state": Testimony.objects.get(pk=sys.argv[1]).state,
    "keys": TestimonyKey.objects.filter(testimony=sys.argv[1]).count(),
    "texts": SealedText.objects.filter(testimony=sys.argv[1]).count(),
    "quotes": Quote.objects.count(),
    "words": words,
    "edition": editions.verify(edition),
    "blank": editions.withdrawn_voices(edition),
    "history": moves.broken_link(forum) is None,
    "seats": Seat.objects.open().filter(role="expert").count(),
    "guards": len(missing_guards(connection)),
    "restoring": is_restoring(connection),
    "counts": {
        model._meta.label: model._base_manager.count()
        for model in (Testimony, SealedText, HistoryEntry, Edition, EditionFile)
    },
}))
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[tuple[Site, dict[str, Any]]]:
    """A forum with an edition, built once; every test works on a copy."""
    with django_db_blocker.unblock():
        site, built = Site.built(tmp_path_factory.mktemp("original"), BUILD)
        yield site, built
        site.close()


@pytest.fixture
def site(original: tuple[Site, dict[str, Any]], tmp_path: Path, transactional_db) -> Iterator[Site]:
    site = Site(tmp_path, like=original[0])
    yield site
    site.close()


@pytest.fixture
def built(original: tuple[Site, dict[str, Any]]) -> dict[str, Any]:
    return original[1]


def stands(site: Site, built: dict[str, Any]) -> dict[str, Any]:
    return json.loads(site.python(STANDS, built["quoted"], built["stays"], built["private"]).splitlines()[-1])


def backup(site: Site) -> Path:
    return Path(site.run("backup").splitlines()[0])


def unpacked(path: Path) -> bytes:
    """The bytes of a file of a backup with every base64 value opened."""
    text = gzip.decompress(path.read_bytes())
    opened = []
    for line in text.splitlines():
        for value in json.loads(line) if line.startswith(b"[") else ():
            try:
                opened.append(base64.b64decode(value, validate=True) if isinstance(value, str) else b"")
            except ValueError:
                continue
    return text + b"\n".join(opened)


def test_a_withdrawal_between_backup_and_restore_is_not_undone(site: Site, built: dict[str, Any]) -> None:
    """The round trip: everything is there again, and the one who took their words back is not."""
    made = backup(site)
    site.python(WITHDRAW, built["quoted"], str(built["seat"]))
    site.new_database(f"{site.name}_restored")
    said = site.run("restore", str(made))
    assert "1 withdrawn" in said and "1 seat" in said
    found = stands(site, built)
    assert (found["state"], found["keys"], found["texts"], found["quotes"]) == ("withdrawn", 0, 0, 0)
    assert found["words"].startswith("Le puits")
    assert (found["edition"], found["blank"], found["history"], found["guards"]) == ([], 1, True, 0)
    assert (found["seats"], found["restoring"]) == (0, False)
    if connection.vendor == "sqlite":
        files = b"".join(path.read_bytes() for path in site.home.glob(f"{site.file.name}*"))
        assert bytes.fromhex(built["key"]) not in files, "M4: no key in the restored file or its log"
        assert site.file.stat().st_mode & 0o777 == 0o600
        assert sorted(path.name for path in site.home.glob("*restor*")) == [site.file.name]


def test_without_a_withdrawal_everything_comes_back_as_it_was(site: Site, built: dict[str, Any]) -> None:
    made = backup(site)
    before = stands(site, built)
    site.new_database(f"{site.name}_restored")
    site.run("restore", str(made))
    assert stands(site, built) == before
    assert (before["quotes"], before["seats"], before["blank"]) == (1, 1, 0)


def test_a_database_that_holds_a_forum_is_replaced_only_when_told(site: Site, built: dict[str, Any]) -> None:
    made = backup(site)
    site.python(WITHDRAW, built["quoted"], str(built["seat"]))
    assert "--overwrite" in site.run("restore", str(made), fails=True)
    assert stands(site, built)["state"] == "withdrawn"
    assert "1 withdrawn" in site.run("restore", str(made), "--overwrite")
    assert stands(site, built)["state"] == "withdrawn"


def test_what_is_damaged_or_unknown_is_refused_in_words(site: Site, built: dict[str, Any]) -> None:
    made = backup(site)
    site.python(WITHDRAW, built["quoted"], str(built["seat"]))
    later = backup(site)
    site.new_database(f"{site.name}_restored")
    content = (made / backups.CONTENT).read_bytes()
    (made / backups.CONTENT).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "not what was written" in site.run("restore", str(made), fails=True)
    (made / backups.CONTENT).write_bytes(content)
    manifest = (made / backups.MANIFEST).read_text()
    (made / backups.MANIFEST).write_text(manifest.replace('"format": 1', '"format": 2'))
    assert "PEPPER" in site.run("restore", str(made), fails=True)
    (made / backups.MANIFEST).write_text(manifest)
    [file] = site.tombstones.glob("*.txt")
    kept = file.read_bytes()
    file.unlink()
    assert "--without-tombstones" in site.run("restore", str(later), fails=True)
    file.write_bytes(kept)
    (made / backups.KEYS).unlink()
    assert "--without-keys" in site.run("restore", str(made), fails=True)
    site.run("restore", str(made), "--without-keys")
    found = stands(site, built)
    assert (found["words"], found["quotes"], found["edition"]) == ("", 0, [])
    assert found["counts"]["declarations.SealedText"]


def test_a_restore_that_is_cut_off_is_never_served(site: Site, built: dict[str, Any]) -> None:
    """Killed before the tombstones are replayed: SQLite's file is not in its place, PostgreSQL's marker refuses."""
    made = backup(site)
    site.python(WITHDRAW, built["quoted"], str(built["seat"]))
    site.new_database(f"{site.name}_restored")
    site.python(
        """
import os, signal, sys
from django.core.management import call_command
from declarations.management.safekeeping import restoring
restoring.replay = lambda yard: os.kill(os.getpid(), signal.SIGKILL)
call_command("restore", sys.argv[1])
""",
        str(made),
        fails=True,
    )
    if connection.vendor == "sqlite":
        assert site.python(SERVES).startswith("Triggers are missing"), "the file is empty as before"
    else:
        assert site.python(SERVES).startswith("A restore is not finished")
        assert site.python(HEALTH) == "503 a restore is not finished"
        assert "not finished" in site.run("retain", fails=True)
        assert site.python("from declarations.models import *; print(TestimonyKey.objects.count())") == "0"
    site.run("restore", str(made))
    assert site.python(HEALTH) == "200 ok"
    assert site.python(SERVES) == ""
    assert stands(site, built)["state"] == "withdrawn"


SERVES = """
from forum import serve
try:
    serve.refuse_unready()
except SystemExit as said:
    print(said)
"""
HEALTH = """
from django.test import Client
answer = Client(headers={"host": "localhost"}).get("/healthz")
print(answer.status_code, answer.content.decode().strip())
"""


def test_a_database_brought_back_by_other_means_learns_before_it_serves(site: Site, built: dict[str, Any]) -> None:
    """A file copied back, a provider's snapshot: the server replays the tombstones before it listens."""
    site.python(WITHDRAW, built["quoted"], str(built["seat"]))
    site.python("from declarations.models import Seat; Seat.objects.filter(role='expert').update(revoked_at=None)")
    assert "Taken back again" in site.python(SERVES)
    assert stands(site, built)["seats"] == 0


def test_content_alone_holds_no_key_no_quote_and_no_session(site: Site, built: dict[str, Any]) -> None:
    """M4: once the key file is thrown away, no backup holds what a withdrawal must reach."""
    made = backup(site)
    content, keys = unpacked(made / backups.CONTENT), unpacked(made / backups.KEYS)
    secret = bytes.fromhex(built["key"])
    assert secret in keys and secret not in content
    assert built["quote"].encode() in keys and built["quote"].encode() not in content
    for model in tables.NEVER:
        assert f'"{model}"'.encode() not in content + keys
    # No words in clear, in either.
    assert canary.sweep({"words": "nous avons marché deux jours"}, {"content": content, "keys": keys}) == set()
    assert oct(made.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in made.iterdir()} == {"600"}
    assert {path.name for path in made.iterdir()} == {backups.CONTENT, backups.KEYS, backups.MANIFEST}


def test_key_files_older_than_seven_days_are_destroyed(tmp_path: Path) -> None:
    now = timezone.now()
    for days in (0, 6, 8, 30):
        folder = tmp_path / (now - timedelta(days=days, minutes=1)).strftime(backups.NAME)
        folder.mkdir()
        (folder / backups.KEYS).write_bytes(b"secret")
        (folder / backups.CONTENT).write_bytes(b"content")
    left = tmp_path / ".forum-20260101T000000Z.partial"
    left.mkdir()
    (left / "copy.sqlite3").write_bytes(b"secret")
    os.utime(left, (time.time() - 3 * 86400,) * 2)
    assert backups.throw_old_keys_away(tmp_path) == 3
    ages = [(now - row.made_at).days for row in backups.found(tmp_path) if row.has_keys]
    assert sorted(ages) == [0, 6]
    assert len(list(tmp_path.glob(f"*/{backups.CONTENT}"))) == 4
    assert not left.exists()


def test_a_backup_that_fails_leaves_nothing(site: Site) -> None:
    site.backups.mkdir()
    code = "from declarations.management.safekeeping import backups, rows; from pathlib import Path\n"
    code += "rows.digest = lambda path: 1 / 0\nimport sys; backups.make(Path(sys.argv[1]))"
    site.python(code, str(site.backups), fails=True)
    assert list(site.backups.iterdir()) == []


def test_every_table_has_its_place() -> None:
    """What a withdrawal destroys stands in the key file, or is noise without it; a new model asks where it goes."""
    from declarations.workflow.withdrawals import SEALED

    apart = {model._meta.label for model in tables.named(tables.KEYS)}
    content = {model._meta.label for model in tables.content()}
    never = set(tables.NEVER)
    assert not apart & content and not never & (apart | content)
    assert {model._meta.label for model in tables.every()} == apart | content | never
    # Sealed with a testimony's key, they are noise without it; keys themselves go apart.
    noise = {f"declarations.{name}" for name in ("SealedText", "Recording", "RecordingChunk", "Draft", "Urgent")}
    assert {model._meta.label for model, _path in SEALED} <= apart | noise


def test_a_row_comes_back_to_the_microsecond(tmp_path: Path, transactional_db) -> None:
    from declarations.models import HistoryEntry
    from tests import factories as make

    make.a_group(make.a_forum())
    before = list(HistoryEntry.objects.order_by("pk").values())
    assert any(row["at"].microsecond % 1000 for row in before)
    rows.dump(tmp_path / "one", [HistoryEntry], "default")
    lines = gzip.decompress((tmp_path / "one").read_bytes()).splitlines()
    fields = [HistoryEntry._meta.get_field(name) for name in json.loads(lines[0])["fields"]]
    again = [
        {field.attname: rows._value(value, field) for value, field in zip(json.loads(line), fields, strict=True)}
        for line in lines[1:]
    ]
    assert again == before
