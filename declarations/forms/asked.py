"""What is asked before a verb of the admin is done: a form that knows the row and the seat."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, ForumLanguage, Seat

from .reasons import ReasonField, SentenceField, know_places


class Asked(forms.Form):
    """A form about one row (or about none, for a new one), asked from a seat; its choices are the forum's own."""

    # Fields whose choices are rows of the forum: {"region": Region}.
    OF_FORUM: dict[str, type[models.Model]] = {}

    def __init__(self, *args: Any, row: Any = None, seat: Seat | None, **kwargs: Any) -> None:
        self.row, self.seat = row, seat
        # None only for whoever runs the site and has no seat in any forum.
        self.forum: Any = seat.forum if seat else None
        super().__init__(*args, **kwargs)
        for name, model in self.OF_FORUM.items():
            self.fields[name].queryset = rows_of(model, self.forum)  # type: ignore[attr-defined]
        know_places(self, self.forum)


class Choice(forms.ModelChoiceField):
    """One row; its rows are set when the forum is known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Forum.objects.none(), **kwargs)


class Choices(forms.ModelMultipleChoiceField):
    """Any number of rows, each with a box to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Forum.objects.none(), **kwargs)


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class Moment(forms.DateTimeField):
    """A day and an hour, in the forum's time."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(**kwargs)


def rows_of(model: Any, forum: Forum | None) -> models.QuerySet[Any]:
    return model._default_manager.filter(**{getattr(model, "FORUM_PATH", "forum"): forum})


def languages_of(forum: Forum, **kind: bool) -> list[tuple[str, str]]:
    """Return the forum's languages as choices, those of one kind where it is named (is_written=True)."""
    rows: Any = ForumLanguage.objects.filter(forum=forum, **kind)
    return [(row.code, str(row)) for row in rows]


class Why(Asked):
    """Why something is done to a sheet, a card, or what rests on testimonies: nothing of them may stand here."""

    reason = ReasonField(label=_("Reason"), max_length=400)


class Reason(Asked):
    """Why something is decided of a text."""

    reason = SentenceField(label=_("Reason"), max_length=400)


class PerhapsReason(Asked):
    reason = SentenceField(label=_("Reason, if there is one to give"), max_length=400, required=False)
