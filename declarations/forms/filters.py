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

Choices = list[tuple[str, Any]]


def labels(rows: Iterable[Labelled]) -> Choices:
    """Return the rows of a forum's setup as choices, in the page's language."""
    language = get_language() or "fr"
    return [(row.code, row.label_in(language)) for row in rows]


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
    return forms.ChoiceField(label=label, required=False)


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
