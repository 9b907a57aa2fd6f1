"""The first page of the organisers: today, the ten stages with what waits in each, and one next step.

Everything here reads; every number of testimonies comes from counting, which knows what each seat may be told (M7).
"""

from __future__ import annotations

from typing import Any

from declarations.models import Seat

from . import heard, written
from .parts import NAMES, STAGES, STAGES_OF, Role, Stage, link
from .pictures import pictures
from .today import today

__all__ = ["NAMES", "link", "read"]

READERS = dict(
    zip(
        STAGES,
        (
            heard.read_forum,
            heard.read_participants,
            heard.read_groups,
            heard.read_testimonies,
            heard.read_findings,
            written.read_recommendations,
            written.read_declaration,
            written.read_amendments,
            written.read_editions,
            written.read_followup,
        ),
        strict=True,
    )
)


def read(seat: Seat) -> dict[str, Any]:
    """Return what the template of the index shows to this seat."""
    shown: dict[str, Any] = {"stages": stages(seat), "today": today(seat)}
    if seat.role == Role.ORGANISER:
        shown |= pictures(seat.forum)
    return shown


def stages(seat: Seat) -> list[Stage]:
    """The stages the seat has to do with; the first where something must be done is the one of now."""
    words = STAGES_OF.get(Role(seat.role), STAGES)
    found = [READERS[word](seat) for word in words]
    pressing = next((stage for stage in found if any(wait.kind == "must" for wait in stage.waits)), None)
    for stage in found:
        if stage is pressing:
            stage.mark = "now"
        elif stage.mark == "done" and any(wait.kind == "must" for wait in stage.waits):
            stage.mark = ""
    return found
