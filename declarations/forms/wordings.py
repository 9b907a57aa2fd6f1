"""A clause in one language, and whether the words read are those that are approved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.templatetags.language_tags import dir_of

from .recommendations import NOTHING


class ClauseWordingForm(forms.Form):
    text = forms.CharField(
        label=_("In your language"), widget=forms.Textarea(attrs={"rows": 8}), error_messages=NOTHING
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs.update({"lang": language, "dir": dir_of(language)})
