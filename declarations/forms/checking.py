"""What somebody holds who wants to know whether it is ours: a code, or a file."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations.sealing.codes import CROCKFORD

LOOKALIKES = str.maketrans("OIL", "011")


class CodeForm(forms.Form):
    """A control code as it was read aloud or printed, or the SHA-256 that a computer gave of a file."""

    code = forms.CharField(
        label=_("Control code"),
        help_text=_("Sixteen letters and digits, as on the last page. Or the 64 digits that sha256sum gave."),
        error_messages={"required": _("Type the code first.")},
        max_length=200,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        """Return a control code in fours, or a digest in lower case."""
        bare = re.sub(r"[\s\W_]+", "", self.cleaned_data["code"])
        if re.fullmatch(r"[0-9a-fA-F]{64}", bare):
            return bare.lower()
        code = bare.upper().translate(LOOKALIKES)
        if len(code) != 16 or not set(code) <= set(CROCKFORD):
            raise ValidationError(_("This is not a whole code. It has sixteen letters and digits. Please look again."))
        return "-".join(code[start : start + 4] for start in range(0, 16, 4))


class FileForm(forms.Form):
    """A file somebody was given."""

    file = forms.FileField(
        label=_("The file you have"),
        help_text=_("It is compared with ours to the last byte, and not kept."),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty.")},
    )
