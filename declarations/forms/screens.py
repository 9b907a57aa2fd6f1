"""A recording of a screen, brought by an organiser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, SpokenScreen


class BringForm(forms.Form):
    screen = forms.ChoiceField(label=_("Screen"), choices=SpokenScreen.Screen.choices)
    language = forms.ChoiceField(label=_("Language spoken in it"))
    sound = forms.FileField(
        label=_("Recording"),
        help_text=_("At most a minute. Read the screen aloud as it stands, slowly, and say what Yes and No would do."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "audio/*"}),
    )

    def __init__(self, forum: Forum, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        page = get_language() or "fr"
        asked: Any = self.fields["language"]
        asked.choices = [(row.code, row.label_in(page)) for row in forum.languages.all() if row.is_spoken]

    def clean_sound(self) -> bytes:
        sent = self.cleaned_data["sound"]
        return bytes(sent.read())
