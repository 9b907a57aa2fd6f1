"""What narrows a public list: plain choices in the address; one that is not known narrows nothing."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import (
    Addressee,
    Commitment,
    Factor,
    Forum,
    Recommendation,
    Region,
    Response,
    Theme,
)
from declarations.models.texts import Labelled
from declarations.shelf import kept
from declarations.templatetags.language_tags import best_language, dir_of

Choices = list[tuple[str, Any]]
OPENING, SELECTED = '<option value="{}"', " selected"


class Said(str):
    """A label with the language it is in."""

    language: str


def labels(rows: type[Labelled], forum: Forum) -> Choices:
    """Return the rows of a forum's setup as choices, in the page's language where they have it."""
    return [(row.code, said(row.label)) for row in rows.objects.public().filter(forum=forum)]  # type: ignore[attr-defined]


def said(label: dict[str, str]) -> Said:
    found = best_language(label, get_language() or "fr") or ""
    words = Said(label.get(found, ""))
    words.language = found
    return words


class Select(forms.Select):
    """Choices that say their language where it is not the page's, written once for all readers."""

    unselected: SafeString  # the options, none of them selected

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = self.unselected
        for chosen in self.format_value(value):
            opening = format_html(OPENING, chosen)
            options = SafeString(options.replace(opening, opening + SELECTED))
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )


def written(choices: Choices) -> SafeString:
    """Return the choices as options, none of them selected."""
    return format_html_join("", OPENING + "{}>{}</option>", [(code, in_own(label), label) for code, label in choices])


def in_own(label: Any) -> str:
    """Return the attributes that say a label's language where it is not the page's."""
    language = getattr(label, "language", "")
    if not language or language.split("-")[0] == (get_language() or "fr").split("-")[0]:
        return ""
    return format_html(' lang="{}" dir="{}"', language, dir_of(language))


def capitalised(choices: type[TextChoices]) -> Choices:
    return [(value, str(label).capitalize()) for value, label in choices.choices]


class Narrowing(forms.Form):
    """One select a question, none of them asked; `chosen` is what was answered and is known."""

    def __init__(self, data: Any, forum: Forum) -> None:
        super().__init__(data)
        for name, (choices, options) in kept((type(self), forum.pk, get_language()), lambda: self.made(forum)).items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField) and isinstance(field.widget, Select)
            field.choices, field.widget.unselected = choices, options

    @classmethod
    def made(cls, forum: Forum) -> dict[str, tuple[Choices, SafeString]]:
        """Return the choices of each question, and how they are written."""
        given = {name: [("", str(_("All"))), *choices] for name, choices in cls.choices_of(forum).items()}
        return {name: (choices, written(choices)) for name, choices in given.items()}

    @staticmethod
    @abstractmethod
    def choices_of(forum: Forum) -> dict[str, Choices]:
        """Return what may be chosen, by the name of the question."""

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def one_of(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=Select)


class RecommendationFilter(Narrowing):
    theme = one_of(_("Theme"))
    addressee = one_of(_("Addressed to"))
    region = one_of(_("Region"))
    level = one_of(_("Level"))
    horizon = one_of(_("By when"))
    state = one_of(_("Decision"))

    @staticmethod
    def choices_of(forum: Forum) -> dict[str, Choices]:
        decided = (Recommendation.State.ADOPTED, Recommendation.State.SET_ASIDE)
        return {
            "theme": labels(Theme, forum),
            "addressee": labels(Addressee, forum),
            "region": labels(Region, forum),
            "level": capitalised(Recommendation.Level),
            "horizon": capitalised(Recommendation.Horizon),
            "state": [(state.value, str(state.label).capitalize()) for state in decided],
        }


class FindingFilter(Narrowing):
    theme = one_of(_("Theme"))
    factor = one_of(_("Driving factor"))

    @staticmethod
    def choices_of(forum: Forum) -> dict[str, Choices]:
        return {
            "theme": labels(Theme, forum),
            "factor": labels(Factor, forum),
        }


class FollowupFilter(Narrowing):
    addressee = one_of(_("Addressee"))
    position = one_of(_("Answer"))
    state = one_of(_("What came of the promise"))

    @staticmethod
    def choices_of(forum: Forum) -> dict[str, Choices]:
        return {
            "addressee": labels(Addressee, forum),
            "position": capitalised(Response.Position),
            "state": capitalised(Commitment.State),
        }
