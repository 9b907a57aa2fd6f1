"""What is typed when a key is given again with its code, sealed anew, or everything is locked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import PersonKey
from declarations.models.texts import validate_plain

from .asked import Asked, Choice
from .people import RecoveryCode


class Recover(RecoveryCode):
    """The code, and who gets the key with it; `people` may hold it."""

    person = Choice(label=_("Who gets the key"), help_text=_("People with the right seat who made their own key."))

    field_order = ["person", "code"]

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = (  # type: ignore[attr-defined]
            PersonKey.objects.none() if people is None else people
        )


class OwnPassphrase(Asked):
    passphrase = forms.CharField(
        label=_("Your own passphrase"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Lock(Asked):
    # Not read for names: whoever needs this must not be held up by a word.
    reason = forms.CharField(
        label=_("What happened?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        validators=[validate_plain],
        help_text=_("In a few words, for the history. No names."),
        error_messages={"required": _("Say in a few words what happened.")},
    )
    close_forms = forms.BooleanField(
        label=_("Close every form too"),
        required=False,
        help_text=_("Nobody can testify or send anything until an organiser opens them again."),
    )
