"""What narrows a public list: plain choices in the address; one that is not known narrows nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import TextChoices
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
from declarations.templatetags.language_tags import best_language, dir_of

Choices = list[tuple[str, Any]]


class Said(str):
    """A label with the language it is in."""

    language: str


def labels(rows: Iterable[Labelled]) -> Choices:
    """Return the rows of a forum's setup as choices, in the page's language where they have it."""
    return [(row.code, said(row.label)) for row in rows]


def said(label: dict[str, str]) -> Said:
    found = best_language(label, get_language() or "fr") or ""
    words = Said(label.get(found, ""))
    words.language = found
    return words


class Select(forms.Select):
    """Choices that say their language where it is not the page's."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        if isinstance(label, Said) and label.language.split("-")[0] != (get_language() or "fr").split("-")[0]:
            option["attrs"] |= {"lang": label.language, "dir": dir_of(label.language)}
        return option


def capitalised(choices: type[TextChoices]) -> Choices:
    return [(value, str(label).capitalize()) for value, label in choices.choices]


class Narrowing(forms.Form):
    """One select a question, none of them asked; `chosen` is what was answered and is known."""

    def __init__(self, data: Any, **choices: Choices) -> None:
        super().__init__(data)
        for name, given in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("All")), *given]

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

    def __init__(self, data: Any, forum: Forum) -> None:
        decided = (Recommendation.State.ADOPTED, Recommendation.State.SET_ASIDE)
        super().__init__(
            data,
            theme=labels(Theme.objects.public().filter(forum=forum)),
            addressee=labels(Addressee.objects.public().filter(forum=forum)),
            region=labels(Region.objects.public().filter(forum=forum)),
            level=capitalised(Recommendation.Level),
            horizon=capitalised(Recommendation.Horizon),
            state=[(state.value, str(state.label).capitalize()) for state in decided],
        )


class FindingFilter(Narrowing):
    theme = one_of(_("Theme"))
    factor = one_of(_("Driving factor"))

    def __init__(self, data: Any, forum: Forum) -> None:
        super().__init__(
            data,
            theme=labels(Theme.objects.public().filter(forum=forum)),
            factor=labels(Factor.objects.public().filter(forum=forum)),
        )


class FollowupFilter(Narrowing):
    addressee = one_of(_("Addressee"))
    position = one_of(_("Answer"))
    state = one_of(_("What came of the promise"))

    def __init__(self, data: Any, forum: Forum) -> None:
        super().__init__(
            data,
            addressee=labels(Addressee.objects.public().filter(forum=forum)),
            position=capitalised(Response.Position),
            state=capitalised(Commitment.State),
        )
