"""M1: a name behind a testimony opens for two custodians together, once, within ten minutes, and for nobody else."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from declarations import sealing
from declarations.models import (
    Forum,
    ForumKey,
    HistoryEntry,
    KeyHolding,
    NameOpening,
    PersonKey,
    SealedName,
    Seat,
    Testimony,
)
from declarations.workflow import describing, forums, names, people, testimonies, withdrawals
from declarations.workflow.moves import IllegalMove, Refused, broken_link
from declarations.workflow.participants import open_name, public_seat, register
from tests import factories as make

pytestmark = pytest.mark.django_db
State, Half = NameOpening.State, ForumKey.HALVES
NAME = "Awa du marché, 76 12 34 56"
WHY = "Elle demande qu'on la rappelle."
Two = tuple[tuple[Seat, bytes], tuple[Seat, bytes]]


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def two(forum: Forum) -> Two:
    one, other = make.custodians(forum)
    return one, other


def asked(testimony: Testimony, by: tuple[Seat, bytes]) -> NameOpening:
    return names.ask(testimony, by=by[0], reason=WHY, private=by[1])


def agreed(testimony: Testimony, two: Two) -> NameOpening:
    opening = asked(testimony, two[0])
    names.agree(opening, by=two[1][0], private=two[1][1])
    return opening


def later(opening: NameOpening, minutes: float) -> None:
    NameOpening.objects.filter(pk=opening.pk).update(asked_at=timezone.now() - timedelta(minutes=minutes))
    opening.refresh_from_db()


def verbs(forum: Forum) -> list[str]:
    return list(HistoryEntry.objects.filter(forum=forum).order_by("number").values_list("verb", flat=True))


# Two together


def test_two_open_a_name_once_and_it_is_written_down(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    opening = agreed(testimony, two)
    assert names.show(opening, by=two[0][0], private=two[0][1]) == NAME
    opening.refresh_from_db()
    assert opening.state == State.SHOWN and opening.share is None
    assert verbs(forum)[-3:] == ["ask_for_name", "agree_to_name", "show_name"]
    assert broken_link(forum) is None
    entries = HistoryEntry.objects.filter(forum=forum)
    assert entries.filter(verb="ask_for_name", reason=WHY).exists()
    assert not [entry for entry in entries if "Awa" in entry.reason or str(testimony.pk) in entry.object_id]
    with pytest.raises(IllegalMove):
        names.show(opening, by=two[0][0], private=two[0][1])


def test_it_makes_no_difference_who_of_the_two_asks(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    for one, other in (two, two[::-1]):
        opening = agreed(testimony, (one, other))
        assert names.show(opening, by=one[0], private=one[1]) == NAME


def test_the_name_is_shown_to_the_one_who_asked(forum: Forum, two: Two) -> None:
    opening = agreed(make.a_testimony(forum, name=NAME), two)
    with pytest.raises(Refused):
        names.show(opening, by=two[1][0], private=two[1][1])


def test_nothing_is_shown_before_another_agreed(forum: Forum, two: Two) -> None:
    opening = asked(make.a_testimony(forum, name=NAME), two[0])
    with pytest.raises(IllegalMove):
        names.show(opening, by=two[0][0], private=two[0][1])
    assert opening.share is None


def test_one_person_in_two_seats_is_not_two(forum: Forum, two: Two) -> None:
    opening = asked(make.a_testimony(forum, name=NAME), two[0])
    again = Seat(pk=9000, forum=forum, role=Seat.Role.CUSTODIAN, user=two[0][0].user, name="x")
    for seat in (two[0][0], again):
        with pytest.raises(Refused):
            names.agree(opening, by=seat, private=two[0][1])


def test_two_of_the_same_half_do_not_open(forum: Forum) -> None:
    one, other, third = make.custodians(forum, 3)
    testimony = make.a_testimony(forum, name=NAME)
    assert names.half_of(names.name_behind(testimony), names.person_of(one[0])) == names.half_of(
        names.name_behind(testimony), names.person_of(third[0])
    )
    opening = asked(testimony, one)
    with pytest.raises(Refused):
        names.agree(opening, by=third[0], private=third[1])
    names.agree(opening, by=other[0], private=other[1])
    assert names.show(opening, by=one[0], private=one[1]) == NAME


def test_a_custodian_without_a_half_neither_asks_nor_agrees(forum: Forum, two: Two) -> None:
    testimony, seat = make.a_testimony(forum, name=NAME), make.a_seat(forum, Seat.Role.CUSTODIAN)
    with pytest.raises(people.NoKey):
        names.ask(testimony, by=seat, reason=WHY, private=b"x" * 32)
    people.make_person_key(seat.user, make.PASSPHRASE)
    private = people.unlock(seat.user, make.PASSPHRASE)
    with pytest.raises(people.NoKey):
        names.ask(testimony, by=seat, reason=WHY, private=private)
    with pytest.raises(people.NoKey):
        names.agree(asked(testimony, two[0]), by=seat, private=private)


# Ten minutes, and no


@pytest.mark.parametrize("agreed_before", [False, True])
def test_after_ten_minutes_nothing_opens_and_nothing_is_left(forum: Forum, two: Two, agreed_before: bool) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    opening = agreed(testimony, two) if agreed_before else asked(testimony, two[0])
    later(opening, 10)
    with pytest.raises(Refused):
        if agreed_before:
            names.show(opening, by=two[0][0], private=two[0][1])
        else:
            names.agree(opening, by=two[1][0], private=two[1][1])
    opening.refresh_from_db()
    assert opening.state == State.EXPIRED and opening.share is None
    assert verbs(forum)[-1] == "let_name_expire"
    # Another request may follow.
    assert names.show(agreed(testimony, two), by=two[0][0], private=two[0][1]) == NAME


def test_just_before_ten_minutes_it_opens(forum: Forum, two: Two) -> None:
    opening = agreed(make.a_testimony(forum, name=NAME), two)
    later(opening, 9.9)
    assert names.expire(forum) == 0
    assert names.show(opening, by=two[0][0], private=two[0][1]) == NAME


def test_what_is_overdue_is_swept_away(forum: Forum, two: Two) -> None:
    later(agreed(make.a_testimony(forum, name=NAME), two), 11)
    elsewhere = make.a_forum("elsewhere")
    assert names.expire(elsewhere) == 0
    assert names.expire(forum) == 1 and names.expire(forum) == 0


def test_a_refusal_needs_a_reason_and_ends_the_request(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    opening = asked(testimony, two[0])
    with pytest.raises(Refused):
        names.refuse(opening, by=two[1][0])
    names.refuse(opening, by=two[1][0], reason="Cela peut attendre.")
    assert verbs(forum)[-1] == "refuse_name"
    with pytest.raises(IllegalMove):
        names.agree(opening, by=two[1][0], private=two[1][1])
    own = agreed(testimony, two)
    names.refuse(own, by=two[0][0])
    own.refresh_from_db()
    assert verbs(forum)[-1] == "take_request_back" and own.share is None


def test_a_name_is_asked_for_with_a_reason_and_once_at_a_time(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    with pytest.raises(Refused):
        names.ask(testimony, by=two[0][0], reason="  ", private=two[0][1])
    asked(testimony, two[0])
    with pytest.raises(Refused):
        asked(testimony, two[1])
    with pytest.raises(Refused):
        asked(make.a_testimony(forum), two[0])


# One alone opens nothing


class Thief:
    """Somebody with the whole database and one passphrase: every private half that follows from it."""

    def __init__(self, person: PersonKey, private: bytes) -> None:
        self.privates = [private]
        for holding in KeyHolding.objects.filter(person=person):
            self.privates.append(sealing.open_from(private, holding.sealed))

    def opened(self) -> set[bytes]:
        """Whatever opens in the tables of names: each blob tried with each key, and what comes out as a key again."""
        blobs = [bytes(blob) for row in SealedName.objects.all() for blob in (row.first_share, row.other_share)]
        blobs += [bytes(row.share) for row in NameOpening.objects.exclude(share=None)]
        found: set[bytes] = set()
        for private, blob in itertools.product(self.privates, blobs):
            try:
                found.add(sealing.open_from(private, blob))
            except sealing.SealBroken:
                continue
        return found

    def names(self) -> set[str]:
        """Names that open with any key, share, or two shares joined."""
        keys = {bytes(blob[-32:]) for blob in self.opened()} | set(self.privates)
        keys |= {sealing.join(a, b) for a, b in itertools.product(keys, keys)}
        found = set()
        for row, key in itertools.product(SealedName.objects.select_related("testimony"), keys):
            try:
                found.add(sealing.open_text(row.envelope, key, names.header(row.testimony)))
            except sealing.SealBroken:
                continue
        return found


def test_a_thief_with_the_database_and_one_passphrase_opens_no_name(forum: Forum, two: Two) -> None:
    for number in range(3):
        make.a_testimony(forum, name=f"{NAME} {number}")
    for seat, private in two:
        thief = Thief(names.person_of(seat), private)
        assert len(thief.privates) >= 2 and len(thief.opened()) == 3
        assert thief.names() == set()


def test_what_the_second_gave_opens_one_name_and_no_other(forum: Forum, two: Two) -> None:
    """While a request runs, the database and the first's passphrase open the name both agreed on: nothing beside it."""
    rows = [make.a_testimony(forum, name=f"{NAME} {number}") for number in range(3)]
    agreed(rows[0], two)
    assert Thief(names.person_of(two[0][0]), two[0][1]).names() == {f"{NAME} 0"}
    # The second learns nothing by agreeing.
    assert Thief(names.person_of(two[1][0]), two[1][1]).names() == set()


