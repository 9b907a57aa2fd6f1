"""M4, M14: what was taken back is on the disk, outside the database, before the database says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate

from declarations import sealing, tombstones
from declarations.models import (
    Excerpt,
    KeyHolding,
    LateCopy,
    PersonKey,
    Quote,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
)
from declarations.tombstones import CannotBury, Kind, Stone
from declarations.workflow import excerpts, keeping, participants, people, replaying, testimonies, withdrawals
from declarations.workflow import forums as workflow_forums
from declarations.workflow.moves import IllegalMove
from declarations.workflow.participants import passing_seat
from tests import factories as make


def only_file(folder: Path) -> Path:
    [path] = folder.glob("*.txt")
    return path


# The files


def test_a_tombstone_is_found_again_by_what_it_stands_for(tombstones_dir: Path) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    tombstones.bury(Stone.of(Kind.WITHDRAWN, one), Stone.of(Kind.EXCERPT, other))
    yard = tombstones.read()
    assert yard.day_of(Kind.WITHDRAWN, one) == yard.day_of(Kind.EXCERPT, other) == localdate()
    assert yard.day_of(Kind.WITHDRAWN, other) is None
    assert (len(yard), yard.damaged) == (2, 0)
    assert only_file(tombstones_dir).stat().st_mode & 0o777 == 0o600
    assert tombstones_dir.stat().st_mode & 0o777 == 0o700


def test_the_files_tell_nobody_what_was_taken_back_nor_at_what_hour(tombstones_dir: Path) -> None:
    """M3: keyed digests and a day; one testimony's two tombstones do not look alike."""
    pk = uuid.uuid4()
    tombstones.bury(Stone.of(Kind.WITHDRAWN, pk), Stone.of(Kind.NO_QUOTE, pk))
    text = only_file(tombstones_dir).read_text()
    assert str(pk) not in text and pk.hex not in text and ":" not in text
    first, second = (line.split() for line in text.splitlines())
    assert first[2:] != second[2:]
    assert only_file(tombstones_dir).stat().st_mtime % 86400 == 0


def test_another_pepper_reads_nothing(settings, tombstones_dir: Path) -> None:
    tombstones.bury(Stone.of(Kind.WITHDRAWN, 1))
    settings.PEPPER = b"x" * 32
    assert (len(tombstones.read()), tombstones.read().damaged) == (0, 1)


def test_a_line_cut_off_by_a_power_failure_harms_no_other(tombstones_dir: Path) -> None:
    tombstones.bury(Stone.of(Kind.WITHDRAWN, 1), Stone.of(Kind.WITHDRAWN, 2))
    path = only_file(tombstones_dir)
    path.write_bytes(path.read_bytes()[:-40])
    tombstones.bury(Stone.of(Kind.WITHDRAWN, 3))
    yard = tombstones.read()
    assert [bool(yard.day_of(Kind.WITHDRAWN, n)) for n in (1, 2, 3)] == [True, False, True]
    assert yard.damaged == 1


def test_a_changed_line_is_seen(tombstones_dir: Path) -> None:
    tombstones.bury(Stone.of(Kind.WITHDRAWN, 1))
    path = only_file(tombstones_dir)
    path.write_text(path.read_text().replace("withdrawn", "no_quote"))
    assert (len(tombstones.read()), tombstones.read().damaged) == (0, 1)


def test_a_consent_given_again_lifts_the_tombstone() -> None:
    tombstones.bury(Stone.of(Kind.NO_QUOTE, 1), Stone.of(Kind.NO_SUMMARY, 1))
    tombstones.bury(Stone.of(Kind.QUOTE, 1))
    assert tombstones.read().day_of(Kind.NO_QUOTE, 1) is None
    assert tombstones.read().day_of(Kind.NO_SUMMARY, 1)
    tombstones.bury(Stone.of(Kind.NO_QUOTE, 1))
    assert tombstones.read().day_of(Kind.NO_QUOTE, 1)


def test_once_a_day_is_over_its_file_no_longer_tells_who_came_first(tombstones_dir: Path) -> None:
    """M3: the day, not the order within it; nothing is lost, and the last word of the day counts."""
    for n in range(40):
        tombstones.bury(Stone.of(Kind.WITHDRAWN, n))
    tombstones.bury(Stone.of(Kind.NO_QUOTE, 1), Stone.of(Kind.QUOTE, 1), Stone.of(Kind.QUOTE, 2))
    tombstones.bury(Stone.of(Kind.NO_QUOTE, 2))
    before = tombstones.read()
    assert tombstones.forget_order() == 0, "the day is not over"
    assert tombstones.forget_order(localdate() + timedelta(days=1)) == 1
    digests = [line.split()[2] for line in only_file(tombstones_dir).read_text().splitlines()]
    assert digests == sorted(digests) and len(digests) == 42
    assert tombstones.read().stones == {kind: found for kind, found in before.stones.items() if found}
    assert only_file(tombstones_dir).stat().st_mtime % 86400 == 0
    assert tombstones.forget_order(localdate() + timedelta(days=1)) == 0


