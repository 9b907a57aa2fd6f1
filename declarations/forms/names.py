"""What a custodian types: of which testimony, why, and the passphrase that goes with each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, Testimony
from declarations.workflow import names

from .reading import PassphraseForm
from .reasons import ReasonField


class AskForm(PassphraseForm):
    testimony = forms.CharField(
        label=_("Which testimony?"),
        max_length=36,
        help_text=_("The first eight characters, as the readers see them. They say nothing about who spoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    reason = ReasonField(
        label=_("Why must the name be known?"),
        help_text=_(
            "The other custodian reads it, and it stays in the history. No name, no place, and nothing of what was "
            "told."
        ),
        error_messages={"required": _("Say why the name is needed.")},
    )

    field_order = ["testimony", "reason", "passphrase"]

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        self.fields["passphrase"].widget.attrs.pop("autofocus", None)

    def clean_testimony(self) -> Testimony:
        found = names.of_characters(self.forum, self.cleaned_data["testimony"])
        if found is None:
            raise ValidationError(_("No name is kept behind such a testimony. Look at the eight characters again."))
        return found


class RefuseNameForm(forms.Form):
    """Why another custodian does not agree; whoever asked takes the request back without a word."""

    reason = ReasonField(
        label=_("Why do you not agree?"),
        help_text=_("Whoever asked reads it, and it stays in the history."),
        error_messages={"required": _("Say why you do not agree.")},
    )
