"""The life of keys (M1): rotated, sealed again, retired, recovered; who is removed opens neither old nor new."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from declarations import sealing, tombstones
from declarations.models import Forum, ForumKey, KeyHolding, PersonKey, SealedName, Seat, Testimony, TestimonyKey
from declarations.workflow import keys, names, participants, people, testimonies
from declarations.workflow.moves import Refused
from tests import factories as make
from tests.factories import PASSPHRASE

pytestmark = pytest.mark.django_db
Role, Purpose = Seat.Role, ForumKey.Purpose


class Readers:
    """Readers with the reading key of their forum, and what each can open with a passphrase."""

    def __init__(self, forum: Forum, number: int = 3) -> None:
        self.forum, self.by = forum, make.organiser_of(forum)
        self.seats = [make.a_seat(forum, Role.READER) for _ in range(number)]
        persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in self.seats]
        self.code = people.make_forum_keys(forum, by=self.by, holders={Purpose.READING: persons})[Purpose.READING]
        key = ForumKey.objects.get(forum=forum, purpose=Purpose.READING)
        forum._reading_private = sealing.unwrap(key.recovery, self.code)  # type: ignore[attr-defined]

    def person(self, number: int) -> PersonKey:
        return PersonKey.objects.get(user=self.seats[number].user)

    def private(self, number: int) -> bytes:
        return people.unlock(self.seats[number].user, PASSPHRASE)

    def reads(self, number: int, testimony: Testimony) -> bool:
        """Whether the reader's passphrase opens the words, whatever rows of the database help."""
        row = TestimonyKey.objects.get(testimony=testimony)
        for holding in KeyHolding.objects.filter(person=self.person(number)):
            private = sealing.open_from(self.private(number), holding.sealed)
            try:
                sealing.open_from(private, row.sealed)
            except sealing.SealBroken:
                continue
            return testimonies.opened(testimony, private).words == make.WORDS
        return False

    def reseal(self, number: int = 0, **fields: Any) -> int:
        return keys.reseal(self.forum, Purpose.READING, by=self.seats[number], private=self.private(number), **fields)


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def readers(forum: Forum) -> Readers:
    return Readers(forum)


def rotated(readers: Readers) -> ForumKey:
    keys.rotate(readers.forum, Purpose.READING, by=readers.by)
    return keys.current(readers.forum, Purpose.READING)


def test_after_a_rotation_old_rows_open_and_new_ones_are_sealed_to_the_new(readers: Readers) -> None:
    before = make.a_testimony(readers.forum)
    new = rotated(readers)
    after = make.a_testimony(readers.forum)
    assert new.version == 2 and after.key.forum_key == new and before.key.forum_key.version == 1
    assert all(readers.reads(number, row) for number in range(3) for row in (before, after))


def test_the_code_of_before_does_not_open_the_new_version(readers: Readers) -> None:
    new = rotated(readers)
    assert not people.test_recovery(new, readers.code, by=readers.by)


def test_a_reader_who_is_removed_opens_neither_old_nor_new(readers: Readers) -> None:
    before = make.a_testimony(readers.forum)
    envelope = bytes(before.sealed_texts.get(kind="words").envelope)
    assert readers.reads(2, before)
    people.remove_holder(keys.current(readers.forum, Purpose.READING), readers.person(2), by=readers.by)
    rotated(readers)
    after = make.a_testimony(readers.forum)
    assert not readers.reads(2, before) and not readers.reads(2, after)
    assert readers.reads(0, before) and readers.reads(0, after)
    # No testimony was touched.
    assert bytes(before.sealed_texts.get(kind="words").envelope) == envelope


def test_removing_reaches_every_version(readers: Readers) -> None:
    rotated(readers)
    people.remove_holder(keys.current(readers.forum, Purpose.READING), readers.person(2), by=readers.by)
    assert not KeyHolding.objects.filter(person=readers.person(2)).exists()


def test_what_a_removed_reader_kept_opens_nothing_that_was_sealed_again(readers: Readers) -> None:
    row = make.a_testimony(readers.forum)
    kept = people.open_forum_key(keys.current(readers.forum, Purpose.READING), readers.person(2), readers.private(2))
    people.remove_holder(keys.current(readers.forum, Purpose.READING), readers.person(2), by=readers.by)
    rotated(readers)
    assert sealing.open_from(kept, TestimonyKey.objects.get(testimony=row).sealed)
    assert readers.reseal() == 1
    with pytest.raises(sealing.SealBroken):
        sealing.open_from(kept, TestimonyKey.objects.get(testimony=row).sealed)


