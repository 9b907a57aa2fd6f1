"""What the acts of the desk share: who comes in, where one goes back to, and when an act can be done."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse

from declarations.admin.verbs import Verb
from declarations.models import Clause, Declaration, Section

State = Declaration.State
# Whoever advances the text reads the desk; who composes it is a part of them.
SEES, COMPOSES, ADOPTS = (f"declarations.{verb}_declaration" for verb in ("advance", "compose", "adopt"))
ACT = "declarations/drafting/act.html"


def desk_url(anchor: str = "") -> str:
    return reverse("admin:drafting-desk") + (f"#{anchor}" if anchor else "")


def is_open(row: Any) -> bool:
    """Whether the words around the row may be changed now."""
    if isinstance(row, Clause):
        row = row.section
    return not (row.declaration if isinstance(row, Section) else row).is_fixed


def in_state(*states: str) -> Any:
    return lambda row: row is not None and row.state in states


def named(verbs: dict[str, Verb], name: str) -> Verb:
    if name not in verbs:
        raise Http404
    return verbs[name]
