"""What a reader types beside a testimony: the passphrase, a summary, why it is refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PassphraseForm(forms.Form):
    # Said of an account that has no key at all: no passphrase would help it.
    no_key = False

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Type your passphrase.")},
    )


class SummaryForm(forms.Form):
    """The verb says what words may be kept; `seen` tells whether somebody else wrote a summary meanwhile."""

    words = forms.CharField(
        label=_("Your summary"),
        help_text=_("What was said, without what would tell who said it: no name, no village, no date, no age."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("There are no words yet.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


# Chosen, never typed: a reason stays in the history, and no content of a testimony may (M9).
REASONS_TO_REFUSE = {
    "empty": _("It is a try or holds nothing"),
    "attack": _("It attacks somebody"),
    "twice": _("The same words came before"),
    "forged": _("Nobody seems to have said it"),
}


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it refused?"),
        choices=list(REASONS_TO_REFUSE.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is refused.")},
    )

    @property
    def words(self) -> str:
        """The reason in words, as the history keeps it."""
        return str(REASONS_TO_REFUSE[self.cleaned_data["reason"]])


class QueueForm(forms.Form):
    """Which testimonies to go through: by what is left to do, and by language or group where enough wait."""

    language = forms.CharField(required=False, max_length=12)
    group = forms.IntegerField(required=False, min_value=1)

    def chosen(self) -> tuple[str, Any]:
        """Return ("language", "bm"), ("group", 3) or ("", None); two at once would single people out (M7)."""
        if not self.is_valid():
            return "", None
        asked = [(name, value) for name, value in self.cleaned_data.items() if value]
        return asked[0] if len(asked) == 1 else ("", None)
