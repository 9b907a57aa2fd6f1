"""What in a sentence could tell who spoke, as this forum may know it: its places, its people, its numbers (M7, M8)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import cached_property

from declarations import counting, linting
from declarations.models import Forum, Testimony

# How people say what they are; behind one of these a label of the forum tells something of the speaker.
I_AM = (
    "je suis", "je suis un", "je suis une", "nous sommes", "nous sommes des", "nous les", "comme", "en tant que",
    "i am a", "i am an", "we are", "we the", "as a", "as an", "نحن", "انا",
)  # fmt: skip
SHORTEST = 4  # letters of a label that is looked for


class Linter:
    """The linter of one forum: its places and people are read once, then any number of sentences are looked at."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum

    @cached_property
    def gazetteer(self) -> linting.Gazetteer:
        """Names of regions and larger from the forum's own lists, and what its labels tell of a speaker."""
        zones, regions = list(self.forum.zones.all()), list(self.forum.regions.all())
        wide = {name for row in (*zones, *regions) for label in names_of(row) for name in (label, *label.split())}
        facts: dict[str, tuple[str, object]] = {name: ("region", row.pk) for row in regions for name in names_of(row)}
        for capacity in self.forum.capacities.all():
            for name in names_of(capacity):
                for singular in {name, re.sub(r"[sx]\b", "", name)}:
                    facts |= {f"{so} {singular}": ("capacity", capacity.pk) for so in I_AM if len(name) >= SHORTEST}
        return linting.Gazetteer(frozenset(wide), facts)

    @cached_property
    def _speakers(self) -> counting.Speakers:
        return counting.Speakers(self.forum)

    def flags(self, testimony: Testimony, words: str) -> list[linting.Flag]:
        """Return what to look at in a sentence of this testimony, in reading order."""
        return linting.flags(words, self.gazetteer, self._rare(testimony, words))

    def _rare(self, testimony: Testimony, words: str) -> Iterator[linting.Flag]:
        """What the sentence tells, where with the description of the speaker too few people share it."""
        described = description_of(testimony)
        told = [(flag, fact) for flag, fact in linting.told(words, self.gazetteer) if fact not in described.items()]
        by_kind: dict[str, list[object]] = {}
        for _flag, (kind, value) in told:
            by_kind.setdefault(kind, []).append(value)
        for values in itertools.product(*by_kind.values()):
            if told and self._speakers.are_few({**described, **dict(zip(by_kind, values, strict=True))}):
                yield from (flag for flag, _fact in told)
                return


def description_of(testimony: Testimony) -> dict[str, object]:
    """How the speaker agreed to be described, as facts to count by."""
    facts = {
        "region": testimony.described_region_id,
        "zone": testimony.described_zone_id,
        "capacity": testimony.described_capacity_id,
        "family": testimony.described_family_id,
    }
    return {kind: value for kind, value in facts.items() if value is not None}


def names_of(row: Any) -> Iterable[str]:
    """The folded names of a region, a zone or a capacity in every language, those that a label lists apart."""
    texts = [text for text in (*row.label.values(), *(getattr(row, "speaker", None) or {}).values()) if text]
    parts = [part for text in texts for part in re.split(r"[,،;/]| et | and ", text)]
    return {name for part in parts if (name := linting.folded(part))}
