"""What an organiser says before cards and paper forms are printed, or given up."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.workflow.cards import MOST

from .asked import Asked, Why


class PrintCards(Asked):
    size = forms.IntegerField(
        label=_("How many cards"),
        help_text=_("Eight stand on a sheet."),
        min_value=1,
        max_value=MOST,
        initial=40,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class GiveUp(Why):
    """The reason, and the serials of single cards where not the whole batch is lost."""

    field_order = ["serials", "reason"]
    serials = forms.CharField(
        label=_("Only the cards with these numbers"),
        help_text=_("One a line, or with commas between. Leave it empty to give up the whole batch."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
    )

    def clean_serials(self) -> list[str]:
        found, wrong = [], []
        for typed in filter(None, (each.strip() for each in re.split(r"[\n,;،؛]", self.cleaned_data["serials"]))):
            try:
                found.append(sealing.normalise_serial(typed))
            except ValueError:
                wrong.append(typed)
        if wrong:
            raise ValidationError(_("There is a slip in: %(numbers)s.") % {"numbers": ", ".join(wrong)})
        return found