def test_a_disk_that_is_full_leaves_no_half_line(tombstones_dir: Path) -> None:
    tombstones.bury(Stone.of(Kind.WITHDRAWN, 1))
    before = only_file(tombstones_dir).read_bytes()
    real = os.write

    def full(handle: int, data: bytes) -> int:
        if len(data) > 50:
            return real(handle, data[:50])
        raise OSError(28, "No space left on device")

    with patch("declarations.tombstones.os.write", full), pytest.raises(CannotBury, match="No space"):
        tombstones.bury(Stone.of(Kind.WITHDRAWN, 2))
    assert only_file(tombstones_dir).read_bytes() == before


# The order: tombstone, then commit


@pytest.fixture
def quoted(transactional_db) -> Testimony:
    forum = make.a_forum()
    testimony = make.a_testimony(forum)
    make.an_excerpt(forum, testimony)
    return testimony


def words_of(testimony: Testimony) -> tuple[int, int, int, str]:
    state = Testimony.objects.get(pk=testimony.pk).state
    return (
        TestimonyKey.objects.filter(testimony=testimony).count(),
        SealedText.objects.filter(testimony=testimony).count(),
        Quote.objects.filter(excerpt__testimony=testimony).count(),
        state,
    )


@pytest.mark.parametrize("fails", ["mkdir", "fsync"])
def test_without_its_tombstone_nothing_is_taken_back(quoted: Testimony, settings, fails: str) -> None:
    before = words_of(quoted)
    broken = patch("declarations.tombstones.os.fsync", side_effect=OSError(5, "Input/output error"))
    if fails == "mkdir":
        Path(settings.TOMBSTONES_DIR).write_text("a file where the folder should be")
        broken = patch("declarations.tombstones.os.getpid")
    with broken, pytest.raises(CannotBury):
        withdrawals.withdraw(quoted, by=passing_seat(quoted.forum))
    assert words_of(quoted) == before == (1, 2, 1, "received")


def test_when_the_database_fails_after_the_tombstone_the_wish_is_still_carried_out(quoted: Testimony) -> None:
    """The tombstone is the decision: nothing half done meanwhile, and all of it by the next `retain`."""
    before = words_of(quoted)
    with pytest.raises(RuntimeError), transaction.atomic():
        withdrawals.withdraw(quoted, by=passing_seat(quoted.forum))
        raise RuntimeError("the commit fails")
    assert words_of(quoted) == before
    assert replaying.replay()["withdrawn"] == 1
    assert words_of(quoted) == (0, 0, 0, "withdrawn")
    assert not replaying.replay()


KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.TOMBSTONES_DIR = sys.argv[2]
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[3]
from declarations import tombstones
from declarations.models import Testimony
from declarations.workflow import withdrawals
from declarations.workflow.participants import passing_seat
bury = tombstones.bury
def die(*stones):
    if sys.argv[4] == "after":
        bury(*stones)
    os.kill(os.getpid(), signal.SIGKILL)
