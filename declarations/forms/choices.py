"""Where somebody comes from and how closely they are described: counted out only where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import Capacity, Forum, Region
from declarations.models.testimonies import describe
from declarations.shelf import kept
from declarations.workflow.describing import Description

NOT_IN_LIST = _("This is not in the list. Please choose again.")


class OneOf(forms.TypedChoiceField):
    """A choice among rows; it gives the row."""

    def __init__(self, rows: Callable[[], list[Any]], listed: Callable[[list[Any]], list[Any]], **kwargs: Any) -> None:
        """Keep how rows are found, in their order, and how a page lists them."""
        super().__init__(
            choices=cache(lambda: [("", _("I would rather not say")), *listed(rows())]),
            coerce=cache(lambda code: next((row for row in rows() if row.code == code), None)),
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": NOT_IN_LIST},
            **kwargs,
        )

    def valid_value(self, value: Any) -> bool:
        return self.coerce(value) is not None


def regions_of(forum: Forum) -> list[Region]:
    """Return the regions of a forum, each with its zone."""
    return kept(("regions", forum.pk), lambda: _in_order(Region, forum, "zone"))


def capacities_of(forum: Forum) -> list[Capacity]:
    """Return the capacities of a forum, each with its family."""
    return kept(("capacities", forum.pk), lambda: _in_order(Capacity, forum, "family"))


def _in_order(kind: type[Any], forum: Forum, above: str) -> list[Any]:
    rows = kind.objects.filter(forum=forum).select_related(above)
    return list(rows.order_by(f"{above}__order", "order"))


class Precision(forms.ChoiceField):
    """How closely somebody is described. Its words take counting, so they are found for a page that shows them only."""

    def valid_value(self, value: Any) -> bool:
        return value in PRECISIONS


PRECISIONS = {
    "": _("Only as a participant of the forum"),
    "large": _("Also by the large part of the country I am from"),
    "fine": _("As closely as is safe for me"),
}


def in_words(description: Description) -> str:
    """Return a description in the language of the page."""
    return describe(description.standing, description.place, get_language() or "fr")


def mark_of(description: Description) -> str:
    """Return what tells one description from another in a page."""
    return "/".join(f"{name}:{row.pk}" for name, row in description.fields().items() if row is not None)
