"""Whether what a sentence tells, with how its speaker is described, is shared by enough people in the room (M7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count

from declarations.models import Forum, Participant

from .bands import band, fewer_than

FACTS = {
    "region": "region",
    "zone": "region__zone",
    "capacity": "capacity",
    "family": "capacity__family",
    "sex": "sex",
    "age": "age",
}


class Speakers:
    """Who registered, counted once by all that could be told of them; it answers yes or no, never how many."""

    def __init__(self, forum: Forum) -> None:
        # Of the public: it is there that the sentence will stand beside the description.
        self.least = forum.public_minimum
        rows = Participant.objects.filter(forum=forum).registered().order_by().values_list(*FACTS.values())
        self._room = [
            (dict(zip(FACTS, facts, strict=True)), n) for *facts, n in rows.annotate(number=Count("pk")).iterator()
        ]

    def are_few(self, facts: Mapping[str, object]) -> bool:
        """Whether fewer than the minimum share all of these facts, each one of FACTS."""
        sharing = (n for told, n in self._room if all(told[kind] == value for kind, value in facts.items()))
        return fewer_than(sum(sharing), self.least)


def told_by_enough(tags: Iterable[Iterable[str]], minimum: int) -> dict[str, str]:
    """Return, of what readers named one testimony at a time, what stands in at least the minimum of them, as a band.

    Whatever stands in fewer is left out, and so is what stands in none: nobody can tell the two apart.
    """
    found = Counter(tag for of_one in tags for tag in set(of_one))
    return {tag: band(n, minimum) for tag, n in sorted(found.items()) if not fewer_than(n, minimum)}
