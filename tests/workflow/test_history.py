"""The history is numbered, chained and append-only."""

import pytest
from django.db import DatabaseError, connection, transaction

from declarations.models import HistoryEntry
from declarations.models.guards import guards_lifted
from declarations.workflow import moves, testimonies
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum():
    forum = factories.a_forum()
    factories.a_recommendation(forum, "adopted")
    return forum


def test_entries_are_numbered_from_one_without_a_gap(forum):
    numbers = list(HistoryEntry.objects.filter(forum=forum).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_forum_has_a_chain_of_its_own(forum):
    other = factories.a_forum("harmony")
    assert HistoryEntry.objects.get(forum=other, number=1).verb
    assert moves.broken_link(forum) is None
    assert moves.broken_link(other) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", "something else"), ("verb", "adopt"), ("seat_name", "Nobody"), ("to_state", "adopted")],
)
def test_a_changed_entry_breaks_the_chain(forum, field, value):
    with guards_lifted():
        HistoryEntry.objects.filter(forum=forum, number=3).update(**{field: value})
    assert moves.broken_link(forum).number == 3


def test_a_deleted_entry_breaks_the_chain_where_it_was(forum):
    with guards_lifted():
        HistoryEntry.objects.filter(forum=forum, number=3).delete()
    assert moves.broken_link(forum).number == 4


def test_an_entry_put_elsewhere_breaks_the_chain(forum):
    with guards_lifted():
        HistoryEntry.objects.filter(forum=forum, number=3).update(number=9000)
        HistoryEntry.objects.filter(forum=forum, number=4).update(number=3)
        HistoryEntry.objects.filter(forum=forum, number=9000).update(number=4)
    assert moves.broken_link(forum).number == 3


@pytest.mark.parametrize(
    "act",
    [
        lambda entry: HistoryEntry.objects.filter(pk=entry.pk).update(reason="x"),
        lambda entry: HistoryEntry._base_manager.filter(pk=entry.pk).update(reason="x"),
        lambda entry: HistoryEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
    ],
    ids=["update", "base manager", "delete", "save", "delete one"],
)
def test_the_database_refuses_to_change_an_entry(forum, act):
    entry = HistoryEntry.objects.filter(forum=forum).first()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        act(entry)


def test_the_database_refuses_a_replacement(forum):
    columns = ", ".join(field.column for field in HistoryEntry._meta.fields)
    if connection.vendor == "sqlite":
        statement = (
            f"REPLACE INTO declarations_historyentry ({columns}) SELECT {columns} FROM declarations_historyentry"
        )
    else:
        statement = (
            f"INSERT INTO declarations_historyentry ({columns}) SELECT {columns} FROM declarations_historyentry "
            "ON CONFLICT (id) DO UPDATE SET reason = 'x'"
        )
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_of_what_was_done_with_a_testimony_the_day_alone_is_kept(forum):
    """M3: one that was read at three minutes past ten came before that, and where little waits not long before."""
    forum.time_zone = "Asia/Kolkata"
    forum.save()
    reader = factories.a_seat(forum, "reader")
    testimony = factories.a_testimony(forum)
    testimonies.mark_read(testimony, by=reader)
    excerpt = factories.an_excerpt(forum, testimony)
    for row in (testimony, excerpt):
        entries = list(HistoryEntry.objects.of(row))
        assert entries
        for entry in entries:
            there = entry.at.astimezone(forum.zone_info)
            assert (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0)
            assert there.date() == forum.today()
    assert HistoryEntry.objects.of(forum.recommendations.get()).last().at.microsecond
    assert moves.broken_link(forum) is None
