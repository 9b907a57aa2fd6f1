"""What a custodian types: of which testimony, why, and the passphrase that goes with each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import linting
from declarations.models import Forum, Testimony
from declarations.models.texts import tidy, validate_plain
from declarations.workflow import names

from .reading import PassphraseForm

LONGEST_REASON = 200


def checked_reason(text: str) -> str:
    """Return the reason tidied; raises ValidationError where it could tell who spoke: it stays for ever (M9)."""
    text = tidy(text)
    validate_plain(text)
    if found := list(dict.fromkeys(flag.words for flag in linting.flags(text))):
        raise ValidationError(
            _("Write it without names, places and numbers: %(found)s.") % {"found": ", ".join(found[:5])}
        )
    return text


class ReasonField(forms.CharField):
    """A reason that stays in the history, and so says nothing of who spoke or what was told."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_REASON)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return checked_reason(text) if text else ""


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
