"""What a participant's pages share: a question with yes and no, and the code on a card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Forum, Participant
from declarations.workflow import participants

from . import guesses

CODE = {"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


class YesOrNo(forms.TypedChoiceField):
    """A question with two answers of equal size, none of them given beforehand (M15)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_OR_NO,
            coerce=lambda answer: answer == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={"required": _("Please answer yes or no.")},
            **kwargs,
        )


def of_card(forum: Forum, code: str) -> Participant:
    """Return whose card this is; raises ValidationError, in words, where it is nobody's."""
    if guesses.are_too_many("card"):
        raise ValidationError(_("Too many wrong codes came in. Try again in a few minutes."))
    try:
        sealing.normalise_code(code)
    except ValueError:
        raise ValidationError(
            _("This code has a slip in it. It has ten letters and digits. Please look again.")
        ) from None
    participant = participants.of_code(forum, code)
    if participant is None:
        guesses.count_wrong("card")
        raise ValidationError(_("No card of this forum has this code. Please look again."))
    return participant