def test_somebody_new_gets_the_versions_before_too(readers: Readers) -> None:
    before = make.a_testimony(readers.forum)
    new = rotated(readers)
    seat = make.a_seat(readers.forum, Role.READER)
    person = people.make_person_key(seat.user, PASSPHRASE)
    people.add_holder(new, person, by=readers.seats[0], holder=readers.person(0), private=readers.private(0))
    readers.seats.append(seat)
    assert readers.reads(3, before) and readers.reads(3, make.a_testimony(readers.forum))


def test_sealing_again_goes_on_where_it_stopped_and_then_the_old_is_retired(readers: Readers) -> None:
    rows = [make.a_testimony(readers.forum) for _ in range(5)]
    old = keys.current(readers.forum, Purpose.READING)
    rotated(readers)
    with pytest.raises(Refused):
        keys.retire(old, by=readers.by)
    assert readers.reseal(most=2) == 2 and keys.behind(readers.forum, Purpose.READING) == 3
    with patch.object(keys.sealing, "seal_to", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        readers.reseal()
    assert readers.reseal(1) == 3 and readers.reseal() == 0
    keys.retire(old, by=readers.by)
    assert old.retired_on and all(readers.reads(0, row) for row in rows)
    assert tombstones.read().day_of(tombstones.Kind.KEY, old.public)
    with pytest.raises(Refused):
        keys.retire(keys.current(readers.forum, Purpose.READING), by=readers.by)


def test_sealing_again_leaves_alone_what_was_withdrawn_meanwhile(readers: Readers) -> None:
    make.a_testimony(readers.forum)
    gone = make.a_testimony(readers.forum)
    rotated(readers)
    real = keys._moved

    def slow(each: Any, row: Any, *rest: Any) -> bytes:
        TestimonyKey.objects.filter(testimony=gone).delete()
        return real(each, row, *rest)

    with patch.object(keys, "_moved", slow):
        assert readers.reseal() == 1
    assert not TestimonyKey.objects.filter(testimony=gone).exists()


def test_nobody_seals_again_who_holds_neither(readers: Readers) -> None:
    make.a_testimony(readers.forum)
    rotated(readers)
    stranger = make.a_seat(readers.forum, Role.READER)
    people.make_person_key(stranger.user, PASSPHRASE)
    with pytest.raises(people.NoKey):
        keys.reseal(readers.forum, Purpose.READING, by=stranger, private=people.unlock(stranger.user, PASSPHRASE))


def test_two_forums_are_sealed_again_apart(readers: Readers) -> None:
    there = Readers(make.a_forum("there"))
    make.a_testimony(readers.forum)
    theirs = make.a_testimony(there.forum)
    before = bytes(TestimonyKey.objects.get(testimony=theirs).sealed)
    rotated(readers)
    assert readers.reseal() == 1 and keys.behind(there.forum, Purpose.READING) == 0
    assert bytes(TestimonyKey.objects.get(testimony=theirs).sealed) == before


def test_one_half_of_custody_is_rotated_and_a_name_still_opens(forum: Forum) -> None:
    two = make.custodians(forum)
    testimony = make.a_named_testimony(forum, "Awa")
    other_before = bytes(SealedName.objects.get().other_share)
    keys.rotate(forum, Purpose.FIRST_HALF, by=make.organiser_of(forum))
    for sealed_again in (False, True):
        if sealed_again:
            for seat, private in two:
                if names.half_of(names.name_behind(testimony), names.person_of(seat)) == Purpose.FIRST_HALF:
                    assert keys.reseal(forum, Purpose.FIRST_HALF, by=seat, private=private) == 1
                    break
            assert names.name_behind(testimony).first_key.version == 2
        opening = names.ask(testimony, by=two[0][0], reason="Oui.", private=two[0][1])
        names.agree(opening, by=two[1][0], private=two[1][1])
        assert names.show(opening, by=two[0][0], private=two[0][1]) == "Awa"
    # Whoever seals one half again needs and touches the other not at all.
    assert bytes(SealedName.objects.get().other_share) == other_before


def test_names_of_participants_are_sealed_again(forum: Forum) -> None:
    seats = [make.organiser_of(forum), make.a_seat(forum)]
    persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in seats]
    people.make_forum_keys(forum, by=seats[0], holders={Purpose.PEOPLE: persons})
    row = make.a_participant(forum, name="Awa", contact="76")
    make.a_participant(forum)
    keys.rotate(forum, Purpose.PEOPLE, by=seats[0])
    private = people.unlock(seats[0].user, PASSPHRASE)
    assert keys.behind(forum, Purpose.PEOPLE) == 1
    assert keys.reseal(forum, Purpose.PEOPLE, by=seats[0], private=private) == 1
    row.refresh_from_db()
    opened = people.open_forum_key(row.name_key, persons[0], private)
    assert row.name_key.version == 2 and participants.open_name(row, opened)["name"] == "Awa"


