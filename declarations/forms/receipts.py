"""What somebody with a receipt types: its digits, and what may be done with their words from now on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Forum, Testimony
from declarations.workflow import testimonies

from . import guesses
from .cards import YesOrNo


class ReceiptForm(forms.Form):
    """The sixteen digits of a receipt."""

    receipt = forms.CharField(
        label=_("Your two numbers"),
        help_text=_("Sixteen digits. Spaces do not matter."),
        error_messages={"required": _("Type the two numbers you were given.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, forum: Forum, data: Any = None) -> None:
        super().__init__(data)
        self.forum = forum
        self.testimony: Testimony | None = None

    def clean_receipt(self) -> str:
        try:
            receipt = sealing.normalise_receipt(self.cleaned_data["receipt"])
        except ValueError:
            raise ValidationError(
                _("These are two numbers of eight digits, each beginning with 5 to 9. Please look again.")
            ) from None
        if guesses.are_too_many("receipt"):
            raise ValidationError(
                _("Very many wrong numbers are coming in, so we did not look at yours yet. Please press once more."),
                code="wait",
            )
        self.testimony = testimonies.of_receipt(self.forum, receipt)
        if self.testimony is None:
            guesses.count_wrong("receipt")
            raise ValidationError(_("We find nothing under these numbers. Please look again."))
        return receipt


class ConsentForm(forms.Form):
    """The consents of a testimony that is here already, to be changed by its owner."""

    summarise = YesOrNo(label=_("Added to a summary, together with others"))
    quote = YesOrNo(label=_("One sentence quoted, without my name"))
    voice = YesOrNo(label=_("My voice kept, locked"))

    def __init__(self, testimony: Testimony, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "summarise": "yes" if testimony.may_summarise else "no",
                "quote": "yes" if testimony.may_quote else "no",
                "voice": "yes" if testimony.may_keep_voice else "no",
            },
        )
        if not testimony.has_voice:  # type: ignore[attr-defined]
            del self.fields["voice"]
