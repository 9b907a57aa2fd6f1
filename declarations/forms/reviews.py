"""What an expert says of a recommendation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Review

from .recommendations import sentence_field

SCORES = [(str(n), str(n)) for n in range(1, 6)]
ANSWER = {"required": _("Please choose one answer.")}


def score(label: Any, help_text: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, help_text=help_text, choices=SCORES, coerce=int, widget=forms.RadioSelect, error_messages=ANSWER
    )


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What do you advise?"),
        choices=[
            (Review.Verdict.SUPPORT, _("Keep it as it is")),
            (Review.Verdict.WITH_CHANGES, _("Keep it with changes")),
            (Review.Verdict.AGAINST, _("Do not keep it")),
        ],
        widget=forms.RadioSelect,
        error_messages=ANSWER,
    )
    clarity = score(_("Is it clear?"), _("1: nobody would understand it. 5: everybody would."))
    feasibility = score(_("Can it be done?"), _("1: not at all. 5: at once."))
    urgency = score(_("Is it urgent?"), _("1: it can wait for years. 5: it cannot wait."))
    comment = sentence_field(
        _("What should the group and the organisers know?"),
        rows=5,
        required=False,
        help_text=_("Others who reviewed it, and those who decide, read this with the name of your seat."),
    )


def review_of(review: Review) -> dict[str, Any]:
    """What the form shows of a review already given."""
    return {name: str(getattr(review, name)) for name in ReviewForm.base_fields}
