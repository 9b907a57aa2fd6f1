"""Where somebody with a card stands on a recommendation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, Participant, Support

from .cards import CODE, of_card


class StandForm(forms.Form):
    """Where somebody with a card stands on a recommendation."""

    stance = forms.ChoiceField(
        label=_("Where do you stand?"),
        choices=[
            (Support.Stance.AGREE, _("I agree")),
            (Support.Stance.DISAGREE, _("I do not agree")),
            (Support.Stance.UNSURE, _("I am not sure")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one answer.")},
    )
    code = forms.CharField(
        label=_("The code on your card"),
        error_messages={"required": _("Type the code on your card.")},
        widget=forms.TextInput(attrs=CODE),
    )

    def __init__(self, forum: Forum, data: Any = None) -> None:
        super().__init__(data)
        self.forum = forum
        self.participant: Participant | None = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.participant = of_card(self.forum, code)
        return code
