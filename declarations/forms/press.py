"""What is asked at the press: what an edition is, and in which languages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Kind

from .asked import Asked, languages_of
from .keys import OwnPassphrase


class NewProof(Asked):
    """`row` is the declaration; the kinds are those that can follow the last edition."""

    kind = forms.ChoiceField(label=_("What this edition is"), choices=Kind.choices, widget=forms.RadioSelect)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The authentic languages are always in it."),
    )

    def __init__(self, *args: Any, kinds: list[str], begun: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [(value, label) for value, label in Kind.choices if value in kinds]
        self.fields["kind"].choices = chosen  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if kinds else ""
        rows = [row for row in languages_of(self.forum, is_written=True) if row[0] in begun]
        self.fields["languages"].choices = rows  # type: ignore[attr-defined]
        self.fields["languages"].initial = begun


class Publishing(OwnPassphrase):
    """The passphrase of whoever publishes: it opens the key that signs the edition, for this one."""

    passphrase = forms.CharField(
        label=_("Your own passphrase"),
        help_text=_("It opens the key that signs this edition, and is forgotten at once."),
        error_messages={"required": _("Type your passphrase: an edition is signed.")},
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
