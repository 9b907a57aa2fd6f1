"""SQLite with 32 threads, its pragmas and its one lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ConnectionHandler, DatabaseError, transaction
from django.db.backends.sqlite3 import base as django_base

from forum.sqlite import base
from tests.databases import on_sqlite

THREADS = 32


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """A database file of its own, with one counter in it."""
    with django_db_blocker.unblock():
        yield from counter_in(tmp_path)


def counter_in(tmp_path):
    handler = ConnectionHandler({"default": {"ENGINE": "forum.sqlite", "NAME": str(tmp_path / "forum.sqlite3")}})

    class File:
        def open(self):
            return handler.create_connection("default")

    file = File()
    first = file.open()
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE counter (id integer PRIMARY KEY, n integer NOT NULL)")
        cursor.execute("INSERT INTO counter (id, n) VALUES (1, 0)")
    yield file
    first.close()


def value(wrapper, sql):
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1), ("temp_store", 2)],
)
def test_every_connection_has_the_pragmas(file, pragma, expected):
    wrapper = file.open()
    assert value(wrapper, f"PRAGMA {pragma}") == expected
    assert value(wrapper, "PRAGMA busy_timeout") == base.BUSY_SECONDS * 1000
    wrapper.close()


def in_transaction(wrapper):
    """Read, then write, as every verb does."""
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    n = value(wrapper, "SELECT n FROM counter")
    with wrapper.cursor() as cursor:
        cursor.execute("UPDATE counter SET n = %s", [n + 1])
    wrapper.commit()
    wrapper.set_autocommit(True)


def without_transaction(wrapper):
    with wrapper.cursor() as cursor:
        cursor.execute("UPDATE counter SET n = n + 1 RETURNING n")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("write", [in_transaction, without_transaction])
def test_thirty_two_threads_lose_no_write(file, write):
    start = threading.Barrier(THREADS)

    def work(_):
        wrapper = file.open()
        start.wait()
        for _ in range(10):
            write(wrapper)
        wrapper.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    wrapper = file.open()
    assert value(wrapper, "SELECT n FROM counter") == THREADS * 10
    wrapper.close()


def free():
    """Whether another thread could write now."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_try_lock).result()


def _try_lock():
    if taken := base.WRITE_LOCK.acquire(blocking=False):
        base.WRITE_LOCK.release()
    return taken


def test_the_lock_is_held_from_begin_to_commit_and_to_rollback(file):
    wrapper = file.open()
    for end in (wrapper.commit, wrapper.rollback):
        wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert not free()
        end()
        assert free()
        wrapper.set_autocommit(True)
    wrapper.close()


def test_closing_in_the_middle_of_a_transaction_frees_the_lock(file):
    wrapper = file.open()
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    wrapper.close()
    assert free()


def test_a_write_that_fails_frees_the_lock(file):
    wrapper = file.open()
    with pytest.raises(DatabaseError), wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO counter (id, n) VALUES (1, 0)")
    assert free()
    wrapper.close()


def test_the_rows_of_a_returning_write_can_be_fetched_in_every_way(file):
    wrapper = file.open()
    with wrapper.cursor() as cursor:
        insert = "INSERT INTO counter (n) VALUES (1), (2), (3), (4), (5) RETURNING n"
        cursor.execute(insert)
        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(2) == [(2,), (3,)]
        assert list(cursor) == [(4,), (5,)]
        assert cursor.fetchone() is None
        cursor.execute(insert)
        assert len(cursor.fetchall()) == 5
        cursor.execute("SELECT 7")
        assert cursor.fetchall() == [(7,)]
    wrapper.close()


def test_another_process_makes_a_writer_wait_and_then_fail_in_words_django_knows(file, monkeypatch):
    monkeypatch.setattr(base, "BUSY_SECONDS", 0.1)
    stranger = django_base.Database.connect(file.open().settings_dict["NAME"], isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    wrapper = file.open()
    with pytest.raises(DatabaseError, match="locked"):
        wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert free()
    stranger.close()
    wrapper.close()


@on_sqlite
@pytest.mark.django_db(transaction=True)  # the other mode holds the lock through the whole test
def test_atomic_blocks_take_the_lock_once_and_give_it_back():
    with transaction.atomic():
        with transaction.atomic():
            assert not free()
        assert not free()
    assert free()
