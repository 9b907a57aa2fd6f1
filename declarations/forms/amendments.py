"""Another wording for one clause, with its reason."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum

from .asked import languages_of
from .reasons import know_places
from .recommendations import sentence_field, words_field


class AmendmentForm(forms.Form):
    text = words_field(_("The clause as you would write it"), rows=8)
    language = forms.ChoiceField(label=_("Language"))
    reason = sentence_field(_("Why"), rows=4, error_messages={"required": _("Say why; it stands beside your words.")})
    once = forms.CharField(widget=forms.HiddenInput, required=False)
    # The words that the page showed: where they changed since, one reads them again first.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, forum: Forum, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": uuid.uuid4().hex, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_of(forum, is_written=True)  # type: ignore[attr-defined]
        know_places(self, forum)