tombstones.bury = die
row = Testimony.objects.get(pk=sys.argv[1])
withdrawals.withdraw(row, by=passing_seat(row.forum))
"""


@pytest.mark.parametrize(("when", "ends"), [("before", "received"), ("after", "withdrawn")])
def test_killed_beside_its_tombstone_a_withdrawal_is_never_half_done(quoted, tombstones_dir, when, ends) -> None:
    before = words_of(quoted)
    name = str(connection.settings_dict["NAME"])
    connection.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(quoted.pk), str(tombstones_dir), name, when],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert words_of(quoted) == before
    replaying.replay()
    assert words_of(quoted)[3] == ends
    assert words_of(quoted) == (before if ends == "received" else (0, 0, 0, "withdrawn"))


# What a restored backup would bring back to life, kind by kind


@pytest.mark.django_db
class When_a_backup_from_before_is_restored:
    """Each act is done for its tombstone and rolled back, as if the database had been restored from before it."""

    def undone(self, act) -> None:
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            act()
            raise KeyboardInterrupt

    def test_a_withdrawn_testimony_is_withdrawn_again_with_its_day(self) -> None:
        forum = make.a_forum()
        testimony = make.a_testimony(forum)
        make.an_excerpt(forum, testimony)
        self.undone(lambda: withdrawals.withdraw(testimony, by=passing_seat(forum)))
        yard = tombstones.read()
        yard.stones[Kind.WITHDRAWN] = dict.fromkeys(yard.stones[Kind.WITHDRAWN], date(2026, 1, 2))
        assert replaying.replay(yard) == {"withdrawn": 1}
        testimony.refresh_from_db()
        assert (testimony.state, testimony.withdrawn_on) == ("withdrawn", date(2026, 1, 2))
        assert words_of(testimony)[:3] == (0, 0, 0)

    def test_a_consent_taken_back_is_taken_back_again_and_its_quote_with_it(self) -> None:
        forum = make.a_forum()
        testimony = make.a_testimony(forum)
        make.an_excerpt(forum, testimony)
        finding = make.a_finding(forum)
        rests = finding.evidence.first().testimony
        by = passing_seat(forum)
        no = {"quote": False, "summarise": False, "voice": False}
        self.undone(lambda: withdrawals.change_consent(testimony, by=by, **no))
        self.undone(lambda: withdrawals.change_consent(rests, by=by, **no))
        assert replaying.replay()
        for row in (testimony, rests):
            row.refresh_from_db()
            assert not row.may_quote and not row.may_summarise
        assert not Quote.objects.exists()
        assert not rests.evidence.exists()
        assert finding.__class__.objects.get(pk=finding.pk).state == "draft"

    def test_a_consent_given_again_is_left_as_it_is(self) -> None:
        forum = make.a_forum()
        testimony = make.a_testimony(forum)
        by = passing_seat(forum)
        yes = {"quote": True, "summarise": True, "voice": False}
        withdrawals.change_consent(testimony, by=by, **{**yes, "quote": False})
        withdrawals.change_consent(testimony, by=by, **yes)
        assert not replaying.replay()
        testimony.refresh_from_db()
        assert testimony.may_quote

    def test_a_sentence_taken_back_before_the_consent_was_given_again_stays_taken_back(self) -> None:
        forum = make.a_forum()
        testimony = make.a_testimony(forum)
        excerpt = make.an_excerpt(forum, testimony)
        by = passing_seat(forum)

        def no_then_yes() -> None:
            withdrawals.change_consent(testimony, by=by, quote=False, summarise=True, voice=False)
            withdrawals.change_consent(testimony, by=by, quote=True, summarise=True, voice=False)

        self.undone(no_then_yes)
        testimony.refresh_from_db()
        assert replaying.replay() == {"excerpt": 1}
        assert Excerpt.objects.get(pk=excerpt.pk).state == "withdrawn"
        assert not Quote.objects.exists()

    def test_a_refused_testimony_is_refused_again(self) -> None:
        forum = make.a_forum()
        testimony = make.a_testimony(forum)
        reader = make.a_seat(forum, Seat.Role.READER)
        self.undone(lambda: testimonies.refuse(testimony, by=reader, reason="An attack on somebody."))
        assert replaying.replay() == {"refused": 1}
        assert Testimony.objects.get().state == "refused"

    def test_a_sentence_that_readers_took_back_is_taken_back_again(self) -> None:
        forum = make.a_forum()
        excerpt = make.an_excerpt(forum)
        self.undone(lambda: excerpts.withdraw(excerpt, by=make.a_seat(forum, Seat.Role.READER), reason="A name."))
        assert replaying.replay() == {"excerpt": 1}
        assert not Quote.objects.exists()

    def test_a_revoked_seat_is_revoked_again_and_no_other(self) -> None:
        forum = make.a_forum()
        seat, other = (make.a_seat(forum, Seat.Role.EXPERT, user=False) for _ in range(2))
        by = make.organiser_of(forum)
        self.undone(lambda: people.revoke_seat(seat, by=by))
        assert replaying.replay() == {"seat": 1}
        assert not Seat.objects.get(pk=seat.pk).is_open
        assert Seat.objects.get(pk=other.pk).is_open

    def test_a_new_seat_with_the_number_of_a_revoked_one_stays_open(self) -> None:
        """Counters start again where the backup was taken; a tombstone names what no later row shares."""
        forum = make.a_forum()
        seat = make.a_seat(forum, Seat.Role.EXPERT, user=False)
        people.revoke_seat(seat, by=make.organiser_of(forum))
        Seat.objects.filter(pk=seat.pk).update(revoked_at=None, created_at=seat.created_at + timedelta(seconds=1))
        assert not replaying.replay()

    def test_a_closed_account_is_closed_again_and_an_old_password_opens_nothing(self) -> None:
        forum = make.a_forum()
        by = make.organiser_of(forum)
        closed, changed = (make.a_seat(forum, Seat.Role.READER).user for _ in range(2))
        old = changed.password
        self.undone(lambda: people.close_account(closed, by=by))
        self.undone(lambda: people.set_password(changed, by=by, password="quite another one"))
        type(changed).objects.filter(pk=changed.pk).update(password=old)
        assert replaying.replay() == {"account": 1, "password": 1}
        closed.refresh_from_db()
        changed.refresh_from_db()
        assert not closed.is_active
        assert not changed.check_password("a long one here") and not changed.has_usable_password()

    def test_a_lost_card_stays_without_value(self) -> None:
        forum = make.a_forum()
        participant, code = participants.register(
            forum,
            by=make.organiser_of(forum),
            region=forum.regions.first(),
            capacity=forum.capacities.first(),
        )
        self.undone(lambda: participants.new_card(participant, by=make.organiser_of(forum)))
        assert participants.of_code(forum, code)
        assert replaying.replay() == {"card": 1}
        assert participants.of_code(forum, code) is None

    def test_somebody_from_whom_a_key_was_taken_does_not_get_it_back(self) -> None:
        forum = make.a_forum()
        by = make.organiser_of(forum)
        holders = [people.make_person_key(make.a_user(), "a long passphrase") for _ in range(3)]
        held = {"reading": holders, "first_half": holders[:2], "other_half": holders[2:]}
        people.make_forum_keys(forum, by=by, holders=held)
        reading, half = (forum.keys.get(purpose=purpose) for purpose in ("reading", "first_half"))
        self.undone(lambda: people.remove_holder(reading, holders[0], by=by))
        self.undone(lambda: people.remove_holder(half, holders[1], by=by))
        assert replaying.replay() == {"holding": 2}
        assert set(KeyHolding.objects.filter(key=reading).values_list("person", flat=True)) == {
            row.pk for row in holders[1:]
        }
        assert not KeyHolding.objects.filter(key=half, person=holders[1]).exists()
        # Nor the other half: whoever had one may have kept it.
        assert people.has_held(forum, holders[1], "first_half")
        assert PersonKey.objects.count() == 3

    def test_the_words_of_a_rehearsal_that_was_erased_do_not_come_back(self) -> None:
        forum = make.a_forum(mode="rehearsal")
        testimony = make.a_testimony(forum)
        self.undone(lambda: workflow_forums.erase_rehearsal(forum, by=make.organiser_of(forum)))
        assert replaying.replay() == {"withdrawn": 1}
        assert words_of(testimony)[:3] == (0, 0, 0)

    def test_a_late_copy_of_a_testimony_that_the_backup_never_had_is_refused(self) -> None:
        forum = make.a_forum()
        make.reading_private(forum)
        gone: list[Testimony] = []
        self.undone(
            lambda: gone.append(make.a_testimony(forum)) or withdrawals.withdraw(gone[0], by=passing_seat(forum))
        )
        assert replaying.replay() == {"late copies": 1}
        assert LateCopy.objects.count() == 1
        with pytest.raises(keeping.AlreadyWithdrawn):
            testimonies.give(
                forum,
                id=gone[0].pk,
                words=make.WORDS,
                language="fr",
                taken_as="own_phone",
                consent=testimonies.Consent(summarise=True, quote=True, voice=False, language="fr"),
                receipt=sealing.new_receipt(),
            )
        assert not Testimony.objects.exists()
        assert not replaying.replay()

    def test_every_kind_is_replayed(self) -> None:
        assert set(replaying.ACTS) == set(replaying.LOOKED_AT) == set(Kind) - set(tombstones.LIFTS)


@pytest.mark.django_db
def test_a_second_withdrawal_writes_no_second_tombstone(tombstones_dir: Path) -> None:
    testimony = make.a_testimony(make.a_forum())
    withdrawals.withdraw(testimony, by=passing_seat(testimony.forum))
    before = only_file(tombstones_dir).read_bytes()
    with pytest.raises(IllegalMove):
        withdrawals.withdraw(testimony, by=passing_seat(testimony.forum))
    assert only_file(tombstones_dir).read_bytes() == before
