"""M3: neither counters nor places on the disk tell who testified first."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from declarations.models import (
    Excerpt,
    Participant,
    Recording,
    RecordingChunk,
    SealedText,
    Seat,
    Testimony,
    TestimonyKey,
    row_order,
)
from declarations.workflow import cards, keeping, papers, testimonies
from forum.sqlite.schema import has_random_key
from tests import canary
from tests import factories as make
from tests.databases import on_postgresql, on_sqlite

ROWS = 300
# Of 300 rows in random order the rank correlation is below a quarter but for one time in a hundred thousand.
BOUND = 0.25


def correlation(order: list[int]) -> float:
    """Spearman's: 1 where the n-th to come lies n-th, 0 where nothing can be told."""
    n = len(order)
    ranks = {value: rank for rank, value in enumerate(sorted(order))}
    return 1 - 6 * sum((ranks[value] - place) ** 2 for place, value in enumerate(order)) / (n * (n * n - 1))


def test_the_measure_tells_order_from_none() -> None:
    assert correlation(list(range(50))) == 1
    assert correlation(list(range(50, 0, -1))) == -1
    assert abs(correlation(random.Random(1).sample(range(300), 300))) < BOUND


@pytest.fixture
def arrived(transactional_db) -> list[Testimony]:
    """Testimonies with a text, a recording and a sentence each, in the order in which they came."""
    forum = make.a_forum()
    make.reading_private(forum)
    reader = make.a_seat(forum, Seat.Role.READER)
    rows = []
    for n in range(ROWS):
        testimony = make.a_testimony(forum)
        recording = Recording.objects.create(testimony=testimony, kind="original")
        RecordingChunk.objects.create(recording=recording, number=0, envelope=random.Random(n).randbytes(9000))
        Excerpt.objects.create(
            testimony=testimony,
            language="fr",
            proposed_by=reader,
            envelope=random.Random(f"sentence {n}").randbytes(553),
        )
        rows.append(testimony)
    return rows


def stored(rows: list[Testimony]) -> dict[str, list[bytes]]:
    """What to look for on the disk of each row, in the order of arrival."""
    wanted: dict[str, tuple[type[models.Model], str, str]] = {
        "key": (TestimonyKey, "testimony_id", "sealed"),
        "words": (SealedText, "testimony_id", "envelope"),
        "recording": (RecordingChunk, "recording__testimony_id", "envelope"),
        "sentence": (Excerpt, "testimony_id", "envelope"),
    }
    found = {}
    for name, (model, path, field) in wanted.items():
        by_row = {pk: bytes(value) for pk, value in model.objects.values_list(path, field)}
        # The head lies beside the row, the tail of a large value on pages of its own.
        found[f"{name}, head"] = [by_row[row.pk][:48] for row in rows]
        found[f"{name}, tail"] = [by_row[row.pk][-48:] for row in rows]
    return found


