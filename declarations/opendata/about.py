"""What every answer says of itself, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from declarations.counting import Behind
from declarations.models import Forum
from declarations.publishing.snapshot import ClauseFigures

from .shapes import VERSION, About, Heard, Named


def address(name: str, forum: Forum, *arguments: object, tail: str = "") -> str:
    """Return the whole address of a page, in the language of the request."""
    return f"{settings.SITE_URL}{reverse(name, args=[forum.slug, *arguments])}{tail}"


def about(forum: Forum, page: str) -> About:
    return About(VERSION, forum.slug, forum.mode, settings.DATA_LICENCE, address(page, forum))


def named(rows: Any) -> tuple[Named, ...]:
    """Return the rows of a forum's setup by code and name, in the forum's order."""
    return tuple(Named(row.code, texts(row.label)) for row in rows.order_by("order", "pk"))


def codes(rows: Any) -> tuple[str, ...]:
    """Return the codes of rows that were fetched beforehand, in the forum's order."""
    return tuple(row.code for row in sorted(rows.all(), key=lambda row: (row.order, row.pk)))


def texts(label: Mapping[str, str] | None) -> dict[str, str]:
    """Return a label without the languages it is empty in, in an order that no database decides."""
    return {code: text for code, text in sorted((label or {}).items()) if text}


def wordings(row: Any) -> dict[str, str]:
    """Return the words of a row by language."""
    return texts({wording.language: wording.text for wording in row.wordings.all()})


def heard(behind: Behind | ClauseFigures) -> Heard:
    """Return what stands behind a text; nothing at all where no band may be said (M7)."""
    if behind.testimonies_band is None:
        return Heard(None, None, None)
    if behind.regions is None:
        return Heard(str(behind.testimonies_band), None, None)
    return Heard(str(behind.testimonies_band), str(behind.regions), behind.total_regions)
