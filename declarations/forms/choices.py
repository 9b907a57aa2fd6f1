"""Where somebody comes from and how closely they are described: counted out only where it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models.testimonies import describe
from declarations.workflow.describing import Description

# What the code of a row may look like (SlugField); nothing else is looked up.
ROW = re.compile(r"[A-Za-z0-9_-]{1,60}")
NOT_IN_LIST = _("This is not in the list. Please choose again.")


class OneOf(forms.TypedChoiceField):
    """A choice among rows; it gives the row.

    All of them are read for a page that asks; of an answer, only the row that was chosen.
    """

    def __init__(
        self, found: Callable[..., QuerySet[Any]], listed: Callable[[QuerySet[Any]], list[Any]], **kwargs: Any
    ) -> None:
        """Keep how rows are found, by `code=` or all, and how they are listed."""
        super().__init__(
            choices=cache(lambda: [("", _("I would rather not say")), *listed(found())]),
            coerce=cache(lambda code: next(iter(found(code=code)), None) if ROW.fullmatch(code) else None),
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": NOT_IN_LIST},
            **kwargs,
        )

    def valid_value(self, value: Any) -> bool:
        return self.coerce(value) is not None


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
