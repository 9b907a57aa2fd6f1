"""What the road is made of: a stage, what waits in it, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from declarations.models import Seat

Role = Seat.Role

# The stages in the order of the road, as they are called on the page.
NAMES = {
    "forums": gettext_lazy("Forum"),
    "participants": gettext_lazy("Participants"),
    "groups": gettext_lazy("Groups"),
    "testimonies": gettext_lazy("Testimonies"),
    "findings": gettext_lazy("What was heard"),
    "recommendations": gettext_lazy("Recommendations"),
    "declarations": gettext_lazy("Declaration"),
    "amendments": gettext_lazy("Amendments"),
    "editions": gettext_lazy("Editions"),
    "followup": gettext_lazy("Follow-up"),
    "history": gettext_lazy("History"),
}
STAGES = tuple(word for word in NAMES if word != "history")
# Which stages each seat has to do with; an organiser with all.
STAGES_OF = {
    Role.READER: ("testimonies", "findings"),
    Role.CUSTODIAN: ("forums",),
    Role.CHAIR: ("groups", "recommendations", "declarations", "amendments", "editions"),
    Role.GENERAL_RAPPORTEUR: ("groups", "findings", "recommendations", "declarations", "amendments", "editions"),
}


@dataclass(frozen=True)
class Wait:
    """One line of what waits: "must" stands out, "well" is only said."""

    text: str
    kind: str = ""
    url: str = ""


@dataclass(frozen=True)
class Step:
    label: str
    url: str


@dataclass
class Stage:
    word: str
    name: str
    url: str
    waits: list[Wait]
    next: Step | None = None
    mark: str = ""


def link(name: str, *args: Any, query: str = "") -> str:
    """Return the address of a page of the admin, or nothing where it is not there."""
    try:
        return reverse(f"admin:{name}", args=args) + query
    except NoReverseMatch:
        return ""


def listed(model: str, query: str = "") -> str:
    return link(f"declarations_{model}_changelist", query=query)


def stage(word: str, url: str, waits: Sequence[Wait | None], step: Step | None = None, done: bool = False) -> Stage:
    kept = [wait for wait in waits if wait]
    return Stage(word, str(NAMES[word]), url, kept, step if step and step.url else None, "done" if done else "")


def if_any(n: int, text: str, kind: str = "must", url: str = "") -> Wait | None:
    return Wait(text, kind, url) if n else None
