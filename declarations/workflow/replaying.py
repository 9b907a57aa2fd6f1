"""A database that is older than the tombstones learns what was taken back since, before anybody is served (M4, M14).

Run after every restore, and every hour: it also finishes what a crash cut between the tombstone and the commit. No line
is written in the history: those who took it back are not at hand, and participants leave none.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from declarations import tombstones
from declarations.models import (
    Excerpt,
    FormerHolding,
    ForumKey,
    KeyHolding,
    LateCopy,
    Participant,
    Seat,
    Testimony,
    User,
)
from declarations.models.guards import forget_deleted
from declarations.tombstones import Kind, Stone, Yard

from . import excerpts, people, retention, withdrawals
from .moves import locked, move
from .participants import passing_seat

State = Testimony.State
AT_ONCE = 50


def replay(yard: Yard | None = None) -> Counter[str]:
    """Take back again whatever the tombstones say; returns how many of each kind were not yet."""
    yard = tombstones.read() if yard is None else yard
    done: Counter[str] = Counter()
    for kind, found in pending(yard):
        act = ACTS[kind]
        for start in range(0, len(found), AT_ONCE):
            with transaction.atomic():
                for row, stone in found[start : start + AT_ONCE]:
                    act(row, yard.stones[kind][stone])
        done[kind] += len(found)
    done["late copies"] = remember_late_copies(yard)
    if any(done.values()):
        forget_deleted()
    return +done


def pending(yard: Yard) -> Iterator[tuple[Kind, list[tuple[Any, str]]]]:
    """For each kind the rows that the database still has as if nothing had been taken back, and their digests."""
    for kind, (rows, stone_of) in LOOKED_AT.items():
        stones = yard.stones.get(kind)
        if not stones:
            continue
        found = []
        for row in rows().iterator(chunk_size=500):
            digest = stone_of(row).digest
            if digest in stones:
                found.append((row, digest))
        yield kind, found


def remember_late_copies(yard: Yard) -> int:
    """Remember testimonies that were taken back and that this database never had: a phone may still send them."""
    stones = {digest for kind in (Kind.WITHDRAWN, Kind.ERASED) for digest in yard.stones.get(kind, {})}
    stones -= set(LateCopy.objects.values_list("digest", flat=True))
    if stones:
        for pk in Testimony.objects.values_list("pk", flat=True).iterator():
            stones -= {Stone.of(Kind.WITHDRAWN, pk).digest, Stone.of(Kind.ERASED, pk).digest}
    LateCopy.objects.bulk_create([LateCopy(digest=digest) for digest in sorted(stones)], ignore_conflicts=True)
    return len(stones)


# One act a kind, each inside the transaction of `replay`


def _withdraw(row: Testimony, day: Any) -> None:
    fresh = locked(row)
    if fresh.state != State.WITHDRAWN:
        withdrawals.withdraw_rows(fresh, by=passing_seat(fresh.forum), on=day)


def _erase(row: Testimony, day: Any) -> None:
    retention.erase_rows(locked(row), on=day)


def _refuse(row: Testimony, day: Any) -> None:
    fresh = locked(row)
    if State.REFUSED in Testimony.MOVES[State(fresh.state)]:
        move(fresh, State.REFUSED, by=passing_seat(fresh.forum), verb="refuse")
        withdrawals.settle(withdrawals.resting_on(fresh), passing_seat(fresh.forum))


def _take_back(row: Excerpt, day: Any) -> None:
    fresh = locked(row)
    if fresh.state != Excerpt.State.WITHDRAWN:
        excerpts.take_back(fresh, by=passing_seat(fresh.testimony.forum))


def _no_more(**refused: bool) -> Callable[[Testimony, Any], None]:
    def act(row: Testimony, day: Any) -> None:
        fresh = locked(row)
        stands = {"summarise": fresh.may_summarise, "quote": fresh.may_quote, "voice": fresh.may_keep_voice}
        withdrawals.change_rows(fresh, by=passing_seat(fresh.forum), **{**stands, **refused})

    return act


def _revoke(row: Seat, day: Any) -> None:
    Seat.objects.filter(pk=row.pk).update(revoked_at=datetime.combine(day, time(), UTC))


def _close(row: User, day: Any) -> None:
    User.objects.filter(pk=row.pk).update(is_active=False)


def _change_lock(row: User, day: Any) -> None:
    """The old password opens nothing; an organiser or `changepassword` gives another."""
    User.objects.filter(pk=row.pk).update(password=make_password(None))


def _void_card(row: Participant, day: Any) -> None:
    Participant.objects.filter(pk=row.pk).update(code_hash=secrets.token_hex(32))


def _take_key(row: KeyHolding, day: Any) -> None:
    """Take the key back again, and remember that they had it: they may have kept it."""
    FormerHolding.objects.get_or_create(key=row.key, person=row.person, defaults={"taken_on": day})
    KeyHolding.objects.filter(pk=row.pk).delete()


def _retire(row: ForumKey, day: Any) -> None:
    ForumKey.objects.filter(pk=row.pk).update(retired_on=day)


ACTS: dict[Kind, Callable[[Any, Any], None]] = {
    Kind.WITHDRAWN: _withdraw,
    Kind.ERASED: _erase,
    Kind.REFUSED: _refuse,
    Kind.EXCERPT: _take_back,
    Kind.NO_SUMMARY: _no_more(summarise=False),
    Kind.NO_QUOTE: _no_more(quote=False),
    Kind.NO_VOICE: _no_more(voice=False),
    Kind.SEAT: _revoke,
    Kind.ACCOUNT: _close,
    Kind.PASSWORD: _change_lock,
    Kind.CARD: _void_card,
    Kind.HOLDING: _take_key,
    Kind.KEY: _retire,
}


def _by_identifier(kind: Kind) -> Callable[[Any], Stone]:
    return lambda row: Stone.of(kind, row.pk)


Rows = Callable[[], models.QuerySet[Any]]
# What may have come back to life, and the tombstone that would stand for each row.
LOOKED_AT: dict[Kind, tuple[Rows, Callable[[Any], Stone]]] = {
    Kind.WITHDRAWN: (lambda: Testimony.objects.exclude(state=State.WITHDRAWN), _by_identifier(Kind.WITHDRAWN)),
    Kind.ERASED: (
        lambda: Testimony.objects.filter(erased_on=None).exclude(state=State.WITHDRAWN),
        _by_identifier(Kind.ERASED),
    ),
    Kind.REFUSED: (
        lambda: Testimony.objects.exclude(state__in=[State.REFUSED, State.WITHDRAWN]),
        _by_identifier(Kind.REFUSED),
    ),
    Kind.EXCERPT: (lambda: Excerpt.objects.exclude(state=Excerpt.State.WITHDRAWN), excerpts.tombstone),
    Kind.NO_SUMMARY: (lambda: Testimony.objects.filter(may_summarise=True), _by_identifier(Kind.NO_SUMMARY)),
    Kind.NO_QUOTE: (lambda: Testimony.objects.filter(may_quote=True), _by_identifier(Kind.NO_QUOTE)),
    Kind.NO_VOICE: (lambda: Testimony.objects.filter(may_keep_voice=True), _by_identifier(Kind.NO_VOICE)),
    Kind.SEAT: (lambda: Seat.objects.filter(revoked_at=None), people.stone_of_seat),
    Kind.ACCOUNT: (lambda: User.objects.filter(is_active=True), people.stone_of_account),
    Kind.PASSWORD: (lambda: User.objects.all(), lambda row: Stone.of(Kind.PASSWORD, row.password)),
    Kind.CARD: (lambda: Participant.objects.all(), lambda row: Stone.of(Kind.CARD, row.code_hash)),
    Kind.HOLDING: (lambda: KeyHolding.objects.select_related("key", "person"), people.stone_of_holding),
    Kind.KEY: (lambda: ForumKey.objects.filter(retired_on=None), lambda row: Stone.of(Kind.KEY, row.public)),
}
