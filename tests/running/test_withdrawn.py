"""M4: withdrawn within a second from everywhere, and nowhere on the disk."""

from __future__ import annotations

import functools
import io
import time
import uuid
from contextlib import closing
from itertools import product
from pathlib import Path
from threading import Timer
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.urls.converters import UUIDConverter
from django.utils.translation import override

from declarations.models import Edition, Forum, Testimony, TestimonyKey, row_order
from declarations.opendata import DATASETS
from declarations.tracing import published_clauses
from declarations.urls import urlpatterns
from declarations.workflow import editions, excerpts, recommendations, withdrawals
from declarations.workflow.participants import passing_seat
from tests import canary
from tests import factories as make
from tests.databases import on_postgresql
from tests.publishing.pdf_words import pdf_words

SENTENCE = "Personne n'a dit pourquoi"
# Where it stands as long as nobody takes it back.
QUOTING = (
    "heard/",
    "recommendations/1/",
    "declaration/clauses/{clause}/",
    "declaration/voices.fr.html",
    "declaration/voices.ar.pdf",
    "data/v1/findings.json",
)


def public_addresses(forum: Forum) -> list[str]:
    """Every address below the forum, whatever was added since, in each language of the interface.

    Where it takes a name, every name that there is: of a clause, of a dataset, of a form of a file.
    """
    given: dict[str, list[Any]] = {
        "forum": [forum.slug],
        "number": [1],
        "version": [1],
        "language": ["fr", "en", "ar"],
        "extension": ["json", "html", "pdf"],
        "identifier": [clause.identifier for clause in published_clauses(forum)],
        "dataset": list(DATASETS),
        "token": ["x"],
    }
    found = []
    for pattern, (code, _name) in product(urlpatterns, settings.LANGUAGES):
        converters = pattern.pattern.converters
        pk: Any = uuid.UUID(int=1) if isinstance(converters.get("pk"), UUIDConverter) else 1
        values = {**given, "pk": [pk]}
        assert set(converters) <= set(values), f"{pattern.name} takes what nobody gives here"
        with override(code):
            found += [
                reverse(pattern.name, kwargs=dict(zip(converters, each, strict=True)))
                for each in product(*(values[name] for name in converters))
            ]
    return found