def places(needles: list[bytes]) -> list[int]:
    """Where each lies in the files of the database; of PostgreSQL's, each table is a file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    of_rows = {"sqlite": "file ", "postgresql": "file base/"}[connection.vendor]
    files = {name: data for name, data in canary.files().items() if name.startswith(of_rows)}
    haystack = b"".join(files.values())
    return [haystack.find(needle) for needle in needles]


def told(rows: list[Testimony]) -> dict[str, float]:
    found = {name: places(needles) for name, needles in stored(rows).items()}
    assert all(min(where) > 0 for where in found.values()), "each is found once"
    return {name: correlation(where) for name, where in found.items()}


def test_the_raw_files_tell_no_order_once_it_was_forgotten(arrived: list[Testimony]) -> None:
    before = told(arrived)
    assert max(before.values()) > 0.9, "the control: where nothing is done, the files tell"
    row_order.forget_arrival()
    after = told(arrived)
    assert {name: value for name, value in after.items() if abs(value) > BOUND} == {}


@on_sqlite
def test_the_order_sqlite_reads_in_tells_nothing_ever(arrived: list[Testimony]) -> None:
    came = {row.pk.hex: n for n, row in enumerate(arrived)}
    for table, column in (("testimony", "id"), ("testimonykey", "testimony_id"), ("sealedtext", "testimony_id")):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM declarations_{table} NOT INDEXED")
            order = list(dict.fromkeys(came[row[0]] for row in cursor.fetchall()))
        assert abs(correlation(order)) < BOUND, table


@on_sqlite
@pytest.mark.django_db
def test_no_table_with_a_random_key_has_a_hidden_counter() -> None:
    from django.apps import apps

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql LIKE '%%WITHOUT ROWID%%' FROM sqlite_master WHERE type = 'table'")
        without = dict(cursor.fetchall())
    random_keys = [model for model in apps.get_models() if has_random_key(model)]
    assert {Testimony, TestimonyKey, SealedText, Recording, RecordingChunk, Excerpt} <= set(random_keys)
    assert [model for model in random_keys if not without[model._meta.db_table]] == []


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_rebuilds_gets_no_counter_back() -> None:
    with connection.schema_editor() as editor:
        editor._remake_table(SealedText)
    with connection.cursor() as cursor, pytest.raises(Exception, match="no such column"):
        cursor.execute("SELECT rowid FROM declarations_sealedtext")


@on_postgresql
def test_postgresql_numbers_neither_rows_nor_transactions_in_order_of_arrival(arrived: list[Testimony]) -> None:
    came = {row.pk: n for n, row in enumerate(arrived)}

    def read() -> dict[str, tuple[float, int]]:
        found = {}
        for table, column in (("testimony", "id"), ("testimonykey", "testimony_id"), ("sealedtext", "testimony_id")):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {column}, xmin::text FROM declarations_{table} ORDER BY ctid")
                rows = cursor.fetchall()
            order = list(dict.fromkeys(came[row[0]] for row in rows))
            found[table] = correlation(order), len({row[1] for row in rows})
        return found

    before = read()
    assert min(value for value, _numbers in before.values()) > 0.9
    assert min(numbers for _value, numbers in before.values()) >= ROWS
    row_order.forget_arrival()
    for table, (value, numbers) in read().items():
        assert abs(value) < BOUND, table
        assert numbers == 1, table
    assert Testimony.objects.count() == TestimonyKey.objects.count() == ROWS


# What stands beside a testimony: PostgreSQL keeps with each row the number of the transaction that wrote it

# Of the testimony itself: all of them lead to it anyway.
OWN = {"testimony", "testimonykey", "sealedtext", "recording", "recordingchunk"}
# Lines of the history cannot be written again; what remains is said in docs/adr/0011.
CHAINED = {"historyentry"}
# Written whole, so that none of a batch is told from the others.
BATCHES = {
    "receiptcard": "batch_id",
    "paperform": "(SELECT batch_id FROM declarations_receiptcard AS card WHERE card.id = card_id)",
    "seat": "forum_id",
}
NEAR = 12  # a savepoint has a number of its own, beside that of its transaction
CONSENT = testimonies.Consent(summarise=True, quote=False, voice=False, language="fr")
GIVEN = {"words": "Le puits est fermé.", "language": "fr", "taken_as": "own_phone", "consent": CONSENT}
LATE = {"language": "fr", "taken_as": "facilitator", "content_hash": "c", "receipt_hash": "r"}


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_no_row_beside_a_testimony_carries_its_transaction_alone() -> None:
    """M3: a card, a receipt card, a paper form, a link that came late."""
    forum = make.a_forum()
    make.reading_private(forum)
    by, person = make.organiser_of(forum), [make.a_participant(forum) for _ in range(3)][1]
    link = make.a_seat(forum, Seat.Role.FACILITATOR, user=False)
    blanks, sheets = cards.drawn(forum, 5), cards.drawn(forum, 5, kind="forms")
    cards.print_batch(forum, by=by, blanks=blanks)
    cards.print_batch(forum, by=by, blanks=sheets, kind="forms", language="fr")
    form = papers.of_number(forum, sheets[3].serial)
    assert form
    papers.type_once(form, by=make.a_seat(forum, Seat.Role.FACILITATOR), code=sheets[3].code, answers={})
    pass_time()
    first = testimonies.give(
        forum, id=uuid.uuid4(), card=cards.of_serial(forum, blanks[2].serial), participant=person, **GIVEN
    )
    pass_time()
    papers.enter(form, by=by, to_give=GIVEN)
    pass_time()
    late = Testimony(id=uuid.uuid4(), forum=forum, given_on=forum.today(), **LATE)
    keeping.keep(late, testimonies.seal(late, "Le puits.", testimonies.Facts()), late=link)
    assert {first.testimony.pk, late.pk} < {key for _table, key, _at, _batch in written() if _table == "testimony"}
    assert told_apart() == set()
    pass_time()
    with transaction.atomic():  # the control: rows that are written alone
        Testimony.objects.filter(pk=late.pk).update(language="bm")
        Seat.objects.filter(pk=link.pk).update(came_late=1)
        Participant.objects.filter(pk=person.pk).update(serial="123456")
    assert told_apart() == {"seat", "participant"}


def pass_time() -> None:
    """Let other transactions come between."""
    with connection.cursor() as cursor:
        for _ in range(2 * NEAR):
            cursor.execute("SELECT pg_current_xact_id()")


def written() -> Iterator[tuple[str, object, int, object]]:
    """Of each row of each table: the table, its key, the number of the transaction that wrote it, and its batch."""
    with connection.cursor() as cursor:
        for model in apps.get_app_config("declarations").get_models(include_auto_created=True):
            table, key = model._meta.model_name or "", model._meta.pk
            batch = BATCHES.get(table, "NULL")
            cursor.execute(f'SELECT "{key.column}", xmin::text::bigint, {batch} FROM "{model._meta.db_table}"')
            yield from ((table, row, at, whole) for row, at, whole in cursor.fetchall())


def told_apart() -> set[str]:
    """The tables in which rows were written with a testimony, and their siblings were not."""
    rows = list(written())
    given = [at for table, _key, at, _batch in rows if table == "testimony"]
    near = {(table, key): any(abs(at - one) <= NEAR for one in given) for table, key, at, _batch in rows}
    whole: dict[tuple[str, object], set[bool]] = {}
    for table, key, _at, batch in rows:
        whole.setdefault((table, batch if table in BATCHES else key), set()).add(near[table, key])
    is_batch = {False, True}
    return {
        table
        for (table, _batch), found in whole.items()
        if table not in OWN | CHAINED and (found == is_batch or (table not in BATCHES and found == {True}))
    }