def test_the_thief_would_find_what_can_be_found(forum: Forum, two: Two) -> None:
    """The control: with both passphrases everything opens."""
    make.a_testimony(forum, name=NAME)
    both = Thief(names.person_of(two[0][0]), two[0][1])
    both.privates += Thief(names.person_of(two[1][0]), two[1][1]).privates
    assert both.names() == {NAME}


def test_a_share_moved_under_another_name_is_not_given(forum: Forum, two: Two) -> None:
    """A thief who can write puts the name he wants under one that may be opened: the second's half does not open it."""
    wanted, offered = make.a_testimony(forum, name="wanted"), make.a_testimony(forum, name="offered")
    source = SealedName.objects.get(testimony=wanted)
    for fields in (
        {"other_share": source.other_share},
        {"first_share": source.first_share},
        {"first_share": source.first_share, "other_share": source.other_share, "envelope": source.envelope},
    ):
        kept = SealedName.objects.get(testimony=offered)
        SealedName.objects.filter(testimony=offered).update(**fields)
        for one, other in (two, two[::-1]):
            with pytest.raises(sealing.SealBroken):
                names.show(agreed(offered, (one, other)), by=one[0], private=one[1])
            NameOpening.objects.all().delete()
        kept.save()
    SealedName.objects.filter(testimony=offered).update(envelope=source.envelope)
    opening = agreed(offered, two)
    with pytest.raises(sealing.SealBroken):
        names.show(opening, by=two[0][0], private=two[0][1])


