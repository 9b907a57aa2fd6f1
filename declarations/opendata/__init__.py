"""What anybody may take away: read-only data below a forum, its description for programs, and its catalogue.

Everything starts from `.public()`, and every number passes through `counting`: an answer says what a page says, and no
more. `shapes` is what is answered, field by field; `room`, `words` and `since` gather it; `tables` lays it out in rows;
`openapi` and `catalogue` describe it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from declarations.models import Forum
from declarations.publishing.encoding import plain

from . import shapes, tables
from .room import forum_data, groups_data, participants_data
from .since import editions_data, followup_data
from .words import declaration_data, findings_data, recommendations_data

__all__ = ["DATASETS", "Dataset", "as_json"]


class Dataset(NamedTuple):
    """One answer: how it is gathered, its shape, and how it is laid out in rows where it is a table too."""

    gather: Callable[[Forum], Any]
    shape: Any
    rows: Callable[[Any], list[tables.Row]] | None = None


# By name in the address, in the order of the road.
DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {
        "forum": Dataset(forum_data, shapes.ForumData),
        "participants": Dataset(participants_data, shapes.ParticipantsData),
        "groups": Dataset(groups_data, shapes.GroupsData),
        "findings": Dataset(findings_data, shapes.FindingsData),
        "recommendations": Dataset(recommendations_data, shapes.RecommendationsData, tables.of_recommendations),
        "declaration": Dataset(declaration_data, shapes.DeclarationData, tables.of_declaration),
        "editions": Dataset(editions_data, shapes.EditionsData),
        "follow-up": Dataset(followup_data, shapes.FollowupData),
    }
)


def as_json(value: Any) -> bytes:
    """Return data as JSON: the same bytes for the same data."""
    return (json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")
