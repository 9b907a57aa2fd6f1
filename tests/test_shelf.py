"""What public pages are made of is read once, and no change to anything public leaves it standing (M4)."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from time import sleep

import pytest
from django.db import connection, transaction
from django.test import Client

from declarations import shelf as shelves
from declarations.models import Forum
from declarations.models.testimonies import without_quotes
from declarations.search import search
from declarations.shelf import Shelf, shelf
from declarations.views.seats import forum_of_slug
from declarations.workflow import withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forum() -> Forum:
    return make.a_forum("fleuve", mode="live")


def counted() -> tuple[list[int], Callable[[], list[int]]]:
    """Something that is made anew each time, and how often it was."""
    times: list[int] = []

    def make_it() -> list[int]:
        times.append(len(times))
        return [len(times)]

    return times, make_it


def change(forum: Forum) -> None:
    Forum.objects.filter(pk=forum.pk).update(title={"fr": str(forum.pk)})


def test_a_thing_is_made_once_until_anything_public_changes(forum: Forum) -> None:
    mine, (times, make_it) = Shelf(), counted()
    first = mine.kept("it", make_it)
    assert mine.kept("it", make_it) is first and times == [0]
    change(forum)
    assert mine.kept("it", make_it) is not first and times == [0, 1]


def test_nothing_is_kept_of_what_may_never_be_committed(forum: Forum) -> None:
    mine, (times, make_it) = Shelf(), counted()
    with transaction.atomic():
        mine.kept("it", make_it), mine.kept("it", make_it)
    assert times == [0, 1] and not mine.places


def test_what_was_made_while_something_changed_is_not_kept(forum: Forum) -> None:
    mine, (times, make_it) = Shelf(), counted()

    def slowly() -> list[int]:
        made = make_it()
        change(forum)
        mine.kept("another", list)  # somebody else looks, and sees the change
        return made

    mine.kept("it", slowly)
    assert list(mine.places) == ["another"]
    mine.kept("it", make_it)
    assert times == [0, 1]


def test_what_cannot_be_made_leaves_no_place(forum: Forum) -> None:
    mine = Shelf()
    with pytest.raises(ZeroDivisionError):
        mine.kept("it", lambda: 1 // 0)
    assert not mine.places
    # Whoever asks for forums that do not exist puts nothing on the shelf.
    for _ in range(3):
        assert Client().get("/fr/nulle-part/").status_code == 404
    assert ("forum", "nulle-part") not in shelf.places


def test_all_who_want_it_at_once_wait_for_one_making(forum: Forum) -> None:
    mine, (times, make_it) = Shelf(), counted()
    together = threading.Barrier(8)
    found = []

    def want() -> None:
        together.wait()
        found.append(mine.kept("it", lambda: (sleep(0.05), make_it())[1]))
        connection.close()

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert times == [0] and len(found) == 8 and all(each is found[0] for each in found)


def test_the_shelf_has_an_end(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST", 3)
    mine = Shelf()
    for number in range(5):
        mine.kept(number, list)
        mine.kept(0, list)
    assert list(mine.places) == [3, 4, 0], "what was wanted last"


def test_nobody_changes_the_forum_that_is_kept(forum: Forum) -> None:
    mine = forum_of_slug("fleuve")
    mine.slug = "changed"
    mine.languages.create(code="snk", label={"fr": "soninké"}, order=90)
    other = forum_of_slug("fleuve")
    assert other.slug == "fleuve" and "snk" in {each.code for each in other.languages.all()}


def test_a_sentence_that_is_taken_back_leaves_the_shelf(forum: Forum) -> None:
    excerpt = make.an_excerpt(forum)
    make.a_finding(forum, "published", excerpts=(excerpt,))
    words = excerpt.quote.words
    word = max(words.split(), key=len)

    def found() -> int:
        return len(search(word, "fr", forum)["quote"])

    def lies_there() -> bool:
        return any(words.encode() in pickle.dumps(place.thing) for place in shelf.places.values())

    assert found() == 1 and lies_there(), "the control"
    with without_quotes():
        assert found() == 0
    withdrawals.withdraw(excerpt.testimony, by=passing_seat(forum))
    # Whoever looks at any page lets it go, nobody needs to search.
    Client().get("/fr/fleuve/")
    assert not lies_there() and found() == 0
