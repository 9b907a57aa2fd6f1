"""How the text is printed before it is published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, Version
from declarations.models.texts import in_language


class PrintDraft(forms.Form):
    """One language or two, of the words as they stand or of a version, in letters of two sizes."""

    language = forms.ChoiceField(label=_("Language"))
    beside = forms.ChoiceField(label=_("Beside it"), required=False)
    version = forms.ModelChoiceField(
        Version.objects.none(), label=_("Which words"), required=False, empty_label=_("as they stand now")
    )
    is_large = forms.BooleanField(label=_("Large letters"), required=False)

    def __init__(self, forum: Forum, data: Any = None) -> None:
        super().__init__(data)
        page = get_language() or "fr"
        names = {row.code: in_language(row.label, page) for row in forum.languages.all()}
        authentic = forum.authentic_languages()
        written = sorted(forum.written_languages(), key=lambda code: code not in authentic)
        choices = [(code, names[code]) for code in written]
        of_one: Any = self.fields["language"]
        of_other: Any = self.fields["beside"]
        of_one.choices, of_other.choices = choices, [("", "–"), *choices]
        of_version: Any = self.fields["version"]
        of_version.queryset = Version.objects.filter(declaration__forum=forum).defer("words").order_by("-number")
        of_version.label_from_instance = version_label

    @property
    def languages(self) -> list[str]:
        """The languages that were chosen, each once."""
        chosen = (self.cleaned_data["language"], self.cleaned_data["beside"])
        return list(dict.fromkeys(code for code in chosen if code))


def version_label(version: Version) -> str:
    day = date_format(version.made_at, "SHORT_DATE_FORMAT")
    return say("version %(number)d, %(day)s") % {"number": version.number, "day": day}