def test_what_was_given_for_one_request_does_not_serve_another(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    given_once = agreed(testimony, two)
    share = NameOpening.objects.get(pk=given_once.pk).share
    names.refuse(given_once, by=two[0][0])
    again = asked(testimony, two[0])
    NameOpening.objects.filter(pk=again.pk).update(share=share)
    again.refresh_from_db()
    with pytest.raises(sealing.SealBroken):
        names.show(again, by=two[0][0], private=two[0][1])


def test_nobody_ever_gets_both_halves(forum: Forum, two: Two) -> None:
    first, other = (ForumKey.objects.get(forum=forum, purpose=half) for half in Half)
    [one, two_] = [names.person_of(seat) for seat, _private in two]
    with pytest.raises(Refused):
        people.add_holder(other, one, by=two[1][0], holder=two_, private=two[1][1])
    # Not even after giving the first one back: they may have kept it.
    third = make.a_seat(forum, Seat.Role.CUSTODIAN)
    person = people.make_person_key(third.user, make.PASSPHRASE)
    people.add_holder(first, person, by=two[0][0], holder=one, private=two[0][1])
    people.remove_holder(first, one, by=make.organiser_of(forum))
    with pytest.raises(Refused):
        people.add_holder(other, one, by=two[1][0], holder=two_, private=two[1][1])
    with pytest.raises(Refused):
        people.make_forum_keys(forum, by=make.organiser_of(forum), holders={other.purpose: [one]})
    assert people.halves_among(forum, [one, person, two_]) == {first.purpose: [one, person], other.purpose: [two_]}


def test_a_half_is_not_made_without_the_other(forum: Forum) -> None:
    seat = make.a_seat(forum, Seat.Role.CUSTODIAN)
    person = people.make_person_key(seat.user, make.PASSPHRASE)
    by = make.organiser_of(forum)
    assert people.make_forum_keys(forum, by=by, holders=people.halves_among(forum, [person])) == {}
    assert people.make_forum_keys(forum, by=by, holders={"first_half": [person]}) == {}
    assert not forum.keys.exists() and names.custody(forum) is None


# When a name is asked for, and when it goes


def test_no_custodians_no_name(forum: Forum) -> None:
    assert names.custody(forum) is None
    testimony = make.a_testimony(forum, name=NAME)
    assert not SealedName.objects.filter(testimony=testimony).exists()
    one, _other = make.custodians(forum)
    assert names.custody(forum)
    people.revoke_seat(one[0], by=make.organiser_of(forum))
    assert names.custody(forum) is None


def test_a_name_goes_with_the_words(forum: Forum, two: Two) -> None:
    testimony = make.a_testimony(forum, name=NAME)
    opening = agreed(testimony, two)
    withdrawals.withdraw(testimony, by=public_seat(forum))
    assert not SealedName.objects.exists() and not NameOpening.objects.exists()
    with pytest.raises(Refused):
        names.show(opening, by=two[0][0], private=two[0][1])


def test_the_rehearsal_is_erased_with_its_names(forum: Forum, two: Two) -> None:
    Forum.objects.filter(pk=forum.pk).update(mode=Forum.Mode.REHEARSAL)
    agreed(make.a_testimony(forum, name=NAME), two)
    forums.erase_rehearsal(forum, by=make.organiser_of(forum))
    assert not SealedName.objects.exists() and not NameOpening.objects.exists()


def test_the_same_words_with_another_name_are_another_content(forum: Forum) -> None:
    consent = testimonies.Consent(True, True, False, "fr")
    facts, described = testimonies.Facts(), describing.Description()
    hashes = {testimonies.content_hash(forum, "x", facts, consent, described, name=name) for name in ("", "a", "b")}
    assert len(hashes) == 3


@pytest.mark.parametrize("typed", ["x" * 301, "a\u202eb", "a\x00b"])
def test_what_cannot_be_kept_as_a_name(typed: str) -> None:
    with pytest.raises(ValidationError):
        names.checked_name(typed)


# A ciphertext opens in its own place only

PLACES = st.builds(
    sealing.Header,
    st.sampled_from(["testimony", "opening", "participant"]),
    st.sampled_from(["1", "2", "12"]),
    st.sampled_from(["words/fr", "words/en", "facts", "name", "name/first_half", "name/other_half", "share"]),
    st.integers(1, 3),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=PLACES, tried=PLACES, share=st.binary(min_size=32, max_size=32))
def test_moved_to_another_row_field_or_version_nothing_opens(
    kept: sealing.Header, tried: sealing.Header, share: bytes
) -> None:
    pair, key = sealing.new_pair(), sealing.new_key()
    blobs: list[tuple[Any, bytes, bytes]] = [
        (sealing.open_share, pair.private, sealing.seal_share(pair.public, share, kept)),
        (sealing.open_sealed, key, sealing.seal(share, key, kept)),
    ]
    for open_it, opener, blob in blobs:
        arguments = (opener, blob) if open_it is sealing.open_share else (blob, opener)
        if kept == tried:
            assert open_it(*arguments, tried) == share
        else:
            with pytest.raises(sealing.SealBroken):
                open_it(*arguments, tried)


def test_a_participants_name_moved_to_another_card_does_not_open(forum: Forum) -> None:
    organiser = make.organiser_of(forum)
    person = people.make_person_key(organiser.user, make.PASSPHRASE)
    people.make_forum_keys(forum, by=organiser, holders={"people": [person]})
    key = ForumKey.objects.get(forum=forum, purpose="people")
    private = people.open_forum_key(key, person, people.unlock(organiser.user, make.PASSPHRASE))
    region, capacity = forum.regions.first(), forum.capacities.first()
    rows = [register(forum, by=organiser, region=region, capacity=capacity, name=name)[0] for name in ("Awa", "Moussa")]
    assert [open_name(row, private)["name"] for row in rows] == ["Awa", "Moussa"]
    rows[0].sealed_name = rows[1].sealed_name
    with pytest.raises(sealing.SealBroken):
        open_name(rows[0], private)


def test_an_envelope_moved_to_another_forum_does_not_open() -> None:
    """The key of a testimony is sealed to its own forum's reading key, and the words name their row."""
    here, there = make.a_forum("here"), make.a_forum("there")
    mine, theirs = make.a_testimony(here), make.a_testimony(there)
    with pytest.raises(sealing.SealBroken):
        testimonies.open_key(theirs, make.reading_private(here))
    one = testimonies.open_key(mine, make.reading_private(here))
    text = theirs.sealed_texts.get(kind="words")
    with pytest.raises(sealing.SealBroken):
        sealing.open_text(text.envelope, one, testimonies.header(mine, "words", "fr"))
    moved = mine.sealed_texts.get(kind="words")
    with pytest.raises(sealing.SealBroken):
        sealing.open_text(moved.envelope, one, testimonies.header(theirs, "words", "fr"))
