"""What public pages are made of, kept in memory until anything public changes.

Rows and texts that many addresses show in many ways, such as a list that is narrowed by what is asked: read once, then
kept while the mark of `models.news` is the one that was read before them. The mark is asked for each time, so that what
was taken back is gone from every process with the next look (M4). Nothing is kept from inside a transaction.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from declarations.models import news

Thing = TypeVar("Thing")
MOST = 200  # things: a few for each forum and language


class Place:
    """Where one thing lies; all who want it wait for one making of it."""

    def __init__(self) -> None:
        self.making = threading.Lock()
        self.is_full = False
        self.thing: Any = None


class Shelf:
    """Things by their keys, all of them made under one mark."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.mark = ""
        self.places: OrderedDict[Hashable, Place] = OrderedDict()

    def kept(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what is kept under a key, made now where nothing is; nobody may change what comes from here.

        What a page wrote of a row may be laid beside the row, for it follows from the row alone and goes with it.
        """
        mark = news.mark()
        if mark is None:
            return make()
        with self.lock:
            self._let_go(mark)
            place = self.places.setdefault(key, Place())
            self.places.move_to_end(key)
            while len(self.places) > MOST:
                self.places.popitem(last=False)
        with place.making:
            if not place.is_full:
                place.thing = self._made(key, place, mark, make)
                place.is_full = True
            kept: Thing = place.thing
            return kept

    def _made(self, key: Hashable, place: Place, mark: str, make: Callable[[], Thing]) -> Thing:
        """Make a thing; its place is let go where it could not be made, or was made while something changed: then it
        may hold what was taken back meanwhile.
        """
        is_good = False
        try:
            thing = make()
            is_good = mark == self.mark
            return thing
        finally:
            if not is_good:
                with self.lock:
                    if self.places.get(key) is place:
                        del self.places[key]

    def let_go(self, mark: str) -> None:
        """Let everything go that was made before this mark, wanted again or not."""
        with self.lock:
            self._let_go(mark)

    def _let_go(self, mark: str) -> None:
        if mark != self.mark:
            self.mark = mark
            self.places.clear()


shelf = Shelf()
kept = shelf.kept