def test_a_key_that_too_few_hold_is_not_rotated(readers: Readers) -> None:
    for seat in readers.seats[1:]:
        people.revoke_seat(seat, by=readers.by)
    with pytest.raises(Refused):
        rotated(readers)


def test_a_rotation_leaves_out_whoever_has_no_seat_any_more(readers: Readers) -> None:
    people.revoke_seat(readers.seats[2], by=readers.by)
    new = rotated(readers)
    assert {row.person_id for row in new.holdings.all()} == {readers.person(0).pk, readers.person(1).pk}


def test_every_passphrase_lost_the_code_gives_the_key_again(readers: Readers) -> None:
    row = make.a_testimony(readers.forum)
    seat = make.a_seat(readers.forum, Role.READER)
    person = people.make_person_key(seat.user, PASSPHRASE)
    key = keys.current(readers.forum, Purpose.READING)
    for wrong in (sealing.new_recovery_code(), "", "x"):
        with pytest.raises(Refused):
            keys.recover(key, by=readers.by, code=wrong, person=person)
    keys.recover(key, by=readers.by, code=readers.code.lower().replace("-", " "), person=person)
    readers.seats.append(seat)
    assert readers.reads(3, row)


def test_the_code_of_one_half_is_not_given_to_who_has_the_other(forum: Forum) -> None:
    [(seat, _private), *_rest] = make.custodians(forum)
    person = names.person_of(seat)
    other = ForumKey.objects.exclude(holdings__person=person).get(forum=forum, purpose__in=ForumKey.HALVES)
    with pytest.raises(Refused):
        keys.recover(other, by=make.organiser_of(forum), code=forum._custody_codes[other.purpose], person=person)  # type: ignore[attr-defined]


# At the terminal


def run(verb: str, readers: Readers, typed: str = PASSPHRASE, by: Seat | None = None, **options: Any) -> str:
    from io import StringIO

    out = StringIO()
    user = (by or readers.by).user
    assert user is not None
    with patch("declarations.management.commands.keys.getpass", return_value=typed):
        call_command("keys", verb, readers.forum.slug, username=user.username, stdout=out, **options)
    return out.getvalue()


def test_the_terminal_does_the_same(readers: Readers) -> None:
    make.a_testimony(readers.forum)
    assert "reading 1" in run("list", readers) and "NEVER tested" in run("list", readers)
    run("test", readers, readers.code, key="reading")
    assert "NEVER tested" not in run("list", readers)
    shown = run("rotate", readers, key="reading")
    assert "reading: " in shown and "1 sealed to an earlier version" in run("list", readers)
    assert "0 are sealed" in run("reseal", readers, by=readers.seats[0], key="reading")
    run("retire", readers, key="reading", key_version=1)
    seat = make.a_seat(readers.forum, Role.READER)
    people.make_person_key(seat.user, PASSPHRASE)
    run("add", readers, by=readers.seats[0], key="reading", person=seat.user.username)
    assert seat.user.username in run("list", readers)
    run("remove", readers, key="reading", person=seat.user.username)
    code = shown.split("reading: ")[1].strip()
    run("recover", readers, code, key="reading", person=seat.user.username)
    assert seat.user.username in run("list", readers)


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("rotate", {}),
        ("add", {"key": "reading", "person": "nobody"}),
        ("test", {"key": "reading"}),
        ("retire", {"key": "reading"}),
        ("recover", {"key": "reading", "key_version": 9}),
    ],
)
def test_the_terminal_says_what_is_wrong(readers: Readers, verb: str, options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        run(verb, readers, "wrong", **options)


def test_the_terminal_acts_from_a_seat_that_may(readers: Readers) -> None:
    with pytest.raises(CommandError):
        run("rotate", readers, by=readers.seats[0], key="reading")
    chair = make.a_seat(readers.forum, Role.CHAIR)
    people.make_person_key(chair.user, PASSPHRASE)
    with pytest.raises(CommandError):
        run("add", readers, by=readers.seats[0], key="reading", person=chair.user.username)


def test_no_secret_is_an_argument() -> None:
    from declarations.management.commands.keys import Command

    parser = Command().create_parser("manage.py", "keys")
    assert not [a for a in parser._actions if any(word in a.dest for word in ("pass", "code", "secret"))]