def said_by(answer: Any) -> str:
    """What somebody reads in an answer."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return drawn(body) if body.startswith(b"%PDF") else body.decode(errors="replace")


@functools.cache
def drawn(body: bytes) -> str:
    """What is drawn in a print, its lines in one; the same print below each language is read once."""
    return " ".join(pdf_words(body).split())


def in_memory() -> set[str]:
    """Where in the memory of this process the sentence stands, in any spelling; pages have their own."""
    spelled = {text: text for text in (SENTENCE, SENTENCE.replace("'", "&#x27;"), SENTENCE.replace("'", "’"))}
    return {place for _name, place, _how in canary.sweep(spelled, {**canary.cached(), **canary.pages()})}


@pytest.mark.django_db(transaction=True)
def test_within_a_second_no_page_no_feed_no_search_and_no_cache_has_the_sentence() -> None:
    forum = make.a_forum(mode="live")
    excerpt = make.an_excerpt(forum, words=SENTENCE)
    finding = make.a_finding(forum, "published", excerpts=(excerpt,))
    declaration = make.a_declaration(forum, "adopted")
    recommendation = make.last_clause(declaration).sources.get().recommendation
    recommendations.ground(recommendation, by=make.organiser_of(forum), finding=finding)
    edition = make.an_edition(forum, make.a_proof(forum, declaration))
    excerpt.refresh_from_db()
    if excerpt.state == "cleared":
        excerpts.publish(excerpt, by=make.organiser_of(forum))
    assert finding.voices.exists()
    client = Client(headers={"accept-language": "fr"})
    addresses = public_addresses(forum)
    addresses += [f"{each}?q=pourquoi" for each in addresses if each.endswith("/search/")]

    def with_sentence() -> set[str]:
        found = set()
        for address in addresses:
            text = said_by(client.get(address, follow=True))
            for spelled in (SENTENCE, SENTENCE.replace("'", "&#x27;"), SENTENCE.replace("'", "’")):
                if spelled in text:
                    found.add(address)
        return found

    with_sentence()
    before = with_sentence()  # the second look is at pages that are kept
    clause = published_clauses(forum)[-1].identifier
    for code, place in product(("fr", "en", "ar"), QUOTING):
        assert f"/{code}/{forum.slug}/{place.format(clause=clause)}" in before, "the control: the sentence was public"
    cache.set("a-control", {"words": SENTENCE})
    assert in_memory() == {"cache default", "pages kept ready", "the shelf"}, "the control: all are looked into"
    cache.delete("a-control")
    testimony = Testimony.objects.get(pk=excerpt.testimony_id)
    began = time.monotonic()
    withdrawals.withdraw(testimony, by=passing_seat(forum))
    took = time.monotonic() - began
    client.get(reverse("forum-detail", args=[forum.slug]))
    assert in_memory() == set(), "the first kept page that anybody asks for lets all of them go"
    assert with_sentence() == set()
    assert took < 1, f"{took:.2f} s"
    assert in_memory() == set()
    assert editions.verify(Edition.objects.get(pk=edition.pk)) == []
    assert editions.withdrawn_voices(edition) == 1


def holding(key: bytes) -> list[str]:
    """The files of the database that hold a key; the log that is written ahead is another matter."""
    return [name for name, data in canary.files().items() if key in data and "pg_wal" not in name]


@pytest.mark.django_db(transaction=True)
def test_neither_the_files_of_the_database_nor_its_log_hold_the_key(tmp_path: Path) -> None:
    """M4, at once on SQLite; on PostgreSQL in its tables after the next `retain` (its archives: docs/operating.md)."""
    forum = make.a_forum()
    testimony = make.a_testimony(forum)
    make.an_excerpt(forum, testimony)
    key = bytes(TestimonyKey.objects.get(testimony=testimony).sealed)
    assert holding(key), "the control"
    withdrawals.withdraw(testimony, by=passing_seat(forum))
    if connection.vendor == "sqlite":
        assert holding(key) == []
    call_command("retain", stdout=open(tmp_path / "said", "w"))  # noqa: SIM115
    assert holding(key) == []


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_postgresql_notes_of_its_tables_holds_no_key() -> None:
    """ANALYZE, which the server runs by itself, keeps samples of each column, for rows that are gone as well."""
    forum = make.a_forum()
    # Few of them: many samples would be cut into pieces, and a key with them.
    keys = [bytes(TestimonyKey.objects.get(testimony=make.a_testimony(forum)).sealed) for _ in range(12)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'")
        sampled = set(cursor.fetchall())
        assert sampled & set(row_order.never_sampled()) == set() and len(sampled) > 100
        cursor.execute("CREATE TABLE a_control AS SELECT sealed FROM declarations_testimonykey")
        cursor.execute("ANALYZE a_control")
        cursor.execute("TRUNCATE a_control")
    assert len(holding(keys[7])) == 2, "the control: its own table, and what is noted of another"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE a_control")


@on_postgresql
@pytest.mark.parametrize(
    ("where", "began"),
    [
        ({}, ("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1 FROM declarations_forum")),
        ({}, ("BEGIN", "SELECT pg_current_xact_id()")),
        ({"dbname": "postgres"}, ("BEGIN", "SELECT pg_current_xact_id()")),
    ],
    ids=["reading", "writing", "writing-elsewhere"],
)
@pytest.mark.django_db(transaction=True)
def test_a_key_that_somebody_still_sees_is_gone_with_the_next_run(
    where: dict[str, str], began: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads all night, a dump for one, sees what was deleted since, and the server keeps it for them."""
    forum = make.a_forum()
    testimony = make.a_testimony(forum)
    key = bytes(TestimonyKey.objects.get(testimony=testimony).sealed)
    monkeypatch.setattr(row_order, "PATIENCE", 1)
    said = io.StringIO()
    with closing(psycopg2.connect(connection.connection.dsn, **where)) as other, other.cursor() as reader:
        other.autocommit = True
        for statement in began:
            reader.execute(statement)
        withdrawals.withdraw(testimony, by=passing_seat(forum))
        call_command("retain", stdout=said)
        assert holding(key), "the control: the server keeps what somebody may still read"
        assert "the next run clears its files" in said.getvalue()
        end = Timer(0.3, reader.execute, ["ROLLBACK"])
        end.start()
        call_command("retain", stdout=said)
        end.join()
    assert holding(key) == []
