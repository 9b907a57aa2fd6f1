"""How a speaker is described: as finely as they agree to, and never so finely that too few fit (M7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from declarations import counting
from declarations.models import Capacity, Family, Forum, Group, Participant, Region, Zone

Where = tuple[str, Any] | None  # ("region", its key), ("zone", its key), or the whole country
Who = tuple[str, Any] | None  # ("capacity", its key), ("family", its key), or anybody


@dataclass(frozen=True)
class Description:
    """How a speaker will be described: a place and a standing, each as coarse as it must be."""

    place: Region | Zone | None = None
    standing: Capacity | Family | None = None

    def fields(self) -> dict[str, Any]:
        return {
            "described_region": self.place if isinstance(self.place, Region) else None,
            "described_zone": self.place if isinstance(self.place, Zone) else None,
            "described_capacity": self.standing if isinstance(self.standing, Capacity) else None,
            "described_family": self.standing if isinstance(self.standing, Family) else None,
        }


def chain(region: Any, zone: Any, capacity: Any, family: Any) -> tuple[tuple[Where, Who], ...]:
    """Return every description of somebody by the keys of rows, finest first; None where something is not known."""
    places: list[Where] = [("region", region), ("zone", zone), None] if region else [None]
    standings: list[Who] = [("capacity", capacity), ("family", family), None] if capacity else [None]
    return tuple((place, standing) for place in places for standing in standings)


def covering(forum: Forum) -> set[Any]:
    """Return the descriptions, as in `chain`, that give cover in the room as it is registered now; one query.

    The public minimum decides: how somebody is described may stand in public, beside a sentence of theirs.
    """
    room = Participant.objects.filter(forum=forum).registered().order_by()
    rows = room.values_list("region", "region__zone", "capacity", "capacity__family").annotate(Count("pk"))
    return counting.covering({chain(*keys): people for *keys, people in rows}, forum.public_minimum)


def descriptions(forum: Forum, region: Region | None, capacity: Capacity | None) -> list[Description]:
    """Return the descriptions a speaker may choose from, finest first; the last is always the coarsest."""
    rows: dict[Any, Any] = {None: None}
    if region:
        rows |= {("region", region.pk): region, ("zone", region.zone_id): region.zone}
    if capacity:
        rows |= {("capacity", capacity.pk): capacity, ("family", capacity.family_id): capacity.family}
    own = chain(
        region and region.pk, region and region.zone_id, capacity and capacity.pk, capacity and capacity.family_id
    )
    safe = covering(forum)
    return [*(Description(rows[place], rows[who]) for place, who in own if (place, who) in safe), Description()]


def is_hidden_in(group: Group, description: Description) -> bool:
    """Whether enough members of a group share a description for both to stand on one row; one query.

    Who sat in which group is stored beside it: of a group of twelve, "from Gao" may be one person (M7). Where fewer
    share it the group is left out; the description stays as the speaker agreed to it.
    """
    shared = {
        "region": description.place if isinstance(description.place, Region) else None,
        "region__zone": description.place if isinstance(description.place, Zone) else None,
        "capacity": description.standing if isinstance(description.standing, Capacity) else None,
        "capacity__family": description.standing if isinstance(description.standing, Family) else None,
    }
    members = Participant.objects.filter(memberships__group=group).registered()
    fitting = members.filter(**{path: row for path, row in shared.items() if row}).distinct().count()
    return not counting.fewer_than(fitting, group.forum.public_minimum)
