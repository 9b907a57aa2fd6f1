"""Minutes: what was said in a session, in one language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum

from .asked import languages_of
from .reasons import SentenceField, know_places


class MinutesForm(forms.Form):
    minutes = SentenceField(
        label=_("What was said"),
        help_text=_("What was said, not who said it."),
        required=False,
        max_length=None,
        rows=16,
    )
    minutes_language = forms.ChoiceField(label=_("Language"))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, forum: Forum, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes_language"].choices = languages_of(forum, is_written=True)  # type: ignore[attr-defined]
        know_places(self, forum)
