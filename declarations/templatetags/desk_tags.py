"""The wording to show of something that has several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def wording_for(row: Any, languages: Sequence[str]) -> Any:
    """Return the wording in the first of these languages that has one, else any; None without any."""
    return row.wording_in(*languages)
